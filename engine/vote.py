"""One combined score from the calibrated scores of several detectors.

The voter sees nothing but surprise / threshold, so 1.0 means "alarm" for every detector and for every rule. A detector
without an opinion on a point counts neither for nor against: "majority" is a majority of those that have one, and
"at least k" asks all of those that have one where they are fewer than k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.calibrate import surprise
from engine.data import BoolArray, Clock, Evidence, FloatArray
from engine.errors import InputError, Reason
from engine.runs import find_runs
from engine.settings import VOTES
from engine.tail import EXPONENTIAL

ROWS_AT_ONCE = 32
"""Cells worked on together: their scores of some detectors stay in the cache."""


def vote(
    evidence: Mapping[str, Evidence],
    thresholds: Mapping[str, float],
    rule: str,
    fused: FloatArray | None = None,
    fused_threshold: float = 1.0,
) -> FloatArray:
    """The combined score (C, T) float32 of one KPI: 1.0 = alarm threshold, NaN = no detector had an opinion.

    evidence: per detector its surprise; thresholds: per detector the surprise that equals 1.0. rule: "any" (the
    highest score), "majority" (the highest score that more than half of those with an opinion reach), "all" (the
    lowest), a whole number k as text (the k-th highest), "fused" (`fused`, what `fuse` returned, over
    `fused_threshold`). Raises InputError for an unknown rule, ValueError for "fused" without `fused`.
    """
    if rule == "fused":
        if fused is None:
            raise ValueError("the fused vote needs the fused surprise")
        return fused / np.float32(fused_threshold)
    if rule not in VOTES and not (rule.isdecimal() and int(rule) >= 1):
        raise InputError(
            Reason("setting_choice", {"setting": "vote", "value": rule, "choices": ", ".join(VOTES) + ", N"})
        )
    scores = [(evidence[name].score, np.float32(1.0 / thresholds[name])) for name in evidence]
    shape = scores[0][0].shape
    out = np.empty(shape, np.float32)
    for first in range(0, shape[0], ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        out[rows] = _combine([score[rows] * scale for score, scale in scores], rule)
    return out


def fuse(evidence: Mapping[str, Evidence], clean: BoolArray, clock: Clock) -> FloatArray:
    """The surprise (C, T) of the mean surprise of the detectors that have an opinion (after Fisher's idea).

    The mean of fewer opinions scatters more; it is drawn towards the usual level accordingly. The mean is then
    calibrated on the cell's own history like the score of any detector, so it keeps the same budget. Stretches that
    some detector would expect less than once in two such histories are not learned from: among logarithms an anomaly
    no longer stands out enough for the tail to be fitted without it.
    """
    scores = [one.score for one in evidence.values()]
    total = np.zeros(scores[0].shape, np.float32)
    opinions = np.zeros(total.shape, np.uint8)
    loudest = np.zeros(total.shape, np.float32)
    for score in scores:
        known = ~np.isnan(score)
        total += np.where(known, np.minimum(score, LOUDEST), np.float32(0))
        opinions += known
        np.fmax(loudest, score, out=loudest)
    weight = np.array([np.nan] + [_steadiness(n, len(scores)) for n in range(1, len(scores) + 1)], np.float32)
    mean: FloatArray = (total / np.maximum(opinions, 1)).astype(np.float32)
    once = np.log10(2 * np.maximum((clean & (opinions > 0)).sum(axis=1), 1))[:, None]
    high = find_runs(mean > RAISED)
    normal = clean & ~high.paint(high.any_of(loudest >= once), mean.shape)
    mean = (USUAL + (mean - USUAL) * weight[opinions]).astype(np.float32)
    unknown = np.full(mean.shape, np.nan, np.float32)
    nobody: tuple[Reason | None, ...] = (None,) * len(mean)
    raw = Evidence("fused", unknown, unknown, unknown, mean, nobody)
    return surprise(raw, normal, clock, EXPONENTIAL).score


RAISED = np.float32(1.0)
"""A stretch whose mean surprise stays above this (one point in ten) is one and the same event."""

LOUDEST = np.float32(12.0)
"""One detector's surprise counts no further than this in the mean, so that no single one outvotes the rest."""

USUAL = np.float32(np.log10(np.e))
"""Mean of -log10 of a probability that is uniform: what a detector says when nothing is the matter."""

LIKENESS = 0.4
"""Assumed correlation between the surprises of two detectors on a normal point."""


def _steadiness(opinions: int, detectors: int) -> float:
    """Standard deviation of a mean of `detectors` correlated surprises over that of a mean of `opinions` of them."""
    return float(np.sqrt((LIKENESS + (1 - LIKENESS) / detectors) / (LIKENESS + (1 - LIKENESS) / opinions)))


def _combine(scores: Sequence[FloatArray], rule: str) -> FloatArray:
    """The combined score of a few rows."""
    if rule == "any" or len(scores) == 1:
        return _fold(np.fmax, scores)
    if rule == "all":
        return _fold(np.fmin, scores)
    layers = np.stack(scores)
    opinions = (~np.isnan(layers)).sum(axis=0)
    np.copyto(layers, -np.inf, where=np.isnan(layers))
    _sort_descending(layers)
    out: FloatArray = layers[_wanted(rule, len(scores)) - 1].copy()
    for fewer in range(1, len(scores)):
        np.copyto(out, layers[_wanted(rule, fewer) - 1], where=opinions == fewer)
    np.copyto(out, np.nan, where=opinions == 0)
    return out


def _wanted(rule: str, opinions: int) -> int:
    """How many detectors must reach the score, of `opinions` that have one."""
    return opinions // 2 + 1 if rule == "majority" else min(int(rule), opinions)


def _fold(how: np.ufunc, scores: Sequence[FloatArray]) -> FloatArray:
    out = scores[0].copy()
    for score in scores[1:]:
        how(out, score, out=out)
    return out


def _sort_descending(stacked: FloatArray) -> None:
    """Sort a few layers (D, C, T) in place along the first axis, highest first, by an odd-even network."""
    layers = len(stacked)
    for turn in range(layers):
        for i in range(turn % 2, layers - 1, 2):
            high = np.maximum(stacked[i], stacked[i + 1])
            np.minimum(stacked[i], stacked[i + 1], out=stacked[i + 1])
            stacked[i] = high
