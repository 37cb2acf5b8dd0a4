"""Which lanes are shown, from the top down. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data import TRAITS, BoolArray, Cell, Incident, IntArray
from gui.prepared.lane_rows import QUIET, RANKS, LaneRows

ORDERS = ("worst", "view", "moment", "incidents", "name", "site")
"""Worst first over all of the time, in the stretch in sight, or at the moment selected; by number of incidents, name,
or site and name. Equal lanes stand as in `worst`.
"""

_NUMBER, _DIGITS = re.compile(r"\d+"), 15
_REPEAT_IN_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)[+*{]")


def endless(text: str) -> int | None:
    """Where in an expression a repeated group begins that holds a repeat; None if there is none.

    Such a one may be tried in more ways than there is time for, and nothing can stop it meanwhile.
    """
    found = _REPEAT_IN_REPEAT.search(text)
    return None if found is None else found.start()


@dataclass(frozen=True, eq=False)
class LaneNames:
    """What the cells of a panel are called: (cells,) each, and name, id, site and what they are like to look in, a line
    each.
    """

    names: npt.NDArray[np.str_]
    sites: npt.NDArray[np.str_]
    words: tuple[str, ...]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> LaneNames:
        """The names as they sort: whatever their capitals, and 2 before 10."""
        names = np.array([_sorting(cell.name or cell.id) for cell in cells], np.str_)
        sites = np.array([_sorting(cell.site) for cell in cells], np.str_)

        def told(cell: Cell) -> tuple[str, ...]:
            return cell.name or cell.id, cell.id, cell.site, *(getattr(cell, trait) for trait in TRAITS)

        words = tuple("\n".join(dict.fromkeys(told(cell))) for cell in cells)
        return cls(names, sites, words)

    def matching(self, pattern: re.Pattern[str]) -> BoolArray:
        """(cells,) where name, id, site or a trait hold the pattern."""
        return np.fromiter((pattern.search(words) is not None for words in self.words), bool, len(self.words))


def _sorting(name: str) -> str:
    return _NUMBER.sub(lambda found: found[0].zfill(_DIGITS), name.casefold())


def order_lanes(
    name: str,
    rows: LaneRows,
    names: LaneNames,
    in_sight: tuple[int, int],
    moment: tuple[int, int] | None,
    incidents: IntArray | None = None,
) -> IntArray:
    """All cells in one of `ORDERS`. in_sight, moment: time indices [start, stop), moment None = none is selected;
    incidents (cells,): how many each takes part in, asked for where they decide.
    """
    worst = rows.order()
    if name == "view":
        return _struck_first(rows.order(*in_sight), rows.gravest(*in_sight), worst)
    if name == "moment" and moment is not None:
        return _struck_first(rows.order(*moment), rows.gravest(*moment), worst)
    if name == "incidents" and incidents is not None:
        return worst[np.argsort(-incidents[worst], kind="stable")]
    if name == "name":
        return np.argsort(names.names, kind="stable")
    if name == "site":
        return np.lexsort((names.names, names.sites, names.sites == ""))
    return worst


def _struck_first(order: IntArray, gravest: IntArray, worst: IntArray) -> IntArray:
    """The lanes that have something, as in `order`; below them the others as in `worst`."""
    return np.concatenate([order[gravest[order] < QUIET], worst[gravest[worst] == QUIET]])


def count_incidents(of_cell: Sequence[Sequence[Incident]], ranks: frozenset[int], kpi: str) -> IntArray:
    """(cells,) how many incidents each cell takes part in, of the severities chosen (by rank) and with `kpi` in them,
    unless that is "".
    """
    chosen = {RANKS[rank] for rank in ranks}
    counts = (sum(i.severity in chosen and (not kpi or kpi in i.kpis) for i in mine) for mine in of_cell)
    return np.fromiter(counts, np.int64, len(of_cell))
