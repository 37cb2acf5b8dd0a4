"""Accuracy against labels by point and by event. Nothing is adjusted in the detector's favour."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, FloatArray
from engine.evaluate.surface import auc_pr, vus_pr
from engine.numerics.runs import find_runs
from engine.text import number, tell

WEEK_S = 604_800
DAY_S = 86_400
WIDEST_BUFFER = 100
"""VUS-PR widens events up to one day, in periods, but never more than this."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One series and what was said of it, (T,): score (NaN = no opinion), alarm, labels (1, 0, -1 = not labelled)."""

    score: FloatArray
    alarm: BoolArray
    labels: npt.NDArray[np.int8]
    period_s: int


@dataclass(frozen=True)
class Evaluation:
    """Figures over all labelled points of all series; NaN where a figure is not defined.

    prevalence: share of labelled points that are anomalous. no_opinion: share of labelled points without a score; they
    count as normal. event_*: a labelled event (gaps inside do not split it) is found if any alarmed point lies in it,
    an alarm (run of alarmed points) is right if it touches an event. pointwise_event_f1: harmonic mean of point
    precision and event recall, which an alarm that is always on cannot win. vus_pr, auc_pr: means over the series that
    have an anomaly. delay_s: mean time from the begin of a found event to its first alarmed point.
    """

    series: int
    points: int
    anomalous: int
    prevalence: float
    no_opinion: float
    accuracy: float
    false_positive_rate: float
    precision: float
    recall: float
    f1: float
    events: int
    events_found: int
    alarms: int
    alarms_right: int
    event_precision: float
    event_recall: float
    event_f1: float
    pointwise_event_f1: float
    vus_pr: float
    auc_pr: float
    alarms_per_cell_week: float
    false_alarms_per_cell_week: float
    delay_s: float

    def to_json(self) -> dict[str, int | float | None]:
        """Figures by name, NaN as None."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in dataclasses.asdict(self).items()
        }

    def table(self) -> str:
        """Two columns of text: what, and how much."""
        rows = [(tell(f"evaluation_{name}"), _worded(name, value)) for name, value in dataclasses.asdict(self).items()]
        wide = max(len(label) for label, _ in rows)
        return "\n".join(f"{label:<{wide}}  {text:>12}" for label, text in rows)


def _worded(name: str, value: float) -> str:
    if name == "delay_s":
        return tell("evaluation_minutes", minutes=value / 60) if math.isfinite(value) else number(value)
    return f"{value:.4f}" if isinstance(value, float) and math.isfinite(value) else number(value)


def evaluate(series: Iterable[Judged]) -> Evaluation:
    """All figures over `series`. Points labelled -1 do not count, nor do alarms that touch no labelled point."""
    counts = np.zeros(4, np.int64)  # true alarm, false alarm, missed, rightly quiet
    unknown = events = found = alarms = right = many = 0
    weeks = 0.0
    delays: list[float] = []
    volumes: list[float] = []
    areas: list[float] = []
    for one in series:
        many += 1
        judged = one.labels >= 0
        truth = one.labels == 1
        alarm = one.alarm & judged
        counts += [
            int((alarm & truth).sum()),
            int((alarm & ~truth).sum()),
            int((~one.alarm & truth).sum()),
            int((~one.alarm & ~truth & judged).sum()),
        ]
        unknown += int((np.isnan(one.score) & judged).sum())
        weeks += int(judged.sum()) * one.period_s / WEEK_S

        labelled = find_runs(_without_holes(one.labels)[None, :])
        events += len(labelled)
        first = _first_alarm(alarm)
        reached = first[labelled.start] < labelled.stop
        found += int(reached.sum())
        delays += ((first[labelled.start] - labelled.start)[reached] * one.period_s).tolist()
        raised = find_runs(one.alarm[None, :])
        raised_judged = raised.any_of(judged[None, :])
        alarms += int(raised_judged.sum())
        right += int(raised.any_of(truth[None, :]).sum())
        if truth.any():
            score = _ranked(one)
            buffer = min(max(DAY_S // one.period_s, 1), WIDEST_BUFFER)
            volumes.append(vus_pr(score, truth[judged], buffer))
            areas.append(auc_pr(score, truth[judged]))
    hit, false, missed, quiet = counts.tolist()
    points = hit + false + missed + quiet
    precision, recall = _share(hit, hit + false), _share(hit, hit + missed)
    event_precision, event_recall = _share(right, alarms), _share(found, events)
    return Evaluation(
        series=many,
        points=points,
        anomalous=hit + missed,
        prevalence=_share(hit + missed, points),
        no_opinion=_share(unknown, points),
        accuracy=_share(hit + quiet, points),
        false_positive_rate=_share(false, false + quiet),
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        events=events,
        events_found=found,
        alarms=alarms,
        alarms_right=right,
        event_precision=event_precision,
        event_recall=event_recall,
        event_f1=_harmonic(event_precision, event_recall),
        pointwise_event_f1=_harmonic(precision, event_recall),
        vus_pr=_mean(volumes),
        auc_pr=_mean(areas),
        alarms_per_cell_week=alarms / weeks if weeks else math.nan,
        false_alarms_per_cell_week=(alarms - right) / weeks if weeks else math.nan,
        delay_s=_mean(delays),
    )


def _without_holes(labels: npt.NDArray[np.int8]) -> BoolArray:
    """Where an event is: anomalous points, and unlabelled ones (gaps) with an anomalous point on either side."""
    known = np.flatnonzero(labels >= 0)
    if not len(known):
        return np.zeros(len(labels), bool)
    places = np.arange(len(labels))
    before = labels[known[np.maximum(np.searchsorted(known, places, side="right") - 1, 0)]]
    after = labels[known[np.minimum(np.searchsorted(known, places), len(known) - 1)]]
    inside: BoolArray = (before == 1) & (after == 1) & (places >= known[0]) & (places <= known[-1])
    return inside


def _first_alarm(alarm: BoolArray) -> npt.NDArray[np.int64]:
    """Per point the index of the first alarmed point at or after it, T where there is none."""
    length = len(alarm)
    places = np.where(alarm, np.arange(length), length)
    return np.minimum.accumulate(places[::-1])[::-1].astype(np.int64)


def _ranked(one: Judged) -> npt.NDArray[np.float64]:
    """The scores of the labelled points, "no opinion" below all others."""
    score = one.score[one.labels >= 0].astype(np.float64)
    known = np.isfinite(score)
    lowest = float(score[known].min()) if known.any() else 0.0
    return np.where(known, score, np.where(score == np.inf, np.finfo(np.float64).max, lowest - 1.0))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _harmonic(a: float, b: float) -> float:
    """Harmonic mean; 0 where one is 0 or undefined because nothing was called or nothing was there to be found."""
    if math.isnan(a) and math.isnan(b):
        return math.nan
    a, b = (0.0 if math.isnan(x) else x for x in (a, b))
    return 2 * a * b / (a + b) if a + b else 0.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan
