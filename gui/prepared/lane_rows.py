"""Anomalies as stretches of lanes: looked up by cell and time in milliseconds, however many there are. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from engine.data import Anomaly, BoolArray, Incident, IntArray, Severity
from engine.numerics.runs import Runs

RANKS: tuple[Severity, ...] = tuple(Severity)
"""Severity by its rank in the arrays here: 0 = critical."""
QUIET = len(RANKS)
"""The rank of "nothing unusual"."""
FOREVER = int(np.iinfo(np.int64).max)
SILENT = QUIET + 1
"""The rank of "no opinion"."""


@dataclass(frozen=True, eq=False)
class LaneRows:
    """Anomalies (N,), ordered by cell. first (cells + 1,): where each cell's begin. rank: the incident's severity.

    ids: of the anomaly, -1 for a stretch that is none of the result. since, until: of its incident, or its own.
    """

    first: IntArray
    cell: IntArray
    start: IntArray
    stop: IntArray
    rank: IntArray
    ids: IntArray
    since: IntArray
    until: IntArray

    @classmethod
    def of(cls, anomalies: Sequence[Anomaly], incidents: Sequence[Incident], cells: int, kpi: str = "") -> LaneRows:
        """The anomalies of one KPI, or of all for "". One that belongs to no incident counts as a warning."""
        rank_of = {severity: number for number, severity in enumerate(RANKS)}
        told = {
            anomaly: (rank_of[incident.severity], incident.start, incident.stop)
            for incident in incidents
            for anomaly in incident.anomalies
        }
        chosen = [a for a in anomalies if a.kpi == kpi] if kpi else anomalies
        rows = ((a.cell, a.start, a.stop, a.id, *told.get(a.id, (QUIET - 1, a.start, a.stop))) for a in chosen)
        table = np.fromiter(chain.from_iterable(rows), np.int64, 7 * len(chosen)).reshape(len(chosen), 7)
        cell, start, stop, ids, rank, since, until = table[np.lexsort((table[:, 1], table[:, 0]))].T.copy()
        return cls(np.searchsorted(cell, np.arange(cells + 1)), cell, start, stop, rank, ids, since, until)

    def outlined(self, runs: Sequence[Runs]) -> LaneRows:
        """The stretches `runs` in place of these anomalies, each with rank and id of one that it meets; where there is
        none, it counts as a warning.
        """
        cell, start, stop = (np.concatenate([getattr(one, name) for one in runs]) for name in ("cell", "start", "stop"))
        order = np.lexsort((start, cell))
        cell, start, stop = cell[order], start[order], stop[order]
        rank, ids, since, until = np.full(len(cell), QUIET - 1), np.full(len(cell), -1), start.copy(), stop.copy()
        if len(self.cell):
            width = int(max(self.stop.max(), stop.max(initial=0))) + 1
            last = np.searchsorted(self.cell * width + self.start, cell * width + stop) - 1
            met = (last >= 0) & (self.cell[last] == cell) & (self.stop[last] > start)
            rank[met], ids[met] = self.rank[last[met]], self.ids[last[met]]
            since[met], until[met] = self.since[last[met]], self.until[last[met]]
        return LaneRows(np.searchsorted(cell, np.arange(len(self.first))), cell, start, stop, rank, ids, since, until)

    def only(self, ranks: frozenset[int]) -> LaneRows:
        """The anomalies of these ranks; all cells stay."""
        if len(ranks) == QUIET:
            return self
        return self._kept(np.isin(self.rank, list(ranks)))

    def within(self, hours: IntArray | None) -> LaneRows:
        """The anomalies of incidents of which some lies in the hours so counted (`Hours.counted`), as they are listed;
        None = of all hours. All cells stay.
        """
        return self if hours is None else self._kept(hours[self.until] > hours[self.since])

    def _kept(self, kept: BoolArray) -> LaneRows:
        columns = (self.start, self.stop, self.rank, self.ids, self.since, self.until)
        cell = self.cell[kept]
        first = np.searchsorted(cell, np.arange(len(self.first)))
        return LaneRows(first, cell, *(column[kept] for column in columns))

    def order(self, start: int = 0, stop: int = FOREVER) -> IntArray:
        """All cells, worst first in [start, stop): by gravest anomaly then, how long they are anomalous, and as in the
        panel.
        """
        cells = len(self.first) - 1
        length = np.clip(np.minimum(self.stop, stop) - np.maximum(self.start, start), 0, None)
        total = np.bincount(self.cell, weights=length, minlength=cells)
        return np.lexsort((np.arange(cells), -total, self.gravest(start, stop)))

    def gravest(self, start: int = 0, stop: int = FOREVER) -> IntArray:
        """(cells,) the rank of each cell's gravest anomaly in [start, stop), `QUIET` where it has none."""
        out = np.full(len(self.first) - 1, QUIET)
        meets = (self.start < stop) & (start < self.stop)
        np.minimum.at(out, self.cell[meets], self.rank[meets])
        return out

    def lanes(self, cells: Sequence[int], edges: IntArray) -> np.ndarray:
        """The gravest rank per cell and bucket, (len(cells), buckets) int8; bucket b is [edges[b], edges[b + 1])."""
        out = np.full((len(cells), len(edges) - 1), QUIET, np.int8)
        for row, cell in enumerate(cells):
            mine = slice(self.first[cell], self.first[cell + 1])
            lasts = np.searchsorted(edges, self.stop[mine], side="left")
            firsts = np.maximum(np.searchsorted(edges, self.start[mine], side="right") - 1, 0)
            for begin, end, rank in zip(firsts.tolist(), lasts.tolist(), self.rank[mine].tolist(), strict=True):
                np.minimum(out[row, begin:end], rank, out=out[row, begin:end])
        return out

    def at(self, cell: int, start: int, stop: int) -> int | None:
        """The id of the gravest anomaly of a cell that meets [start, stop); None if there is none."""
        mine = np.arange(self.first[cell], self.first[cell + 1])
        meets = mine[(self.start[mine] < stop) & (start < self.stop[mine]) & (self.ids[mine] >= 0)]
        return int(self.ids[meets[np.argmin(self.rank[meets])]]) if len(meets) else None

    def worst_over_time(self, edges: IntArray) -> IntArray:
        """(buckets,) the gravest rank of the whole network in each bucket of time."""
        out = np.full(len(edges) - 1, QUIET)
        for rank in range(QUIET - 1, -1, -1):
            mine = self.rank == rank
            change = np.zeros(len(edges), np.int64)
            begins = np.clip(np.searchsorted(edges, self.start[mine], side="right") - 1, 0, len(edges) - 1)
            ends = np.clip(np.searchsorted(edges, self.stop[mine], side="left"), 0, len(edges) - 1)
            np.add.at(change, begins, 1)
            np.add.at(change, ends, -1)
            out[np.cumsum(change)[:-1] > 0] = rank
        return out


def bucket_edges(start: float, stop: float, length: int, columns: int) -> IntArray:
    """Edges (buckets + 1,) of at most `columns` buckets over the samples [start, stop) of a series of `length`.

    All buckets have the same size and begin at its multiples, so that panning moves them and does not remake them; the
    last one ends with the series.
    """
    size = max(1, int(np.ceil((stop - start) / max(1, columns))))
    first, last = int(start // size), int(np.ceil(min(stop, length) / size))
    return np.minimum(np.arange(first, max(last, first + 1) + 1) * size, length)


def all_of(mask: BoolArray, edges: IntArray) -> BoolArray:
    """(rows, buckets): whether `mask` (rows, T) holds throughout each bucket."""
    inside = mask[:, edges[0] : edges[-1]]
    starts = edges[:-1] - edges[0]
    out: BoolArray = (
        np.logical_and.reduceat(inside, starts, axis=1) if inside.shape[1] else np.zeros((len(mask), len(starts)), bool)
    )
    return out
