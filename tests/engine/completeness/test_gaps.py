"""Gaps are filled as said, marked as filled, and never taken for measurements."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import group, pipeline, project
from engine.blocks import clean_points
from engine.budget.outlook import Outlook
from engine.calendar import make_clock
from engine.completeness import gaps
from engine.continuation.append import append
from engine.data import Cell, Flag, Kpi, KpiKind, Panel
from engine.errors import InputError
from engine.settings import Settings
from engine.text import number
from tests.engine.result_factory import make_panel, make_result

NAN = np.nan


def panel_of(values: list[list[float]], flags: np.ndarray | None = None) -> Panel:
    matrix = np.array(values, np.float32)
    times = np.datetime64("2024-03-01T00:00:00", "s") + 3600 * np.arange(matrix.shape[1])
    marks = np.zeros(matrix.shape, np.uint8) if flags is None else flags
    cells = tuple(Cell(f"c{i}") for i in range(len(matrix)))
    return Panel(times, 3600, "UTC", cells, (Kpi("calls"),), {"calls": matrix}, {"calls": marks})


def row(panel: Panel, policy: str) -> list[float]:
    return gaps.fill(panel, (f"calls={policy}",)).values["calls"][0].tolist()


SERIES = [[NAN, 2, NAN, 4, NAN, NAN, NAN, 8, NAN]]


@pytest.mark.parametrize(
    ("policy", "filled"),
    [
        ("missing", SERIES[0]),
        ("zero", [0, 2, 0, 4, 0, 0, 0, 8, 0]),
        ("hold:1", [NAN, 2, 2, 4, NAN, NAN, NAN, 8, 8]),
        ("hold:3", [NAN, 2, 2, 4, 4, 4, 4, 8, 8]),
        ("interpolate:1", [NAN, 2, 3, 4, NAN, NAN, NAN, 8, NAN]),
        ("interpolate:3", [NAN, 2, 3, 4, 5, 6, 7, 8, NAN]),
    ],
)
def test_each_policy_by_hand(policy: str, filled: list[float]) -> None:
    panel = panel_of(SERIES)
    found = gaps.fill(panel, (f"calls={policy}",))
    np.testing.assert_array_equal(found.values["calls"][0], np.array(filled, np.float32))
    new = np.isfinite(filled) & ~np.isfinite(SERIES[0])
    np.testing.assert_array_equal(found.flags["calls"][0] == Flag.IMPUTED, new)
    np.testing.assert_array_equal(panel.values["calls"], np.array(SERIES, np.float32))


def test_missing_is_not_zero_unless_it_is_said() -> None:
    panel = panel_of(SERIES)
    assert gaps.fill(panel, ()).values["calls"] is panel.values["calls"]
    assert gaps.fill(panel, ("other=zero",)).values["calls"] is panel.values["calls"]


def test_with_many_cells_a_period_that_nobody_reported_stays_missing() -> None:
    values = np.ones((gaps.MANY_CELLS, 4), np.float32)
    values[:, 1], values[0, 2] = NAN, NAN
    found = gaps.fill(panel_of(values.tolist()), ("*=zero",)).values["calls"]
    assert np.isnan(found[:, 1]).all()
    assert found[0, 2] == 0


@given(
    arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 25)), elements=st.sampled_from([NAN, 1.0, 2.0])),
    st.sampled_from(["zero", "hold:2", "interpolate:4", "missing"]),
)
@limits(deadline=None, max_examples=80)
def test_measured_values_stay_and_taking_back_gives_what_was(values: np.ndarray, policy: str) -> None:
    panel = panel_of(values.tolist())
    filled = gaps.fill(panel, (f"*={policy}",))
    there = np.isfinite(values)
    np.testing.assert_array_equal(filled.values["calls"][there], values[there])
    np.testing.assert_array_equal(gaps.measured(filled).values["calls"], values)
    assert not gaps.measured(filled).flags["calls"].any()
    again = gaps.fill(filled, (f"*={policy}",))
    np.testing.assert_array_equal(again.values["calls"], filled.values["calls"])


def test_the_other_flags_of_a_filled_point_stay() -> None:
    flags = np.zeros((1, 9), np.uint8)
    flags[0, 2] = Flag.SUSPECT
    filled = gaps.fill(panel_of(SERIES, flags), ("calls=hold:1",))
    assert filled.flags["calls"][0, 2] == Flag.SUSPECT | Flag.IMPUTED
    assert gaps.measured(filled).flags["calls"][0, 2] == Flag.SUSPECT


@pytest.mark.parametrize(("policy", "learned"), [("zero", True), ("hold:3", False), ("interpolate:3", False)])
def test_only_a_declared_zero_is_learned_from(policy: str, learned: bool) -> None:
    settings = dataclasses.replace(Settings(), gaps=(f"calls={policy}",))
    panel = gaps.fill(panel_of(SERIES), settings.gaps)
    clean = clean_points(panel, panel.kpis[0], range(1), settings, None)
    assert bool(clean[0, 2]) is learned
    assert clean[0, 1]


def test_no_anomaly_begins_on_a_held_value_and_one_goes_on_over_it() -> None:
    settings = dataclasses.replace(Settings(), gaps=("calls=hold:2",), min_traffic=0.0)
    kpi = Kpi("calls", kind=KpiKind.COUNT)
    values = np.array([[100, 100, 100, 100, 10, 10, 10, 100]], np.float32)
    flags = np.zeros((1, 8), np.uint8)
    flags[0, [1, 5]] = Flag.IMPUTED
    score = np.array([[0, 5, 0, 0, 5, 0, 5, 0]], np.float32)
    clock = make_clock(panel_of(values.tolist()).times, 3600, "UTC", "")
    expected = np.full((1, 8), 200, np.float32)
    alarm = group.find_alarms(score, values, expected, kpi, settings, flags, clock)
    assert alarm[0].tolist() == [False, False, False, False, True, True, True, False]


def test_a_policy_for_a_kpi_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="cals"):
        gaps.check_names(panel_of(SERIES), ("cals=zero",))
    gaps.check_names(panel_of(SERIES), ("calls=zero", "*=hold"))


def test_a_run_carries_the_flag_to_its_anomalies_and_its_project_gives_back_the_gaps(tmp_path: Path) -> None:
    panel = make_panel(cells=3, periods=24 * 21)
    values = np.array(panel.values["calls"])
    values[1, 300:312] = np.nan_to_num(values[1, 300:312]) * 0.02
    values[1, 305] = NAN
    panel = dataclasses.replace(panel, values={**panel.values, "calls": values})
    settings = dataclasses.replace(Settings(), detectors=("baseline",), gaps=("calls=interpolate:2",))
    result = pipeline.analyse(panel, make_result(cells=3).quality, settings)
    assert result.panel.flags["calls"][1, 305] & Flag.IMPUTED
    assert np.isnan(result.verdicts["calls"].score[1, 305])
    over = [a for a in result.anomalies if a.kpi == "calls" and a.cell == 1 and a.start <= 305 < a.stop]
    assert [a.imputed_points for a in over] == [1]
    measured = np.delete(values[1, over[0].start : over[0].stop], 305 - over[0].start)
    assert over[0].actual == pytest.approx(float(np.nansum(measured)), rel=1e-5)
    typical = float(np.nanmean(measured))
    told = [i.sentence.params["actual"] for i in result.incidents if over[0].id in i.anomalies]
    assert [words.split(" (")[0] for words in told] == [f"{number(typical)} on average"]
    project.save(result, tmp_path / "p.cellwarden")
    kept, _ = project.read_data(tmp_path / "p.cellwarden")
    np.testing.assert_array_equal(kept.values["calls"], panel.values["calls"])
    assert append(kept, panel).replaced == 0
    assert project.open_project(tmp_path / "p.cellwarden").settings.gaps == settings.gaps


def test_two_votes_count_the_same_anomalies_with_filled_gaps() -> None:
    settings = dataclasses.replace(Settings(), detectors=("baseline", "kmeans"), gaps=("*=hold:4",), budget=5.0)
    result = pipeline.analyse(make_panel(cells=3, periods=24 * 21), make_result(cells=3).quality, settings)
    found = Outlook.of(result).glance(settings, pipeline.levels_by_vote(result, settings))
    assert found is not None
    assert found.counts["fused"] == len(result.anomalies) > 0
