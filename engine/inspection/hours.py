"""Hours of the day and kinds of days that a person wants to look at: the day shift, the nights, the weekends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.data import BoolArray, Clock, IntArray

ALL, WORKING, OFF = "all", "working", "off"
DAYS = (ALL, WORKING, OFF, "0", "1", "2", "3", "4", "5", "6")
"""All days, working days, weekends and holidays of the calendar, single weekdays (0 = Monday)."""

_HOUR_S, _DAY_H = 3600, 24
_TOLD = re.compile(r"(\d{1,2})-(\d{1,2}) (\w+)")


@dataclass(frozen=True)
class Hours:
    """The local hours [first, stop) of some days. stop <= first: over midnight, whose later part is of the day after.

    days: one of `DAYS`. Raises ValueError for what is no hour or none of these.
    """

    first: int = 0
    stop: int = _DAY_H
    days: str = ALL

    def __post_init__(self) -> None:
        if not (0 <= self.first < _DAY_H and 0 < self.stop <= _DAY_H and self.days in DAYS):
            raise ValueError(f"{self.first}-{self.stop} {self.days}")

    @property
    def whole(self) -> bool:
        """Whether that is every hour of every day."""
        return self.all_day and self.days == ALL

    @property
    def all_day(self) -> bool:
        """Whether that is every hour of a day."""
        return (self.stop - self.first) % _DAY_H == 0

    def __str__(self) -> str:
        return f"{self.first}-{self.stop} {self.days}"

    @classmethod
    def read(cls, told: str) -> Self:
        """What `str` gives. Raises ValueError for anything else."""
        found = _TOLD.fullmatch(told)
        if found is None:
            raise ValueError(told)
        return cls(int(found[1]), int(found[2]), found[3])

    def mask(self, clock: Clock) -> BoolArray:
        """(T,) the periods of which some lies in these hours, by the local time and the calendar of the data."""
        wanted: BoolArray = np.zeros(_DAY_H, bool)
        span = _DAY_H if self.all_day else (self.stop - self.first) % _DAY_H
        wanted[(self.first + np.arange(span)) % _DAY_H] = True
        covered = min(-(-clock.period_s // _HOUR_S), _DAY_H)
        hours = (clock.hour[:, np.newaxis] + np.arange(covered)) % _DAY_H
        found: BoolArray = wanted[hours].any(axis=1)
        if self.days == WORKING:
            found &= clock.day_type == 0
        elif self.days == OFF:
            found &= clock.day_type != 0
        elif self.days != ALL:
            found &= clock.weekday == int(self.days)
        return found

    def counted(self, clock: Clock) -> IntArray:
        """(T + 1,) how many periods before each lie in these hours, so that `meets` needs no look at each."""
        counted: IntArray = np.concatenate([[0], np.cumsum(self.mask(clock))])
        return counted


def meets(counted: IntArray, start: int, stop: int) -> bool:
    """Whether some period of [start, stop) lies in the hours that were counted."""
    return bool(counted[stop] > counted[start])
