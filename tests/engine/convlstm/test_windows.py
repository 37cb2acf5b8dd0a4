from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import make_clock
from engine.convlstm.windows import SLOTS, WARM_UP, Days, cut_windows, join_windows, look, squash, starts, stretch

START = np.datetime64("2024-03-28T23:00:00", "s")


def clock_of(days: float, period_s: int = 3600, zone: str = "Europe/Rome"):
    return make_clock(START + np.arange(int(days * 86400 // period_s)) * np.timedelta64(period_s, "s"), period_s, zone)


@pytest.mark.parametrize("period_s", [300, 900, 3600])
def test_every_period_lies_in_the_slot_of_its_local_hour(period_s):
    clock = clock_of(5, period_s)
    days = Days.of(clock)
    np.testing.assert_array_equal(days.place % SLOTS, clock.hour)
    assert (np.diff(days.place) >= 0).all()


def test_an_hour_shows_its_mean_its_farthest_value_and_whether_it_was_measured():
    days = Days.of(clock_of(2, 900))
    feed = np.zeros((1, len(days.place)), np.float32)
    feed[0, 4:8] = 1, 2, -6, np.nan
    feed[0, 8:12] = np.nan
    seen = look(feed, days)
    hour = days.place[4] % SLOTS
    assert seen[0, 0, :, hour] == pytest.approx([np.arcsinh(-1), np.arcsinh(-6), 1])
    assert seen[0, 0, :, hour + 1] == pytest.approx([0, 0, 0])


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 70), st.integers(WARM_UP + 1, 20))
def test_windows_cover_every_day_once_and_come_back_in_order(days, steps):
    seen = np.zeros((2, days, 3, SLOTS), np.float32)
    seen[:, :, 0] = np.arange(days)[None, :, None] + np.array([0, 1000])[:, None, None]
    cut = cut_windows(seen, steps)
    assert cut.shape == (2 * len(starts(days, steps)), steps, 3, 1, SLOTS)
    np.testing.assert_array_equal(join_windows(cut[:, :, :1], 2, days), seen[:, :, 0])


def test_stretching_undoes_squashing():
    feed = np.array([-40, -1, 0, 0.5, 50], np.float32)
    np.testing.assert_allclose(stretch(squash(feed)), feed, rtol=1e-4)
