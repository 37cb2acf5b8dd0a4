"""The simulated city: repeatable, believable, and true to its own truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import simulate
from engine.labelling.labels import read_intervals, spread
from engine.monitor import Monitor


@pytest.fixture(scope="module")
def city() -> simulate.Simulated:
    return simulate.city(cells=18, days=35, incidents_per_cell_week=0.3, seed=5)


def test_same_arguments_give_the_same_numbers(city: simulate.Simulated) -> None:
    again = simulate.city(cells=18, days=35, incidents_per_cell_week=0.3, seed=5)
    for kpi in city.panel.kpis:
        np.testing.assert_array_equal(again.panel.values[kpi.id], city.panel.values[kpi.id])
    assert again.incidents == city.incidents


def test_another_seed_gives_another_city(city: simulate.Simulated) -> None:
    other = simulate.city(cells=18, days=35, incidents_per_cell_week=0.3, seed=6)
    assert not np.array_equal(other.panel.values["calls"], city.panel.values["calls"])


def test_every_kind_of_incident_occurs(city: simulate.Simulated) -> None:
    assert {h.kind for h in city.incidents} == set(simulate.KINDS)


def test_labels_mark_exactly_the_incidents(city: simulate.Simulated) -> None:
    marked = {kpi.id: np.zeros(city.panel.shape, bool) for kpi in city.panel.kpis}
    for h in city.incidents:
        for kpi in h.kpis:
            marked[kpi][list(h.cells), h.start : h.stop] = True
    for kpi, labels in city.labels.items():
        np.testing.assert_array_equal(labels != 0, marked[kpi])


def test_an_outage_silences_all_sectors_of_its_site(city: simulate.Simulated) -> None:
    outage = next(h for h in city.incidents if h.kind == "outage")
    assert {city.panel.cells[c].site for c in outage.cells} == {city.panel.cells[outage.cells[0]].site}
    assert not city.panel.values["calls"][list(outage.cells), outage.start : outage.stop].any()


def test_a_stuck_counter_repeats_its_last_value(city: simulate.Simulated) -> None:
    stuck = next(h for h in city.incidents if h.kind == "stuck")
    values = city.panel.values[stuck.kpis[0]][stuck.cells[0], stuck.start - 1 : stuck.stop]
    assert (values == values[0]).all()


def test_missing_hours_are_nan_and_not_to_be_judged(city: simulate.Simulated) -> None:
    missing = next(h for h in city.incidents if h.kind == "missing")
    part = (list(missing.cells), slice(missing.start, missing.stop))
    assert np.isnan(city.panel.values["calls"][part]).all()
    assert (city.labels["calls"][part] == -1).all()


def test_days_have_a_rhythm_and_neighbours_move_together() -> None:
    calm = simulate.city(cells=12, days=28, incidents_per_cell_week=0.0, seed=2)
    calls = np.log1p(calm.panel.values["calls"].reshape(12, 28, 24))
    profile = calls.mean(axis=1)
    assert (profile.max(axis=1) - profile.min(axis=1) > 0.7).all()
    rest = (calls - calls.mean(axis=1, keepdims=True)).reshape(12, -1)
    correlation = np.corrcoef(rest)
    assert correlation[np.triu_indices(12, 1)].mean() > 0.15


def test_fridays_are_quiet_in_an_iranian_office_district() -> None:
    calm = simulate.city(cells=30, days=42, country="IR", incidents_per_cell_week=0.0, seed=3)
    local = calm.panel.times + np.timedelta64(3 * 60 + 30, "m")
    weekday = (local.astype("datetime64[D]").astype(int) - 4) % 7
    by_day = np.array([calm.panel.values["calls"][:, weekday == d].mean(axis=1) for d in range(7)])
    assert (by_day[4] < 0.8 * by_day[:3].mean(axis=0)).any()


@pytest.mark.parametrize("period_s", [900, 3600])
def test_counts_scale_with_the_granularity(period_s: int) -> None:
    panel = simulate.city(cells=3, days=7, period_s=period_s, incidents_per_cell_week=0.0).panel
    assert panel.shape == (3, 7 * 86_400 // period_s)
    assert 20 < panel.values["calls"].mean() * 3600 / period_s < 1500


@pytest.mark.parametrize(("cells", "days", "period_s"), [(0, 1, 3600), (1, 0, 3600), (1, 1, 7000)])
def test_an_impossible_size_is_refused(cells: int, days: int, period_s: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        simulate.city(cells=cells, days=days, period_s=period_s)


def test_one_cell_one_day_can_be_simulated() -> None:
    assert simulate.city(cells=1, days=1).panel.shape == (1, 24)


def test_written_truth_reads_back_as_the_labels(city: simulate.Simulated, tmp_path: Path) -> None:
    simulate.write(city, tmp_path, Monitor())
    panel = city.panel
    names, kpis = [c.id for c in panel.cells], [k.id for k in panel.kpis]
    labels = spread(read_intervals(tmp_path / "truth.csv"), names, kpis, panel.times, panel.period_s)
    for kpi in kpis:
        judged = city.labels[kpi] >= 0
        np.testing.assert_array_equal(labels[kpi][judged], city.labels[kpi][judged])
