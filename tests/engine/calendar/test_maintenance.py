from __future__ import annotations

from datetime import datetime

import numpy as np

from engine.calendar import mark_maintenance
from engine.calendar.maintenance import unknown_cells
from engine.data import Cell, Flag, Kpi, Panel
from engine.data.event import Event


def panel() -> Panel:
    times = np.arange("2024-01-01", "2024-01-02", 3600, dtype="datetime64[s]")
    flags = np.zeros((2, 24), np.uint8)
    flags[0, 3] = Flag.SUSPECT
    values = np.ones((2, 24), np.float32)
    return Panel(times, 3600, "UTC", (Cell("A"), Cell("B")), (Kpi("calls"),), {"calls": values}, {"calls": flags})


def window(*cells: str, kind: str = "maintenance") -> Event:
    return Event(datetime(2024, 1, 1, 2), datetime(2024, 1, 1, 4), "Work", kind, cells)


def test_a_window_marks_its_cells_and_keeps_other_flags() -> None:
    before = panel()
    marked = mark_maintenance(before, [window("A")]).flags["calls"]
    assert marked[0, 1:5].tolist() == [0, Flag.MAINTENANCE, Flag.MAINTENANCE | Flag.SUSPECT, 0]
    assert not marked[1].any()
    assert before.flags["calls"][0, 2] == 0


def test_a_window_without_cells_is_for_the_whole_network() -> None:
    marked = mark_maintenance(panel(), [window()]).flags["calls"]
    assert ((marked & Flag.MAINTENANCE) > 0).sum() == 4


def test_other_kinds_and_unknown_cells_change_nothing() -> None:
    before = panel()
    assert mark_maintenance(before, [window("A", kind="event"), window("Z")]) is before
    assert unknown_cells(before, [window("A", "Z"), window("Y")]) == ("Y", "Z")


def test_marks_of_windows_that_are_no_longer_there_go() -> None:
    marked = mark_maintenance(mark_maintenance(panel(), [window("A")]), [window("B")]).flags["calls"]
    assert marked[0, 1:5].tolist() == [0, 0, Flag.SUSPECT, 0]
    assert marked[1, 1:5].tolist() == [0, Flag.MAINTENANCE, Flag.MAINTENANCE, 0]
