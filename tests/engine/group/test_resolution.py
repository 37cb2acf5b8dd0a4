"""What one event does to a ratio, told from the ratio alone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calendar import make_clock
from engine.data import Direction, Kpi, KpiKind
from engine.group.resolution import event_size

DAYS = 20
TIMES = np.datetime64("2024-01-01", "s") + np.arange(24 * DAYS) * np.timedelta64(3600, "s")
CLOCK = make_clock(TIMES, 3600, "UTC")
DROPS = Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP)


def rate(attempts: np.ndarray, share: float, seed: int) -> np.ndarray:
    bad = np.random.default_rng(seed).binomial(attempts, share)
    return (100 * bad / attempts).astype(np.float32)[None]


def test_few_attempts_at_night_and_many_by_day_are_told_apart() -> None:
    attempts = np.tile(np.where(np.arange(24) < 6, 25, 500), DAYS)
    size = event_size(rate(attempts, 0.02, 1), DROPS, CLOCK)[0].reshape(DAYS, 24)
    assert size[:, 2] == pytest.approx(4.0, rel=0.3)
    assert size[:, 14] == pytest.approx(0.2, rel=0.4)


@pytest.mark.parametrize(("unit", "top"), [("%", 100.0), ("", 1.0)])
def test_a_success_rate_counts_from_its_upper_end(unit: str, top: float) -> None:
    success = Kpi("success", unit, KpiKind.RATIO, Direction.DOWN)
    values = top - rate(np.full(len(TIMES), 50), 0.03, 2) * np.float32(top / 100)
    assert event_size(values, success, CLOCK) == pytest.approx(top / 50, rel=0.45)


def test_a_few_real_anomalies_do_not_pass_for_few_attempts() -> None:
    values = rate(np.full(len(TIMES), 400), 0.02, 4)
    values[0, 100:103] = 60.0
    assert event_size(values, DROPS, CLOCK).max() < 3 * 100 / 400 * 5


def test_a_ratio_that_never_leaves_its_end_and_missing_points_tell_nothing() -> None:
    values = np.zeros((2, len(TIMES)), np.float32)
    values[1] = np.nan
    assert not event_size(values, DROPS, CLOCK).any()


def test_missing_points_do_not_hide_what_others_tell() -> None:
    values = rate(np.full(len(TIMES), 100), 0.05, 3)
    gappy = values.copy()
    gappy[0, ::3] = np.nan
    np.testing.assert_allclose(event_size(gappy, DROPS, CLOCK), event_size(values, DROPS, CLOCK), rtol=0.5)
