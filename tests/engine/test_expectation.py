"""What was to be expected, and the band that people read."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import Evidence, Kpi, KpiKind
from engine.expectation import Expectation, deviates, expectation, expected_of, possible

NAN = np.nan


def usual(expected: list[float], lower: list[float], upper: list[float]) -> Expectation:
    return Expectation(*(np.array([row], np.float32) for row in (expected, lower, upper)))


@pytest.mark.parametrize(
    ("kpi", "lower", "upper"),
    [
        (Kpi("calls"), [0.0, 2.0, NAN], [9.0, 120.0, NAN]),
        (Kpi("success", "%", KpiKind.RATIO), [0.0, 2.0, NAN], [9.0, 100.0, NAN]),
        (Kpi("load", "%", KpiKind.GAUGE), [0.0, 2.0, NAN], [9.0, 100.0, NAN]),
        (Kpi("level", "dBm", KpiKind.GAUGE), [-4.0, 2.0, NAN], [9.0, 120.0, NAN]),
    ],
)
def test_a_band_holds_only_what_the_kpi_can_be(kpi: Kpi, lower: list[float], upper: list[float]) -> None:
    shown = usual([1.0, 99.0, NAN], [-4.0, 2.0, NAN], [9.0, 120.0, NAN]).shown(kpi)
    np.testing.assert_array_equal(shown.expected[0], np.array([1.0, 99.0, NAN], np.float32))
    np.testing.assert_array_equal(shown.lower[0], np.array(lower, np.float32))
    np.testing.assert_array_equal(shown.upper[0], np.array(upper, np.float32))


def test_a_ratio_without_a_unit_ends_at_one() -> None:
    shown = usual([0.9, 0.1], [0.7, -0.2], [1.3, 0.4]).shown(Kpi("success", kind=KpiKind.RATIO))
    np.testing.assert_array_equal(shown.upper[0], np.array([1.0, 0.4], np.float32))
    np.testing.assert_array_equal(shown.lower[0], np.array([0.7, 0.0], np.float32))


def test_a_ratio_in_percent_whose_unit_nobody_told_keeps_its_band() -> None:
    shown = usual([97.0, 0.5], [94.0, 0.2], [99.0, 1.4]).shown(Kpi("success", kind=KpiKind.RATIO))
    np.testing.assert_array_equal(shown.upper[0], np.array([99.0, 1.0], np.float32))
    np.testing.assert_array_equal(shown.lower[0], np.array([94.0, 0.2], np.float32))


def test_a_count_that_is_expected_below_zero_has_a_band_that_is_not() -> None:
    shown = usual([-3.0, -3.0], [-5.0, -5.0], [-1.0, 4.0]).shown(Kpi("calls"))
    np.testing.assert_array_equal(shown.lower[0], np.array([0.0, 0.0], np.float32))
    np.testing.assert_array_equal(shown.upper[0], np.array([0.0, 4.0], np.float32))


@pytest.mark.parametrize(
    ("kpi", "found"),
    [
        (Kpi("calls"), [0.0, 40.0, 140.0]),
        (Kpi("drop_rate", "%", KpiKind.RATIO), [0.0, 40.0, 100.0]),
        (Kpi("success", kind=KpiKind.RATIO), [0.0, 40.0, 140.0]),
        (Kpi("level", "dBm", KpiKind.GAUGE), [-3.0, 40.0, 140.0]),
    ],
)
def test_nothing_is_expected_that_a_kpi_cannot_be(kpi: Kpi, found: list[float]) -> None:
    of = evidence("baseline", np.array([[-3.0, 40.0, 140.0, np.nan]], np.float32))
    np.testing.assert_array_equal(possible(of, kpi).expected[0, :3], np.array(found, np.float32))
    assert np.isnan(possible(of, kpi).expected[0, 3])
    np.testing.assert_array_equal(possible(of, kpi).score, of.score)


def evidence(name: str, expected: np.ndarray) -> Evidence:
    return Evidence(name, expected, expected - 1, expected + 1, expected, (None,) * len(expected))


@pytest.mark.parametrize("gaps", [(), (0,), (5,), (0, 1, 2, 3, 4, 5)])
def test_the_expected_values_of_all_cells_are_those_of_every_cell(
    gaps: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.expectation.ROWS_AT_ONCE", 2)
    first, second = np.random.default_rng(1).normal(size=(2, 6, 30)).astype(np.float32)
    first[list(gaps), 3:9] = np.nan
    both = {"kmeans": evidence("kmeans", second), "baseline": evidence("baseline", first)}
    found = expected_of(both)
    np.testing.assert_array_equal(found, expectation(both).expected)
    assert np.isfinite(found).all()
    assert (found is first) == (not gaps)  # nothing is copied where nothing has to be


def test_levels_are_measured_by_the_power_they_stand_for_wherever_their_zero_is() -> None:
    expected = np.array([[-104.0, -95.0, 0.5, 20.0]], np.float32)
    for unit in ("dBm", "dB"):
        level = Kpi("level", unit, KpiKind.GAUGE)
        np.testing.assert_array_equal(deviates(level, expected + np.float32(1.0), expected, 0.2), True)
        np.testing.assert_array_equal(deviates(level, expected - np.float32(0.5), expected, 0.2), False)
    assert not deviates(Kpi("load", "", KpiKind.GAUGE), expected[:, :2] + np.float32(15.0), expected[:, :2], 0.2).any()
