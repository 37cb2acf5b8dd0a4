"""How often traffic that neighbours take over is told from demand of their own: simulated cities with faults.

    python tests/benchmarks/takeovers.py [--cells 60] [--days 60] [--seeds 1,2,3,4,5,6] [--crowds]

The traffic that each outage and sleeping cell of a city loses is written into the counts of its neighbours, most of it
into those of the same site. With --crowds nothing is taken over, but as much comes to one neighbour as a crowd of three
hours, two hours and more from the begin and the end of the fault: none of it may be called taken over.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from causes import run

from engine.data import IntArray
from engine.network.neighbours import around
from engine.simulate import Happening, Simulated, city
from engine.simulate.incidents import TRAFFIC

TAKEN, NEIGHBOURS, CROWD_H, WITHIN_H = 0.7, 4, 3, 2
APART_H = 24
"""Cells with something of their own this close to a fault take nothing over."""


def add(simulated: Simulated, fault: Happening, beside: list[int], share: float, span: slice, seed: int) -> None:
    """Write a share of what a fault loses into the counts of each cell beside it, in place."""
    rng = np.random.default_rng(seed)
    week = 7 * 24
    for kpi in TRAFFIC:
        values = simulated.panel.values[kpi]
        usual = values[np.array(fault.cells), span.start - week : span.stop - week].sum(axis=0)
        for cell in beside:
            values[cell, span] += rng.poisson(np.nan_to_num(share * usual)).astype(np.float32)


def takers(fault: Happening, neighbours: tuple[IntArray, ...], busy: set[int]) -> list[int]:
    """The first few cells beside those of a fault that have nothing of their own."""
    found = {n for cell in fault.cells for n in neighbours[cell].tolist()} - set(fault.cells) - busy
    return sorted(found, key=lambda n: (min(abs(n - cell) for cell in fault.cells), n))[:NEIGHBOURS]


def main() -> None:
    """Print what the rises are called."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", type=int, default=60)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seeds", default="1,2,3,4,5,6")
    parser.add_argument("--detectors", default="baseline,kmeans")
    parser.add_argument("--crowds", action="store_true", help="a crowd of its own within each fault instead")
    chosen = parser.parse_args()
    called: Counter[str] = Counter()
    faults = 0
    for seed in (int(s) for s in chosen.seeds.split(",")):
        simulated = city(chosen.cells, chosen.days, 3600, "IT", seed=seed)
        neighbours = around(simulated.panel.cells)
        written = []
        for fault in simulated.incidents:
            if fault.kind not in ("outage", "sleeping") or fault.start < 7 * 24:
                continue
            busy = {
                cell
                for other in simulated.incidents
                for cell in other.cells
                if other.start < fault.stop + APART_H and fault.start < other.stop + APART_H
            }
            beside = takers(fault, neighbours, busy)
            span = slice(fault.start, fault.stop)
            if chosen.crowds:
                beside, span = beside[:1], slice(fault.start + WITHIN_H, fault.start + WITHIN_H + CROWD_H)
            if beside and (not chosen.crowds or span.stop + WITHIN_H <= fault.stop):
                add(simulated, fault, beside, TAKEN / len(beside), span, seed)
                written.append((beside, span))
        faults += len(written)
        result, _ = run(simulated, chosen.detectors, "fused", "IT")
        for incident in result.incidents:
            for cells, span in written:
                then = incident.start < span.stop and span.start < incident.stop
                if then and set(incident.cells) <= set(cells):
                    called[incident.causes[0].kind] += 1
                    break
    print(f"{faults} faults; rises beside them by first cause: {dict(called.most_common())}")


if __name__ == "__main__":
    main()
