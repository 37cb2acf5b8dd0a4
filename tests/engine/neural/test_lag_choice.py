"""The order of an autoregression, seasonal adjustment and the sizes that follow from them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.neural.lag_choice import autoregressive_order, hidden_nodes, lag_list, seasonally_adjusted


def autoregression(coefficients: tuple[float, ...], length: int = 3000, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    series = np.zeros(length)
    for t in range(len(coefficients), length):
        series[t] = rng.standard_normal() + sum(c * series[t - 1 - i] for i, c in enumerate(coefficients))
    return series


def test_lags_hold_the_last_values_and_the_same_time_of_the_days_before():
    assert lag_list(3, 0, 24) == (1, 2, 3)
    assert lag_list(3, 2, 24) == (1, 2, 3, 24, 48)
    assert lag_list(30, 1, 24) == tuple(range(1, 31))


@pytest.mark.parametrize(("lags", "nodes"), [(29, 15), (24, 12), (26, 14), (1, 1)])
def test_hidden_nodes_are_half_of_inputs_and_output_rounded_to_even(lags, nodes):
    assert hidden_nodes(lags) == nodes


def test_the_order_of_a_clear_autoregression_is_found():
    assert 3 <= autoregressive_order(autoregression((0.4, 0.0, 0.4))) <= 6
    assert 1 <= autoregressive_order(autoregression((0.7,))) <= 4


def test_the_order_is_the_one_with_the_lowest_criterion_over_direct_solutions():
    series = autoregression((0.3, -0.4, 0.2, 0.0, 0.3), 400)
    centred = series - series.mean()
    covariance = np.array([centred[lag:] @ centred[: len(series) - lag] for lag in range(27)]) / len(series)
    criteria = [len(series) * np.log(covariance[0])]
    for order in range(1, 27):
        matrix = covariance[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
        rest = covariance[0] - covariance[1 : order + 1] @ np.linalg.solve(matrix, covariance[1 : order + 1])
        criteria.append(len(series) * np.log(rest) + 2 * order)
    assert autoregressive_order(series) == max(1, int(np.argmin(criteria)))


def test_what_has_no_past_to_speak_of_has_order_one():
    assert autoregressive_order(np.full(100, 7.0)) == 1
    assert autoregressive_order(np.array([1.0])) == 1
    assert autoregressive_order(np.zeros(0)) == 1


def test_a_daily_rhythm_is_taken_out_and_a_short_history_left_alone():
    hour = np.arange(24 * 20)
    noise = np.random.default_rng(0).normal(0, 1, len(hour))
    left = seasonally_adjusted(50 * np.sin(2 * np.pi * hour / 24) + noise, 24)
    assert left.std() < 1.3
    short = np.arange(40.0)
    assert seasonally_adjusted(short, 24) is short
