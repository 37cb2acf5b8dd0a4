"""What the compiled kernel offers: sums over a series, for some series of many. Arrays are contiguous, float64.

now, before, used (C, T - 1), backcast (C,) as in `engine.garch.likelihood.Problem`; rows (k,) int64: which of them;
found (k, 5): constant, ar, omega, alpha, beta. Raises ValueError where the shapes do not fit together.
"""

from engine.data import BoolArray, DoubleArray, IntArray

def value_and_slope(
    now: DoubleArray,
    before: DoubleArray,
    used: DoubleArray,
    backcast: DoubleArray,
    rows: IntArray,
    found: DoubleArray,
    value: DoubleArray,
    slope: DoubleArray,
    /,
) -> None:
    """Write half the sum of log variance + squared error / variance into value (k,), its slope by `found` into slope
    (k, 5). NaN or infinite where the variance overflows.
    """

def information(
    now: DoubleArray,
    before: DoubleArray,
    used: DoubleArray,
    backcast: DoubleArray,
    rows: IntArray,
    found: DoubleArray,
    information: DoubleArray,
    /,
) -> None:
    """Write the expected information of that sum in `found` into information (k, 5, 5)."""

def minimise(
    now: DoubleArray,
    before: DoubleArray,
    used: DoubleArray,
    backcast: DoubleArray,
    count: DoubleArray,
    rows: IntArray,
    start: DoubleArray,
    metric: DoubleArray,
    slope: float,
    gain: float,
    evaluations: int,
    point: DoubleArray,
    value: DoubleArray,
    converged: BoolArray,
    /,
) -> None:
    """Write what `engine.garch.bfgs.minimise` finds from the free parameters start (k, 5) with first inverse Hessians
    metric (k, 5, 5) into point (k, 5), value (k,) and converged (k,). count (C,): points that a series is fitted to.
    """
