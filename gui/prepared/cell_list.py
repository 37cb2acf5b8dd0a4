"""The cells of a network as they are listed, with what was found in each. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.data import BoolArray, Cell, Incident, IntArray
from engine.inspection.summary import RANK
from gui.prepared.cell_words import name_or_traits, traits_to_search

CALM = len(RANK)
"""The rank of a cell without an incident; those of severities are below, the worst 0."""


@dataclass(frozen=True, eq=False)
class CellList:
    """What is listed of C cells, in the panel's order.

    labels, ids: (C,); sites: the names of all sites in the order in which they come, "" = of no site; site (C,): which
    of them a cell stands at; rank (C,): of its worst incident, `CALM` without one; takes_part (P, 2): cells, and ids of
    incidents that they take part in; about (C,): what is known of each.
    """

    labels: tuple[str, ...]
    ids: tuple[str, ...]
    sites: tuple[str, ...]
    site: IntArray
    rank: IntArray
    takes_part: IntArray
    about: tuple[Cell, ...]

    @classmethod
    def of(cls, cells: Sequence[Cell], of_cell: Mapping[int, Sequence[Incident]]) -> CellList:
        """All cells. of_cell: by its row in the panel, the incidents that a cell takes part in, worst first."""
        sites = tuple(dict.fromkeys(cell.site for cell in cells))
        number = {name: i for i, name in enumerate(sites)}
        rank, takes_part = _found(len(cells), of_cell)
        return cls(
            labels=tuple(cell.name or cell.id for cell in cells),
            ids=tuple(cell.id for cell in cells),
            sites=sites,
            site=np.fromiter((number[cell.site] for cell in cells), np.int64, len(cells)),
            rank=rank,
            takes_part=takes_part,
            about=tuple(cells),
        )

    def finding(self, of_cell: Mapping[int, Sequence[Incident]]) -> CellList:
        """The same cells with other incidents. of_cell: as of `of`."""
        rank, takes_part = _found(len(self), of_cell)
        return replace(self, rank=rank, takes_part=takes_part)

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def incidents(self) -> IntArray:
        """(C,) in how many incidents each cell takes part."""
        return np.bincount(self.takes_part[:, 0], minlength=len(self)).astype(np.int64)

    def of_sites(self, chosen: BoolArray) -> IntArray:
        """(sites,) in how many incidents the chosen cells (C,) of each site take part; a shared one counts once."""
        part = self.takes_part[chosen[self.takes_part[:, 0]]]
        at = np.unique(np.stack([self.site[part[:, 0]], part[:, 1]]), axis=1)[0]
        return np.bincount(at, minlength=len(self.sites)).astype(np.int64)

    @property
    def flat(self) -> bool:
        """Whether no cell has a site."""
        return not any(self.sites)

    def matching(self, text: str) -> BoolArray:
        """(C,) where label, id or site hold `text`, or its words with the help of the traits, whatever its capitals;
        everywhere if it is empty.
        """
        if not text:
            return np.ones(len(self), bool)
        finds = name_or_traits(text)
        return np.fromiter(map(finds, self._words, self._traits), bool, len(self))

    @cached_property
    def _traits(self) -> list[str]:
        return [traits_to_search(cell) for cell in self.about]

    @cached_property
    def _words(self) -> list[str]:
        of_site = (self.sites[site] for site in self.site.tolist())
        return [f"{n}\n{i}\n{s}".casefold() for n, i, s in zip(self.labels, self.ids, of_site, strict=True)]


def _found(cells: int, of_cell: Mapping[int, Sequence[Incident]]) -> tuple[IntArray, IntArray]:
    """(C,) rank of each cell, and (P, 2) cells and incidents."""
    rank = np.full(cells, CALM)
    for row, found in of_cell.items():
        if found:
            rank[row] = RANK[found[0].severity]
    pairs = [(row, one.id) for row, found in of_cell.items() for one in found]
    return rank, np.array(pairs, np.int64).reshape(-1, 2)
