"""Anomalies of many cells in little memory: numbers in arrays, each anomaly made when it is asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np

from engine.data import Anomaly, AnomalyType, Direction, IntArray

_WHOLE, _REAL = 7, 5
_Kind = tuple[str, AnomalyType, Direction, tuple[str, ...]]


class Anomalies(Sequence[Anomaly]):
    """A sequence of anomalies; equal, one by one, to those it was given. A sixth of a kilobyte each, not one.

    What is asked for twice is made twice: whoever looks at the same ones again and again keeps them.
    """

    def __init__(self, found: Iterable[Anomaly] = ()) -> None:
        self._whole = array("q")
        self._real = array("d")
        self._margins = array("d")
        self._begins = array("q", [0])
        self._kinds: dict[_Kind, int] = {}
        self._kind: list[_Kind] = []
        self.extend(found)

    @classmethod
    def of(cls, found: Sequence[Anomaly]) -> Anomalies:
        """The same anomalies, packed: as they are if they are so already."""
        return found if isinstance(found, Anomalies) else cls(found)

    def extend(self, found: Iterable[Anomaly]) -> None:
        """Take in more of them."""
        if isinstance(found, Anomalies):
            self._take(found)
            return
        for one in found:
            number = self._number((one.kpi, one.type, one.direction, tuple(one.margins)))
            points = one.suspect_points, one.imputed_points
            self._whole.extend((one.id, one.cell, one.start, one.stop, *points, number))
            self._real.extend((one.actual, one.expected, one.lower, one.upper, one.score))
            self._margins.extend(one.margins.values())
            self._begins.append(len(self._margins))

    def _take(self, found: Anomalies) -> None:
        """Take in packed ones, column by column."""
        numbers = np.array([self._number(kind) for kind in found._kind], np.int64)
        whole = found._table().copy()
        whole[:, -1] = numbers[whole[:, -1]]
        self._whole.frombytes(whole.tobytes())
        self._real.extend(found._real)
        begins = np.frombuffer(found._begins, np.int64)[1:] + len(self._margins)
        self._begins.frombytes(begins.tobytes())
        self._margins.extend(found._margins)

    def _number(self, kind: _Kind) -> int:
        """The number of a kind, a new one if it is new."""
        number = self._kinds.setdefault(kind, len(self._kind))
        if number == len(self._kind):
            self._kind.append(kind)
        return number

    def _table(self) -> IntArray:
        """(N, 7) the whole numbers of each: a view, which must not outlive the next growth."""
        return np.frombuffer(self._whole, np.int64).reshape(-1, _WHOLE)

    def places(self) -> tuple[IntArray, IntArray, IntArray]:
        """(N,) each: in which cell they are, from which period on, and to which, that one left out."""
        cell, start, stop = (self._table()[:, column].copy() for column in (1, 2, 3))
        return cell, start, stop

    def sides(self) -> tuple[list[tuple[str, Direction]], IntArray]:
        """The pairs of KPI and direction there are, some more than once, and (N,) which of them each is."""
        return [(kpi, direction) for kpi, _, direction, _ in self._kind], self._table()[:, -1].copy()

    def __len__(self) -> int:
        return len(self._begins) - 1

    @overload
    def __getitem__(self, at: int) -> Anomaly: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Anomaly, ...]: ...

    def __getitem__(self, at: int | slice) -> Anomaly | tuple[Anomaly, ...]:
        if isinstance(at, slice):
            return tuple(self[n] for n in range(*at.indices(len(self))))
        n = range(len(self))[at]
        identity, cell, start, stop, suspect, imputed, number = self._whole[_WHOLE * n : _WHOLE * (n + 1)]
        kpi, shape, direction, names = self._kind[number]
        actual, expected, lower, upper, score = self._real[_REAL * n : _REAL * (n + 1)]
        margins = dict(zip(names, self._margins[self._begins[n] : self._begins[n + 1]], strict=True))
        amounts = actual, expected, lower, upper
        return Anomaly(identity, cell, kpi, start, stop, shape, direction, *amounts, score, margins, suspect, imputed)

    def __iter__(self) -> Iterator[Anomaly]:
        return (self[n] for n in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Whether all are the same to the last bit; with another sequence, whether they are equal one by one."""
        if isinstance(other, Anomalies):
            return self._columns() == other._columns()
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"Anomalies({list(self)!r})"

    def _columns(self) -> tuple[Any, ...]:
        numbers = (self._whole, self._real, self._margins, self._begins)
        return (*(column.tobytes() for column in numbers), self._kind)
