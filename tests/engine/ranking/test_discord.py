"""A course of hours that no other day takes is rare; one that repeats, or of which too little is known, is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.ranking.discord import COURSE_H, DAYS_COMPARED, NEIGHBOURS, STEPS_APART, rarity

HOUR_S = 3600


def days(count: int = 28) -> np.ndarray:
    """(1, hours) the same day again and again, with a little noise."""
    hours = np.arange(24 * count)
    return (100 + 50 * np.sin(hours * 2 * np.pi / 24) + np.random.default_rng(1).normal(0, 1, len(hours)))[None]


def by_hand(row: np.ndarray) -> np.ndarray:
    """The same for an hourly series without gaps, course by course."""
    standard = (row - row.mean()) / row.std()
    begins = range(0, len(row) - COURSE_H + 1, STEPS_APART)
    courses = [standard[b : b + COURSE_H] - standard[b : b + COURSE_H].mean() for b in begins]
    per_day = 24 // STEPS_APART
    whole = len(courses) // per_day
    far = []
    for n, course in enumerate(courses):
        nearest = [
            min(((course - courses[day * per_day + k]) ** 2).sum() for k in range(per_day))
            for day in range(whole)
            if abs(day - n // per_day) > 1
        ]
        far.append(sorted(nearest)[NEIGHBOURS - 1])
    place = np.empty(len(far))
    place[np.argsort(-np.array(far), kind="stable")] = np.arange(1, len(far) + 1)
    middles = np.array(begins) + COURSE_H // 2
    return np.interp(np.arange(len(row)), middles, -np.log10(place / len(far)))


def test_it_is_the_distance_to_the_nearest_courses_of_other_days():
    row = np.random.default_rng(2).normal(0, 1, 24 * 15 + 7)
    np.testing.assert_allclose(rarity(row[None], HOUR_S)[0], by_hand(row), atol=1e-12)


def test_the_hours_of_a_strange_day_are_the_rarest():
    values = days()
    values[0, 240:260] = 130.0
    found = rarity(values, HOUR_S)[0]
    assert 238 <= found.argmax() <= 262
    assert found[244:256].min() > np.delete(found, np.arange(224, 276)).max()


def test_a_fault_that_comes_twice_is_still_rare_and_one_of_every_week_is_not():
    twice, weekly = days(), days()
    fault = np.where(np.arange(20) % 4 < 2, 160.0, 20.0)
    for day in (5, 19):
        twice[0, day * 24 : day * 24 + 20] = fault
    for day in (2, 9, 16, 23):
        weekly[0, day * 24 : day * 24 + 20] = fault
    assert rarity(twice, HOUR_S)[0, 5 * 24 + 10] > 1.0
    assert rarity(weekly, HOUR_S)[0, 9 * 24 + 10] < 0.7


def test_a_level_that_drifts_and_a_quiet_night_are_no_course_of_their_own():
    values = days() + np.linspace(0, 400, 24 * 28)
    values[0, 300] += 60
    found = rarity(values, HOUR_S)[0]
    assert 300 - COURSE_H <= found.argmax() <= 300 + COURSE_H


@pytest.mark.parametrize("unit", [1e-20, 1e20])
def test_the_unit_does_not_matter(unit: float):
    values = days()
    np.testing.assert_allclose(rarity(values * unit, HOUR_S), rarity(values, HOUR_S), atol=1e-6)


def test_finer_periods_are_compared_by_the_hour():
    hourly = days()
    hourly[0, 240:260] = 130.0
    fine = np.repeat(hourly, 12, axis=1)
    np.testing.assert_allclose(rarity(fine, 300)[0, ::12], rarity(hourly, HOUR_S)[0], atol=1e-6)


def test_periods_that_do_not_divide_an_hour_and_whole_days_are_taken_as_they_are():
    assert rarity(np.random.default_rng(3).normal(0, 1, (2, 3000)), 420).shape == (2, 3000)
    daily = np.random.default_rng(4).normal(0, 1, (1, 200))
    daily[0, 100] = 12.0
    assert 98 <= rarity(daily, 86_400)[0].argmax() <= 102


def test_a_long_gap_is_not_rare_for_being_a_straight_line():
    values = days()
    values[0, 240:300] = np.nan
    found = rarity(values, HOUR_S)[0]
    assert np.isfinite(found).all()
    assert found[262:278].max() == 0.0


def test_a_long_history_is_compared_with_some_of_its_days():
    values = days(3 * DAYS_COMPARED)
    strange = 200 * 24
    values[0, strange : strange + 20] = 130.0
    found = rarity(values, HOUR_S)[0]
    assert strange - 2 <= found.argmax() <= strange + 22


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 500)),
        np.full((1, 500), 1e30),
        np.full((1, 500), np.nan),
        days(3),
        np.zeros((1, 1)),
        np.zeros((0, 500)),
        np.full((1, 0), np.nan),
    ],
    ids=["zeros", "huge constant", "missing", "three days", "one point", "no cell", "no period"],
)
def test_where_nothing_can_be_said_nothing_is_rare(values: np.ndarray):
    found = rarity(values, HOUR_S)
    assert found.shape == values.shape
    assert (found == 0).all()


@given(
    arrays(np.float32, (3, 24 * 8), elements=st.floats(-(2.0**100), 2.0**100, width=32) | st.just(np.float32(np.nan))),
    st.sampled_from([900, 3600, 14_400]),
)
@settings(max_examples=40, deadline=None)
def test_any_numbers_give_finite_ones_that_depend_on_their_own_row(values: np.ndarray, period_s: int):
    found = rarity(values, period_s)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_array_equal(rarity(values[1:2], period_s), found[1:2])
