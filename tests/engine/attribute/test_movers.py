from __future__ import annotations

import numpy as np
import pytest

from engine.attribute import movers
from engine.attribute.bands import deviation_in_bands
from engine.data import Direction
from engine.text import say
from tests.engine.attribute.scene import COUNTS, Network

NOON = 24 * 9 + 12


def bump(network: Network, kpi: str, cell: int, start: int, height: float) -> None:
    """A rise and fall over seven hours."""
    shape = np.array([0.3, 0.7, 1.0, 0.8, 1.0, 0.6, 0.2], np.float32)
    network.values[kpi][cell, start : start + 7] *= 1 + np.float32(height) * shape


def test_what_rose_at_the_same_time_is_found_the_own_cell_and_neighbours_first() -> None:
    network = Network()
    for kpi, cell, height in (("calls", 37, 1.0), ("data_mb", 37, 0.7), ("calls", 38, 0.6), ("calls", 0, 1.4)):
        bump(network, kpi, cell, NOON, height)
    found = movers(network.result(), 37, "calls", NOON, NOON + 7)
    assert [(m.cell, m.kpi, m.beside) for m in found] == [
        (37, "data_mb", True),
        (38, "calls", True),
        (0, "calls", False),
    ]
    assert all(m.lag_s == 0 and m.likeness > 0.9 and m.direction is Direction.UP for m in found)
    assert say(found[0].sentence).startswith("S12-B: data_mb rose at the same time, ")


@pytest.mark.parametrize("lag", [-2, 3])
def test_what_came_earlier_or_later_is_found_with_its_lag(lag: int) -> None:
    network = Network()
    bump(network, "calls", 37, NOON, 1.5)
    bump(network, "calls", 40, NOON + lag, 2.5)
    (found,) = movers(network.result(), 37, "calls", NOON, NOON + 7)
    assert (found.cell, found.lag_s) == (40, lag * 3600)
    assert ("3 h later" if lag > 0 else "2 h earlier") in say(found.sentence)


def test_a_fall_that_goes_with_a_rise_is_told_as_a_fall() -> None:
    network = Network()
    bump(network, "calls", 37, NOON, 1.0)
    bump(network, "data_mb", 37, NOON, -0.8)
    (found,) = movers(network.result(), 37, "calls", NOON, NOON + 7)
    assert found.direction is Direction.DOWN
    assert found.likeness < -0.9
    assert "data_mb fell at the same time" in say(found.sentence)


def test_what_stays_in_its_band_or_is_mostly_missing_does_not_move() -> None:
    network = Network()
    bump(network, "calls", 37, NOON, 1.0)
    bump(network, "sms", 37, NOON, 0.15)
    bump(network, "data_mb", 37, NOON, 1.0)
    network.values["data_mb"][37, NOON : NOON + 5] = np.nan
    assert movers(network.result(), 37, "calls", NOON, NOON + 7) == ()


def test_windows_at_the_ends_of_the_data_are_no_obstacle_and_empty_ones_are_refused() -> None:
    network = Network().change(COUNTS, (37,), 0, 5, 3.0)
    network.change(COUNTS, (37,), len(network.times) - 5, len(network.times), 3.0)
    result = network.result()
    last = len(network.times)
    assert {m.kpi for m in movers(result, 37, "calls", 0, 5)} >= {"sms", "data_mb"}
    assert {m.kpi for m in movers(result, 37, "calls", last - 5, last)} >= {"sms", "data_mb"}
    with pytest.raises(ValueError, match="window"):
        movers(result, 37, "calls", 5, 5)


def test_no_more_are_given_than_asked_for() -> None:
    network = Network().change(COUNTS, range(30, 45), NOON, NOON + 4, 2.0)
    assert len(movers(network.result(), 37, "calls", NOON, NOON + 4, most=7)) == 7


def test_deviations_are_in_half_widths_of_the_band_on_their_side() -> None:
    network = Network()
    due = network.expected["calls"][5, 100]
    network.values["calls"][5, 100:103] = (1.4 * due, 0.9 * due, np.nan)
    network.expected["calls"][5, 100:103] = due
    result = network.result()
    found = deviation_in_bands(result.panel, result.evidence["calls"], "calls", [5], 100, 103)
    np.testing.assert_allclose(found, [[2.0, -0.5, np.nan]], rtol=1e-5)
    together = deviation_in_bands(result.panel, result.evidence["calls"], "calls", range(4, 7), 100, 103)
    np.testing.assert_array_equal(together[1], found[0])
