from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attribute.features import HIGH, LOW, MIDDLE, UNKNOWN, is_night, tally, traffic_kpi, traffic_level
from engine.calendar import make_clock
from engine.data import Cell, Clock, Direction, Flag, Kpi, KpiKind, Panel, Verdict
from engine.network.neighbours import around

CALLS, DROPS = Kpi("calls", "calls"), Kpi("drop_rate", "%", KpiKind.RATIO)


def scene(cells: int, days: int, seed: int = 0) -> tuple[Panel, Clock, dict[str, Verdict]]:
    rng = np.random.default_rng(seed)
    times = np.datetime64("2023-01-02", "s") + np.arange(days * 24) * np.timedelta64(3600, "s")
    values = {k.id: rng.gamma(2, 10, (cells, len(times))).astype(np.float32) for k in (CALLS, DROPS)}
    flags = {k.id: np.zeros((cells, len(times)), np.uint8) for k in (CALLS, DROPS)}
    where = tuple(Cell(str(i), row=0, col=i) for i in range(cells))
    panel = Panel(times, 3600, "Europe/Rome", where, (DROPS, CALLS), values, flags)
    verdicts = {
        k: Verdict(rng.random(v.shape).astype(np.float32), rng.random(v.shape) < 0.03) for k, v in values.items()
    }
    return panel, make_clock(times, 3600, "Europe/Rome"), verdicts


def test_every_judged_point_is_counted_once() -> None:
    panel, clock, verdicts = scene(7, 10)
    score = verdicts["calls"].score.copy()
    score[2, :100] = np.nan
    verdict = Verdict(score, verdicts["calls"].alarm)
    panel.flags["calls"][3, 50:60] = Flag.MAINTENANCE
    judged = (np.isfinite(score) | verdict.alarm) & (panel.flags["calls"] == 0)
    found = tally(panel, clock, verdict, CALLS, around(panel.cells))
    np.testing.assert_array_equal(found.points.sum(axis=(1, 2)), judged.sum(axis=0))
    np.testing.assert_array_equal(found.events.sum(axis=(1, 2)), (judged & verdict.alarm).sum(axis=0))


def test_neighbours_are_those_beside_the_cell_at_the_same_time() -> None:
    panel, clock, _ = scene(4, 2)
    alarm = np.zeros(panel.shape, bool)
    alarm[1, 5] = True
    found = tally(panel, clock, Verdict(np.zeros(panel.shape, np.float32), alarm), CALLS, around(panel.cells))
    assert found.has_neighbours
    assert found.points[5, :, 1].sum() == 2  # the cells 0 and 2
    assert found.points[:, :, 1].sum() == 2
    assert found.events[5, :, 0].sum() == 1


def test_cells_are_counted_in_pieces_to_the_same_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, clock, verdicts = scene(30, 5)
    whole = tally(panel, clock, verdicts["calls"], CALLS, around(panel.cells))
    monkeypatch.setattr("engine.attribute.features._CHUNK_POINTS", 4 * 120)
    parts = tally(panel, clock, verdicts["calls"], CALLS, around(panel.cells))
    np.testing.assert_array_equal(whole.points, parts.points)
    np.testing.assert_array_equal(whole.events, parts.events)


def test_the_quarters_of_an_hour_that_the_calendar_calls_alike_are_counted_together() -> None:
    panel, _, verdicts = scene(5, 4)
    quarter = panel.times[0] + np.arange(panel.shape[1]) * np.timedelta64(900, "s")
    fine = replace(panel, times=quarter, period_s=900)
    clock = make_clock(fine.times, 900, "Europe/Rome")
    clock.holiday[2:4] = True  # half an hour of it
    found = tally(fine, clock, verdicts["calls"], CALLS, around(fine.cells))
    assert len(found.example) == panel.shape[1] // 4 + 1
    np.testing.assert_array_equal(found.example[:4], [0, 2, 4, 8])
    alarm = verdicts["calls"].alarm
    np.testing.assert_array_equal(
        found.events.sum(axis=(1, 2))[:3], [alarm[:, a:b].sum() for a, b in ((0, 2), (2, 4), (4, 8))]
    )


def test_levels_are_fifths_of_the_cells_own_values_whatever_its_size() -> None:
    panel, clock, _ = scene(3, 60)
    values = panel.values["calls"].copy()
    values[1] *= 1000
    values[2, ::3] = np.nan
    level = traffic_level(values, clock)
    np.testing.assert_array_equal(level[2] == UNKNOWN, np.isnan(values[2]))
    for row in level:
        shares = [np.mean(row[row != UNKNOWN] == kind) for kind in (LOW, MIDDLE, HIGH)]
        np.testing.assert_allclose(shares, [0.2, 0.6, 0.2], atol=0.05)
    for row, value in zip(level, values, strict=True):
        assert value[row == LOW].max() < value[row == HIGH].min()


def test_levels_see_every_hour_of_the_day() -> None:
    times = np.datetime64("2023-01-02", "s") + np.arange(400 * 24) * np.timedelta64(3600, "s")
    clock = make_clock(times, 3600, "UTC")
    values = (10.0 + clock.hour)[None].astype(np.float32)
    assert np.mean(traffic_level(values, clock) == LOW) == pytest.approx(0.2, abs=0.05)


def test_a_ratio_is_set_beside_the_traffic_and_a_count_beside_itself() -> None:
    panel, _, _ = scene(2, 2)
    assert traffic_kpi(panel, DROPS) == "calls"
    assert traffic_kpi(panel, CALLS) == "calls"


def test_failures_are_no_traffic() -> None:
    panel, _, _ = scene(2, 2)
    dropped = Kpi("dropped", "calls", KpiKind.COUNT, Direction.UP)
    values, flags = ({**there, "dropped": there["calls"]} for there in (panel.values, panel.flags))
    panel = replace(panel, kpis=(dropped, *panel.kpis), values=values, flags=flags)
    assert traffic_kpi(panel, DROPS) == "calls"
    assert traffic_kpi(panel, dropped) == "calls"


def test_where_nothing_counts_traffic_its_level_is_no_circumstance() -> None:
    """The level of a success rate is what is judged; "low traffic" would be a name for low success."""
    panel, clock, verdicts = scene(2, 2)
    alone = replace(panel, kpis=(DROPS,))
    assert traffic_kpi(alone, DROPS) == ""
    found, beside = (tally(p, clock, verdicts["drop_rate"], DROPS, around(p.cells)) for p in (alone, panel))
    assert found.points[:, :UNKNOWN].sum() == 0
    np.testing.assert_array_equal(found.points.sum(axis=1), beside.points.sum(axis=1))


def test_night_is_local() -> None:
    times = np.datetime64("2023-01-01T23:00", "s") + np.arange(24) * np.timedelta64(3600, "s")
    assert is_night(make_clock(times, 3600, "Europe/Rome")).tolist() == [True] * 6 + [False] * 18
