"""What the cells of an incident have in common and other cells have not: a technology, a band, a vendor, a region.

Only what is telling. That cells were taken from all of them with no regard to it and still agree must be unlikely: the
hypergeometric probability is held against a limit. What is the same at all cells of a site (region, vendor) is counted
by sites, since the cells of a site agree in it anyway; sites side by side often do, so more of them are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine.data import TRAITS, Cell

OF_CELLS, OF_SITES = 0.05, 0.01
"""The largest probability by chance, for traits that differ between the cells of a site and for others."""

FEWEST_CELLS, FEWEST_SITES = 2, 3


@dataclass(frozen=True)
class Trait:
    """field: of a cell, one of TRAITS. others: share of the other cells of which it is known that have the value too.

    there: these are the other cells of the same sites alone.
    """

    field: str
    value: str
    others: float
    there: bool


class Traits:
    """The traits of a panel's cells, counted once."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        self._known = tuple(name for name in TRAITS if len({getattr(c, name) for c in cells} - {""}) > 1)
        self._of_sites = {name for name in self._known if _same_at_sites(cells, name)}
        self._counts = {name: Counter(getattr(c, name) for c in cells if getattr(c, name)) for name in self._known}
        self._site_counts = {
            name: Counter(value for _, value in {(c.site, getattr(c, name)) for c in cells if getattr(c, name)})
            for name in self._of_sites
        }
        self._members: dict[str, list[int]] = {}
        for row, cell in enumerate(cells):
            if cell.site:
                self._members.setdefault(cell.site, []).append(row)

    def common(self, rows: Sequence[int]) -> tuple[Trait, ...]:
        """What is telling of the cells in these rows."""
        if not self._known or len(rows) < FEWEST_CELLS:
            return ()
        sites = {self._cells[row].site for row in rows}
        found = (self._trait(name, rows, sites) for name in self._known)
        return tuple(trait for trait in found if trait is not None)

    def _trait(self, name: str, rows: Sequence[int], sites: set[str]) -> Trait | None:
        values = {getattr(self._cells[row], name) for row in rows}
        value = next(iter(values))
        if len(values) > 1 or not value:
            return None
        everywhere = self._counts[name]
        if name in self._of_sites:
            of = self._site_counts[name]
            telling = len(sites) >= FEWEST_SITES and _chance(len(sites), of[value], of.total()) <= OF_SITES
            return Trait(name, value, _others(len(rows), value, everywhere), there=False) if telling else None
        beside = (getattr(self._cells[row], name) for site in sites for row in self._members.get(site, ()))
        at_sites = Counter(said for said in beside if said)
        for counts, there in ((at_sites, True), (everywhere, False)):
            known = not there or "" not in sites
            if known and _chance(len(rows), counts[value], counts.total()) <= OF_CELLS:
                return Trait(name, value, _others(len(rows), value, counts), there)
        return None


def _same_at_sites(cells: Sequence[Cell], name: str) -> bool:
    """Whether all cells have sites, several of them have more than one cell, and those agree in it."""
    if not all(cell.site for cell in cells) or len({cell.site for cell in cells}) == len(cells):
        return False
    pairs = {(cell.site, said) for cell in cells if (said := getattr(cell, name))}
    return len(pairs) == len({site for site, _ in pairs})


def _others(taken: int, value: str, counts: Counter[str]) -> float:
    """The share of all others that have the value too."""
    return (counts[value] - taken) / (counts.total() - taken)


def _chance(taken: int, having: int, of: int) -> float:
    """The probability that all of `taken` out of `of` are among the `having`; 1 where nothing is left over."""
    if having >= of or taken > having:
        return 1.0
    chance = 1.0
    for k in range(taken):
        chance *= (having - k) / (of - k)
    return chance
