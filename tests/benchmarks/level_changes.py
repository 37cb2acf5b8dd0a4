"""How often cells change their level, and whether labels call it a fault.

    python tests/benchmarks/level_changes.py [--sets "core-network-kpi;nab"]

Per data set (tuning and reported half): cell weeks, changes that the level is held for (`engine.level`), how many of
them hold a labelled anomaly for a fifth of their time or more, and how many are certain (`engine.calibration.changes`;
at one minute it counts those that would be). Prints one Markdown table.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import season
from engine.calendar import make_clock
from engine.calibration import changes
from engine.expectation import deviates
from engine.numerics.runs import find_runs
from engine.settings import preset
from tests.benchmarks.datasets import SETS, Case

LABELLED = 0.2


def counted(case: Case) -> tuple[float, int, int, int]:
    """(cell weeks measured, changes, labelled ones, certain ones) of a case."""
    panel, values = case.panel, case.panel.values[case.kpi.id]
    clock = make_clock(panel.times, panel.period_s, panel.zone, case.country)
    usual = season.fit(values, np.isfinite(values), clock, case.kpi)
    news = usual.news if usual.news is not None else np.zeros(values.shape, bool)
    feed = season.adjust(values, usual)
    far = deviates(case.kpi, values, season.restore(np.zeros_like(feed), usual), preset("balanced").min_deviation)
    runs = find_runs(news)
    labelled = sum(
        bool((case.labels[cell, start:stop] == 1).mean() >= LABELLED)
        for cell, start, stop in zip(runs.cell, runs.start, runs.stop, strict=True)
    )
    certain = find_runs(changes.changes(feed, news, far, clock)).cell
    return float(np.isfinite(values).sum()) / clock.week_slots, len(runs), labelled, len(np.unique(certain))


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=";".join(SETS))
    given = parser.parse_args()
    changes.SHORTEST_S = 0
    print("| | half | cell weeks | changes | a cell and week | labelled | cells with a certain one |")
    print("|---|---|---|---|---|---|---|")
    for name in given.sets.split(";"):
        cases = list(SETS[name]())
        for half in ("tune", "report"):
            found = [counted(case) for case in cases if case.half == half]
            weeks, many, labelled, certain = (sum(column) for column in zip(*found, strict=True))
            print(
                f"| {name} | {half} | {weeks:.0f} | {many} | {many / weeks:.4f} | {labelled} | {certain} |", flush=True
            )


if __name__ == "__main__":
    main()
