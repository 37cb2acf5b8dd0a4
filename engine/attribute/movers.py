"""What else moved: cells and KPIs that left the usual in the same window, with the lag at which they fit best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.attribute.bands import deviation_in_bands
from engine.calendar import duration_text
from engine.data import Direction, DoubleArray, Result
from engine.errors import Reason
from engine.network.neighbours import around

LEAST_MOVE = 1.0
"""In half widths of the usual band: at its edge."""

LEAST_LIKENESS = 0.5
FARTHEST = 5.0
"""No single point counts for more than this many half widths."""

_CHUNK_ROWS = 2048


@dataclass(frozen=True)
class Mover:
    """A cell and KPI that moved in the window.

    move: mean deviation in half widths of the usual band, signed. likeness: correlation with what was asked about at
    the best lag, -1..1. lag_s: seconds by which it follows (positive) or precedes (negative). beside: same cell, same
    site or neighbour.
    """

    cell: int
    kpi: str
    direction: Direction
    move: float
    likeness: float
    lag_s: int
    beside: bool
    sentence: Reason


def movers(
    result: Result, cell: int, kpi: str, start: int, stop: int, most: int = 20, longest_lag: int = 4
) -> tuple[Mover, ...]:
    """Everything else that left its usual band in the periods [start, stop), the nearest and strongest first.

    cell, kpi: what the others are compared with; what hardly correlates with it at any lag is left out, so is a series
    without an expectation or with less than half of the window measured. longest_lag: in periods, to either side.
    Raises ValueError for an empty window.
    """
    panel = result.panel
    if not 0 <= start < stop <= len(panel.times):
        raise ValueError(f"window {start}..{stop}")
    first, last = max(0, start - longest_lag), min(len(panel.times), stop + longest_lag)
    inside = slice(start - first, stop - first)
    asked = deviation_in_bands(panel, result.evidence[kpi], kpi, [cell], first, last)[0]
    asked = np.clip(np.nan_to_num(asked), -FARTHEST, FARTHEST)
    near = {cell, *around(panel.cells)[cell].tolist()}
    found = []
    for other in panel.kpis:
        for begin in range(0, len(panel.cells), _CHUNK_ROWS):
            rows = range(begin, min(begin + _CHUNK_ROWS, len(panel.cells)))
            bands = deviation_in_bands(panel, result.evidence[other.id], other.id, rows, first, last)
            bands = np.clip(bands, -FARTHEST, FARTHEST)
            window = bands[:, inside]
            known = np.isfinite(window)
            many = known.sum(axis=1)
            move = np.where(known, window, 0.0).sum(axis=1) / np.maximum(many, 1)
            moved = np.flatnonzero((np.abs(move) >= LEAST_MOVE) & (2 * many >= window.shape[1]))
            likeness, lag = _best_lag(asked, np.nan_to_num(bands[moved]), longest_lag)
            for n, row in enumerate(moved.tolist()):
                if (rows[row], other.id) != (cell, kpi) and abs(likeness[n]) >= LEAST_LIKENESS:
                    beside = rows[row] in near
                    found.append((beside, rows[row], other.id, float(move[row]), float(likeness[n]), int(lag[n])))
    found.sort(key=lambda f: (not f[0], -abs(f[3] * f[4]), f[1], f[2]))
    return tuple(_mover(result, *f) for f in found[:most])


def _best_lag(asked: DoubleArray, others: DoubleArray, longest: int) -> tuple[DoubleArray, DoubleArray]:
    """(correlation, lag in periods) at which rows of `others` (R, W) fit `asked` (W,) best; 0, 0 without variation."""
    best, at = np.zeros(len(others)), np.zeros(len(others))
    for lag in sorted(range(-longest, longest + 1), key=abs):
        if len(asked) - abs(lag) < 3:
            continue
        one = asked[max(0, -lag) : len(asked) - max(0, lag)]
        many = others[:, max(0, lag) : others.shape[1] - max(0, -lag)]
        one = one - one.mean()
        many = many - many.mean(axis=1, keepdims=True)
        sizes = np.sqrt((one @ one) * (many**2).sum(axis=1))
        correlation = np.divide(many @ one, sizes, out=np.zeros(len(others)), where=sizes > 0)
        better = np.abs(correlation) > np.abs(best) + 1e-9
        best, at = np.where(better, correlation, best), np.where(better, lag, at)
    return best, at


def _mover(result: Result, beside: bool, cell: int, kpi: str, move: float, likeness: float, lag: int) -> Mover:
    panel = result.panel
    lag_s = lag * result.clock.period_s
    when = "together" if lag == 0 else "after" if lag > 0 else "before"
    params: dict[str, str | int | float] = {"cell": panel.cells[cell].name or panel.cells[cell].id, "kpi": kpi}
    params |= {"move": f"{abs(move):.1f}", "lag": duration_text(abs(lag_s))}
    side = "up" if move > 0 else "down"
    return Mover(
        cell=cell,
        kpi=kpi,
        direction=Direction.UP if move > 0 else Direction.DOWN,
        move=move,
        likeness=likeness,
        lag_s=lag_s,
        beside=beside,
        sentence=Reason(f"mover_{when}_{side}", params),
    )
