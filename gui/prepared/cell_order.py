"""In which order cells and their sites are listed, and which of them are in sight. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from engine.data import IntArray
from gui.prepared.cell_list import CALM, CellList


@dataclass(frozen=True, eq=False)
class CellOrder:
    """Cells that pass a filter, sorted, under their sites where the network has any.

    sites: those of the cells, by their number in the list, from the top down; none in a network without sites. cells:
    the cells from the top down, those of a site together; starts (sites + 1,): where in it each site begins. rank,
    incidents (sites,): of the worst incident of its cells, and in how many they take part together.
    """

    sites: IntArray
    cells: IntArray
    starts: IntArray
    rank: IntArray
    incidents: IntArray

    @classmethod
    def of(cls, listed: CellList, text: str, *, worst: bool, backwards: bool) -> CellOrder:
        """Cells that hold `text`, by name (the panel's own order) or the worst first; sites are sorted likewise."""
        matching = listed.matching(text)
        cells = np.flatnonzero(matching)
        sign = -1 if backwards else 1
        if worst:
            cells = cells[np.lexsort((-sign * listed.incidents[cells], sign * listed.rank[cells]))]
        elif backwards:
            cells = cells[::-1]
        if listed.flat:
            none = np.zeros(0, np.int64)
            return cls(none, cells, np.zeros(1, np.int64), none, none)
        total = len(listed.sites)
        rank = np.full(total, CALM)
        np.minimum.at(rank, listed.site[cells], listed.rank[cells])
        incidents = listed.of_sites(matching)
        there, first = np.unique(listed.site[cells], return_index=True)
        sites = there[np.argsort(first)]
        if worst:
            sites = sites[np.lexsort((-sign * incidents[sites], sign * rank[sites]))]
        place = np.zeros(total, np.int64)
        place[sites] = np.arange(len(sites))
        cells = cells[np.argsort(place[listed.site[cells]], kind="stable")]
        counts = np.bincount(place[listed.site[cells]], minlength=len(sites))
        return cls(sites, cells, np.r_[0, np.cumsum(counts)], rank[sites], incidents[sites])

    def same_places(self, other: CellOrder) -> bool:
        """Whether every cell and site of the same network stands where it does in another order."""
        return np.array_equal(self.cells, other.cells) and np.array_equal(self.sites, other.sites)

    def in_sight(self, listed: CellList, is_open: Collection[str]) -> IntArray:
        """The rows from the top down: a cell by its row in the panel, a site by -1 - its place in `sites`.

        is_open: the names of the sites whose cells are listed.
        """
        if listed.flat:
            return self.cells
        counts = np.diff(self.starts)
        opened = np.array([listed.sites[site] in is_open for site in self.sites.tolist()], bool)
        place = np.repeat(np.arange(len(self.sites)), counts)
        under = np.repeat(opened, counts)
        rows: IntArray = np.r_[-1 - np.arange(len(self.sites)), self.cells[under]]
        found: IntArray = rows[np.argsort(np.r_[np.arange(len(self.sites)), place[under]], kind="stable")]
        return found
