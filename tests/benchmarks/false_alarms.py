"""False alarms on clean stretches against the budget: does "k per cell and week" mean k?

    python tests/benchmarks/false_alarms.py [--limits]

Clean stretches: a simulated city without incidents (all of it), Milan (32 squares, hourly and ten minutes; unlabelled,
so its holidays, matches and faults count as false: an upper bound), and the normal points of core-network-kpi (its
labelled anomalies stay in the history that is learned from). By default the smallest deviation and traffic worth an
alarm are 0, because they only take alarms away; `--limits` measures with the default settings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import io, pipeline, simulate
from engine.data import Panel, Quality, Result
from engine.evaluate import Judged, evaluate
from engine.expectation import expectation
from engine.group import find_alarms
from engine.io import LoadOptions
from engine.settings import Settings, preset
from engine.vote import vote
from tests.benchmarks.datasets import SHARED, Case, core_network, hourly, single

BUDGETS = (0.1, 0.5, 2.0)
RULES = ("fused", "any", "majority", "all")


def stretches() -> Iterator[tuple[str, list[Case]]]:
    """Name and cases; every labelled point of a case that is not anomalous is clean."""
    city = simulate.city(cells=36, days=60, incidents_per_cell_week=0.0, seed=3)
    yield "simulated city, hourly", [quiet(single(city.panel, kpi), "IR") for kpi in city.panel.kpis]
    milan = io.load(
        [SHARED / "telecom-italia-milan/cdr_10min_32squares.parquet"], LoadOptions(zone="Europe/Rome")
    ).panel
    parts = [single(milan, milan.kpi(name)) for name in ("internet", "call_in", "sms_out")]
    yield "Milan, hourly", [quiet(hourly(part), "IT") for part in parts]
    yield "Milan, 10 min", [quiet(part, "IT") for part in parts]
    yield "core-network-kpi, normal points", list(core_network())


def quiet(panel: Panel, country: str) -> Case:
    """A panel of which every measured point is taken for normal."""
    kpi = panel.kpis[0].id
    labels = np.where(np.isnan(panel.values[kpi]), -1, 0).astype(np.int8)
    return Case(kpi, panel, labels, "report", country)


def false_alarms(results: list[tuple[Case, Result]], name: str, budget: float, settings: Settings) -> float:
    """False alarms per cell and week over the budget, of one detector or vote on all cases."""
    from engine.calibrate import threshold

    series = []
    for case, result in results:
        kpi = case.kpi
        evidence = result.evidence[kpi.id]
        if name not in RULES:
            evidence = {name: evidence[name]}
        level = threshold(budget, result.clock)
        score = vote(evidence, dict.fromkeys(evidence, level), name if name in RULES else "any")
        usual = expectation(result.evidence[kpi.id]).expected
        values, flags = case.panel.values[kpi.id], case.panel.flags[kpi.id]
        alarm = find_alarms(score, values, usual, kpi, settings, flags, result.clock)
        series += [Judged(score[i], alarm[i], case.labels[i], case.panel.period_s) for i in range(len(score))]
    return evaluate(series).false_alarms_per_cell_week / budget


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", action="store_true", help="with the default limits of deviation and traffic")
    given = parser.parse_args()
    settings = preset("balanced")
    if not given.limits:
        settings = replace(settings, min_deviation=0.0, min_traffic=0.0)
    print("Measured over budget, for budgets of " + ", ".join(f"{b:g}" for b in BUDGETS) + " per cell and week.\n")
    print(
        "| | " + " | ".join((*settings.detectors, *RULES)) + " |\n" + "|---" * (1 + len(settings.detectors) + 4) + "|"
    )
    for name, cases in stretches():
        results = []
        for case in cases:
            cells = case.panel.shape[0]
            unread = Quality("benchmark", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
            results.append((case, pipeline.analyse(case.panel, unread, replace(settings, country=case.country))))
        row = [
            " / ".join(f"{false_alarms(results, voter, budget, settings):.2f}" for budget in BUDGETS)
            for voter in (*settings.detectors, *RULES)
        ]
        print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
