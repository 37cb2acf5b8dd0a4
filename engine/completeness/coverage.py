"""What of a panel was measured when, by KPI and by cell: the figures behind every quality report.

A point that a gap policy filled was not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.completeness.gaps import unlearned
from engine.data import BoolArray, DoubleArray, Flag, IntArray, Panel
from engine.errors import Reason
from engine.execution.scratch import release
from engine.monitor import Monitor
from engine.numerics.runs import find_runs

ROWS_AT_ONCE = 256
LANES = 20
BUCKETS = 130
MOST_STRETCHES = 50


@dataclass(frozen=True)
class KpiCoverage:
    """Points of one KPI over all cells. missing: not measured, whether filled or not; gaps: runs of them, longest in
    periods. suspect, maintenance: measured, but marked so; imputed: gaps that were filled.
    """

    kpi: str
    points: int
    missing: int
    gaps: int
    longest: int
    suspect: int
    imputed: int
    maintenance: int

    @property
    def missing_share(self) -> float:
        """0..1, NaN without points."""
        return self.missing / self.points if self.points else float("nan")


@dataclass(frozen=True)
class Stretch:
    """Consecutive periods [start, stop) in which some point was marked, of how many cells, over all KPIs."""

    start: int
    stop: int
    cells: int
    points: int


@dataclass(frozen=True, eq=False)
class Strips:
    """Share measured over all KPIs: of the whole network (B,), and of the `cells` with most missing (rows, B).

    complete: how many cells lack nothing. edges (B + 1,): the time indices between which the buckets lie.
    """

    cells: tuple[int, ...]
    whole: DoubleArray
    rows: DoubleArray
    complete: int
    edges: IntArray


@dataclass(frozen=True, eq=False)
class Coverage:
    """kpis in the panel's order. suspect: the first `MOST_STRETCHES` of `suspect_stretches`, in order of time.

    excluded_share: of all points, those that nothing is learned from: missing, suspect, held or interpolated, in
    maintenance. strips: None for a panel without cells or periods.
    """

    kpis: tuple[KpiCoverage, ...]
    suspect: tuple[Stretch, ...]
    suspect_stretches: int
    excluded_share: float
    strips: Strips | None


def cover(panel: Panel, policies: Sequence[str] = (), monitor: Monitor | None = None) -> Coverage:
    """Look at every point of a panel, block by block; policies: what became of its gaps. Raises Cancelled."""
    monitor = monitor or Monitor()
    kpis, excluded = [], 0
    for number, kpi in enumerate(panel.kpis):
        part = monitor.part(0.7 * number / len(panel.kpis), 0.7 * (number + 1) / len(panel.kpis))
        found, out = _of_kpi(panel, kpi.id, policies, part)
        kpis.append(found)
        excluded += out
    stretches = _stretches(panel, monitor.part(0.7, 0.8)) if any(k.suspect for k in kpis) else []
    points = sum(k.points for k in kpis)
    monitor.step(0.8, Reason("stage_quality"))
    return Coverage(
        kpis=tuple(kpis),
        suspect=tuple(stretches[:MOST_STRETCHES]),
        suspect_stretches=len(stretches),
        excluded_share=excluded / points if points else float("nan"),
        strips=strips(panel, monitor.part(0.8, 1.0)) if all(panel.shape) else None,
    )


def strips(panel: Panel, monitor: Monitor | None = None) -> Strips:
    """The share measured over time, of the network and of the cells with most missing. Raises Cancelled."""
    monitor = monitor or Monitor()
    count, periods = panel.shape
    buckets = max(1, min(BUCKETS, periods))
    edges = np.linspace(0, periods, buckets + 1).astype(np.int64)
    kpis = max(len(panel.kpis), 1)
    whole, per_cell = np.zeros(buckets), np.zeros(count, np.int64)
    for rows in _blocks(count, monitor):
        found = _measured(panel, rows, edges[:-1])
        whole += found.sum(axis=0)
        per_cell[rows] = found.sum(axis=1)
        release(panel.values.values())
    lacking = kpis * periods - per_cell
    worst = np.argsort(-lacking, kind="stable")[:LANES]
    worst = worst[lacking[worst] > 0]
    sizes = np.diff(edges) * kpis
    rows_of = [_measured(panel, slice(cell, cell + 1), edges[:-1])[0] for cell in worst.tolist()]
    shares = np.array(rows_of, np.float64).reshape(len(worst), buckets) / sizes
    return Strips(tuple(worst.tolist()), whole / (sizes * count), shares, int((lacking == 0).sum()), edges)


def _blocks(cells: int, monitor: Monitor) -> Iterator[slice]:
    for first in range(0, cells, ROWS_AT_ONCE):
        monitor.step(first / cells, Reason("stage_quality"))
        yield slice(first, min(first + ROWS_AT_ONCE, cells))


def _there(panel: Panel, kpi: str, rows: slice) -> BoolArray:
    """Which points of these cells were measured."""
    found: BoolArray = np.isfinite(panel.values[kpi][rows])
    flags = panel.flags[kpi][rows]
    return found & ((flags & Flag.IMPUTED) == 0) if flags.any() else found


def _measured(panel: Panel, rows: slice, begins: IntArray) -> IntArray:
    """Points measured per cell of `rows` and bucket, over all KPIs."""
    total = np.zeros((rows.stop - rows.start, len(begins)), np.int64)
    for kpi in panel.kpis:
        total += np.add.reduceat(_there(panel, kpi.id, rows), begins, axis=1, dtype=np.int64)
    return total


def _of_kpi(panel: Panel, kpi: str, policies: Sequence[str], monitor: Monitor) -> tuple[KpiCoverage, int]:
    """What there is of a KPI, and how many of its points nothing is learned from."""
    unused = unlearned(kpi, policies)
    missing = gaps = longest = suspect = imputed = maintenance = excluded = 0
    for rows in _blocks(panel.shape[0], monitor):
        absent, flags = ~_there(panel, kpi, rows), panel.flags[kpi][rows]
        runs, lacking = find_runs(absent), int(np.count_nonzero(absent))
        missing += lacking
        gaps += len(runs)
        longest = max(longest, int(runs.length.max(initial=0)))
        release([panel.values[kpi]])
        if not flags.any():
            excluded += lacking
            continue
        suspect += int(np.count_nonzero(~absent & ((flags & Flag.SUSPECT) != 0)))
        maintenance += int(np.count_nonzero(~absent & ((flags & Flag.MAINTENANCE) != 0)))
        imputed += int(np.count_nonzero(flags & Flag.IMPUTED))
        gone = absent & ((flags & Flag.IMPUTED) == 0)
        excluded += int(np.count_nonzero(gone | ((flags & unused) != 0)))
    points = panel.shape[0] * panel.shape[1]
    return KpiCoverage(kpi, points, missing, gaps, longest, suspect, imputed, maintenance), excluded


def _stretches(panel: Panel, monitor: Monitor) -> list[Stretch]:
    """The stretches of time with suspect points, in order."""
    cells, periods = panel.shape
    points = np.zeros(periods, np.int64)
    for number, kpi in enumerate(panel.kpis):
        for rows in _blocks(cells, monitor.part(number / len(panel.kpis), (number + 1) / len(panel.kpis))):
            points += np.count_nonzero(panel.flags[kpi.id][rows] & Flag.SUSPECT, axis=0)
    runs = find_runs((points > 0)[np.newaxis])
    found = []
    for number, (start, stop) in enumerate(zip(runs.start.tolist(), runs.stop.tolist(), strict=True)):
        touched = np.zeros(cells, bool)
        if number < MOST_STRETCHES:
            for kpi in panel.kpis:
                touched |= (panel.flags[kpi.id][:, start:stop] & Flag.SUSPECT).any(axis=1)
        found.append(Stretch(start, stop, int(touched.sum()), int(points[start:stop].sum())))
    return found
