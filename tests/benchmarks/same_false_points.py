"""What is found at the same share of false points: is a method behind because it is stricter, or for its ranking?

    python tests/benchmarks/same_false_points.py [--half report] [--peer-python PYTHON] [--cache DIR]

On core-network-kpi the thresholds of our default vote (one budget for all series, with the limits of deviation and
traffic), of Prophet, and of the plainest use of our own expectation (its residual over the root mean square of the
residuals of the series) are each moved until a given share of the normal points of all series is alarmed. That share is
read from the labels: the rows compare methods with each other, and no threshold of the product comes from here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.calibration.calibrate import threshold
from engine.data import Result
from engine.evaluate import Evaluation, evaluate
from engine.expectation import expectation
from engine.group import find_alarms
from engine.settings import preset
from engine.vote import vote
from tests.benchmarks import peers
from tests.benchmarks.accuracy import judged, run_case
from tests.benchmarks.datasets import Case, core_network

SHARES = (0.0024, 0.005, 0.0125)
"""Of the normal points: that of our default, the goal, that of Prophet's default."""

HALVINGS = 20
Level = Callable[[float], Evaluation]
"""What is found at a level of strictness: the higher, the fewer alarms."""


def by_budget(cases: list[Case], results: list[Result]) -> Level:
    """The default vote; level: one over the budget of false alarms per cell and week."""
    settings = preset("balanced")

    def found(level: float) -> Evaluation:
        series = []
        for case, result in zip(cases, results, strict=True):
            kpi, evidence = case.kpi, result.evidence[case.kpi.id]
            score = vote(evidence, dict.fromkeys(evidence, threshold(1 / level, result.clock)), "fused")
            usual = expectation(evidence).expected
            flags = case.panel.flags[kpi.id]
            alarm = find_alarms(score, case.panel.values[kpi.id], usual, kpi, settings, flags, result.clock)
            series += list(judged(case, score, alarm))
        return evaluate(series)

    return found


def by_score(cases: list[Case], scores: list[np.ndarray]) -> Level:
    """Scores (C, T) per case; level: the threshold above which a point is alarmed. NaN is no alarm."""

    def found(level: float) -> Evaluation:
        return evaluate(
            [one for case, score in zip(cases, scores, strict=True) for one in judged(case, score, score > level)]
        )

    return found


def plain_residuals(case: Case, result: Result) -> np.ndarray:
    """(C, T) distance from what was expected, over the root mean square of these distances of the cell."""
    residual = case.panel.values[case.kpi.id] - expectation(result.evidence[case.kpi.id]).expected
    scale = np.sqrt(np.nanmean(residual.astype(np.float64) ** 2, axis=1, keepdims=True))
    distance: np.ndarray = np.abs(residual) / scale
    return distance


def at_share(found: Level, share: float) -> Evaluation:
    """What the most generous level finds that alarms at most `share` of the normal points."""
    low, high = 1e-2, 1e3
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        if found(middle).false_positive_rate > share:
            low = middle
        else:
            high = middle
    return found(high)


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--peer-python", default=None, help="a Python that has prophet")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what the peer found")
    given = parser.parse_args()
    cases = [case for case in core_network() if case.half == given.half]
    results = [run_case(case, preset("balanced")) for case in cases]
    methods = {"default vote": by_budget(cases, results)}
    plain = [plain_residuals(case, result) for case, result in zip(cases, results, strict=True)]
    methods["our expectation, residual / rms"] = by_score(cases, plain)
    if given.peer_python or given.cache:
        verdicts = peers.judge("Prophet", cases, given.peer_python, given.cache)
        methods["Prophet"] = by_score(cases, [verdict[0] for verdict in verdicts if verdict is not None])
    print(f"| {given.half} | " + " | ".join(f"FPR {share:.2%}" for share in SHARES) + " |")
    print("|---" * (1 + len(SHARES)) + "|")
    for name, found in methods.items():
        cells = []
        for share in SHARES:
            one = at_share(found, share)
            cells.append(f"{one.event_f1:.3f} ({one.event_precision:.2f}, {one.event_recall:.2f})")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
