"""The clock of a panel: every period's local slot, weekday, weekend, holiday and event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np

from engine.calendar.country import days_of
from engine.calendar.event import covers
from engine.calendar.zones import DAY_S, local_seconds
from engine.data import BoolArray, Clock, IntArray, TimeArray
from engine.data.event import Event

WEEK_S = 7 * DAY_S
_FIRST_MONDAY = 4  # 1970-01-05 is 4 days after the epoch


def make_clock(
    times: TimeArray,
    period_s: int,
    zone: str,
    country: str = "",
    events: Sequence[Event] = (),
    weekend: Collection[int] | None = None,
) -> Clock:
    """The local calendar of UTC `times` (T,), begin of periods of `period_s` seconds.

    zone: IANA name, "" = UTC. Days of 23 and 25 hours keep wall-clock slots: one slot is left out or used twice.
    country: ISO code ("IR", "IT-MI"), "" = no holidays and a weekend on Saturday and Sunday. events: custom events; of
    kind "holiday" they make holidays, "working" unmakes weekend and holiday, "event" and "maintenance" (for the whole
    network) only name the time. Events bound to cells do not appear here. weekend: its days, 0 = Monday; None = those
    of the country.
    Raises InputError for an unknown zone or country, naming close matches.
    """
    local = local_seconds(times, zone)
    days = local // DAY_S
    unique, which = np.unique(days, return_inverse=True)
    dates = [date(1970, 1, 1) + timedelta(days=int(d)) for d in unique]
    calendar = days_of(country, dates, weekend)
    off = np.array(calendar.weekend, bool)[which]
    holiday = np.array([bool(name) for name in calendar.holiday], bool)[which]
    eve = np.array(calendar.eve, bool)[which]
    names = [calendar.holiday[i] for i in which.tolist()]
    for event in events:
        if event.cells:
            continue
        inside = covers(event, times, period_s, zone)
        if event.kind == "working":
            off, holiday, eve = off & ~inside, holiday & ~inside, eve & ~inside
        if event.kind == "holiday":
            holiday = holiday | inside
            eve = (eve | _day_before(days, inside)) & ~holiday
        for i in np.flatnonzero(inside).tolist():
            names[i] = f"{names[i]}; {event.name}" if names[i] and event.kind != "working" else event.name

    second_of_day = local - days * DAY_S
    weekday = (days - _FIRST_MONDAY) % 7
    day_slots, week_slots = max(1, DAY_S // period_s), max(1, WEEK_S // period_s)
    second_of_week = weekday * DAY_S + second_of_day
    return Clock(
        period_s=period_s,
        day_slots=day_slots,
        week_slots=week_slots,
        slot_of_day=np.minimum(second_of_day // period_s, day_slots - 1),
        slot_of_week=np.minimum(second_of_week // period_s, week_slots - 1),
        hour=second_of_day // 3600,
        weekday=weekday,
        day=days - (days[0] if len(days) else 0),
        weekend=off,
        holiday=holiday,
        eve=eve,
        event=tuple(names),
        day_type=np.where(holiday, 2, np.where(off, 1, 0)).astype(np.int64),
    )


def weekend_of(clock: Clock) -> tuple[int, ...]:
    """The weekdays, 0 = Monday, that are the weekend in more than half of a clock's periods on them."""
    there, off = np.bincount(clock.weekday, minlength=7), np.bincount(clock.weekday[clock.weekend], minlength=7)
    return tuple(np.flatnonzero(2 * off > there).tolist())


def cut(clock: Clock, start: int, stop: int) -> Clock:
    """The clock of the periods [start, stop) alone."""
    rest = ("period_s", "day_slots", "week_slots")
    return replace(clock, **{f.name: getattr(clock, f.name)[start:stop] for f in fields(clock) if f.name not in rest})


def _day_before(days: IntArray, inside: BoolArray) -> BoolArray:
    """Which periods lie on a local day whose next day has a period in `inside`."""
    before: BoolArray = np.isin(days + 1, np.unique(days[inside]))
    return before
