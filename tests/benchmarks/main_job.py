"""The main job on real data: `python tests/benchmarks/main_job.py [--data DIR] [--keep DIR] [--only NAME...]`.

Runs `cellwarden-cli analyse` as a person would, one process per data set, and prints the table of docs/figures.md: rows
read and kept, series, seconds (wall and processor), peak memory, anomalies and incidents, and the sentences of the
worst three incidents. With --keep the written files stay, to be read.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"

MILAN = ("--country", "IT", "--zone", "Europe/Rome")
SETS: dict[str, tuple[str, ...]] = {
    "milan raw": ("telecom-italia-milan/raw/sms-call-internet-mi-2013-11-01.sample.txt", *MILAN),
    "milan 32 squares": ("telecom-italia-milan/cdr_10min_32squares.parquet", *MILAN),
    "core-network train": ("core-network-kpi/KPI_train.csv", "--zone", "Asia/Shanghai", "--country", "CN"),
    "core-network test": ("core-network-kpi/KPI_test.unlabelled.csv", "--zone", "Asia/Shanghai", "--country", "CN"),
    "aiops 5 min": ("aiops-kpi-2018/preliminary/07927a9a18fa19ae.csv", "--zone", "Asia/Shanghai", "--country", "CN"),
    "aiops 1 min": ("aiops-kpi-2018/final/4d2af31a-9916-3d9f-8a8e-8a268a48c095.csv.gz", "--zone", "Asia/Shanghai"),
    "nab machine temperature": ("nab/realKnownCause/machine_temperature_system_failure.csv",),
    "nab taxi": ("nab/realKnownCause/nyc_taxi.csv", "--zone", "America/New_York", "--country", "US"),
}
"""Name -> file under the data folder and the flags that a person would give."""


@dataclass(frozen=True)
class Ran:
    """What one run showed; seconds are of the whole process, from start to exit."""

    rows: int
    kept: int
    series: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    anomalies: int
    incidents: list[dict[str, str]]


def run(name: str, data: Path, out: Path) -> Ran:
    """Analyse one data set into `out`."""
    file, *flags = SETS[name]
    command = [sys.executable, "-m", "engine", "analyse", str(data / file), *flags, "--out", str(out)]
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic() - started
    quality = json.loads((out / "quality.json").read_text("utf-8"))
    with (out / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        incidents = list(csv.DictReader(stream))
    with (out / "anomalies.csv").open(encoding="utf-8", newline="") as stream:
        anomalies = sum(1 for _ in csv.DictReader(stream))
    return Ran(
        rows=quality["rows_read"],
        kept=quality["rows_kept"],
        series=quality["cells"] * len(quality["kpis"]),
        wall_s=wall,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        peak_mb=after.ru_maxrss
        / 1000,  # of the largest child so far: the sets go from small to large in a process each
        anomalies=anomalies,
        incidents=incidents,
    )


def one(name: str, data: Path, keep: Path | None) -> None:
    """Print the row and the sentences of one data set."""
    with tempfile.TemporaryDirectory() as made:
        out = (keep or Path(made)) / name.replace(" ", "-")
        ran = run(name, data, out)
    flags = " ".join(SETS[name][1:])
    print(
        f"| {name} | `{SETS[name][0]}` {flags} | {ran.rows:,} | {ran.kept:,} | {ran.series} | {ran.wall_s:.1f} | "
        f"{ran.cpu_s:.1f} | {ran.peak_mb:.0f} | {ran.anomalies} | {len(ran.incidents)} |"
    )
    for incident in ran.incidents[:3]:
        cause = (
            f" Associated with: {incident['cause_1']} ({incident['cause_1_weight']})." if incident["cause_1"] else ""
        )
        print(f"  - {incident['severity']}: {incident['sentence']}{cause}")


def main() -> None:
    """Run every data set in a process of its own, so that each has its own peak of memory."""
    grammar = argparse.ArgumentParser(description=__doc__)
    grammar.add_argument("--data", type=Path, default=DATA)
    grammar.add_argument("--keep", type=Path)
    grammar.add_argument("--only", nargs="+", choices=SETS, default=list(SETS))
    given = grammar.parse_args()
    if len(given.only) == 1:
        one(given.only[0], given.data, given.keep)
        return
    print("| data | file | rows | kept | series | s | CPU s | MB | anomalies | incidents |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in given.only:
        keep = ("--keep", str(given.keep)) if given.keep else ()
        command = [sys.executable, __file__, "--data", str(given.data), *keep, "--only", name]
        subprocess.run(command, check=True, env=dict(os.environ))


if __name__ == "__main__":
    main()
