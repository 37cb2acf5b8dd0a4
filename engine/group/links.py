"""Which anomalies belong together: same cell at the same time, neighbours or most cells of a kind that begin together,
a surprising crowd.

Everything is worked out on sorted arrays with binary searches, so that 100,000 anomalies link in about a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, Cell, IntArray
from engine.group.alike import of_kinds
from engine.group.columns import Table
from engine.group.kinds import Kinds
from engine.network.neighbours import near, same_site

SAME_CELL, SAME_SITE, NEIGHBOURS, ALIKE, TOGETHER = "same_cell", "same_site", "neighbours", "alike", "together"
WAYS = (SAME_CELL, SAME_SITE, NEIGHBOURS, ALIKE, TOGETHER)
"""Why two anomalies are linked; the order is that of the codes in `Links.way`."""

UNLIKE_LENGTHS = 8
CROWD = 3
CROWD_SIGMAS = 5.0


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
    pause begins with nobody. A fault of equipment is beside whatever else fails in the network at that moment: it is
    told from what begins in other cells, at their sites or others, or in the crowd, and is not of its kind.
    """
    again = _again(table, together, day)
    parts = [_within_cell(table, periods, together), again]
    begins = _beginnings(table, again)
    left, right, apart = of_kinds(table, begins, kinds, periods, together)
    parts.append(Links(left, right, np.full(len(left), WAYS.index(ALIKE), np.int64)))
    apart = _with_its_cells(apart, parts[0])
    pairs = [(same_site(cells), SAME_SITE), (near(cells), NEIGHBOURS)]
    for neighbours, way in pairs:
        if len(neighbours):
            found = _between(table, begins, neighbours, periods, together, WAYS.index(way))
            parts.append(_told_apart(found, table, apart, same_site=way == SAME_SITE))
    if not len(pairs[1][0]):
        parts.append(_crowds(table, begins[~apart[begins]], periods))
    return Links(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("left", "right", "way")))


def _with_its_cells(apart: BoolArray, within: Links) -> BoolArray:
    """(N,) the anomalies `apart` and those of their cells that go with them."""
    out = apart.copy()
    out[within.right[apart[within.left]]] = True
    out[within.left[apart[within.right]]] = True
    return out


def _told_apart(links: Links, table: Table, apart: BoolArray, *, same_site: bool) -> Links:
    """The links both of whose ends are `apart` or neither; at one site others go with them in another KPI, as its cells
    that take over their load do.
    """
    kept = apart[links.left] == apart[links.right]
    if same_site:
        kept |= table.kpi[links.left] != table.kpi[links.right]
    return Links(links.left[kept], links.right[kept], links.way[kept])


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
