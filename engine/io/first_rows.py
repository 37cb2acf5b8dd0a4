"""Which places of a grid have had a row: of rows with the same place the first stays."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.data import BoolArray, IntArray

BYTES_PER_ROW = 32
"""What a remembered row takes while more are merged in; a place of the grid takes one byte."""

SMALL = 16 * 1024 * 1024
"""Grids of so many places are kept whole, however few rows there are."""


class FirstRows(Protocol):
    """Remembers the places of rows, chunk by chunk."""

    def first_ever(self, place: IntArray) -> BoolArray:
        """Which rows are the first of their place, in this chunk and before; all of them are remembered."""
        ...


def first_rows(size: int, rows: int) -> FirstRows:
    """What takes less memory for a grid of `size` places of which at most `rows` are ever asked for.

    Seconds of a year summed up by the hour have millions of places that no row will ever have.
    """
    return Marks(size) if size <= max(SMALL, BYTES_PER_ROW * rows) else Sorted()


class Marks:
    """A mark for every place there is."""

    def __init__(self, size: int) -> None:
        self._seen = np.zeros(size, bool)

    def first_ever(self, place: IntArray) -> BoolArray:
        """See `FirstRows`."""
        whole = self._seen[place.min() : place.max() + 1]
        before, known = self._seen[place], np.count_nonzero(whole)
        self._seen[place] = True
        if np.count_nonzero(whole) - known == len(place):  # counting costs a tenth of sorting
            return ~before
        return firsts(place) & ~before


class Sorted:
    """The places there were, in their order."""

    def __init__(self) -> None:
        self._seen = np.zeros(0, np.int64)

    def first_ever(self, place: IntArray) -> BoolArray:
        """See `FirstRows`."""
        at = np.searchsorted(self._seen, place)
        before = np.zeros(len(place), bool)
        inside = at < len(self._seen)
        before[inside] = self._seen[at[inside]] == place[inside]
        new = firsts(place) & ~before
        self._seen = np.union1d(self._seen, place[new])
        return new


def firsts(place: IntArray) -> BoolArray:
    """Which rows are the first of their place."""
    if bool((np.diff(place) > 0).all()):
        return np.ones(len(place), bool)
    found = np.zeros(len(place), bool)
    found[np.unique(place, return_index=True)[1]] = True
    return found
