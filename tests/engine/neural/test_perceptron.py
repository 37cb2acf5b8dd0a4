"""Networks trained side by side: gradient, optimiser and outputs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from engine.neural import perceptron
from engine.neural.perceptron import _Loss, train


def data(rows: int = 700, width: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    inputs = rng.normal(size=(rows, width)).astype(np.float32)
    return inputs, np.sin(2 * inputs[:, 0]) + 0.3 * inputs[:, 1]


def test_the_gradient_is_the_slope_of_the_loss():
    inputs, targets = data()
    loss = _Loss(inputs, targets, 4)
    weights = np.random.default_rng(1).uniform(-0.7, 0.7, (3, 4 * 5 + 1)).astype(np.float32)
    _, slope = loss(weights)
    for place in range(weights.shape[1]):
        moved = [weights.copy(), weights.copy()]
        moved[0][:, place] += 1e-2
        moved[1][:, place] -= 1e-2
        measured = (loss(moved[0])[0] - loss(moved[1])[0]) / 2e-2
        np.testing.assert_allclose(slope[:, place], measured, rtol=0.02, atol=0.5)


def test_outputs_are_those_of_logistic_nodes():
    inputs, targets = data()
    networks = train(inputs, targets, 2, 4, np.random.default_rng(1), iterations=5)
    by_hand = np.stack(
        [
            expit(inputs @ into[:, :-1].T + into[:, -1]) @ out[:-1] + out[-1]
            for into, out in zip(networks.into.astype(float), networks.out.astype(float), strict=True)
        ],
        axis=1,
    )
    np.testing.assert_allclose(networks.outputs(inputs.T).T, by_hand, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("full_metric", [1000, 0])
def test_training_reaches_what_scipy_reaches(full_metric, monkeypatch):
    from scipy.optimize import minimize

    monkeypatch.setattr(perceptron, "FULL_METRIC", full_metric)
    inputs, targets = data()
    networks = train(inputs, targets, 8, 6, np.random.default_rng(4), iterations=150)
    ours = np.mean((networks.outputs(inputs.T) - targets) ** 2, axis=1)

    loss = _Loss(inputs, targets, 6)
    theirs = []
    for seed in range(8):
        start = np.random.default_rng(seed).uniform(-0.7, 0.7, 6 * 5 + 1)

        def one(weights: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = loss(weights[None].astype(np.float32))
            return float(value[0]), slope[0].astype(float)

        theirs.append(minimize(one, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).fun / len(inputs))
    assert np.median(ours) < 1.5 * np.median(theirs)
    assert ours.max() < 0.1 * np.var(targets), "which minimum a start leads to hangs on last bits; every one learns"


def test_the_same_seed_gives_the_same_networks():
    inputs, targets = data()
    first, second = (train(inputs, targets, 2, 3, np.random.default_rng(9), iterations=10) for _ in range(2))
    np.testing.assert_array_equal(first.into, second.into)
    np.testing.assert_array_equal(first.out, second.out)
