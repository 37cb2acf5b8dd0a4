"""What a series is compared with: what is usual, what one detector expects, the same hour of the week before."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.data import KpiKind
from engine.inspection.against import USUAL, WEEK, choices, expected_by
from engine.inspection.closeup import close_up
from tests.engine.result_factory import make_result

HOUR = np.timedelta64(3600, "s")


def test_only_detectors_that_expect_something_and_a_week_that_was_measured_are_offered() -> None:
    result = make_result()
    last = result.panel.shape[0] - 1
    evidence = result.evidence["calls"]
    expecting = [name for name, one in evidence.items() if np.isfinite(one.expected[last]).any()]
    assert 0 < len(expecting) < len(evidence)
    assert choices(result, "calls", last) == (USUAL, *expecting, WEEK)
    assert WEEK not in choices(make_result(periods=24 * 7), "calls", 0)


def test_a_detector_is_taken_at_its_word() -> None:
    result = make_result()
    evidence = result.evidence["calls"]["garch"]
    close = close_up(result, "calls", 1, "garch")
    np.testing.assert_array_equal(close.expected, evidence.expected[1])
    assert result.panel.kpi("calls").kind is KpiKind.COUNT
    np.testing.assert_array_equal(close.lower, np.maximum(evidence.lower[1], 0))
    assert np.isnan(close_up(result, "calls", 1, "of another run").expected).all()


@pytest.mark.parametrize(("zone", "later"), [("UTC", 0), ("Europe/Rome", 1)])
def test_the_week_before_is_the_same_hour_of_the_local_clock(zone: str, later: int) -> None:
    """On 26 March 2017 Rome put its clocks forward: the hours after that are an hour earlier in UTC."""
    result = make_result(cells=1, kpis=1, periods=24 * 21)
    times = np.datetime64("2017-03-15T00", "s") + np.arange(24 * 21) * HOUR
    values = {"calls": np.arange(24 * 21, dtype=np.float32)[np.newaxis]}
    result = dataclasses.replace(
        result, panel=dataclasses.replace(result.panel, times=times, values=values, zone=zone, period_s=3600)
    )
    found = expected_by(result, "calls", 0, WEEK)
    assert np.isnan(found.expected[0, : 24 * 7]).all()
    noon = int(np.flatnonzero(times == np.datetime64("2017-03-25T12", "s"))[0])
    assert found.expected[0, noon] == noon - 24 * 7
    after = int(np.flatnonzero(times == np.datetime64("2017-03-28T12", "s"))[0])
    assert found.expected[0, after] == after - 24 * 7 + later
    assert np.isnan(found.lower).all()
    assert np.isnan(found.upper).all()
