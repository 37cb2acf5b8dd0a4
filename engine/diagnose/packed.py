"""Diagnoses of many series in little memory: numbers in arrays, each diagnosis made when it is asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import overload

import numpy as np

from engine.data import Diagnosis, HypothesisTest
from engine.diagnose.verdicts import TESTS, worded
from engine.errors import Reason

_Suits = tuple[tuple[str, Reason | None], ...]
_WIDTH = 2 + 2 * len(TESTS)


class Diagnoses(Sequence[Diagnosis]):
    """A sequence of diagnoses; equal, one by one, to those it was given. A tenth of a kilobyte each, not five.

    A diagnosis whose verdicts are not those of `worded` is kept as it is.
    """

    def __init__(self, found: Iterable[Diagnosis] = ()) -> None:
        self._places = array("q")
        self._numbers = array("d")
        self._numbers_of: dict[tuple[str, tuple[int, ...], _Suits], int] = {}
        self._kinds: list[tuple[str, tuple[int, ...], Mapping[str, Reason | None]]] = []
        self._others: dict[int, Diagnosis] = {}
        self.extend(found)

    def extend(self, found: Iterable[Diagnosis]) -> None:
        """Take in more of them."""
        for one in found:
            results = {test.test: (test.statistic, test.p_value) for test in one.tests if test.test in TESTS}
            usual = tuple(results) == TESTS and _verdicts(worded(results, one.boxcox_lambda)) == _verdicts(one.tests)
            if not usual:
                self._others[len(self)] = one
                results = dict.fromkeys(TESTS, (0.0, 0.0))
            kind = (one.kpi, one.seasons, tuple(one.suits.items()))
            number = self._numbers_of.setdefault(kind, len(self._kinds))
            if number == len(self._kinds):
                self._kinds.append((one.kpi, one.seasons, one.suits))
            self._places.extend((one.cell, one.points, number))
            self._numbers.extend((one.missing_share, one.boxcox_lambda))
            for pair in results.values():
                self._numbers.extend(pair)

    def __len__(self) -> int:
        return len(self._places) // 3

    @overload
    def __getitem__(self, at: int) -> Diagnosis: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Diagnosis, ...]: ...

    def __getitem__(self, at: int | slice) -> Diagnosis | tuple[Diagnosis, ...]:
        if isinstance(at, slice):
            return tuple(self[n] for n in range(*at.indices(len(self))))
        n = range(len(self))[at]
        if n in self._others:
            return self._others[n]
        cell, points, number = self._places[3 * n : 3 * n + 3]
        missing, exponent, *results = self._numbers[_WIDTH * n : _WIDTH * (n + 1)]
        kpi, seasons, suits = self._kinds[number]
        pairs = zip(results[::2], results[1::2], strict=True)
        tests = worded(dict(zip(TESTS, pairs, strict=True)), exponent)
        return Diagnosis(cell, kpi, points, missing, seasons, exponent, tests, suits)

    def of(self, cell: int, kpi: str) -> Diagnosis | None:
        """That of one series; None where there is none. Quick among a million: none but it is made."""
        places = np.frombuffer(self._places, np.int64).reshape(-1, 3)
        for n in np.flatnonzero(places[:, 0] == cell).tolist():
            if self._kinds[int(places[n, 2])][0] == kpi:
                return self[n]
        return None


def diagnosis_of(diagnoses: Sequence[Diagnosis], cell: int, kpi: str) -> Diagnosis | None:
    """That of one series among the diagnoses of a result; None where there is none."""
    if isinstance(diagnoses, Diagnoses):
        return diagnoses.of(cell, kpi)
    return next((one for one in diagnoses if (one.cell, one.kpi) == (cell, kpi)), None)


def _verdicts(tests: Sequence[HypothesisTest]) -> list[tuple[str, Reason]]:
    return [(test.test, test.verdict) for test in tests]
