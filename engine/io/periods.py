"""The granularity period that rows speak for, where neither format nor user names it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.calendar import duration_text
from engine.data import IntArray
from engine.errors import InputError, Reason
from engine.io.base import LoadOptions, Measurements, Table
from engine.io.grid import usual_step
from engine.io.layout import SERIES

_SAMPLE_CELLS = 200
_UNCERTAIN = 0.5
_TOLD_NAMES = 3
_TELLING = 6
"""So many moments hardly lie on a longer grid by chance."""


def choose(
    measured: Measurements, options: LoadOptions, seconds: IntArray, notes: list[Reason]
) -> tuple[int, int | None]:
    """(the granularity period in seconds, that of the rows where it is finer, else None).

    The period is what the user asked for, what the format says, that of the data which the rows are put to if their
    moments lie on its grid and on no longer one, or what most steps between rows are. `seconds` are the distinct
    stamps. Adds to `notes` where steps hardly agree. Raises InputError: only one moment, or series of several
    granularities.
    """
    natural_s, asked_s = measured.period_s, options.period_s
    if natural_s is None and asked_s is None and _joins(seconds, options.joins_s):
        natural_s = options.joins_s
    if natural_s is None:
        if asked_s is None and measured.format.endswith(f"-{SERIES}"):
            _refuse_mixed(measured)
        natural_s = _natural(measured, seconds, notes) if len(seconds) > 1 else None
    period_s = asked_s or natural_s
    if period_s is None:
        raise InputError(Reason("one_moment", {"time": str(np.datetime64(int(seconds[0]), "s"))}))
    return period_s, natural_s if natural_s is not None and 2 * natural_s <= period_s else None


def _joins(seconds: IntArray, period_s: int | None) -> bool:
    """Whether moments are whole periods apart, with holes between them, rather than those of a longer period."""
    if period_s is None:
        return False
    apart = int(np.gcd.reduce(seconds - seconds[0]))
    return apart % period_s == 0 and (apart <= period_s or len(seconds) < _TELLING)


def _natural(measured: Measurements, seconds: IntArray, notes: list[Reason]) -> int:
    """The granularity period that the steps between rows speak for."""
    found = [measured.session.arrays(_steps(t)) for t in measured.tables]
    steps, counts = merged([f["step"] for f in found], [f["n"] for f in found])
    if not len(steps):
        steps, counts = np.diff(seconds), np.ones(len(seconds) - 1, np.int64)
    period_s, share = usual_step(steps, counts)
    if share < _UNCERTAIN:
        notes.append(Reason("period_uncertain", {"period": duration_text(period_s), "share": round(100 * share)}))
    return period_s


def _refuse_mixed(measured: Measurements) -> None:
    """Files that are one series each need one granularity: on a finer grid the coarser would be nearly all gaps."""
    names: dict[int, list[str]] = {}
    for table in measured.tables:
        for cell, steps, counts in measured.session.rows(
            "SELECT cell, list(step), list(n) FROM (SELECT cell, step, count(*) AS n FROM (SELECT cell, t - lag(t) OVER"
            f" (PARTITION BY cell ORDER BY t) AS step FROM {table.name} WHERE problem = 0) WHERE step > 0"
            " GROUP BY cell, step) GROUP BY cell ORDER BY cell"
        ):
            period_s, share = usual_step(np.array(steps, np.int64), np.array(counts, np.int64))
            if share > _UNCERTAIN:
                names.setdefault(period_s, []).append(str(cell))
    if len(names) > 1:
        listed = "; ".join(f"{duration_text(period_s)}: {_listed(cells)}" for period_s, cells in sorted(names.items()))
        raise InputError(Reason("mixed_periods", {"periods": listed}))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD_NAMES} more" if len(names) > _TOLD_NAMES else ""
    return ", ".join(names[:_TOLD_NAMES]) + more


def merged(values: Sequence[IntArray], counts: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """(distinct values, ascending, how often each occurs) of several such pairs."""
    if not values:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    distinct, where = np.unique(np.concatenate(values), return_inverse=True)
    return distinct.astype(np.int64), np.bincount(where, weights=np.concatenate(counts)).astype(np.int64)


def _steps(table: Table) -> str:
    """SQL of the steps between the stamps of a series, with how often each occurs, over a sample of cells."""
    good = f"FROM {table.name} WHERE problem = 0"
    some = f"SELECT cell {good} GROUP BY cell ORDER BY hash(cell), cell LIMIT {_SAMPLE_CELLS}"
    step = (
        "SELECT t - lag(t) OVER (PARTITION BY cell ORDER BY t) AS step FROM"
        f" (SELECT DISTINCT cell, t {good} AND cell IN ({some}))"
    )
    return f"SELECT step, count(*) AS n FROM ({step}) WHERE step > 0 GROUP BY step"
