"""Later periods scored by the models of an earlier run: what may be scored so, and how.

Nothing is learned again, so the later periods get the scores that they would get in a run over all of them that learned
from the earlier ones only, and the scores of the earlier ones stay what they are. The models are those of the last full
run, whatever was scored by them since: it does not matter whether days are added one by one or together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine import season
from engine.blocks import abstention, failure, silent_points
from engine.calendar import WallGrid, cut, local_text
from engine.calibration import calibrate
from engine.calibration.silences import FALLS_SILENT, heard
from engine.calibration.thresholds import decides_itself
from engine.data import Block, BoolArray, Clock, Evidence, FloatArray, Kept, Kpi, Labels, Models, Panel, Result
from engine.detectors.base import Detector, Resuming, resuming
from engine.errors import Reason
from engine.expectation import possible
from engine.record import versions
from engine.settings import Settings

SEASON = "season"
"""The name by which the seasonal model stands among the detectors' in `Models.cells`."""

MOST_NEW = 0.25
"""From so much more data than was learned from, everything is learned anew."""

FIELDS = ("expected", "lower", "upper", "score")
DAY_S = 86_400
ROWS_AT_ONCE = 512


def notes(former: Result, panel: Panel, first: int) -> tuple[Reason, ...]:
    """What a person should know of `panel` judged by the evidence and the models of `former`, from `first` on anew."""
    others = tuple(note for note in former.notes if not told(note))
    learned = former.models.learned if former.models is not None else panel.shape[1]
    begin = min(first, learned)
    if begin == panel.shape[1]:
        return others
    until = local_text(
        WallGrid.of(panel).moment(panel.times[begin - 1] + np.timedelta64(panel.period_s, "s")), panel.zone, year=True
    )
    return (Reason("later_by_models", {"until": until, "periods": panel.shape[1] - begin}), *others)


def told(note: Reason) -> bool:
    """Whether a note says by which models later periods were scored, or why everything was learned anew."""
    return note.code == "later_by_models" or note.code.startswith("refit_")


def version() -> str:
    """The version of this program, as models note it."""
    return versions().get("cellwarden", "")


def digest(labels: Labels | None, periods: int) -> str:
    """Sixteen hexadecimal digits for the labels of the first `periods` periods; "" if there are none."""
    if labels is None:
        return ""
    found = hashlib.sha256()
    for kpi in sorted(labels):
        found.update(kpi.encode())
        found.update(np.ascontiguousarray(labels[kpi][:, :periods]).tobytes())
    return found.hexdigest()[:16]


def refusal(
    former: Result,
    panel: Panel,
    clock: Clock,
    settings: Settings,
    detectors: Sequence[Detector],
    labels: Labels | None,
) -> Reason | None:
    """Why the models of `former` cannot score what `panel` has beyond it, so that a full run is due; None if they can.

    panel and clock as they are judged: gaps filled, maintenance marked.
    """
    silent = [detector.label for detector in detectors if not detector.resumes]
    if silent:
        return Reason("refit_detector", {"detector": ", ".join(silent)})
    models, old = former.models, former.panel
    if models is None:
        return Reason("refit_no_models")
    if models.version != version() or (settings.feed != "raw" and not _know_silences(models)):
        return Reason("refit_version", {"version": models.version})
    if not former.settings.only_votes_differ(settings):
        return Reason("refit_settings")
    other = _learned_otherwise(detectors, models)
    if other:
        return Reason("refit_other_model", {"detector": ", ".join(other)})
    if [cell.id for cell in panel.cells] != [cell.id for cell in old.cells]:
        return Reason("refit_cells")
    if [(kpi.id, kpi.kind) for kpi in panel.kpis] != [(kpi.id, kpi.kind) for kpi in old.kpis]:
        return Reason("refit_kpis")
    if panel.period_s != old.period_s or not np.array_equal(panel.times[: len(old.times)], old.times):
        return Reason("refit_earlier")
    if not _same_calendar(former.clock, clock):
        return Reason("refit_calendar")
    if models.labels != digest(labels, models.learned):
        return Reason("refit_labels")
    if first_change(old, panel) < models.periods:
        return Reason("refit_replaced")
    later = panel.shape[1] - models.learned
    days = later * panel.period_s / DAY_S
    limit = min(float(settings.keep_days), MOST_NEW * models.learned * panel.period_s / DAY_S)
    if days > limit:
        return Reason("refit_age", {"days": days, "limit": limit})
    return None


def _know_silences(models: Models) -> bool:
    """Whether it was noted which cells fall silent by nature; early builds of this version did not."""
    return all(FALLS_SILENT in of[SEASON] for of in models.cells.values() if SEASON in of)


def _learned_otherwise(detectors: Sequence[Detector], models: Models) -> list[str]:
    """Labels of the detectors that would not go on from what they had learned of some KPI."""
    return [
        d.label
        for d in detectors
        if resuming(d) and not all(d.recalled(of[d.id]).resumes for of in models.taught.values() if d.id in of)
    ]


def _same_calendar(old: Clock, new: Clock) -> bool:
    """Whether both call the old periods the same."""
    part = cut(new, 0, len(old.day))
    same = old.event == part.event
    for name in ("slot_of_day", "slot_of_week", "weekend", "holiday", "day_type"):
        same = same and np.array_equal(getattr(old, name), getattr(part, name))
    return same


def first_change(old: Panel, new: Panel) -> int:
    """The first period of `old` at which a value or flag of `new` is another one; the number of periods if none is."""
    periods = old.shape[1]
    changed = np.zeros(periods, np.bool_)
    for kpi in old.kpis:
        for first in range(0, old.shape[0], ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            before, after = old.values[kpi.id][rows], new.values[kpi.id][rows, :periods]
            other = (before != after) & ~(np.isnan(before) & np.isnan(after))
            other |= old.flags[kpi.id][rows] != new.flags[kpi.id][rows, :periods]
            changed |= other.any(axis=0)
    return int(np.argmax(changed)) if changed.any() else periods


@dataclass(frozen=True)
class Task:
    """The later periods of one block of cells; picklable. kept: by "season" and detector, of these cells alone."""

    kpi: Kpi
    rows: range
    values: FloatArray
    clock: Clock
    settings: Settings
    detectors: tuple[Resuming, ...]
    kept: Mapping[str, Kept]


def recalled(detectors: Sequence[Detector], former: Result, kpi: str) -> tuple[Resuming, ...]:
    """The detectors that had learned something of a KPI, as they were then."""
    models = former.models
    if models is None:
        return ()
    taught, known = models.taught.get(kpi, {}), models.cells[kpi]
    return tuple(d.recalled(taught.get(d.id, {})) for d in detectors if resuming(d) and d.id in known)


def tasks(
    former: Result,
    panel: Panel,
    clock: Clock,
    settings: Settings,
    kpi: Kpi,
    detectors: tuple[Resuming, ...],
    plan: Sequence[range],
) -> Iterator[Task]:
    """One task per block of `plan`: all periods behind those that the models of `former` were learned from."""
    models = former.models
    if models is None:
        raise ValueError("there are no models to score later periods by")
    later = cut(clock, models.periods, panel.shape[1])
    for rows in plan:
        part = slice(rows.start, rows.stop)
        values = np.array(panel.values[kpi.id][part, models.periods :], np.float32)
        values[~np.isfinite(values)] = np.nan
        names = (SEASON, *(d.id for d in detectors))
        kept = {name: {n: a[part] for n, a in models.cells[kpi.id][name].items()} for name in names}
        yield Task(kpi, rows, values, later, settings, detectors, kept)


def judge(task: Task) -> tuple[Evidence, ...]:
    """Every detector's calibrated evidence on the later periods of one block, (C, later periods)."""
    usual = season.extend(task.kept[SEASON], task.values, task.clock, task.kpi, task.settings.season)
    feed = task.values if task.settings.feed == "raw" else season.adjust(task.values, usual)
    nothing_learned = np.zeros(task.values.shape, np.bool_)
    block = Block(task.kpi, task.rows, task.values, feed, nothing_learned, task.clock, usual)
    silent = silent_points(block, task.settings)
    return tuple(_judged(detector, block, task, silent) for detector in task.detectors)


def _judged(detector: Resuming, block: Block, task: Task, silent: BoolArray) -> Evidence:
    kept = task.kept[detector.id]
    try:
        raw = possible(detector.resume(block, kept), block.kpi)
        if decides_itself(detector, task.settings) and detector.own_cut is not None:
            return replace(raw, score=raw.score / np.float32(detector.own_cut))
        return raw if detector.calibrated else heard(calibrate.resume(raw, kept), silent)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as in `blocks.judge_block`: it abstains with its reason, the others go on
        return abstention(detector, block, failure(detector, error))


def widened(old: Evidence, later: Evidence | None, rows: range, start: int, first: int, periods: int) -> Evidence:
    """The evidence of some cells on all `periods`: `old` up to `first`, from there on `later`, which begins at `start`.

    later None: the detector has learned nothing of this KPI, and says nothing.
    """
    part = slice(rows.start, rows.stop)
    wide = []
    for name in FIELDS:
        whole = np.full((len(rows), periods), np.nan, np.float32)
        whole[:, :first] = getattr(old, name)[part, :first]
        if later is not None:
            whole[:, first:] = getattr(later, name)[:, first - start :]
        wide.append(whole)
    failed = later.reasons if later is not None else (None,) * len(rows)
    reasons = tuple(before or now for before, now in zip(old.reasons[part], failed, strict=True))
    expected, lower, upper, score = wide
    return Evidence(old.detector, expected, lower, upper, score, reasons)
