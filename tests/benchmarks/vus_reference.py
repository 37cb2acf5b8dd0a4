"""Our VUS-PR beside the authors' implementation on real scores: the same number to the last digits?

    PYTHON tests/benchmarks/vus_reference.py [--series 6]

PYTHON: a Python with numpy and the package vus (TheDatumOrg/VUS, the code of Paparrizos et al. 2022); it is no part of
the product. Scores: distance from the hour-of-week median on the labelled core-network KPIs, and the same with ties.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.evaluate.surface import vus_pr

FILE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "core-network-kpi" / "KPI_train.csv"
BUFFER = 24


def series() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, values and labels of each KPI, hourly."""
    rows: dict[str, list[tuple[int, float, int]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["kpi_id"], []).append((int(row["start_time"]), float(row["value"]), int(row["label"])))
    for name, points in sorted(rows.items()):
        _, values, labels = np.array(sorted(points)).T
        yield name[:8], values, labels.astype(bool)


def distance(values: np.ndarray) -> np.ndarray:
    """|value - median of its hour of the week|."""
    slot = np.arange(len(values)) % 168
    usual = np.array([np.median(values[slot == s]) for s in range(168)])
    return np.abs(values - usual[slot])


def main() -> None:
    """Compare and print."""
    from vus.utils.metrics import metricor

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=6)
    given = parser.parse_args()
    worst = 0.0
    for name, values, truth in [one for one in series() if one[2].any()][: given.series]:
        score = distance(values)
        for kind, judged in (("as it is", score), ("with ties", np.round(score / max(score.max(), 1e-9), 2))):
            theirs = float(metricor().RangeAUC_volume_opt(truth.astype(int), judged, BUFFER)[-1])
            ours = vus_pr(judged, truth, BUFFER)
            worst = max(worst, abs(ours - theirs))
            print(f"{name} {kind}: {ours:.12f} {theirs:.12f}", flush=True)
    print(f"largest difference {worst:.1e}")


if __name__ == "__main__":
    main()
