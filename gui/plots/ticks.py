"""Where the ticks of an axis stand and what is written there. Local time comes from `engine.calendar` alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np

from engine.calendar import WallGrid, local_seconds, local_text, needs_year, to_utc
from engine.data import Panel
from engine.text import number, tell

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_CLOCK_STEPS = (60, 300, 600, 900, 1800, _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR)
_DAY_STEPS = (1, 2, 3, 7, 14, 21)
_MONTH_STEPS = (1, 2, 3, 6, *(12 * m * 10**p for p in range(4) for m in (1, 2, 5)))
_SLACK = 1.05  # a span that is a hair longer than the ticks allow does not double the step
_EPOCH = datetime(1970, 1, 1)
_FIRST_MONDAY = datetime(1970, 1, 5)


@dataclass(frozen=True)
class Tick:
    """A position in the axis's own unit and its label."""

    at: float
    label: str


@dataclass(frozen=True)
class TimeScale:
    """How samples map to time: begin of sample 0 (UTC), seconds per sample, and the zone people read times in.

    years: whether a moment is said with its year. grid: how periods longer than an hour stand to real time.
    """

    begin: np.datetime64
    period_s: int
    zone: str
    years: bool = False
    grid: WallGrid | None = None

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """The scale of a panel's periods."""
        return cls(panel.times[0], panel.period_s, panel.zone, needs_year(panel.times), WallGrid.of(panel))

    def utc(self, sample: float) -> np.datetime64:
        """The UTC time of a place on the axis, to the second."""
        begin: np.datetime64 = self.begin.astype("datetime64[s]")
        return begin + np.timedelta64(round(sample * self.period_s), "s")

    def sample(self, time: np.datetime64) -> float:
        """The place of a UTC time on the axis."""
        return float((time - self.begin.astype("datetime64[s]")) / np.timedelta64(1, "s")) / self.period_s

    def text(self, sample: float) -> str:
        """The begin of the period that a place lies in, as people read it: `Thu 02 Mar 17:00`."""
        time = self.utc(math.floor(sample))
        return local_text(time if self.grid is None else self.grid.moment(time), self.zone, year=self.years)


def time_ticks(scale: TimeScale, start: float, stop: float, most: int = 5) -> list[Tick]:
    """At most `most` ticks on round local times of the samples [start, stop).

    Days read `Thu 02 Mar`, times of a day `17:00`; where no midnight is in sight the first tick carries its day. Across
    a change to or from daylight saving time ticks stay on the wall clock.
    """
    if stop <= start or most < 1:
        return []
    first, last = scale.utc(start), scale.utc(stop)
    local_first, local_last = _local(first, scale.zone), _local(last, scale.zone)
    seconds = (local_last - local_first).total_seconds()
    for step in _CLOCK_STEPS:
        if seconds / step <= most * _SLACK and step >= min(scale.period_s, 12 * _HOUR):
            return _placed(scale, start, stop, _clock_stamps(local_first, local_last, step), _clock_label)
    for days in _DAY_STEPS:
        if seconds / _DAY / days <= most * _SLACK:
            return _placed(scale, start, stop, _day_stamps(local_first, local_last, days), lambda stamp, _: _day(stamp))
    months = next((m for m in _MONTH_STEPS if seconds / _DAY / 30.44 / m <= most * _SLACK), _MONTH_STEPS[-1])
    label = _year_label if months >= 12 else _month_label
    return _placed(scale, start, stop, _month_stamps(local_first, local_last, months), label)


def value_ticks(low: float, high: float, most: int = 5) -> list[Tick]:
    """At most `most` ticks on round numbers from `low` to `high`, in one scale (k, M, G, T) and with equal decimals."""
    span = high - low
    if not math.isfinite(span) or span <= 0 or most < 2:
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    steps = [(m * power, _multiples(low, high, m * power)) for m in (1, 2, 2.5, 5, 10, 20, 25)]
    step, places = next((step, places) for step, places in steps if len(places) <= most)
    divisor, suffix = _scale(max(abs(low), abs(high)))
    decimals = _decimals(step / divisor)
    return [Tick(i * step, f"{i * step / divisor:,.{decimals}f}{suffix}" if i else "0") for i in places]


def _multiples(low: float, high: float, step: float) -> range:
    """Which multiples of a step lie in the range; one at its very edge lies in it whatever the rounding."""
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def compact(value: float) -> str:
    """A number short enough for the margin of a plot: 412, 12.5k, 3.2M; "–" for NaN."""
    if math.isnan(value):
        return tell("plot_unknown")
    divisor, suffix = _scale(abs(value))
    return f"{number(float(f'{value / divisor:.3g}'))}{suffix}"


def _scale(magnitude: float) -> tuple[float, str]:
    scales = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
    return next(((divisor, suffix) for bound, divisor, suffix in scales if magnitude >= bound), (1.0, ""))


def _decimals(step: float) -> int:
    """How many decimals tell multiples of a step apart."""
    return next((n for n in range(12) if math.isclose(step, round(step, n), rel_tol=1e-6)), 12)


def _local(time: np.datetime64, zone: str) -> datetime:
    return _EPOCH + timedelta(seconds=int(local_seconds(np.array([time]), zone)[0]))


def _day(stamp: datetime) -> str:
    weekday, month = tell(f"weekday_short_{stamp.weekday()}"), tell(f"month_short_{stamp.month}")
    return tell("plot_day", weekday=weekday, day=f"{stamp.day:02d}", month=month)


def _clock_stamps(first: datetime, last: datetime, step: int) -> list[datetime]:
    midnight = first.replace(hour=0, minute=0, second=0)
    begin = math.ceil((first - midnight).total_seconds() / step)
    end = math.floor((last - midnight).total_seconds() / step)
    return [midnight + timedelta(seconds=i * step) for i in range(begin, end + 1)]


def _day_stamps(first: datetime, last: datetime, days: int) -> list[datetime]:
    """Midnights every `days` days, counted from a Monday, so that whole weeks start there."""
    start, end = ((stamp - _FIRST_MONDAY).days for stamp in (first, last))
    stamps = [_FIRST_MONDAY + timedelta(days=i) for i in range(start - start % days, end + 1, days)]
    return [stamp for stamp in stamps if stamp >= first]


def _month_stamps(first: datetime, last: datetime, months: int) -> list[datetime]:
    number_of = first.year * 12 + first.month - 1
    begin = number_of - number_of % months
    stamps = [
        datetime(i // 12, i % 12 + 1, 1)
        for i in range(begin, last.year * 12 + last.month, months)
        if 1 <= i // 12 <= 9999
    ]
    return [stamp for stamp in stamps if first <= stamp <= last]


def _placed(
    scale: TimeScale, start: float, stop: float, stamps: list[datetime], label: Callable[[datetime, bool], str]
) -> list[Tick]:
    """Ticks of the local stamps that exist on the wall clock; one that was skipped by it gets none."""
    some_midnight = any(s.hour == s.minute == 0 for s in stamps)
    ticks: list[Tick] = []
    for stamp in stamps:
        local = np.array([stamp], "datetime64[s]")  # one by one: the offsets of a few days cost less than of decades
        utc = to_utc(local, scale.zone)
        at = scale.sample(utc[0])
        if start <= at <= stop and local_seconds(utc, scale.zone)[0] == local.astype(np.int64)[0]:
            ticks.append(Tick(at, label(stamp, not some_midnight and not ticks)))
    return ticks


def _clock_label(stamp: datetime, with_day: bool) -> str:
    time = f"{stamp:%H:%M}"
    if with_day:
        return f"{_day(stamp)} {time}"
    return _day(stamp) if time == "00:00" else time


def _month_label(stamp: datetime, _: bool) -> str:
    return tell("plot_month", month=tell(f"month_short_{stamp.month}"), year=str(stamp.year))


def _year_label(stamp: datetime, _: bool) -> str:
    return str(stamp.year)
