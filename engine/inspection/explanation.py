"""What made the combined score of an anomaly, or of a stretch without one: the detectors' parts, and the facts.

The score is taken apart where it is highest. Every vote is a weighted sum of the detectors' scores (`vote.weights`), so
what a detector adds is its weight times how far it lies from 1.0, the threshold, and 1.0 and all parts give the score.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.calendar import WallGrid, duration_text, local_text, needs_year
from engine.calibration import changes
from engine.calibration.silences import SURPRISE
from engine.calibration.thresholds import VOTE, decides_itself
from engine.completeness.gaps import invented
from engine.data import Anomaly, Evidence, Flag, Kpi, KpiKind, Result
from engine.data.units import NEPER_DB, is_level
from engine.detectors import DETECTORS
from engine.errors import Reason
from engine.expectation import expectation, of_cells, trusted_first
from engine.group import find_alarms
from engine.group.alarms import bars, good_side
from engine.group.sentence import amount
from engine.inspection.closeup import strangest
from engine.text import number, say, tell, with_unit
from engine.vote import weights

DAY_S, YEAR_S = 86_400, 31_557_600
MOST_YEARS = 100
"""Beyond this the tail that was fitted to some weeks says nothing any more but "hardly ever"."""

MOST_TIMES = 10
"""A deviation of more than so many times what was expected is not told in per cent, which would say nothing."""

WHOLE = 10
"""Per cent from which on decimals say nothing."""

LABELS: Mapping[str, str] = {detector.id: detector.label for detector in DETECTORS}


@dataclass(frozen=True, slots=True)
class Part:
    """One detector's part of a combined score.

    score: its own in thresholds, NaN = no opinion. weight: its share in the vote, 0..1. effect: by how much it moves
    the combined score away from 1.0, below 0 where it lowers it, 0 where it has no weight. silent: why it has no
    opinion.
    """

    detector: str
    score: float
    weight: float
    effect: float
    silent: Reason | None = None

    @property
    def label(self) -> str:
        """What a person calls the detector."""
        return LABELS.get(self.detector, self.detector)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A combined score taken apart, at period `time` of a cell (row of the panel) and KPI.

    score: the combined score, 1.0 = alarm threshold: 1.0 and the effects of all parts. parts: by detector of the run,
    in its order. facts: what counted besides, the most important first. about_vote: how the vote made one score of
    several, and who took no part in it.
    """

    kpi: str
    cell: int
    time: int
    score: float
    parts: tuple[Part, ...]
    facts: tuple[Reason, ...] = ()
    about_vote: tuple[Reason, ...] = ()

    def hundredths(self) -> dict[str, float]:
        """The effects as they are shown: rounded to 0.01 so that they and 1.0 give exactly the rounded score."""
        shown = {part.detector: round(part.effect, 2) for part in self.parts}
        if shown:
            largest = max(self.parts, key=lambda part: abs(part.effect)).detector
            rest = round(self.score, 2) - 1.0 - sum(shown.values())
            shown[largest] = round(shown[largest] + rest, 2)
        return shown

    def sum(self) -> Reason:
        """The parts that are not 0 as a sum, the strongest first: "Score 2.43 = 1.0 (threshold) +1.20 GARCH ..."."""
        shown = self.hundredths()
        ranked = sorted((part for part in self.parts if shown[part.detector]), key=lambda part: -abs(part.effect))
        terms = " ".join(tell("score_term", effect=signed(shown[p.detector]), detector=p.label) for p in ranked)
        return Reason("score_sum", {"score": f"{self.score:.2f}", "terms": terms or tell("score_no_terms")})


def signed(effect: float) -> str:
    """An effect as it is shown: "+1.20", "−0.08"."""
    return f"{'−' if effect < 0 else '+'}{abs(effect):.2f}"


def of_anomaly(result: Result, anomaly: Anomaly) -> Explanation | None:
    """What made the score of an anomaly; None where no detector had an opinion (a cell that was absent)."""
    taken = _taken_apart(result, anomaly.kpi, anomaly.cell, anomaly.start, anomaly.stop)
    if taken is None:
        return None
    return dataclasses.replace(taken, facts=(*_facts(result, taken), *_lasted(result, anomaly)))


def of_stretch(result: Result, kpi: str, cell: int, start: int, stop: int) -> Explanation | None:
    """What made the highest score of the periods [start, stop), and why it is no alarm where it is none.

    None where no detector had an opinion. Raises KeyError for a KPI that was not judged.
    """
    taken = _taken_apart(result, kpi, cell, start, stop)
    if taken is None:
        return None
    return dataclasses.replace(taken, facts=(*_why_no_alarm(result, taken), *_facts(result, taken)))


def in_words(explanation: Explanation) -> str:
    """The sum and the facts as one text, for where the votes stand beside it."""
    return " ".join(say(reason) for reason in (explanation.sum(), *explanation.facts))


def seldom(seconds: float) -> str:
    """How often something comes back that does so once in `seconds` on average: "about once in 12 weeks"."""
    years = seconds / YEAR_S
    if years > MOST_YEARS:
        return tell("seldom_beyond", years=MOST_YEARS)
    if years >= 2:
        return tell("seldom", time=tell("span_years", years=round(years)))
    if seconds >= 14 * DAY_S:
        return tell("seldom", time=tell("span_weeks", weeks=round(seconds / (7 * DAY_S))))
    return tell("seldom", time=duration_text(seconds))


def _taken_apart(result: Result, kpi: str, cell: int, start: int, stop: int) -> Explanation | None:
    """The parts of the highest score of [start, stop), and how the vote came about; no facts."""
    evidence, levels = result.evidence[kpi], result.thresholds[kpi]
    time = strangest(start, stop, result.verdicts[kpi].score[cell])
    moved = levels.get(VOTE, 1.0)
    scores = {name: float(one.score[cell, time]) / levels[name] for name, one in evidence.items()}
    shares = weights(scores, result.settings.vote)
    if not any(shares.values()):
        return None
    parts = tuple(
        Part(
            name,
            scores[name],
            shares[name],
            shares[name] * (scores[name] / moved - 1.0) if shares[name] else 0.0,
            (one.reasons[cell] or Reason("score_silent_then")) if math.isnan(scores[name]) else None,
        )
        for name, one in evidence.items()
    )
    taken = Explanation(kpi, cell, time, 1.0 + math.fsum(part.effect for part in parts), parts)
    return dataclasses.replace(taken, about_vote=tuple(_about_vote(result, taken)))


def _facts(result: Result, taken: Explanation) -> Iterator[Reason]:
    """How far off the value was at that moment, and how rare the most surprised detector finds it."""
    panel, kpi = result.panel, result.panel.kpi(taken.kpi)
    actual = float(panel.values[kpi.id][taken.cell, taken.time])
    expected = _expected(result.evidence[kpi.id], taken.cell, taken.time)
    stamp = local_text(WallGrid.of(panel).moment(panel.times[taken.time]), panel.zone, year=needs_year(panel.times))
    if math.isfinite(actual) and math.isfinite(expected):
        yield _deviation(kpi, actual, expected, stamp)
    known = [part for part in taken.parts if part.silent is None]
    loudest = max(known, key=lambda part: part.score)
    if not any(d.id == loudest.detector and decides_itself(d, result.settings) for d in DETECTORS):
        level = result.thresholds[kpi.id][loudest.detector]
        if actual == 0 and math.isclose(loudest.score * level, SURPRISE, rel_tol=1e-5):
            yield Reason("score_silence")
            return
        if _in_change(result, taken):
            yield Reason("score_change", {"weeks": round(1 / changes.A_WEEK)})
            return
        rare, usual = (panel.period_s * 10.0 ** min(surprise, 300.0) for surprise in (loudest.score * level, level))
        history = panel.period_s * int(np.isfinite(panel.values[kpi.id][taken.cell]).sum())
        unit = DAY_S if history >= 2 * DAY_S else 1
        yield Reason(
            "score_rare_extrapolated" if rare > history else "score_rare",
            {
                "detector": loudest.label,
                "history": duration_text(unit * round(history / unit)),
                "rare": seldom(rare),
                "usual": seldom(usual),
            },
        )


def _in_change(result: Result, taken: Explanation) -> bool:
    """Whether the moment lies on the first day of a change of level: who was less surprised there was raised to it."""
    change, day = changes.surprise(result.clock), result.clock.day_slots
    first = max(0, taken.time - day)
    raised = [detector.id for detector in DETECTORS if not detector.calibrated]
    evidence = [one for name, one in result.evidence[taken.kpi].items() if name in raised]
    scores = [one.score[taken.cell, first : taken.time + day] for one in evidence]
    at = first + np.flatnonzero(np.isclose(np.fmin.reduce(scores), change, rtol=1e-5)) if scores else np.zeros(0)
    return bool(len(at) and at[0] <= taken.time <= at[-1])


def _expected(evidence: Mapping[str, Evidence], cell: int, time: int) -> float:
    """What was expected of one point, as `expectation` has it; NaN where no detector expects anything."""
    found = (float(evidence[name].expected[cell, time]) for name in trusted_first(evidence))
    return next((expected for expected in found if not math.isnan(expected)), math.nan)


def _deviation(kpi: Kpi, actual: float, expected: float, stamp: str) -> Reason:
    """The deviation in the KPI's unit and in per cent of what was expected."""
    off = abs(actual - expected)
    params: dict[str, str | int | float] = {
        "time": stamp,
        "actual": amount(actual, kpi),
        "expected": amount(expected, kpi),
        "off": tell("score_points", points=number(off)) if kpi.unit == "%" else amount(off, kpi),
    }
    side = "above" if actual >= expected else "below"
    if is_level(kpi.unit):
        params["off"] = with_unit(off, "dB")
        return Reason("score_above_level" if side == "above" else "score_below_nothing", params)
    if not expected or off > MOST_TIMES * abs(expected):
        return Reason(f"score_{side}_nothing", params)
    if kpi.unit == "%":  # a percentage of a percentage beside its points would be mistaken for them
        return Reason("score_above_level" if side == "above" else "score_below_nothing", params)
    percent = 100 * off / abs(expected)
    if 99 < percent < 100:
        percent = 99.0  # "100 % below" would say that nothing was left
    return Reason(f"score_{side}", params | {"percent": number(round(percent) if percent >= WHOLE else percent)})


def _lasted(result: Result, anomaly: Anomaly) -> Iterator[Reason]:
    """For how long an anomaly of several periods was over the threshold, and what made it last for the rest."""
    panel, settings = result.panel, result.settings
    span = slice(anomaly.start, anomaly.stop)
    periods = anomaly.stop - anomaly.start
    if periods == 1:
        return
    score, values = (
        result.verdicts[anomaly.kpi].score[anomaly.cell, span],
        panel.values[anomaly.kpi][anomaly.cell, span],
    )
    with np.errstate(invalid="ignore"):
        over, held = score >= 1.0, (score < 1.0) & (score >= settings.hold)
    silent = panel.kpi(anomaly.kpi).kind is KpiKind.COUNT
    zero = ~over & ~held & (values == 0) if silent else np.zeros(periods, bool)
    for_long = {
        name: duration_text(int(where.sum()) * panel.period_s)
        for name, where in (("over", over), ("held", held), ("zero", zero), ("open", ~over & ~held & ~zero))
        if where.any()
    }
    lasted = duration_text(periods * panel.period_s)
    if over.all():
        yield Reason("score_lasted_all", {"lasted": lasted})
        return
    yield Reason("score_lasted_over", {"over": for_long.get("over", duration_text(0)), "lasted": lasted})
    if "held" in for_long:
        yield Reason("score_lasted_held", {"held": for_long["held"], "hold": f"{settings.hold:g}"})
    if "zero" in for_long:
        yield Reason("score_lasted_zero", {"zero": for_long["zero"]})
    if "open" in for_long:
        yield Reason("score_lasted_open", {"open": for_long["open"]})


def _about_vote(result: Result, taken: Explanation) -> Iterator[Reason]:
    """How the vote made one score of several, and who took no part in it."""
    rule, moved = result.settings.vote, result.thresholds[taken.kpi].get(VOTE, 1.0)
    known = [part for part in taken.parts if part.silent is None]
    if rule == "fused":
        yield Reason("score_vote_fused", {"opinions": len(known)})
    else:
        name = f"score_vote_{'k' if rule.isdecimal() else rule}"
        deciding = max(taken.parts, key=lambda part: part.weight).label
        yield Reason(name, {"detector": deciding, "opinions": len(known), "k": rule})
    if not math.isclose(moved, 1.0):
        yield Reason("score_moved", {"times": f"{moved:.2f}"})
    for part in taken.parts:
        if part.silent is not None:
            yield Reason("score_silent", {"detector": part.label, "why": say(part.silent)})


def _why_no_alarm(result: Result, taken: Explanation) -> Iterator[Reason]:
    """What kept a point from being anomalous; that it is, if it is."""
    panel, settings, clock = result.panel, result.settings, result.clock
    kpi, row, time = panel.kpi(taken.kpi), slice(taken.cell, taken.cell + 1), taken.time
    verdict = result.verdicts[kpi.id]
    if verdict.alarm[taken.cell, time]:
        yield Reason("score_in_alarm")
        return
    if verdict.score[taken.cell, time] < 1.0:
        yield Reason("score_under")
        return
    values, flags = panel.values[kpi.id][row], panel.flags[kpi.id][row]
    expected = expectation(of_cells(result.evidence[kpi.id], row)).expected
    if flags[0, time] & Flag.MAINTENANCE:
        yield Reason("score_maintenance")
    for name, where in bars(values, expected, kpi, settings, clock):
        if where[0, time]:
            yield _barred(name, kpi, result)
    if good_side(kpi.bad, values, expected)[0, time]:
        yield Reason("score_good_side", {"kpi": kpi.id})
    filled = invented(kpi.id, flags, settings.gaps)
    if filled is not None and filled[0, time]:
        yield Reason("score_filled")
    shortest = settings.min_duration
    if shortest > 1:
        any_length = dataclasses.replace(settings, min_duration=1)
        found = find_alarms(verdict.score[row], values, expected, kpi, any_length, flags, clock)
        if found[0, time]:
            yield Reason("score_too_short", {"periods": shortest})


def _barred(setting: str, kpi: Kpi, result: Result) -> Reason:
    """The setting that left a point out, with its value."""
    settings = result.settings
    if setting == "min_deviation":
        ratio = kpi.kind is KpiKind.RATIO
        percent = number(100 * settings.min_deviation)
        if is_level(kpi.unit):
            least = with_unit(NEPER_DB * settings.min_deviation, "dB")
            return Reason("score_small_level", {"percent": percent, "off": least})
        return Reason("score_small_ratio" if ratio else "score_small", {"percent": percent})
    if setting == "min_traffic":
        return Reason("score_little_traffic", {"least": number(settings.min_traffic)})
    return Reason("score_few_events", {"events": number(settings.min_events)})
