"""How time and memory grow with the network: `python -m tests.benchmarks.scale [--cells 100 1000 10000] [--jobs 2]
[--period 3600] [--keep] [--append 1] [--detectors baseline,...]`, with the four detectors of the hybrid unless others
are named.

Every size runs in a process of its own, from the panel in a project file to the finished Result, on simulated calls of
90 days (2160 points a cell by the hour, 8640 by the quarter of an hour). Printed per size: CPU seconds per cell and
stage, wall seconds, peak resident memory, and what the whole re-vote, the short lists and a glance at them (which
stretches are anomalous, and the counts of all votes) cost afterwards. --keep writes the evidence of every block into
the project file as it is made, so that a killed run goes on. --append DAYS holds the last days back, runs, saves,
opens the project again, and puts the days to it: what they cost with the models that were kept, beside a run over
everything that learns anew, and their shares of it. CPU seconds and ratios are worth comparing; wall seconds
depend on the machine and on what else runs on it.
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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine import pipeline, project, simulate
from engine.budget.outlook import Outlook
from engine.calendar import make_clock
from engine.data import Cell, Kpi, Panel, Quality, Result
from engine.monitor import Monitor, Progress
from engine.record import make_record
from engine.settings import Settings, preset

DAYS = 90
PATTERN_CELLS = 1000
BEGIN = np.datetime64("2016-12-20T20:30:00", "s")
HYBRID = ("baseline", "garch", "kmeans", "nnar")


def write_panel(path: Path, cells: int, period: int = 3600) -> None:
    """Calls of `cells` cells: a simulated city, repeated with other sizes and fresh counting noise."""
    city = simulate.city(cells=min(cells, PATTERN_CELLS), days=DAYS, period_s=period, kpis=("calls",), seed=3)
    pattern = city.panel.values["calls"]
    rng = np.random.default_rng(0)
    out = np.lib.format.open_memmap(path, "w+", np.float32, (cells, pattern.shape[1]))
    for first in range(0, cells, PATTERN_CELLS):
        part = pattern[: min(PATTERN_CELLS, cells - first)]
        counts = rng.poisson(np.nan_to_num(part) * rng.uniform(0.5, 2.0, (len(part), 1))).astype(np.float32)
        out[first : first + len(part)] = np.where(np.isnan(part), np.nan, counts)
    out.flush()


def panel_of(path: Path, period: int) -> Panel:
    """The panel of those calls, three cells to a site."""
    values = np.load(path, mmap_mode="r")
    cells, points = values.shape
    times = BEGIN + np.arange(points) * np.timedelta64(period, "s")
    places = tuple(Cell(f"c{n}", site=f"s{n // 3}") for n in range(cells))
    flags = {"calls": np.zeros(values.shape, np.uint8)}
    return Panel(times, period, "Asia/Tehran", places, (Kpi("calls"),), {"calls": values}, flags)


def write_project(path: Path, cells: int, period: int, settings: Settings) -> None:
    """A project file that holds the panel and the settings, and nothing found yet."""
    calls = path.with_suffix(".npy")
    write_panel(calls, cells, period)
    panel = panel_of(calls, period)
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    clock = make_clock(panel.times, period, panel.zone, settings.country)
    record = make_record("", (), settings, datetime.now(UTC), 0.0)
    nothing: dict[str, Any] = {"diagnoses": (), "evidence": {}, "thresholds": {}, "verdicts": {}}
    found: dict[str, Any] = {"anomalies": (), "incidents": (), "associations": (), "record": record}
    project.save(Result(panel, clock, quality, settings, **nothing, **found), path)
    calls.unlink()


def peak_mb() -> float:
    """The most that was resident of this process; on Linux without what the one that started it had."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text("ascii").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(path: Path, jobs: int, keep: bool) -> dict[str, float]:
    """One run from the project file; seconds and megabytes."""
    stages: dict[str, float] = {}
    mark: list[Any] = [time.process_time(), "open"]

    def listen(progress: Progress) -> None:
        now = time.process_time()
        stages[mark[1]] = stages.get(mark[1], 0.0) + now - mark[0]
        mark[:] = [now, progress.reason.code]

    cpu, wall = time.process_time(), time.perf_counter()
    empty = project.open_project(path)
    with ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(jobs)) if jobs > 1 else None
        result = pipeline.analyse(
            empty.panel,
            empty.quality,
            empty.settings,
            executor=executor,
            workers=jobs,
            keeper=partial(project.Draft, path) if keep else None,
            monitor=Monitor(listen),
        )
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    cells = result.panel.shape[0]
    measured = {
        "cells": cells,
        "points_per_cell": result.panel.shape[1],
        "cpu_s": cpu,
        "cpu_ms_per_cell": 1e3 * cpu / cells,
        "wall_s": wall,
        "peak_mb": peak_mb(),
        "anomalies": len(result.anomalies),
        "incidents": len(result.incidents),
    }
    measured |= {f"{stage}_ms_per_cell": 1e3 * spent / cells for stage, spent in stages.items()}
    kept: list[Outlook] = []
    louder = replace(empty.settings, vote="any", budget=2 * empty.settings.budget)
    levels = pipeline.levels_by_vote(result, louder)
    after: dict[str, Callable[[], object]] = {
        "thresholds of all votes, counted": lambda: pipeline.levels_by_vote(result, louder),
        "whole re-vote": lambda: pipeline.revote(result, louder, associations=False),
        "short lists": lambda: kept.append(Outlook.of(result)),
        "glance": lambda: kept[0].glance(louder, levels),
        "glance again": lambda: kept[0].glance(louder, levels),
    }
    for name, work in after.items():
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        measured[f"{name}, cpu_s"] = time.process_time() - cpu
        measured[f"{name}, wall_s"] = time.perf_counter() - wall
    return measured


def append(path: Path, jobs: int, days: int) -> dict[str, float]:
    """What some later days cost with the models of a run before them, and what a run over all costs; CPU seconds."""
    spent: dict[str, float] = {}
    stages: dict[str, dict[str, float]] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        spent[f"{name}, cpu_s"] = time.process_time() - began

    whole = project.open_project(path)
    panel = whole.panel
    before = panel.shape[1] - days * 86_400 // panel.period_s
    values, flags = ({kpi: a[:, :before] for kpi, a in held.items()} for held in (panel.values, panel.flags))
    short = replace(panel, times=panel.times[:before], values=values, flags=flags)
    with ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(jobs)) if jobs > 1 else None

        def run(name: str, data: Panel, former: Result | None) -> Result:
            of_stage = stages[name] = {}
            mark: list[Any] = [time.process_time(), "begin"]

            def listen(progress: Progress) -> None:
                now = time.process_time()
                of_stage[mark[1]] = of_stage.get(mark[1], 0.0) + now - mark[0]
                mark[:] = [now, progress.reason.code]

            how: dict[str, Any] = {"executor": executor, "workers": jobs, "former": former}
            with timed(name):
                return pipeline.analyse(data, whole.quality, whole.settings, **how, monitor=Monitor(listen))

        first = run("run before", short, None)
        with timed("save"):
            project.save(first, path)
        with timed("open"):
            kept = project.open_project(path)
        anew, later = run("run over all", panel, None), run("run over the days", panel, kept)
        with timed("save again"):
            project.save(later, path)
    learning = ("stage_season", "stage_diagnose", "stage_detect")
    spent["scores anew, cpu_s"] = sum(stages["run over all"].get(stage, 0.0) for stage in learning)
    spent["scores of the days, cpu_s"] = stages["run over the days"]["stage_later"]
    return {
        "cells": panel.shape[0],
        **spent,
        "scores, share": spent["scores of the days, cpu_s"] / spent["scores anew, cpu_s"],
        "run, share": spent["run over the days, cpu_s"] / spent["run over all, cpu_s"],
        "file_mb": path.stat().st_size / 1e6,
        "anomalies_anew": len(anew.anomalies),
        "anomalies_by_models": len(later.anomalies),
        "peak_mb": peak_mb(),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cells", type=int, nargs="+", default=[100, 1000, 10_000])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--period", type=int, default=3600, choices=(900, 3600))
    options.add_argument("--keep", action="store_true")
    options.add_argument("--append", type=int, default=0, metavar="DAYS")
    options.add_argument("--detectors", default=",".join(HYBRID))
    options.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one and given.append:
        print(json.dumps(append(given.one, given.jobs, given.append)))
        return
    if given.one:
        print(json.dumps(run(given.one, given.jobs, given.keep)))
        return
    settings = replace(preset("balanced"), country="IR", detectors=tuple(given.detectors.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        for cells in given.cells:
            path = Path(folder) / f"{cells}.cellwarden"
            write_project(path, cells, given.period, settings)
            command = [sys.executable, "-m", "tests.benchmarks.scale", "--one", str(path), "--jobs", str(given.jobs)]
            command += ["--keep"] if given.keep else []
            command += ["--append", str(given.append)] if given.append else []
            done = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            )
            path.unlink()
            for name, value in json.loads(done.stdout).items():
                print(f"{name:28} {value:12,.2f}" if isinstance(value, float) else f"{name:28} {value:12,}")
            print(flush=True)


if __name__ == "__main__":
    main()
