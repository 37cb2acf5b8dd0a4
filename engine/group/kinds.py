"""Kinds of cells: those of one technology, band, vendor, region ..., and those that two of these tell from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.data import Cell, IntArray

FIELDS = ("area", "technology", "band", "frequency", "region", "cluster", "vendor")
"""The fields of a cell that something may go wrong with for all that have the same there."""

FEWEST_CELLS, FEWEST_SITES = 4, 3
"""A kind has so many cells, of so many sites: what fewer have in common is their place."""
MOST = 0.5
"""Nor is it more than this share of all cells: that is the network."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds there are among some cells.

    member (F, C): which kind a cell is of, by one field or two per row, -1 if of none. size (K,): cells of each kind.
    names: per kind its fields and what they say. site (C,): the number of a cell's site; cells without one are each
    their own.
    """

    member: IntArray
    size: IntArray
    names: tuple[tuple[tuple[str, str], ...], ...]
    site: IntArray

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Kinds:
        """The kinds that are neither too small nor most of the network; two fields where that tells more than one."""
        site = _numbers([cell.site or f"\0{row}" for row, cell in enumerate(cells)])
        said = {name: [getattr(cell, name) for cell in cells] for name in FIELDS}
        known = {name: _known(values) for name, values in said.items() if len(set(values) - {""}) > 1}
        many = {name: np.bincount(values[values >= 0]) for name, values in known.items()}
        rows: list[IntArray] = []
        sizes: list[int] = []
        names: list[tuple[tuple[str, str], ...]] = []
        for fields in [*((name,) for name in known), *combinations(known, 2)]:
            row = np.full(len(cells), -1, np.int64)
            for of_it in _groups([known[name] for name in fields], site):
                first = of_it[0]
                if len(fields) > 1 and any(many[name][known[name][first]] == len(of_it) for name in fields):
                    continue  # one of the fields says as much
                row[of_it] = len(sizes)
                sizes.append(len(of_it))
                names.append(tuple((name, said[name][first]) for name in fields))
            if (row >= 0).any():
                rows.append(row)
        member = np.stack(rows) if rows else np.zeros((0, len(cells)), np.int64)
        return cls(member, np.array(sizes, np.int64), tuple(names), site)

    def __len__(self) -> int:
        return len(self.size)

    def nearest(self, cells: Sequence[int]) -> int:
        """The kind that has most in common with these cells: least lies in one and not in the other."""
        among = self.member[:, list(cells)]
        shared = np.bincount(among[among >= 0], minlength=len(self))
        return int(np.argmin(self.size + len(cells) - 2 * shared))


def _numbers(values: Sequence[str]) -> IntArray:
    return np.asarray(np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)[1], np.int64)


def _known(values: Sequence[str]) -> IntArray:
    """(C,) a number for each value, -1 for none."""
    return np.where(np.array([bool(value) for value in values]), _numbers(values), -1)


def _groups(fields: Sequence[IntArray], site: IntArray) -> Iterator[IntArray]:
    """The cells that have the same in all fields (C,), where they are enough, of enough sites, and not most of all."""
    kind = fields[0]
    for other in fields[1:]:
        kind = np.where((kind < 0) | (other < 0), -1, kind * (int(other.max()) + 1) + other)
    order = np.argsort(kind, kind="stable")
    ordered = kind[order]
    firsts = np.flatnonzero(np.r_[True, np.diff(ordered) > 0])
    for of_it in np.split(order, firsts[1:]):
        enough = FEWEST_CELLS <= len(of_it) <= MOST * len(kind)
        if kind[of_it[0]] >= 0 and enough and len(np.unique(site[of_it])) >= FEWEST_SITES:
            yield of_it
