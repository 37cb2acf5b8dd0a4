"""What was measured when: figures by KPI and cell that agree with counting by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.completeness import coverage, gaps
from engine.data import Flag, Panel
from engine.monitor import Cancelled, Monitor, Progress
from tests.engine.completeness.test_gaps import panel_of
from tests.engine.result_factory import make_panel

NAN = np.nan


def marked() -> Panel:
    flags = np.zeros((2, 6), np.uint8)
    flags[0, 1:3] = Flag.SUSPECT
    flags[1, 2] = Flag.SUSPECT
    flags[1, 5] = Flag.MAINTENANCE
    return panel_of([[1, 2, 3, NAN, NAN, 6], [NAN, 2, 3, 4, 5, 6]], flags)


def test_figures_by_kpi() -> None:
    found = coverage.cover(marked())
    one = found.kpis[0]
    assert (one.points, one.missing, one.gaps, one.longest) == (12, 3, 2, 2)
    assert (one.suspect, one.imputed, one.maintenance) == (3, 0, 1)
    assert one.missing_share == 0.25
    assert found.excluded_share == pytest.approx((3 + 3 + 1) / 12)


def test_suspect_periods_stand_in_order_of_time_with_their_cells() -> None:
    found = coverage.cover(marked())
    assert [(s.start, s.stop, s.cells, s.points) for s in found.suspect] == [(1, 3, 2, 3)]
    assert found.suspect_stretches == 1


@pytest.mark.parametrize(("policy", "excluded"), [("hold:2", 7), ("zero", 4)])
def test_what_was_filled_was_not_measured(policy: str, excluded: int) -> None:
    policies = (f"calls={policy}",)
    found = coverage.cover(gaps.fill(marked(), policies), policies)
    assert found.kpis[0].missing == 3
    assert found.kpis[0].imputed == (2 if policy == "hold:2" else 3)
    assert found.excluded_share == pytest.approx(excluded / 12)
    assert found.strips is not None
    assert found.strips.whole.mean() == pytest.approx(0.75)


def test_strips_name_the_cells_with_most_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = make_panel(cells=7, periods=400)
    whole = coverage.strips(panel)
    monkeypatch.setattr(coverage, "ROWS_AT_ONCE", 2)
    parts = coverage.strips(panel)
    assert whole.cells == parts.cells
    np.testing.assert_array_equal(whole.rows, parts.rows)
    np.testing.assert_allclose(whole.whole, parts.whole)
    there = np.array([np.isfinite(v) for v in panel.values.values()])
    lacking = (~there).sum(axis=(0, 2))
    assert whole.cells[0] == int(np.argmax(lacking))
    widths = np.diff(whole.edges)
    assert float((whole.whole * widths).sum() / 400) == pytest.approx(float(there.mean()))
    assert whole.complete == int((lacking == 0).sum())


def test_an_empty_panel_has_no_strips() -> None:
    panel = make_panel(cells=2, periods=48)
    empty = dataclasses.replace(panel, kpis=(), values={}, flags={})
    found = coverage.cover(empty)
    assert found.kpis == ()
    assert np.isnan(found.excluded_share)


def test_counting_stops_within_a_block_and_progress_only_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "ROWS_AT_ONCE", 2)
    seen: list[float] = []
    panel = make_panel(cells=9, periods=100, kpis=3)
    coverage.cover(panel, (), Monitor(lambda progress: seen.append(progress.fraction)))
    assert seen == sorted(seen)
    assert len(seen) > 15

    def stop(progress: Progress) -> None:
        if progress.fraction > 0.3:
            monitor.cancel()

    monitor = Monitor(stop)
    with pytest.raises(Cancelled):
        coverage.cover(panel, (), monitor)
