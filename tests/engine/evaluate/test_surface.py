"""Threshold-free accuracy against the authors' reference implementation.

The reference numbers were computed with `RangeAUC_volume_opt` of the package vus 0.0.6 (TheDatumOrg/VUS, the code of
Paparrizos et al. 2022; 250 thresholds) and with scikit-learn's `auc(*precision_recall_curve)`.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.evaluate import auc_pr, vus_pr

CASES = [
    (300, ((40, 52), (180, 181), (250, 262)), 24, None, 0.6326312910176091, 0.6667271252038447),
    (300, ((0, 4), (100, 103), (106, 110), (290, 300)), 10, 1, 0.8009021534356179, 0.807014104570924),
    (500, ((77, 90),), 60, None, 0.8067356781360341, 0.7872780701422538),
    (260, ((5, 9), (30, 31), (120, 160)), 0, None, 0.6458619974335669, 0.7551065084891418),
]


def series(length: int, events: tuple[tuple[int, int], ...], digits: int | None) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(length)
    truth = np.zeros(length, bool)
    for start, stop in events:
        truth[start:stop] = True
    score = np.abs(np.sin(t * 0.7) + np.sin(t * 0.13)) * 0.5 + truth * (0.6 + 0.4 * np.cos(t))
    return (score if digits is None else np.round(score, digits)), truth


@pytest.mark.parametrize(("length", "events", "buffer", "digits", "volume", "area"), CASES)
def test_equal_to_the_reference(
    length: int, events: tuple[tuple[int, int], ...], buffer: int, digits: int | None, volume: float, area: float
) -> None:
    score, truth = series(length, events, digits)
    assert vus_pr(score, truth, buffer) == pytest.approx(volume, abs=1e-12)
    assert auc_pr(score, truth) == pytest.approx(area, abs=1e-12)


def test_a_perfect_score_is_one_and_a_late_one_is_forgiven_within_the_buffer() -> None:
    truth = np.zeros(400, bool)
    truth[200:220] = True
    score = truth.astype(float)
    assert auc_pr(score, truth) == pytest.approx(1.0)
    late = np.roll(score, 2)
    assert auc_pr(late, truth) < 0.95
    assert vus_pr(late, truth, 40) > vus_pr(np.roll(score, 60), truth, 40)


def test_without_an_anomaly_there_is_no_figure() -> None:
    nothing = np.zeros(50, bool)
    assert math.isnan(vus_pr(np.arange(50.0), nothing, 5))
    assert math.isnan(auc_pr(np.arange(50.0), nothing))


def test_everything_anomalous_counts_as_found() -> None:
    everything = np.ones(300, bool)
    assert vus_pr(np.arange(300.0), everything, 5) == pytest.approx(1.0)
    assert auc_pr(np.arange(300.0), everything) == pytest.approx(1.0)
