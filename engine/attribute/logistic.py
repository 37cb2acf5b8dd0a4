"""Logistic regression of counts of events by covariate pattern, with what a person must know to trust it.

Maximum likelihood by Newton's method (`statsmodels` GLM Binomial), Wald intervals; where the data separate or events
are rare D. Firth's penalised likelihood, "Bias reduction of maximum likelihood estimates", Biometrika 80 (1993) 27-38,
as applied by G. Heinze, M. Schemper, "A solution to the problem of separation in logistic regression", Statistics in
Medicine 21 (2002) 2409-2419 (`logistf` of R).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.data import DoubleArray, IntArray

EVENTS_PER_VARIABLE = 10
"""Fewer events (or non-events) than this per variable: too few for maximum likelihood."""

_FAR = 15.0  # log odds: a coefficient this far out on a 0/1 term means that the data separate
_STEPS = 60
_LONGEST_STEP = 5.0  # longer ones leap to where every probability is 0 or 1 and the way back is lost


@dataclass(frozen=True, eq=False)
class Logit:
    """A fitted regression; every array over the terms (k,), the first of which is the intercept by convention.

    errors: standard errors, NaN if singular. p_values two-sided (Wald). probability (G,) of each pattern. penalised:
    Firth's method was used, because of `separated` or `rare`. converged: the method came to rest.
    """

    coefficients: DoubleArray
    errors: DoubleArray
    covariance: DoubleArray
    probability: DoubleArray
    penalised: bool
    separated: bool
    rare: bool
    converged: bool

    def interval(self, widen: float = 1.0, z: float = 1.959963984540054) -> tuple[DoubleArray, DoubleArray]:
        """95 % Wald interval of the coefficients, standard errors multiplied by `widen`."""
        return self.coefficients - z * widen * self.errors, self.coefficients + z * widen * self.errors

    def p_values(self, widen: float = 1.0) -> DoubleArray:
        """Two-sided Wald p-values, standard errors multiplied by `widen`."""
        from scipy.special import ndtr

        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.abs(self.coefficients / (widen * self.errors))
        return np.asarray(2 * ndtr(-z))


def fit(design: DoubleArray, trials: DoubleArray, events: DoubleArray, penalise: bool | None = None) -> Logit:
    """Regress the log odds of an event on `design` (G, k), one row per covariate pattern.

    trials, events (G,): how many points have the pattern and how many of them are events. penalise: None = Firth's
    method where the data separate or have fewer than EVENTS_PER_VARIABLE events or non-events per variable; else as
    told. Raises ValueError when the design has not full rank or there is no trial.
    """
    used = trials > 0
    x, n, y = design[used], trials[used].astype(float), events[used].astype(float)
    if not len(x) or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("the design has not full rank")
    variables = max(1, x.shape[1] - 1)
    rare = min(y.sum(), (n - y).sum()) < EVENTS_PER_VARIABLE * variables
    separated = False
    if penalise is not True:
        plain = maximum_likelihood(x, n, y)
        separated = not plain.converged or _runs_away(x, plain.coefficients)
        if penalise is False or not (separated or rare):
            return _with(plain, design, separated, bool(rare))
    return _with(_firth(x, n, y), design, separated, bool(rare))


def odds_ratio(coefficient: float) -> float:
    """e^coefficient: how many times as high the odds are per unit. The paper's -2.397 for Fridays gives 0.091."""
    return float(np.exp(coefficient))


def variance_inflation(design: DoubleArray, trials: DoubleArray) -> DoubleArray:
    """The variance inflation factor (k,) per column: 1 = independent of the others, above 5 entangled; NaN if constant.

    The diagonal of the inverse correlation matrix of the columns, weighted by `trials`.
    """
    weight = trials / trials.sum()
    centred = design - weight @ design
    spread = np.sqrt(weight @ centred**2)
    varying = spread > 1e-12
    factors = np.full(design.shape[1], np.nan)
    if varying.any():
        z = centred[:, varying] / spread[varying]
        correlation = z.T @ (weight[:, None] * z)
        if np.linalg.matrix_rank(correlation) < len(correlation):
            factors[varying] = np.inf
        else:
            factors[varying] = np.diag(np.linalg.inv(correlation))
    return factors


def overdispersion(
    probability: DoubleArray, terms: int, trials: DoubleArray, events: DoubleArray, groups: IntArray
) -> float:
    """How many times the counts of events per group vary more than independent points would; at least 1.

    probability, trials, events, groups (G,): fitted probability, points, events and number of the group (for instance
    the day) of each row; terms: fitted coefficients. Standard errors times the square root are right where events come
    in spells (quasi-likelihood: P. McCullagh, J. A. Nelder, "Generalized Linear Models", 2nd ed., section 4.5).
    """
    names, which = np.unique(groups, return_inverse=True)
    p = probability
    surplus = np.bincount(which, events - trials * p)
    variance = np.bincount(which, trials * p * (1 - p))
    free = len(names) - terms
    if free < 1 or variance.sum() <= 0:
        return 1.0
    return max(1.0, float((surplus**2).sum() / variance.sum() * len(names) / free))


def leverages(found: Logit, design: DoubleArray, trials: DoubleArray) -> DoubleArray:
    """(G,) the sum of the leverages of the points of each pattern; over all patterns they sum to the terms."""
    p = found.probability
    return np.asarray(trials * p * (1 - p) * np.einsum("gi,ij,gj->g", design, found.covariance, design))


def _with(found: Logit, design: DoubleArray, separated: bool, rare: bool) -> Logit:
    return replace(found, probability=_probability(design @ found.coefficients), separated=separated, rare=rare)


def _runs_away(x: DoubleArray, beta: DoubleArray, far: float = _FAR) -> bool:
    """Whether some term moves the log odds further than any real effect would: the data separate."""
    reach = np.ptp(x, axis=0)
    return bool((np.abs(beta) * reach > far).any())


def _probability(eta: DoubleArray) -> DoubleArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(eta, -700, 700))))


def log_likelihood(eta: DoubleArray, n: DoubleArray, y: DoubleArray) -> float:
    """Of log odds `eta`, but for a constant."""
    return float((y * eta - n * np.logaddexp(0.0, eta)).sum())


def _inverse(information: DoubleArray) -> DoubleArray:
    try:
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)


def _start(x: DoubleArray, n: DoubleArray, y: DoubleArray) -> DoubleArray:
    """Zero, but for a constant column the log odds over all."""
    beta = np.zeros(x.shape[1])
    constant = np.flatnonzero((x == x[0]).all(axis=0) & (x[0] != 0))
    if len(constant):
        share = (y.sum() + 0.5) / (n.sum() + 1.0)
        beta[constant[0]] = np.log(share / (1 - share)) / x[0, constant[0]]
    return beta


def maximum_likelihood(
    x: DoubleArray,
    n: DoubleArray,
    y: DoubleArray,
    offset: DoubleArray | float = 0.0,
    start: DoubleArray | None = None,
    far: float = _FAR,
) -> Logit:
    """Plain maximum likelihood from `start` (k,); `offset` (G,) is added to the log odds.

    Given up, and not converged, when a term moves the log odds by more than `far`: then the data separate.
    """
    beta = _start(x, n, y) if start is None else start
    now, converged = log_likelihood(x @ beta + offset, n, y), False
    for _ in range(_STEPS):
        p = _probability(x @ beta + offset)
        inverse = _inverse(x.T @ ((n * p * (1 - p))[:, None] * x))
        step = inverse @ (x.T @ (y - n * p))
        if not np.isfinite(step).all():
            break
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        beta, gained, now = _climb(beta, step, now, lambda b: log_likelihood(x @ b + offset, n, y))
        if np.abs(step).max() < 1e-9:
            converged = True
            break
        if not gained or _runs_away(x, beta, far):
            converged = bool(np.abs(step).max() < 1e-5)
            break
    p = _probability(x @ beta + offset)
    covariance = _inverse(x.T @ ((n * p * (1 - p))[:, None] * x))
    return _result(beta, covariance, penalised=False, converged=converged)


def _firth(x: DoubleArray, n: DoubleArray, y: DoubleArray) -> Logit:
    def penalised(b: DoubleArray) -> float:
        p = _probability(x @ b)
        sign, logarithm = np.linalg.slogdet(x.T @ ((n * p * (1 - p))[:, None] * x))
        return log_likelihood(x @ b, n, y) + 0.5 * float(logarithm) if sign > 0 else -np.inf

    beta = _start(x, n, y)
    now, converged = penalised(beta), False
    for _ in range(4 * _STEPS):
        p = _probability(x @ beta)
        weight = p * (1 - p)
        inverse = _inverse(x.T @ ((n * weight)[:, None] * x))
        leverage = weight * np.einsum("gi,ij,gj->g", x, inverse, x)  # of one point of the pattern
        step = inverse @ (x.T @ (y - n * p + n * leverage * (0.5 - p)))
        if not np.isfinite(step).all():
            break
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        beta, gained, now = _climb(beta, step, now, penalised)
        if np.abs(step).max() < 1e-9:
            converged = True
            break
        if not gained:
            converged = bool(np.abs(step).max() < 1e-5)
            break
    p = _probability(x @ beta)
    covariance = _inverse(x.T @ ((n * p * (1 - p))[:, None] * x))
    return _result(beta, covariance, penalised=True, converged=converged)


def _climb(
    beta: DoubleArray, step: DoubleArray, now: float, height: Callable[[DoubleArray], float]
) -> tuple[DoubleArray, bool, float]:
    """Go `step`, or the largest half, quarter ... of it that does not lead down."""
    for halving in range(30):
        tried = beta + step / 2**halving
        reached = height(tried)
        if reached >= now - 1e-12 * abs(now):
            return tried, True, reached
    return beta, False, now


def _result(beta: DoubleArray, covariance: DoubleArray, *, penalised: bool, converged: bool) -> Logit:
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance))
    return Logit(beta, errors, covariance, np.zeros(0), penalised, False, False, converged)
