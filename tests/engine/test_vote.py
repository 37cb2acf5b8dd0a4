"""Votes: what each rule makes of the scores, and that an abstention is neither yes nor no."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calibration.calibrate import threshold
from engine.errors import InputError
from engine.numerics.runs import find_runs
from engine.vote import vote, weights
from tests.engine.evidence_factory import hourly, scored

NAN = np.nan
SURPRISES = {
    "a": [4.0, 4.0, 1.0, NAN, NAN, NAN, 3.0],
    "b": [3.0, 1.0, 1.0, 2.0, NAN, NAN, 1.0],
    "c": [2.0, 1.0, 1.0, 6.0, 5.0, NAN, NAN],
}
THRESHOLDS = {"a": 2.0, "b": 2.0, "c": 2.0}


def votes(rule: str, thresholds: dict[str, float] = THRESHOLDS) -> list[float]:
    evidence = {name: scored([row], name) for name, row in SURPRISES.items()}
    return [float(x) for x in vote(evidence, thresholds, rule)[0]]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("any", [2.0, 2.0, 0.5, 3.0, 2.5, NAN, 1.5]),
        ("all", [1.0, 0.5, 0.5, 1.0, 2.5, NAN, 0.5]),
        ("majority", [1.5, 0.5, 0.5, 1.0, 2.5, NAN, 0.5]),
        ("1", [2.0, 2.0, 0.5, 3.0, 2.5, NAN, 1.5]),
        ("2", [1.5, 0.5, 0.5, 1.0, 2.5, NAN, 0.5]),
        ("3", [1.0, 0.5, 0.5, 1.0, 2.5, NAN, 0.5]),
        ("7", [1.0, 0.5, 0.5, 1.0, 2.5, NAN, 0.5]),
        ("fused", [1.75, 1.5, 0.5, 2.5, 2.5, NAN, 1.25]),
    ],
)
def test_rules(rule: str, expected: list[float]) -> None:
    assert votes(rule) == pytest.approx(expected, nan_ok=True)


def test_each_detector_is_measured_against_its_own_threshold() -> None:
    assert votes("any", {"a": 8.0, "b": 1.0, "c": 4.0}) == pytest.approx([3, 1, 1, 2, 1.25, NAN, 1], nan_ok=True)


@pytest.mark.parametrize("rule", ["most", "0", "-1", "1.5", ""])
def test_an_unknown_rule_is_refused_with_the_known_ones(rule: str) -> None:
    with pytest.raises(InputError) as caught:
        votes(rule)
    assert "majority" in str(caught.value)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.integers(1, 7), st.integers(0, 2**31))
def test_k_of_n_is_the_kth_highest_opinion(detectors: int, wanted: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.exponential(size=(detectors, 70, 5)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.3] = np.nan
    evidence = {str(i): scored(scores[i], str(i)) for i in range(detectors)}
    result = vote(evidence, dict.fromkeys(evidence, 1.0), str(wanted))
    for cell in range(70):
        for t in range(5):
            known = np.sort(scores[:, cell, t][~np.isnan(scores[:, cell, t])])[::-1]
            if len(known):
                assert result[cell, t] == known[min(wanted, len(known)) - 1]
            else:
                assert np.isnan(result[cell, t])


def test_voting_changes_no_evidence() -> None:
    score = np.random.default_rng(0).random((3, 50)).astype(np.float32)
    evidence = {"a": scored(score, "a"), "b": scored(score[::-1].copy(), "b")}
    before = score.copy()
    for rule in ("any", "all", "majority", "2", "fused"):
        vote(evidence, {"a": 0.5, "b": 2.0}, rule)
    np.testing.assert_array_equal(score, before)


def exponential(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Surprises of a calibrated detector on a clean history."""
    return rng.exponential(np.log10(np.e), shape)


@pytest.mark.parametrize("likeness", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("detectors", [1, 3, 6])
def test_the_fused_vote_keeps_the_budget_however_many_and_alike_the_detectors_are(
    likeness: float, detectors: int
) -> None:
    rng = np.random.default_rng(1)
    shape = (150, 1512)
    shared = exponential(rng, shape)
    evidence = {
        str(n): scored(np.where(rng.random(shape) < likeness, shared, exponential(rng, shape)), str(n))
        for n in range(detectors)
    }
    for budget in (0.5, 2.0):
        level = threshold(budget, hourly(shape[1]))
        score = vote(evidence, dict.fromkeys(evidence, level), "fused")
        alarms = len(find_runs(score >= 1.0)) / score.size * 168
        assert budget / 6 < alarms < budget * 1.5


def test_the_fused_vote_sees_what_all_detectors_nearly_see_and_what_one_sees_clearly() -> None:
    nearly = {name: scored([[0.98, 0.9]], name) for name in "abc"} | {"d": scored([[1.1, 0.9]], "d")}
    assert vote(nearly, dict.fromkeys(nearly, 1.0), "fused")[0].tolist() == pytest.approx([1.055, 0.9])
    alone = {"a": scored([[1.8]], "a"), "b": scored([[0.2]], "b"), "c": scored([[0.1]], "c")}
    assert vote(alone, dict.fromkeys(alone, 1.0), "fused")[0, 0] > 1.0
    assert vote(alone, dict.fromkeys(alone, 1.0), "majority")[0, 0] < 1.0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["any", "majority", "all", "fused", "1", "2", "5"]), st.integers(1, 6), st.integers(0, 2**31))
def test_a_combined_score_is_the_weighted_sum_of_its_detectors(rule: str, detectors: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.exponential(size=(detectors, 1, 20)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.3] = np.nan
    combined = vote({str(i): scored(scores[i], str(i)) for i in range(detectors)}, _ones(detectors), rule)[0]
    for t in range(20):
        point = {str(i): float(scores[i, 0, t]) for i in range(detectors)}
        shares = weights(point, rule)
        if np.isnan(combined[t]):
            assert not any(shares.values())
            continue
        assert sum(shares.values()) == pytest.approx(1.0)
        assert sum(shares[name] * point[name] for name in point if shares[name]) == pytest.approx(combined[t], rel=1e-5)


def _ones(detectors: int) -> dict[str, float]:
    return {str(i): 1.0 for i in range(detectors)}


def test_weights_of_an_unknown_rule_are_refused() -> None:
    with pytest.raises(InputError):
        weights({"a": 1.0}, "most")
