from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import season, simulate
from engine.calendar import make_clock
from engine.convlstm.registry import open_model
from engine.convlstm.trial import FEWEST, SERIES, Trial, average_precision, trial
from engine.data import Clock, FloatArray

CITY = simulate.city(cells=12, days=56, seed=77, kpis=("rrc_success_rate",))
STEPS = 14


def feed_of(kpi: str) -> tuple[FloatArray, Clock]:
    panel = CITY.panel
    clock = make_clock(panel.times, panel.period_s, panel.zone, "IR")
    values = panel.values[kpi]
    return season.adjust(values, season.fit(values, np.isfinite(values), clock, panel.kpi(kpi))), clock


class Indifferent:
    """A model that finds every hour as likely as any other; it counts what it is shown."""

    def __init__(self) -> None:
        self.seen: list[FloatArray] = []

    def run(self, wanted: list[str], given: dict[str, FloatArray]) -> list[FloatArray]:
        self.seen.append(given["x"])
        return [np.zeros((*given["x"].shape[:2], 1, *given["x"].shape[3:]), np.float32)]


def test_the_model_that_ships_is_worth_its_vote_on_a_success_rate():
    feed, clock = feed_of("rrc_success_rate")
    model = open_model("series-label")
    found = trial(model.session, feed, np.isfinite(feed), clock, STEPS, np.random.default_rng(1))
    assert found is not None
    assert found.passed
    assert 0.3 < found.distance < found.model < 1.0


def test_a_model_that_adds_nothing_to_the_distance_is_not():
    feed, clock = feed_of("rrc_success_rate")
    found = trial(Indifferent(), feed, np.isfinite(feed), clock, STEPS, np.random.default_rng(1))
    assert found is not None
    assert found.model == pytest.approx(found.distance)
    assert not found.passed
    assert not Trial(0.51, 0.50).passed
    assert Trial(0.52, 0.50).passed


def test_incidents_are_written_into_usual_points_alone_and_into_a_copy():
    feed, clock = feed_of("rrc_success_rate")
    clean = np.zeros(feed.shape, np.bool_)
    clean[3, 24 * 20 :] = np.isfinite(feed[3, 24 * 20 :])
    before, model = feed.copy(), Indifferent()
    trial(model, feed, clean, clock, STEPS, np.random.default_rng(1))
    np.testing.assert_array_equal(feed, before)
    untouched = Indifferent()
    trial(untouched, feed, np.roll(clean, -24 * 20, axis=1), clock, STEPS, np.random.default_rng(1))
    first = np.concatenate(model.seen).reshape(SERIES, -1, STEPS, 3, 24)[:, 0]
    other = np.concatenate(untouched.seen).reshape(SERIES, -1, STEPS, 3, 24)[:, 0]
    assert (first == first[:1]).all(), "the first two weeks hold nothing usual, so all copies of them are the same"
    assert not (other == other[:1]).all()


def test_the_same_seed_writes_the_same_incidents_and_nothing_usual_gives_no_trial():
    feed, clock = feed_of("rrc_success_rate")
    clean = np.isfinite(feed)
    one, two, other = (
        trial(open_model("series-label").session, feed, clean, clock, STEPS, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert one == two != other
    assert trial(Indifferent(), feed, np.zeros_like(clean), clock, STEPS, np.random.default_rng(1)) is None


@pytest.mark.parametrize("periods", [1, 5, 200])
def test_a_short_history_is_tried_without_a_fault(periods):
    feed, _ = feed_of("rrc_success_rate")
    part = make_clock(CITY.panel.times[:periods], 3600, CITY.panel.zone)
    found = trial(
        Indifferent(), feed[:, :periods], np.isfinite(feed[:, :periods]), part, STEPS, np.random.default_rng(1)
    )
    assert found is None or 0.0 < found.model <= 1.0
    assert FEWEST >= 1


def test_average_precision_is_the_mean_precision_at_the_points_that_are_wrong():
    score = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    assert average_precision(score, np.array([True, True, False, False])) == 1.0
    assert average_precision(score, np.array([True, False, True, False])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(score, np.array([False, False, False, True])) == 0.25


def test_a_clock_that_is_finer_than_an_hour_is_tried_by_its_own_periods():
    city = simulate.city(cells=2, days=21, period_s=900, seed=3, kpis=("calls",))
    clock = make_clock(city.panel.times, 900, city.panel.zone, "IR")
    values = city.panel.values["calls"]
    feed = season.adjust(values, season.fit(values, np.isfinite(values), clock, city.panel.kpi("calls")))
    found = trial(open_model("series-label").session, feed, np.isfinite(feed), clock, STEPS, np.random.default_rng(1))
    assert found is not None
    assert found.model > 0.9 * found.distance
    assert replace(found, model=0.0).passed is False
