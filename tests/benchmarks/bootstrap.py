"""How sure a difference of two methods is: the series of a set drawn anew, both methods judged on the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.evaluate import Judged, evaluate

DRAWS = 10_000
SHARE = 0.9
SEED = 1


def differences(ours: Sequence[Judged], others: Mapping[str, Sequence[Judged]]) -> str:
    """Markdown: per method, ours less the other's VUS-PR and event F1, each with what 90 % of the draws lie in."""
    lines = ["| less | VUS-PR | 90 % of draws | event F1 | 90 % of draws |", "|---|---|---|---|---|"]
    own = _series(ours)
    for name, judged in others.items():
        other = _series(judged)
        told = []
        for measure in (_ranking, _events):
            found = measure(own, _once(len(ours)))[0] - measure(other, _once(len(ours)))[0]
            drawn = np.random.default_rng(SEED).integers(0, len(ours), (DRAWS, len(ours)))
            spread = measure(own, drawn) - measure(other, drawn)
            low, high = np.nanquantile(spread, [(1 - SHARE) / 2, (1 + SHARE) / 2])
            told.append(f"{found:+.3f} | {low:+.3f} to {high:+.3f}")
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)


def _once(count: int) -> np.ndarray:
    return np.arange(count)[None]


def _series(judged: Sequence[Judged]) -> np.ndarray:
    """(series, 5): VUS-PR (NaN without an anomaly), events, those found, alarms, those that are right."""
    found = [evaluate([one]) for one in judged]
    return np.array([[e.vus_pr, e.events, e.events_found, e.alarms, e.alarms_right] for e in found], np.float64)


def _ranking(series: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(draws,) mean VUS-PR of the series drawn that have an anomaly."""
    values = series[:, 0][drawn]
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


def _events(series: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(draws,) event F1 over all series drawn; 0 where nothing was alarmed."""
    events, found, alarms, right = series[:, 1:][drawn].sum(axis=1).T
    recall = np.where(events > 0, found / np.maximum(events, 1), np.nan)
    precision = right / np.maximum(alarms, 1)
    return np.where(precision + recall > 0, 2 * precision * recall / np.maximum(precision + recall, 1e-12), 0.0)
