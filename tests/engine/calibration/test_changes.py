"""A change that lasts is an alarm from the hour it begins, even where single hours hardly show it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.calendar import make_clock
from engine.calibration.changes import changes, surprise
from engine.data import Cell, Direction, Kpi, KpiKind, Panel, Quality
from engine.inspection.explanation import of_anomaly, of_stretch
from engine.settings import preset

DAY, WEEK = 24, 7 * 24
FAR = np.ones((1, 6 * WEEK), bool)
TIMES = np.datetime64("2024-01-01T00", "s") + np.arange(6 * WEEK) * np.timedelta64(3600, "s")
CLOCK = make_clock(TIMES, 3600, "UTC", "")


def feed(change: int, size: float, cells: int = 1) -> np.ndarray:
    noise = np.random.default_rng(1).normal(size=(cells, 6 * WEEK)).astype(np.float32)
    noise[:, change : change + WEEK] += size
    return noise


def news(change: int, cells: int = 1) -> np.ndarray:
    mask = np.zeros((cells, 6 * WEEK), bool)
    first = -(-change // DAY) * DAY
    mask[:, first : first + WEEK] = True
    return mask


@pytest.mark.parametrize("size", [-4.0, 2.5, 6.0])
@pytest.mark.parametrize("change", [20 * DAY, 20 * DAY + 9, 21 * DAY - 2])
def test_it_begins_when_the_values_do(change: int, size: float) -> None:
    found = np.flatnonzero(changes(feed(change, size), news(change), FAR, CLOCK)[0])
    assert abs(found[0] - change) <= 3
    assert found.tolist() == list(range(found[0], found[0] + DAY))


def test_what_can_hardly_be_seen_is_left_to_the_scores() -> None:
    assert not changes(feed(20 * DAY, 1.0), news(20 * DAY), FAR, CLOCK).any()
    assert not changes(feed(20 * DAY, 5.0), None, FAR, CLOCK).any()


def test_what_is_less_than_a_person_calls_worth_an_alarm_is_none() -> None:
    assert changes(feed(20 * DAY, 5.0), news(20 * DAY), FAR, CLOCK).any()
    assert not changes(feed(20 * DAY, 5.0), news(20 * DAY), ~FAR, CLOCK).any()


def test_at_one_minute_the_scores_decide() -> None:
    clock = make_clock(TIMES[0] + np.arange(6 * WEEK) * np.timedelta64(60, "s"), 60, "UTC", "")
    assert not changes(feed(20 * DAY, 5.0), news(20 * DAY), FAR, clock).any()


def test_a_cell_does_not_depend_on_the_others() -> None:
    values, mask = feed(20 * DAY, 3.0, cells=3), news(20 * DAY, cells=3)
    mask[1] = False
    together = changes(values, mask, np.repeat(FAR, 3, axis=0), CLOCK)
    for cell in range(3):
        alone = changes(values[cell : cell + 1], mask[cell : cell + 1], FAR, CLOCK)
        np.testing.assert_array_equal(together[cell : cell + 1], alone)


def test_a_gap_is_no_part_of_it() -> None:
    values = feed(20 * DAY, 4.0)
    values[:, 20 * DAY + 6 : 20 * DAY + 9] = np.nan
    found = changes(values, news(20 * DAY), FAR, CLOCK)
    assert not found[:, 20 * DAY + 6 : 20 * DAY + 9].any()
    assert found[:, 20 * DAY + 9 : 21 * DAY].all()


def test_forty_per_cent_less_from_a_day_on_is_told_and_says_so() -> None:
    change, rng = 28 * DAY + 2, np.random.default_rng(3)
    course = 12 + 8 * np.sin(2 * np.pi * (np.arange(6 * WEEK) % DAY) / DAY)
    values = np.exp(np.log(course) + rng.normal(0, 0.13, (4, 6 * WEEK))).astype(np.float32)
    values[1, change:] *= 0.6
    values[2, 500:503] *= 0.02
    kpi = Kpi("dl_volume_gb", "GB", KpiKind.COUNT, Direction.BOTH)
    cells = tuple(Cell(f"c{k}") for k in range(4))
    panel = Panel(TIMES, 3600, "UTC", cells, (kpi,), {kpi.id: values}, {kpi.id: np.zeros(values.shape, np.uint8)})
    quality = Quality("test", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(4), np.zeros(4, np.int64))
    result = pipeline.analyse(panel, quality, replace(preset("balanced"), detectors=("baseline", "garch", "gaussian")))
    own = [a for a in result.anomalies if a.cell == 1 and a.stop > change]
    assert {a.direction for a in own} == {Direction.DOWN}
    assert abs(own[0].start - change) <= 3
    assert result.verdicts[kpi.id].alarm[1, change : change + DAY].mean() > 0.6
    told = of_stretch(result, kpi.id, 1, change, change + DAY)
    assert told is not None
    assert any(reason.code == "score_change" for reason in told.facts)
    (dip,) = [a for a in result.anomalies if a.cell == 2 and a.start <= 500 < a.stop]
    sure = of_anomaly(result, dip)
    assert sure is not None
    assert min(part.score * result.thresholds[kpi.id][part.detector] for part in sure.parts) > surprise(CLOCK)
    assert all(reason.code != "score_change" for reason in sure.facts), "every detector is as sure of a dip of hours"
    assert float(surprise(CLOCK)) > max(result.thresholds[kpi.id].values())
