"""A day that was sent twice is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.completeness.repeated_days import repeated_days
from engine.continuation.later import add
from engine.data import Cell, Kpi, Panel, Quality
from engine.io import Loaded
from engine.text import say

DAYS = 20


def panel(zone: str = "UTC", period_s: int = 3600, cells: int = 4, seed: int = 0) -> Panel:
    slots = 86_400 // period_s
    times = np.datetime64("2026-03-09", "s") + np.arange(DAYS * slots) * np.timedelta64(period_s, "s")
    rng = np.random.default_rng(seed)
    kpis = (Kpi("calls", "calls"), Kpi("sms", "messages"))
    values = {k.id: rng.poisson(200, (cells, DAYS * slots)).astype(np.float32) for k in kpis}
    flags = {k.id: np.zeros((cells, DAYS * slots), np.uint8) for k in kpis}
    return Panel(times, period_s, zone, tuple(Cell(f"C{n}") for n in range(cells)), kpis, values, flags)


def sent_twice(one: Panel, day: int, of: int, cells: slice = slice(None), kpis: tuple[str, ...] = ()) -> Panel:
    """The panel with one day in the place of another, counted from the first midnight."""
    slots = 86_400 // one.period_s
    for kpi in kpis or one.values:
        one.values[kpi][cells, day * slots : (day + 1) * slots] = one.values[kpi][cells, of * slots : (of + 1) * slots]
    return one


def said(one: Panel) -> list[str]:
    return [say(note) for note in repeated_days(one)]


def test_a_day_that_repeats_the_one_before_or_that_of_the_week_before_is_told() -> None:
    one = sent_twice(sent_twice(panel(), 5, 4), 17, 10, slice(0, 3))
    assert said(one) == [
        "The day from Sat 14 Mar 2026 00:00 on repeats the one from Fri 13 Mar 2026 00:00 on to the last digit,"
        " in 4 cells: the same file under two dates? Then what happened on it is not known.",
        "The day from Thu 26 Mar 2026 00:00 on repeats the one from Thu 19 Mar 2026 00:00 on to the last digit,"
        " in 3 cells: the same file under two dates? Then what happened on it is not known.",
    ]


def test_nothing_is_said_of_usual_days_of_one_kpi_alone_of_days_with_few_values_or_of_made_data() -> None:
    assert said(panel()) == []
    assert said(sent_twice(panel(), 5, 4, kpis=("calls",))) == []
    few = panel()
    for values in few.values.values():
        values %= 3
    assert said(sent_twice(few, 5, 4)) == []
    made = panel()
    for day in range(1, DAYS):
        sent_twice(made, day, 0)
    assert said(made) == []


def test_days_are_local_and_one_with_gaps_or_of_another_length_is_no_repeat() -> None:
    rome = panel("Europe/Rome", 900)
    assert said(sent_twice(rome, 5, 4)) == []  # from one in the morning to one in the morning
    shifted = panel("Europe/Rome", 900)
    for values in shifted.values.values():
        values[:, 5 * 96 - 4 : 6 * 96 - 4] = values[:, 4 * 96 - 4 : 5 * 96 - 4]
    assert len(said(shifted)) == 1
    gap = sent_twice(panel(), 5, 4)
    for values in gap.values.values():
        values[0, 5 * 24 + 3] = np.nan
    assert "in 3 cells" in said(gap)[0]


def test_data_by_the_day_or_of_nothing_tell_nothing() -> None:
    assert said(panel(period_s=86_400)) == []
    one = panel()
    none = {kpi: values[:0] for kpi, values in one.values.items()}
    assert said(replace(one, cells=(), values=none, flags=none)) == []


def test_a_later_file_that_repeats_the_last_day_is_told() -> None:
    whole = sent_twice(panel(), DAYS - 1, DAYS - 2)
    last = (DAYS - 1) * 24

    def part(of: slice) -> Panel:
        values, flags = ({k: v[:, of] for k, v in one.items()} for one in (whole.values, whole.flags))
        return replace(whole, times=whole.times[of], values=values, flags=flags)

    def quality(of: Panel) -> Quality:
        cells = len(of.cells)
        return Quality("csv-long", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))

    known, later = part(slice(None, last)), part(slice(last, None))
    found = add(known, quality(known), None, Loaded(later, None, quality(later)))
    assert [n.code for n in found.quality.notes].count("day_repeated") == 1
