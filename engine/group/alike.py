"""Anomalies that begin in most cells of a kind and in hardly any others: of one technology, vendor, region ..."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import EQUIPMENT, BoolArray, IntArray
from engine.group.columns import Table
from engine.group.kinds import FEWEST_CELLS, FEWEST_SITES, Kinds

MOST_OF_KIND, FEW_OTHERS = 0.5, 0.1
"""What begins in at least this share of the cells of a kind, and in no more than that of all others, is of the kind."""

FEW_AT_SITES = 0.25
"""Where more of the other cells of the sites are struck as well, it may be the sites."""

CHANCE = 0.01
"""So many kinds at most may be struck like that if every cell of the network is as likely to be as those of no kind."""


@dataclass(frozen=True, eq=False)
class _Event:
    """What began in the cells `struck` of a kind: anomalies `inside` of `what` (KPI and side), from `start` on.

    number, members: of the kind, and all its cells. others: cells of no such kind in which it began too. chance: how
    many kinds would be struck like that by chance.
    """

    what: int
    start: int
    inside: IntArray
    struck: IntArray
    number: int
    members: IntArray
    others: IntArray
    chance: float


def of_kinds(
    table: Table, begins: IntArray, kinds: Kinds, periods: int, together: int
) -> tuple[IntArray, IntArray, BoolArray]:
    """Of the anomalies `begins`, those of one KPI and side that begin in most cells of a kind and in few others, within
    `together` periods of each other: as pairs (L,) (L,) that hang together, and (N,) which of them are of equipment,
    while the other cells of their sites go on.

    What goes from cell to cell of a kind over more than that time is one as long as most begin in every part of it. The
    kind that tells most comes first: where one vendor's 5G fails, 5G as a whole does only if most of the others' does.
    """
    apart, taken = np.zeros(len(table), bool), list[_Event]()
    found = _events(table, begins, kinds, periods, together) if len(kinds) else []
    for event in sorted(found, key=lambda one: (one.chance, -len(one.struck) / len(one.members), -len(one.members))):
        if not _is_told_by_others(event, taken, together):
            taken.append(event)
            apart[event.inside] |= _is_of_equipment(kinds, event)
    left, right = (
        np.concatenate([np.zeros(0, np.int64), *(event.inside[side] for event in taken)])
        for side in (slice(None, -1), slice(1, None))
    )
    return left, right, apart


def _events(table: Table, begins: IntArray, kinds: Kinds, periods: int, together: int) -> list[_Event]:
    """Where most cells of a kind are struck, and far more than chance brings; of kinds that share cells each."""
    span = periods + together + 1
    what = table.kpi * 3 + table.side + 1
    moment = what[begins] * span + table.start[begins]
    order = np.argsort(moment, kind="stable")
    moment, order = moment[order], begins[order]
    soon = np.searchsorted(moment, moment + together, side="right")  # where what begins together with each one ends
    before = np.searchsorted(moment, moment - together)
    asked = order[soon - before >= FEWEST_CELLS]
    apart = (int(what.max(initial=0)) + 1) * span
    found: list[_Event] = []
    for member in kinds.member:
        kind = member[table.cell[asked]]
        key = (kind * apart + what[asked] * span + table.start[asked])[kind >= 0]
        by_kind = np.argsort(key, kind="stable")
        of_kind, key = asked[kind >= 0][by_kind], key[by_kind]
        stop = np.searchsorted(key, key + together, side="right")
        needed = np.maximum(MOST_OF_KIND * kinds.size[key // apart], FEWEST_CELLS)
        last = 0
        for first in np.flatnonzero(stop - np.arange(len(key)) >= needed).tolist():
            if stop[first] <= last:
                continue
            number, when = divmod(int(key[first]), apart)
            inside = of_kind[first : stop[first]]
            struck = np.unique(table.cell[inside])
            low, high = np.searchsorted(moment, [when, when + together + 1])
            chance = _chance(kinds, number, struck, int(high - low) - len(inside))
            if len(struck) < needed[first] or chance > CHANCE:
                continue
            members = np.flatnonzero(member == number)
            others = np.setdiff1d(table.cell[order[low:high]], members)
            found.append(_Event(when // span, when % span, inside, struck, number, members, others, chance))
            last = stop[first]
    return found


def _chance(kinds: Kinds, number: int, struck: IntArray, others: int) -> float:
    """How many kinds would have so many cells struck by chance, if so many others are; all of them where that is no
    event of a kind: too many others, or too few sites.
    """
    from scipy.special import bdtrc

    size, cells = int(kinds.size[number]), len(kinds.site)
    share = others / (cells - size)
    if share > FEW_OTHERS or len(np.unique(kinds.site[struck])) < FEWEST_SITES:
        return float(len(kinds))
    return len(kinds) * float(bdtrc(len(struck) - 1, size, max(share, 1.0 / cells)))


def _is_told_by_others(event: _Event, taken: list[_Event], together: int) -> bool:
    """Whether other kinds tell what began, and of the cells that are of this one alone fewer than most are struck."""
    same = [one for one in taken if one.what == event.what and abs(one.start - event.start) <= together]
    if not same:
        return False
    left = np.setdiff1d(event.members, np.concatenate([one.members for one in same]))
    return int(np.isin(event.struck, left).sum()) < MOST_OF_KIND * len(left)


def _is_of_equipment(kinds: Kinds, event: _Event) -> bool:
    """Whether the kind is one of equipment, and most other cells of the sites of those struck go on."""
    if not any(field in EQUIPMENT for field, _ in kinds.names[event.number]):
        return False
    there = np.isin(kinds.site, kinds.site[event.struck])
    beside = np.setdiff1d(np.flatnonzero(there), event.members)
    return int(np.isin(beside, event.others).sum()) <= FEW_AT_SITES * len(beside)
