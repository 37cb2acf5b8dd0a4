"""Scales and ticks of the report's pictures: round numbers upwards, round local times along."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.calendar import local_text, needs_year
from engine.data import Clock, Panel
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import TINY, width
from engine.reports.report_pdf.marks import stretches
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import number

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 3, 7, 14, 28, 56, 91, 182, 364)


@dataclass(frozen=True)
class Scale:
    """A linear map from values [low, high] to points [start, stop]."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Where a value lies, in points."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def round_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About `count` round numbers that span [low, high]."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low] if math.isfinite(low) else []
    raw = span / max(count, 1)
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(s * unit for s in _STEPS if s * unit >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def short_number(value: float) -> str:
    """A tick label: 12 k instead of 12,000."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{number(round(value / (1e3 if letter == 'k' else size), 6))} {letter}"
    return number(round(value, 9))


def day_text(time: np.datetime64, zone: str, weekday: bool = False, year: bool = False) -> str:
    """A UTC stamp as a local date: "02 Mar", "Thu 02 Mar", "02 Mar 2017"."""
    parts = local_text(time, zone, year=year).split()[:-1]
    return " ".join(parts if weekday else parts[1:])


@dataclass(frozen=True)
class TimeTick:
    """A tick at the begin of a period: its time index and its label."""

    index: int
    label: str


def time_ticks(panel: Panel, clock: Clock, start: int, stop: int, labels: int) -> list[TimeTick]:
    """Ticks at local midnights, or every few hours in a short stretch [start, stop), about `labels` of them."""
    day, hour = clock.day[start:stop].tolist(), clock.hour[start:stop].tolist()
    if not day:
        return []
    days = day[-1] - day[0] + 1

    year = needs_year(panel.times[start:stop])

    def text(i: int) -> str:
        return day_text(panel.times[start + i], panel.zone, year=year)

    if days <= labels // 2 and panel.period_s <= 3600:
        step = next((h for h in _HOURS if days * 24 / h <= labels), _HOURS[-1])
        fresh = [i for i in range(len(hour)) if hour[i] % step == 0 and (i == 0 or hour[i] != hour[i - 1])]
        return [TimeTick(start + i, text(i) if hour[i] == 0 else f"{hour[i]:02d}:00") for i in fresh]
    step = next((d for d in _DAYS if days / d <= labels), 728)
    mornings = [i for i in range(len(day)) if (day[i] != day[i - 1] if i else hour[0] == 0)]
    mondays = [i for i in mornings if clock.weekday[start + i] == 0]
    first = next(iter(mondays if step >= 7 else mornings), 0)
    return [TimeTick(start + i, text(i)) for i in mornings if (day[i] - day[first]) % step == 0]


def draw_time_axis(sheet: Sheet, box: Box, ticks: Sequence[TimeTick], along: Scale) -> None:
    """Faint lines through `box` and labels below it; labels that would touch are left out."""
    free = -math.inf
    for tick in ticks:
        x = along(tick.index)
        sheet.line(x, box.y, x, box.top, LIGHT.line, 0.3)
        half = width(tick.label, TINY) / 2
        middle = min(max(x, box.x + half), box.right - half)
        if tick.label and middle - half > free + 6:
            sheet.centred(tick.label, middle, box.y - 9, TINY, LIGHT.muted)
            free = middle + half


def shade_events(sheet: Sheet, box: Box, clock: Clock, along: Scale, start: int, stop: int, named: bool) -> None:
    """Shade holidays and events of [start, stop); with `named` the first words stand at the top where they fit."""
    free = -math.inf
    special = clock.holiday | np.array([bool(name) for name in clock.event], bool)
    for first, last in stretches(special[start:stop]):
        x0, x1 = along(start + first), along(start + last)
        sheet.fill(Box(x0, box.y, x1 - x0, box.height), LIGHT.holiday, LIGHT.shade_opacity)
        name = clock.event[start + first].partition(";")[0]
        if named and name and x0 > free:
            room = min(90.0, box.right - x0 - 4)
            if room > 25:
                sheet.text(name, x0 + 2, box.top - 7, TINY, LIGHT.muted, room)
                free = x0 + 2 + min(room, width(name, TINY)) + 6
