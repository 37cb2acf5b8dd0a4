"""How often the likely cause is the true one: simulated cities with known incidents, as a confusion table.

    python tests/benchmarks/causes.py [--cells 60] [--days 90] [--seeds 2,3,4,5] [--detectors baseline,kmeans]

The rules were set on seeds 1 and 6 to 17; report others. An injected incident counts as found when an incident of the
run shares cells and periods with it; the one that shares most is judged.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import pipeline
from engine.data import Incident, Quality, Result
from engine.settings import preset
from engine.simulate import Happening, Simulated, city
from engine.text import say

TRUE_CLASS = {
    "outage": "outage",
    "sleeping": "sleeping_cell",
    "surge": "surge",
    "crowd": "crowd",
    "level_shift": "level_shift",
    "stuck": "data_fault",
    "missing": "data_fault",
    "sms_flood": "flood",
    "area": "area_failure",
}


def run(simulated: Simulated, detectors: str, vote: str, country: str) -> tuple[Result, float]:
    """The result on a simulated city, and the CPU seconds it took."""
    panel = simulated.panel
    none = np.zeros(len(panel.cells), np.int64)
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(len(none)), none)
    settings = dataclasses.replace(
        preset("balanced"), detectors=tuple(detectors.split(",")), vote=vote, country=country
    )
    began = time.process_time()
    return pipeline.analyse(panel, quality, settings), time.process_time() - began


def found(happening: Happening, incidents: tuple[Incident, ...]) -> Incident | None:
    """The incident of the run that shares most cell-periods with an injected one, in proportion to both."""
    best, most = None, 0.0
    for incident in incidents:
        periods = min(incident.stop, happening.stop) - max(incident.start, happening.start)
        cells = len(set(incident.cells) & set(happening.cells))
        if periods <= 0 or not cells:
            continue
        shared = periods * cells
        sizes = [(i.stop - i.start) * len(i.cells) for i in (incident, happening)]
        overlap = shared / (sum(sizes) - shared)
        if overlap > most:
            best, most = incident, overlap
    return best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", type=int, default=60)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seeds", default="2,3,4,5")
    parser.add_argument("--detectors", default="baseline,kmeans")
    parser.add_argument("--vote", default="fused")
    parser.add_argument("--country", default="IR")
    parser.add_argument("--period", type=int, default=3600, help="seconds")
    parser.add_argument("--show", action="store_true", help="print the evidence of every wrong verdict")
    chosen = parser.parse_args()

    table: dict[str, Counter[str]] = {kind: Counter() for kind in TRUE_CLASS}
    second: Counter[str] = Counter()
    spurious: Counter[str] = Counter()
    for seed in (int(s) for s in chosen.seeds.split(",")):
        simulated = city(chosen.cells, chosen.days, chosen.period, chosen.country, seed=seed)
        result, seconds = run(simulated, chosen.detectors, chosen.vote, chosen.country)
        print(f"seed {seed}: {len(simulated.incidents)} injected, {len(result.incidents)} found, {seconds:.1f} CPU s")
        matched = set()
        for happening in simulated.incidents:
            incident = found(happening, result.incidents)
            if incident is None:
                table[happening.kind]["(not found)"] += 1
                continue
            matched.add(incident.id)
            kinds = [cause.kind for cause in incident.causes]
            table[happening.kind][kinds[0]] += 1
            second[happening.kind] += TRUE_CLASS[happening.kind] in kinds[:2]
            if chosen.show and kinds[0] != TRUE_CLASS[happening.kind]:
                print(f"  {happening} -> {say(incident.sentence)} ({incident.start}..{incident.stop})")
                for cause in incident.causes:
                    print(f"    {cause.weight:.2f} {cause.kind}: {' '.join(say(r) for r in cause.evidence)}")
        spurious.update(i.causes[0].kind for i in result.incidents if i.id not in matched)

    columns = sorted({kind for row in table.values() for kind in row})
    print(f"\n{'true':<14}" + "".join(f"{c[:12]:>14}" for c in columns) + f"{'top 1':>8}{'top 2':>8}")
    hits = seen = 0
    for kind, row in table.items():
        judged = sum(row.values()) - row["(not found)"]
        right = row[TRUE_CLASS[kind]]
        hits, seen = hits + right, seen + judged
        shares = f"{right / judged:8.2f}{second[kind] / judged:8.2f}" if judged else f"{'-':>8}{'-':>8}"
        print(f"{kind:<14}" + "".join(f"{row[c] or '.':>14}" for c in columns) + shares)
    print(f"top 1: {hits}/{seen} = {hits / seen:.3f}, top 2: {sum(second.values()) / seen:.3f}")
    print(f"incidents that were not injected, by first cause: {dict(spurious.most_common())}")


if __name__ == "__main__":
    main()
