"""What can be said of a term when events are rare or the data separate.

Firth's estimate pulls every small group towards half its points being events, so a rare level looks dangerous just for
being rare; and its Wald intervals do not hold there. So: Firth's method with added covariate (FLAC), which takes that
pull away, and intervals by profile likelihood. Source: R. Puhr, G. Heinze, M. Nold, L. Lusa, A. Geroldinger, "Firth's
logistic regression with rare events: accurate effect estimates and predictions?", Statistics in Medicine 36 (2017)
2302-2317.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.attribute.logistic import Logit, fit, leverages, log_likelihood, maximum_likelihood
from engine.data import DoubleArray

_CHI_SQUARE_95 = 3.841458820694124
_FARTHEST = 30.0


@dataclass(frozen=True, eq=False)
class RareFit:
    """A regression with added covariate.

    coefficients (k,) and probability (G,) are those of the given design. It keeps the augmented data, so that
    single terms can be judged.
    """

    coefficients: DoubleArray
    probability: DoubleArray
    _design: DoubleArray
    _trials: DoubleArray
    _events: DoubleArray
    _whole: Logit

    def judge(self, term: int, widen: float = 1.0) -> tuple[float, float, float]:
        """(low, high, p-value) of one coefficient: 95 % profile likelihood interval and likelihood ratio test.

        widen: factor on the standard error that spells of events ask for.
        """
        from scipy.special import chdtrc

        others = np.delete(self._design, term, axis=1)
        column = self._design[:, term]
        top = log_likelihood(self._design @ self._whole.coefficients, self._trials, self._events)

        nearest = {float(self._whole.coefficients[term]): np.delete(self._whole.coefficients, term)}

        def lost(value: float) -> float:
            """Twice the log likelihood that holding the coefficient at `value` costs, in widened units."""
            start = nearest[min(nearest, key=lambda known: abs(known - value))]
            held = maximum_likelihood(others, self._trials, self._events, column * value, start, far=np.inf)
            nearest[value] = held.coefficients
            eta = others @ held.coefficients + column * value
            return 2 * max(0.0, top - log_likelihood(eta, self._trials, self._events)) / widen**2

        best, error = float(self._whole.coefficients[term]), float(self._whole.errors[term]) * widen
        stride = 1.96 * min(max(error, 1e-3), 3.0) if np.isfinite(error) else 1.0
        low, high = (_crossing(lost, best, side * stride) for side in (-1, 1))
        return low, high, float(chdtrc(1, lost(0.0)))


def fit_rare(design: DoubleArray, trials: DoubleArray, events: DoubleArray) -> RareFit:
    """Regress the log odds of an event on `design` (G, k) by FLAC; arguments and errors as `logistic.fit`."""
    firth = fit(design, trials, events, penalise=True)
    pull = leverages(firth, design, trials)
    pseudo = np.concatenate([np.zeros(len(design)), np.ones(len(design))])
    both = np.column_stack([np.concatenate([design, design]), pseudo])
    n, y = np.concatenate([trials, pull]), np.concatenate([events, 0.5 * pull])
    used = n > 0
    both, n, y = both[used], n[used], y[used]
    start = np.append(firth.coefficients, -float(pull @ (design @ firth.coefficients)) / pull.sum())
    whole = maximum_likelihood(both, n, y, start=start, far=np.inf)
    coefficients = whole.coefficients[:-1]
    probability = np.asarray(1 / (1 + np.exp(-np.clip(design @ coefficients, -700, 700))))
    return RareFit(coefficients, probability, both, n, y, whole)


def _crossing(lost: Callable[[float], float], best: float, step: float) -> float:
    """Where on the side of `step` the profile has lost what a 95 % interval may lose; infinite beyond e^30."""
    near, far = best, best + step
    while lost(far) < _CHI_SQUARE_95:
        near, far = far, far + 2 * (far - near)
        if abs(far - best) > _FARTHEST:
            return float(np.copysign(np.inf, step))
    at_near, at_far = lost(near) - _CHI_SQUARE_95, lost(far) - _CHI_SQUARE_95
    for _ in range(40):  # false position, Illinois variant
        middle = (near * at_far - far * at_near) / (at_far - at_near)
        reached = lost(middle) - _CHI_SQUARE_95
        if abs(reached) < 1e-3:
            return middle
        if reached * at_far > 0:
            far, at_far, at_near = middle, reached, at_near * 0.5
        else:
            near, at_near, at_far = middle, reached, at_far * 0.5
    return 0.5 * (near + far)
