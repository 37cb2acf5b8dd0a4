"""Which anomalies belong together: same cell at the same time, neighbours or most cells of a kind that begin together,
a surprising crowd.

Everything is worked out on sorted arrays with binary searches, so that 100,000 anomalies link in about a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Cell, IntArray
from engine.group.kinds import FEWEST_CELLS, FEWEST_SITES, Kinds
from engine.network.neighbours import near, same_site

SAME_CELL, SAME_SITE, NEIGHBOURS, ALIKE, TOGETHER = "same_cell", "same_site", "neighbours", "alike", "together"
WAYS = (SAME_CELL, SAME_SITE, NEIGHBOURS, ALIKE, TOGETHER)
"""Why two anomalies are linked; the order is that of the codes in `Links.way`."""

UNLIKE_LENGTHS = 8
CROWD = 3
CROWD_SIGMAS = 5.0

MOST_OF_KIND, FEW_OTHERS = 0.5, 0.1
"""What begins in at least this share of the cells of a kind, and in no more than that of all others, is of the kind."""


@dataclass(frozen=True, eq=False)
class Table:
    """Anomalies as columns (N,): cell, number of the KPI, time indices [start, stop), side (-1 down, 1 up, 0)."""

    cell: IntArray
    kpi: IntArray
    start: IntArray
    stop: IntArray
    side: IntArray

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs of anomalies (L,) and why they are linked: an index into `WAYS`."""

    left: IntArray
    right: IntArray
    way: IntArray


def find_links(table: Table, cells: Sequence[Cell], kinds: Kinds, periods: int, together: int, day: int) -> Links:
    """All links between the anomalies of `table`.

    kinds: of the cells. together: how many periods apart two beginnings may lie and still count as the same moment;
    day: periods of a day. Anomalies of one cell are linked when they begin together or overlap (unless one is many
    times as long as the other), those of one KPI and side also when they follow each other that closely, or after a
    pause that is no longer than either of them and than a day: a fault that shows in busy hours only is one fault;
    those of neighbouring cells (same site; grid or kilometres) when they begin together on the same side, of different
    KPIs of different sites only if they end together as well; those of most cells of a kind when they begin together on
    the same side of the same KPI, and few others do; where no place is known, those of any cells that begin in the same
    period on the same side of the same KPI, if there are far more of them than chance brings. What only goes on after a
    pause begins with nobody.
    """
    again = _again(table, together, day)
    parts = [_within_cell(table, periods, together), again]
    begins = _beginnings(table, again)
    pairs = [(same_site(cells), SAME_SITE), (near(cells), NEIGHBOURS)]
    for neighbours, way in pairs:
        if len(neighbours):
            parts.append(_between(table, begins, neighbours, periods, together, WAYS.index(way)))
    if len(kinds):
        parts.append(_alike(table, begins, kinds, periods, together))
    if not len(pairs[1][0]):
        parts.append(_crowds(table, begins, periods))
    return Links(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("left", "right", "way")))


def _within_cell(table: Table, periods: int, together: int) -> Links:
    """Each anomaly with the one of its cell that reaches furthest among those begun before it, if they overlap."""
    order = np.lexsort((table.start, table.cell))
    cell, start, stop = table.cell[order], table.start[order], table.stop[order]
    base = cell * (2 * periods + together + 1)
    # per cell the furthest end so far, and who has it: keys of later cells are larger, so one running maximum serves
    reach = np.maximum.accumulate(base + stop)
    holder = np.maximum.accumulate(np.where(base + stop == reach, np.arange(len(order)), 0))
    pause = base[1:] + start[1:] - reach[:-1]
    length = stop - start
    touching = np.flatnonzero((cell[1:] == cell[:-1]) & (pause < 0)) + 1
    one, other = length[touching], length[holder[touching - 1]]
    touching = touching[np.maximum(one, other) <= UNLIKE_LENGTHS * np.minimum(one, other)]
    close = np.flatnonzero((cell[1:] == cell[:-1]) & (start[1:] - start[:-1] <= together)) + 1
    left = np.concatenate([order[holder[touching - 1]], order[close - 1]])
    right = np.concatenate([order[touching], order[close]])
    return Links(left, right, np.full(len(left), WAYS.index(SAME_CELL), np.int64))


def _again(table: Table, together: int, day: int) -> Links:
    """Each anomaly with the one before it of its cell, KPI and side, if the pause between them is a short one.

    That is at most `together` periods, or no longer than either of them and than a day.
    """
    order = np.lexsort((table.start, table.side, table.kpi, table.cell))
    start, stop = table.start[order], table.stop[order]
    same = np.ones(max(len(order) - 1, 0), bool)
    for column in (table.cell, table.kpi, table.side):
        same &= np.diff(column[order]) == 0
    length = stop - start
    shorter, longer = np.minimum(length[1:], length[:-1]), np.maximum(length[1:], length[:-1])
    soon = start[1:] - stop[:-1] <= np.maximum(together, np.minimum(shorter, day))
    close = same & soon & (longer <= UNLIKE_LENGTHS * shorter)
    follows = np.flatnonzero(close) + 1
    return Links(order[follows - 1], order[follows], np.full(len(follows), WAYS.index(SAME_CELL), np.int64))


def _beginnings(table: Table, again: Links) -> IntArray:
    """Which anomalies begin something: all but those after a pause of one that was no shorter (`again`)."""
    length = table.stop - table.start
    going_on = again.right[length[again.left] >= length[again.right]]
    return np.setdiff1d(np.arange(len(table)), going_on)


def _between(table: Table, begins: IntArray, neighbours: IntArray, periods: int, together: int, way: int) -> Links:
    """Of the anomalies `begins`, those of neighbouring cells within `together` periods of each other on the same side.

    Where one KPI at one place brings another with it at the next, it goes with it too: cells of different sites that
    only happen to begin together in different KPIs are no one incident.
    """
    span = periods + 2 * together + 2
    key = table.cell[begins] * span + table.start[begins] + together
    order = np.argsort(key, kind="stable")
    key, order = key[order], begins[order]
    by_cell = np.searchsorted(key, np.arange(int(table.cell.max(initial=0)) + 2) * span)
    known = neighbours[(neighbours < len(by_cell) - 1).all(axis=1)]
    one, other = known[:, 0], known[:, 1]
    busy = (by_cell[one + 1] > by_cell[one]) & (by_cell[other + 1] > by_cell[other])
    one, other = one[busy], other[busy]
    # every anomaly of `one`, repeated once per neighbour
    many = by_cell[one + 1] - by_cell[one]
    left = _ranges(by_cell[one], many)
    wanted = np.repeat(other, many) * span + table.start[order[left]] + together
    low = np.searchsorted(key, wanted - together)
    high = np.searchsorted(key, wanted + together, side="right")
    right = _ranges(low, high - low)
    left = np.repeat(left, high - low)
    left, right = order[left], order[right]
    alike = table.side[left] * table.side[right] >= 0
    if WAYS[way] == NEIGHBOURS:
        ends = np.abs(table.stop[left] - table.stop[right]) <= together
        alike &= (table.kpi[left] == table.kpi[right]) | ends
    return Links(left[alike], right[alike], np.full(int(alike.sum()), way, np.int64))


def _ranges(first: IntArray, many: IntArray) -> IntArray:
    """first[0], first[0]+1, ... `many[0]` of them, then those of first[1], and so on."""
    ends = np.cumsum(many)
    total = int(ends[-1]) if len(ends) else 0
    out: IntArray = np.arange(total) - np.repeat(ends - many, many) + np.repeat(first, many)
    return out


def _crowds(table: Table, begins: IntArray, periods: int) -> Links:
    """Of the anomalies `begins`, those of one KPI and side in one period, where there are far more than usual."""
    kinds = table.kpi * 3 + table.side + 1
    key = kinds[begins] * periods + table.start[begins]
    order = np.argsort(key, kind="stable")
    key, order = key[order], begins[order]
    firsts = np.flatnonzero(np.r_[True, np.diff(key) > 0]) if len(key) else np.zeros(0, np.int64)
    many = np.diff(np.r_[firsts, len(key)])
    usual = np.bincount(kinds, minlength=int(kinds.max(initial=0)) + 1)[kinds[order[firsts]]] / periods
    crowded = (many >= CROWD) & (many > usual + CROWD_SIGMAS * np.sqrt(usual))
    inside = np.repeat(crowded, many)
    follows = np.r_[False, np.diff(key) == 0] if len(key) else np.zeros(0, bool)
    right = np.flatnonzero(inside & follows)
    return Links(order[right - 1], order[right], np.full(len(right), WAYS.index(TOGETHER), np.int64))


def _alike(table: Table, begins: IntArray, kinds: Kinds, periods: int, together: int) -> Links:
    """Of the anomalies `begins`, those of one KPI and side that begin in most cells of a kind and in few others."""
    what = table.kpi * 3 + table.side + 1
    moment = what * (periods + together + 1) + table.start  # those of one KPI and side that begin together lie close
    order = begins[np.argsort(moment[begins], kind="stable")]
    beginning = moment[order]
    first, stop = np.searchsorted(beginning, beginning - together), np.searchsorted(beginning, beginning + together + 1)
    asked = order[stop - first >= FEWEST_CELLS]
    parts = [np.zeros(0, np.int64)]
    for member in kinds.member:
        for struck in _most_of_a_kind(asked, moment, table.cell, member, kinds, together):
            begun = np.searchsorted(beginning, [moment[struck[0]], moment[struck[0]] + together + 1])
            others = len(kinds.site) - kinds.size[member[table.cell[struck[0]]]]
            if begun[1] - begun[0] - len(struck) <= FEW_OTHERS * others:
                parts.append(struck)
    left, right = (np.concatenate([part[side] for part in parts]) for side in (slice(None, -1), slice(1, None)))
    return Links(left, right, np.full(len(left), WAYS.index(ALIKE), np.int64))


def _most_of_a_kind(
    asked: IntArray, moment: IntArray, cell: IntArray, member: IntArray, kinds: Kinds, together: int
) -> Iterator[IntArray]:
    """Of the anomalies `asked`, those that begin together in most cells of one of the kinds in `member` (C,).

    moment, cell (N,): of all anomalies, when and in which KPI they begin, and where.
    """
    kind = member[cell[asked]]
    asked, kind = asked[kind >= 0], kind[kind >= 0]
    key = kind * (int(moment.max(initial=0)) + together + 1) + moment[asked]
    order = np.argsort(key, kind="stable")
    asked, kind, key = asked[order], kind[order], key[order]
    stop = np.searchsorted(key, key + together, side="right")
    needed = np.maximum(MOST_OF_KIND * kinds.size[kind], FEWEST_CELLS)
    told = 0
    for first in np.flatnonzero(stop - np.arange(len(key)) >= needed).tolist():
        cells = np.unique(cell[asked[first : stop[first]]])
        if first >= told and len(cells) >= needed[first] and len(np.unique(kinds.site[cells])) >= FEWEST_SITES:
            yield asked[first : stop[first]]
            told = stop[first]
