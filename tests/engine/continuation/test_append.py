"""Later files added to a project: what is new is added, what is newer replaces, and twice is once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from engine import project
from engine.continuation.append import append
from engine.data import Cell, Flag, Panel
from engine.errors import InputError
from engine.execution import arrays, scratch
from engine.execution.mapping import Mapping
from engine.text import say
from tests.engine.result_factory import empty_result, make_panel, make_result
from tests.engine.same import difference


def cut(panel: Panel, cells: slice, times: slice, kpis: int = 2) -> Panel:
    """A part of a panel."""
    kept = panel.kpis[:kpis]
    return Panel(
        panel.times[times],
        panel.period_s,
        panel.zone,
        panel.cells[cells],
        kept,
        {k.id: panel.values[k.id][cells, times] for k in kept},
        {k.id: panel.flags[k.id][cells, times] for k in kept},
    )


def points(panel: Panel) -> int:
    return sum(int(np.isfinite(v).sum()) for v in panel.values.values())


def test_two_parts_make_the_whole_again_whichever_comes_first() -> None:
    whole = make_panel(5, 200)
    early, late = cut(whole, slice(None), slice(0, 120)), cut(whole, slice(None), slice(120, None))
    for one, two in ((early, late), (late, early)):
        done = append(one, two)
        assert difference(done.panel, whole) == ""
        assert (done.new, done.replaced, done.same) == (points(two), 0, 0)


def test_appending_the_same_again_changes_nothing() -> None:
    whole = make_panel(4, 100)
    done = append(whole, cut(whole, slice(1, 3), slice(20, 60)))
    assert difference(done.panel, whole) == ""
    assert (done.new, done.replaced) == (0, 0)
    assert done.same == points(cut(whole, slice(1, 3), slice(20, 60)))


def test_the_later_file_counts_where_both_were_measured_and_a_gap_in_it_does_not() -> None:
    old = make_panel(2, 50, 1)
    values = old.values["calls"].copy()
    values[0, 10:20] += 1
    values[0, 12] = np.nan
    flags = old.flags["calls"].copy()
    flags[0, 10:20] = Flag.SUSPECT
    later = cut(
        dataclasses.replace(old, values={"calls": values}, flags={"calls": flags}), slice(0, 1), slice(10, 20), 1
    )
    done = append(old, later)
    known = np.isfinite(old.values["calls"][0, 10:20])
    assert done.replaced == known.sum() - known[2]
    assert done.panel.values["calls"][0, 12] == old.values["calls"][0, 12]
    assert done.panel.flags["calls"][0, 12] == old.flags["calls"][0, 12]
    assert done.panel.values["calls"][0, 11] == values[0, 11]
    assert done.panel.flags["calls"][0, 11] == Flag.SUSPECT
    assert np.array_equal(done.panel.values["calls"][1], old.values["calls"][1], equal_nan=True)


def test_a_large_panel_is_put_together_in_files_and_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_panel(7, 100)
    one, two = cut(whole, slice(0, 5), slice(0, 80)), cut(whole, slice(2, 7), slice(60, 100))
    in_memory = append(one, two)
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(arrays, "BLOCK_POINTS", 250)
    done = append(one, two)
    assert difference(done, in_memory) == ""
    for array in (*done.panel.values.values(), *done.panel.flags.values()):
        assert isinstance(array.base.base, Mapping)


def test_periods_between_are_missing() -> None:
    whole = make_panel(2, 100, 1)
    done = append(cut(whole, slice(None), slice(0, 40), 1), cut(whole, slice(None), slice(60, None), 1))
    assert done.panel.shape == (2, 100)
    assert np.isnan(done.panel.values["calls"][:, 40:60]).all()


def test_new_cells_and_kpis_are_added_and_known_ones_completed() -> None:
    whole = make_panel(4, 60, 3)
    old, later = cut(whole, slice(0, 2), slice(0, 40), 1), cut(whole, slice(1, 4), slice(30, 60), 3)
    later = dataclasses.replace(later, cells=(Cell("c1", site="S9"), *later.cells[1:]))
    done = append(old, later)
    assert [cell.id for cell in done.panel.cells] == ["c0", "c1", "c2", "c3"]
    assert done.panel.cells[1] == dataclasses.replace(whole.cells[1], site="S9")
    assert (done.new_cells, done.new_kpis) == (2, 2)
    assert np.isnan(done.panel.values["prb"][0]).all()
    assert "2 new cells" in say(done.reason)


def test_nothing_is_written_to_either_panel() -> None:
    whole = make_panel(3, 80)
    old, later = cut(whole, slice(None), slice(0, 50)), cut(whole, slice(None), slice(30, None))
    for panel in (old, later):
        for array in (*panel.values.values(), *panel.flags.values(), panel.times):
            array.flags.writeable = False
    assert difference(append(old, later).panel, whole) == ""


def test_an_empty_panel_adds_nothing_and_takes_all() -> None:
    whole, nothing = make_panel(2, 30), empty_result().panel
    assert difference(append(nothing, whole).panel, whole) == ""
    assert difference(append(whole, nothing).panel, whole) == ""


def shifted(panel: Panel, seconds: int) -> Panel:
    return dataclasses.replace(panel, times=panel.times + np.timedelta64(seconds, "s"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: dataclasses.replace(p, period_s=900), "append_period"),
        (lambda p: shifted(p, 600), "append_grid"),
        (lambda p: dataclasses.replace(p, kpis=(dataclasses.replace(p.kpis[0], unit="min"),)), "append_unit"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(change: object, code: str) -> None:
    panel = make_panel(1, 30, 1)
    with pytest.raises(InputError) as caught:
        append(panel, change(panel))  # type: ignore[operator]
    assert caught.value.reason.code == code
    assert say(caught.value.reason)


def test_a_projects_panel_takes_the_next_day(tmp_path: Path) -> None:
    result = make_result(cells=3, periods=72)
    project.save(result, tmp_path / "a.cellwarden")
    panel, quality = project.read_data(tmp_path / "a.cellwarden")
    assert append(panel, shifted(result.panel, 48 * 3600)).panel.shape == (3, 120)
    assert quality.rows_read == result.quality.rows_read
    assert difference(result, project.open_project(tmp_path / "a.cellwarden")) == ""
