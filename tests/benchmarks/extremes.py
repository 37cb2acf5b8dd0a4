"""What unusual sizes and values cost: `python -m tests.benchmarks.extremes [--cases long tiny ...] [--limit-mb 1000]`.

Every case runs in a process of its own, with all detectors of the default, from a panel in memory to the Result.
Printed per case: wall and CPU seconds, peak resident memory, anomalies, and the reasons that detectors gave for having
no opinion. --limit-mb caps the address space beyond what the loaded libraries take, as a container would.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from engine import pipeline
from engine.data import Cell, Kpi, Panel, Quality
from engine.settings import preset

WEEKS = 4


def ordinary(cells: int, hours: int = WEEKS * 168) -> np.ndarray:
    """Poisson counts with a daily course."""
    rng = np.random.default_rng(1)
    course = 200 * (1.2 + np.sin(2 * np.pi * np.arange(hours) / 24))
    return rng.poisson(course * rng.uniform(0.5, 2, (cells, 1))).astype(np.float32)


def long(points: int = 10_000_000) -> np.ndarray:
    """One series by the minute for nineteen years."""
    rng = np.random.default_rng(1)
    out = np.empty((1, points), np.float32)
    for first in range(0, points, 1_000_000):
        minute = np.arange(first, min(first + 1_000_000, points))
        out[0, minute] = rng.poisson(200 * (1.2 + np.sin(2 * np.pi * minute / 1440)))
    return out


def huge(values: np.ndarray) -> np.ndarray:
    """A few values of 1e30 among ordinary ones."""
    values[:, ::97] = 1e30
    return values


CASES: Mapping[str, tuple[int, Callable[[], np.ndarray]]] = {
    "one_cell": (3600, lambda: ordinary(1)),
    "one_hour": (3600, lambda: ordinary(50, 1)),
    "all_missing": (3600, lambda: np.full((50, WEEKS * 168), np.nan, np.float32)),
    "all_equal": (3600, lambda: np.full((50, WEEKS * 168), 7.0, np.float32)),
    "huge": (3600, lambda: huge(ordinary(50))),
    "largest": (3600, lambda: np.full((50, WEEKS * 168), 1e30, np.float32) * np.float32(ordinary(50) / 100)),
    "tiny": (3600, lambda: ordinary(200_000, 24)),
    "minutes": (60, lambda: long(1_000_000)),
    "long": (60, long),
}


def run(name: str, limit_mb: int | None) -> dict[str, object]:
    """One case in this process."""
    period, make = CASES[name]
    values = make()
    if limit_mb is not None:
        now = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + limit_mb * 2**20,) * 2)
    cells, points = values.shape
    times = np.datetime64("2005-01-03", "s") + np.arange(points) * np.timedelta64(period, "s")
    flags = {"calls": np.zeros(values.shape, np.uint8)}
    places = tuple(Cell(f"c{n}") for n in range(cells))
    panel = Panel(times, period, "UTC", places, (Kpi("calls"),), {"calls": values}, flags)
    quality = Quality("made up", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    cpu, wall = time.process_time(), time.perf_counter()
    result = pipeline.analyse(panel, quality, preset("balanced"))
    reasons = Counter(
        f"{detector} {reason.code}"
        for detector, evidence in result.evidence["calls"].items()
        for reason in evidence.reasons
        if reason is not None
    )
    return {
        "cells": cells,
        "points": points,
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "anomalies": len(result.anomalies),
        "no_opinion": dict(reasons),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", nargs="+", choices=tuple(CASES), default=list(CASES))
    options.add_argument("--limit-mb", type=int)
    options.add_argument("--one", choices=tuple(CASES), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(json.dumps(run(given.one, given.limit_mb)))
        return
    for name in given.cases:
        command = [sys.executable, "-m", "tests.benchmarks.extremes", "--one", name]
        command += ["--limit-mb", str(given.limit_mb)] if given.limit_mb else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"{name:12} {done.stdout.strip() or done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
