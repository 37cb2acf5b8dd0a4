"""How time and memory grow with the network: `python -m tests.benchmarks.scale [--cells 100 1000 10000] [--jobs 2]`.

Every size runs in a process of its own, from the panel in a file to the finished Result, on simulated hourly calls of
90 days (2160 h). Printed per size: CPU seconds per cell, wall seconds, peak resident memory, and what a re-vote and the
counts of all votes cost afterwards. CPU seconds and ratios are worth comparing; wall seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import pipeline, simulate
from engine.data import Cell, Kpi, Panel, Quality
from engine.monitor import Monitor, Progress
from engine.settings import preset

HOURS = 2160
PATTERN_CELLS = 1000


def write_panel(path: Path, cells: int) -> None:
    """Hourly calls of `cells` cells: a simulated city, repeated with other sizes and fresh counting noise."""
    city = simulate.city(cells=min(cells, PATTERN_CELLS), kpis=("calls",), seed=3)
    pattern = city.panel.values["calls"]
    rng = np.random.default_rng(0)
    out = np.lib.format.open_memmap(path, "w+", np.float32, (cells, HOURS))
    for first in range(0, cells, PATTERN_CELLS):
        part = pattern[: min(PATTERN_CELLS, cells - first)]
        counts = rng.poisson(np.nan_to_num(part) * rng.uniform(0.5, 2.0, (len(part), 1))).astype(np.float32)
        out[first : first + len(part)] = np.where(np.isnan(part), np.nan, counts)
    out.flush()


def run(path: Path, jobs: int) -> dict[str, float]:
    """One run from the file; seconds and megabytes."""
    values = np.load(path, mmap_mode="r")
    cells = len(values)
    times = np.datetime64("2016-12-20T20:30:00", "s") + np.arange(HOURS) * np.timedelta64(3600, "s")
    places = tuple(Cell(f"c{n}", site=f"s{n // 3}") for n in range(cells))
    flags = np.zeros((cells, HOURS), np.uint8)
    panel = Panel(times, 3600, "Asia/Tehran", places, (Kpi("calls"),), {"calls": values}, {"calls": flags})
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    settings = replace(preset("balanced"), country="IR")
    stages: dict[str, float] = {}
    mark = [time.process_time(), ""]

    def listen(progress: Progress) -> None:
        now = time.process_time()
        if mark[1]:
            stages[str(mark[1])] = stages.get(str(mark[1]), 0.0) + now - float(mark[0])
        mark[:] = [now, progress.reason.code]

    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(jobs) as executor:
        result = pipeline.analyse(
            panel,
            quality,
            settings,
            executor=executor if jobs > 1 else None,
            workers=jobs,
            monitor=Monitor(listen),
        )
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    again = time.perf_counter()
    pipeline.revote(result, replace(settings, vote="any"), associations=False)
    revote = time.perf_counter() - again
    again = time.perf_counter()
    pipeline.count_by_vote(result)
    counts = time.perf_counter() - again
    measured = {
        "cells": cells,
        "cpu_ms_per_cell": 1e3 * cpu / cells,
        "wall_s": wall,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "revote_s": revote,
        "counts_s": counts,
        "anomalies": len(result.anomalies),
        "incidents": len(result.incidents),
    }
    return measured | {f"{stage}_ms_per_cell": 1e3 * spent / cells for stage, spent in stages.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cells", type=int, nargs="+", default=[100, 1000, 10_000])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(json.dumps(run(given.one, given.jobs)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for cells in given.cells:
            path = Path(folder) / "calls.npy"
            write_panel(path, cells)
            command = [sys.executable, "-m", "tests.benchmarks.scale", "--one", str(path), "--jobs", str(given.jobs)]
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            )
            for name, value in json.loads(done.stdout).items():
                print(f"{name:28} {value:12,.2f}" if isinstance(value, float) else f"{name:28} {value:12,}")
            print()


if __name__ == "__main__":
    main()
