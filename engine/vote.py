"""One combined score from the calibrated scores of several detectors.

The voter sees nothing but surprise / threshold, so 1.0 means "alarm" for every detector and for every rule. A detector
without an opinion on a point counts neither for nor against: "majority" is a majority of those that have one, and
"at least k" asks all of those that have one where they are fewer than k.

"fused" sums the evidence (R. A. Fisher's idea: surprises are logarithms of tail probabilities): the mean over the
detectors that have an opinion, averaged with the loudest of them. The mean alone asks for too much where only one
detector can see a kind of fault, the loudest alone raises the false alarms of all; halfway between, alarms on clean
histories stay at the budget of a single detector (see docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import Evidence, FloatArray
from engine.errors import InputError, Reason
from engine.settings import VOTES

ROWS_AT_ONCE = 32
"""Cells worked on together: their scores of some detectors stay in the cache."""


def vote(evidence: Mapping[str, Evidence], thresholds: Mapping[str, float], rule: str) -> FloatArray:
    """The combined score (C, T) float32 of one KPI: 1.0 = alarm threshold, NaN = no detector had an opinion.

    evidence: per detector its surprise; thresholds: per detector the surprise that equals 1.0. rule: "any" (the
    highest score), "majority" (the highest score that more than half of those with an opinion reach), "all" (the
    lowest), a whole number k as text (the k-th highest), "fused" (halfway between the highest and the mean). Raises
    InputError for an unknown rule.
    """
    _check(rule)
    scores = [(one.score, np.float32(1.0 / thresholds[name])) for name, one in evidence.items()]
    shape = scores[0][0].shape
    out = np.empty(shape, np.float32)
    for first in range(0, shape[0], ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        out[rows] = _combine([score[rows] * scale for score, scale in scores], rule)
    return out


def weights(scores: Mapping[str, float], rule: str) -> dict[str, float]:
    """What share each detector has in the combined score of one point: that score is the sum of weight * score.

    scores: per detector its score in thresholds, NaN = no opinion. The weights are 0..1 and sum to 1; a detector
    without an opinion, or that the rule does not look at, has 0; without any opinion all have. Raises InputError for an
    unknown rule.
    """
    _check(rule)
    ranked = sorted((name for name in scores if not math.isnan(scores[name])), key=lambda name: -scores[name])
    out = dict.fromkeys(scores, 0.0)
    if not ranked:
        return out
    if rule == "fused":
        out |= dict.fromkeys(ranked, 0.5 / len(ranked))
        out[ranked[0]] += 0.5
    elif rule == "any":
        out[ranked[0]] = 1.0
    elif rule == "all":
        out[ranked[-1]] = 1.0
    else:
        out[ranked[_wanted(rule, len(ranked)) - 1]] = 1.0
    return out


def _check(rule: str) -> None:
    """Raises InputError for an unknown rule."""
    if rule not in VOTES and not (rule.isdecimal() and int(rule) >= 1):
        raise InputError(
            Reason("setting_choice", {"setting": "vote", "value": rule, "choices": ", ".join(VOTES) + ", N"})
        )


def _combine(scores: Sequence[FloatArray], rule: str) -> FloatArray:
    """The combined score of a few rows."""
    if rule == "any" or len(scores) == 1:
        return _fold(np.fmax, scores)
    if rule == "all":
        return _fold(np.fmin, scores)
    if rule == "fused":
        return _fused(scores)
    layers = np.stack(scores)
    opinions = (~np.isnan(layers)).sum(axis=0)
    np.copyto(layers, -np.inf, where=np.isnan(layers))
    _sort_descending(layers)
    out: FloatArray = layers[_wanted(rule, len(scores)) - 1].copy()
    for fewer in range(1, len(scores)):
        np.copyto(out, layers[_wanted(rule, fewer) - 1], where=opinions == fewer)
    np.copyto(out, np.nan, where=opinions == 0)
    return out


def _fused(scores: Sequence[FloatArray]) -> FloatArray:
    """Halfway between the highest of the scores and their mean."""
    total = np.zeros_like(scores[0])
    opinions = np.zeros_like(scores[0])
    for score in scores:
        known = ~np.isnan(score)
        np.add(total, score, out=total, where=known)
        opinions += known
    out = _fold(np.fmax, scores)
    np.maximum(opinions, 1, out=opinions)
    out += total / opinions
    out *= np.float32(0.5)
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
