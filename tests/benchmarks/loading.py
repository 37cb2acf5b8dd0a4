"""Loading, measured: every folder of real data, and a Milan day file of any size against plain duckdb and pandas.

    python tests/benchmarks/loading.py table          format -> rows, seconds, peak memory, dropped by reason
    python tests/benchmarks/loading.py big [--gb 5]   time and memory of this program, of duckdb and of pandas

Each figure comes from a process of its own. `big` alternates the contenders; trust the ratios.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))

MEASURE = """
import json, resource, sys, time
sys.path.insert(0, {root!r})
{setup}
begin, cpu = time.monotonic(), time.process_time()
{work}
print(json.dumps({{"seconds": time.monotonic() - begin, "cpu": time.process_time() - cpu,
                   "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **found}}))
"""

OURS = """
try:
    found = io.inspect({paths!r}, LoadOptions({options}), Monitor())
    found = {{k: found[k] for k in ("format", "rows_read", "rows_kept", "dropped", "cells", "kpis", "period_s")}}
    found["kpis"] = len(found["kpis"])
except InputError as error:
    found = {{"refused": error.reason.code, "sentence": str(error)}}
"""
OURS_SETUP = """
from engine import io
from engine.errors import InputError
from engine.io import LoadOptions
from engine.monitor import Monitor
"""

COLUMNS = {"square": "INTEGER", "t": "BIGINT", "country": "INTEGER"} | dict.fromkeys("abcde", "DOUBLE")
SUMS = "sum(a) AS sms_in, sum(b) AS sms_out, sum(c) AS call_in, sum(d) AS call_out, sum(e) AS internet"
DUCKDB = """
import duckdb
with duckdb.connect(config={{"memory_limit": "400MB", "temp_directory": {folder!r}}}) as connection:
    connection.execute(\"\"\"CREATE TEMP TABLE sums AS SELECT square, t, {sums} FROM read_csv({path!r}, delim='\\t',
        header=false, auto_detect=false, null_padding=true, columns={columns})
        GROUP BY square, t\"\"\")
    found = {{"rows": connection.execute("SELECT count(*) FROM sums").fetchone()[0]}}
"""
PANDAS = """
import pandas
table = pandas.read_csv({path!r}, sep="\\t", header=None, names={names})
found = {{"rows": len(table.groupby(["square", "t"], as_index=False)[["a", "b", "c", "d", "e"]].sum())}}
"""

SAMPLE = SHARED / "telecom-italia-milan/raw/sms-call-internet-mi-2013-11-01.sample.txt"
MILAN, GRID = "telecom-italia-milan/", "grid-traffic-finland-taiwan/"
SERVICES = "service-multikpi-jumpstarter/Dataset2/train"
SAID = "period_s={}, mapping={{'first_time': '{}', 'layout': '{}'}}"
"""What a user says of files without time stamps."""

FOLDERS = (
    ("Milan raw", ["telecom-italia-milan/raw"], ""),
    ("Milan table, 32 squares", ["telecom-italia-milan/cdr_10min_32squares.parquet"], ""),
    ("Milan wide, 5 x 5", ["telecom-italia-milan/internet_10min_grid5x5.parquet"], ""),
    ("Milan frames, 10,000 squares", [MILAN + "internet_10min_fullgrid_2013-11-02T2300Z_51frames.parquet"], ""),
    ("Milan single squares", [MILAN + f"internet_10min_square_{k}.csv" for k in (4159, 5161)], ""),
    ("Milan totals", ["telecom-italia-milan/internet_total_by_square_2013-11-01_2014-01-01.csv"], ""),
    ("core-network-kpi", ["core-network-kpi"], ""),
    ("aiops, 1 min series", ["aiops-kpi-2018/final/05f10d3a-239c-3bef-9bdc-a2feeb0037aa.csv.gz"], ""),
    ("aiops, all preliminary, 5 min", ["aiops-kpi-2018/preliminary"], "period_s=300"),
    ("nab, tweets", ["nab/realTweets"], ""),
    ("nab, all", ["nab"], ""),
    ("service-multikpi-jumpstarter", ["service-multikpi-jumpstarter"], ""),
    ("jumpstarter, told how", [SERVICES], SAID.format(300, "2024-01-01", "series")),
    ("5gc-faults-labelled", ["5gc-faults-labelled"], ""),
    (
        "5gc-faults, told how",
        ["5gc-faults-labelled/02_b_train_data.txt.gz"],
        SAID.format(10, "2021-02-11 23:55", "series"),
    ),
    ("ip-core-faults: CPU", ["ip-core-faults-labelled/cpu_util.tsv.gz"], ""),
    ("ip-core-faults: all", ["ip-core-faults-labelled"], ""),
    ("telecom-alarms-causal", ["telecom-alarms-causal"], ""),
    ("grid-traffic", ["grid-traffic-finland-taiwan"], ""),
    ("grid-traffic, told how", [GRID + "taiwan_grid_data.csv"], SAID.format(300, "2024-01-01", "wide")),
    ("lte-pdcch-barcelona", ["lte-pdcch-barcelona"], ""),
    ("lte-oss-kpi-kazan", ["lte-oss-kpi-kazan"], ""),
    ("lte-sleeping-cell-kpi", ["lte-sleeping-cell-kpi"], ""),
    ("lte-sleeping-cell-kpi, month first", ["lte-sleeping-cell-kpi"], "day_first=False"),
    ("lte-enodeb-daily-2019", ["lte-enodeb-daily-2019"], ""),
    ("lte-cell-traffic-hourly", ["lte-cell-traffic-hourly"], ""),
    ("lte-kpi-labelled-mlmatt", ["lte-kpi-labelled-mlmatt"], ""),
    ("c2tm-clustered", ["c2tm-clustered"], ""),
    ("5g-irish-drive-test", ["5g-irish-drive-test"], ""),
    ("5g-irish-drive-test, 1 h", ["5g-irish-drive-test"], "period_s=3600"),
    ("pm-xml: O-RAN node", ["pm-xml-3gpp/oran-sc/pm.xml.gz"], ""),
    ("pm-xml: ONAP variants", ["pm-xml-3gpp/onap/variants"], ""),
    ("pm-xml: no measData", ["pm-xml-3gpp/onap/A_no_measdata.xml"], ""),
    ("pm-xml: all", ["pm-xml-3gpp"], ""),
    ("pm-xml: all, one KPI", ["pm-xml-3gpp"], "kpis=('succImmediateAssignProcs',)"),
    ("cdr-asterisk", ["cdr-asterisk"], ""),
    ("cdr-asn1-schema", ["cdr-asn1-schema"], ""),
    ("cell-sites-milan-opencellid", ["cell-sites-milan-opencellid"], ""),
)  # fmt: skip


def measured(work: str, setup: str = "") -> dict[str, object]:
    """Run code in a process of its own; what it found, its seconds and its peak memory."""
    script = MEASURE.format(root=str(ROOT), setup=setup, work=work)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def table(only: str) -> None:
    """One line per data set whose name holds `only`."""
    print(f"{'data set':36} {'format':14} {'rows':>9} {'kept':>9} {'s':>6} {'cpu s':>6} {'MB':>5}  dropped or refused")
    for name, paths, options in (folder for folder in FOLDERS if only in folder[0]):
        given = [str(SHARED / p) for p in paths]
        found = measured(OURS.format(paths=given, options=options), OURS_SETUP)
        if "failed" in found:
            print(f"{name:36} FAILED {found['failed']}")
            continue
        outcome = f"refused: {found['refused']}" if "refused" in found else json.dumps(found["dropped"])
        print(
            f"{name:36} {found.get('format', '-'):14} {found.get('rows_read', 0):9,} {found.get('rows_kept', 0):9,}"
            f" {found['seconds']:6.2f} {found['cpu']:6.2f} {found['mb']:5.0f}  {outcome}"
        )


WRITTEN = """
import duckdb
with duckdb.connect() as connection:
    connection.execute("SELECT setseed(0.5)")
    connection.execute({copy!r})
found = {{}}
"""
"""In a process of its own: the peak memory of a process is at least that of the one which started it."""


def written(path: Path, rows: str) -> None:
    """Write what an SQL query gives as a file in the Milan layout."""
    found = measured(WRITTEN.format(copy=f"COPY ({rows}) TO '{path}' (HEADER false, DELIMITER '\t')"))
    print(f"{path.name}: {path.stat().st_size / 2**30:.2f} GiB in {found['seconds']:.0f} s")


def generated(gigabytes: float) -> str:
    """SQL of made-up rows: 10,000 squares, 10 minutes, twelve country codes each."""
    return f"""SELECT 1 + (i // 12) % 10000, 1383260400000 + (i // 120000) * 600000, (i * 7) % 12 * 13,
        CASE WHEN i % 3 > 0 THEN random() END, CASE WHEN i % 4 > 0 THEN random() END,
        CASE WHEN i % 5 = 0 THEN random() END, CASE WHEN i % 6 = 0 THEN random() END, random() * 100
        FROM range({int(gigabytes * 2**30 / 83)}) r(i)"""


def repeated(gigabytes: float) -> str:
    """SQL of the published rows of a day, for as many squares as there are and as many days as it takes.

    They have what made-up rows lack: 2.6 rows to a square and interval, and the gaps and numbers of real ones.
    """
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    times = int(gigabytes * 2**30 / SAMPLE.stat().st_size)
    return f"""SELECT place + squares * (k % (10000 // squares)), t + 86400000 * (k // (10000 // squares)), country,
        a, b, c, d, e FROM (SELECT *, dense_rank() OVER (ORDER BY square) AS place, row_number() OVER () AS line
        FROM read_csv('{SAMPLE}', delim='\t', header=false, null_padding=true, columns={{{columns}}})),
        (SELECT count(DISTINCT column0) AS squares FROM read_csv('{SAMPLE}', delim='\t', header=false,
        null_padding=true)), range({times}) r(k) ORDER BY k, line"""


def big(gigabytes: float, rounds: int, with_pandas: bool) -> None:
    """This program against duckdb doing the same sums, and pandas, on made-up and on published rows."""
    with tempfile.TemporaryDirectory() as folder:
        made = {"made-up": generated(gigabytes)} | ({"published": repeated(gigabytes)} if SAMPLE.exists() else {})
        for name, rows in made.items():
            path = Path(folder) / f"sms-call-internet-mi-{name}.txt"
            written(path, rows)
            contenders = {
                "ours": (OURS.format(paths=[str(path)], options=""), OURS_SETUP),
                "duckdb": (DUCKDB.format(path=str(path), folder=folder, sums=SUMS, columns=COLUMNS), ""),
            }
            if with_pandas:
                contenders["pandas"] = (PANDAS.format(path=str(path), names=list(COLUMNS)), "")
            compare(contenders, rounds)
            path.unlink()


def compare(contenders: dict[str, tuple[str, str]], rounds: int) -> None:
    """Time the contenders in turn; the least of each counts."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (work, setup) in contenders.items():
            found = measured(work, setup)
            print(name, json.dumps(found), flush=True)
            times[name].append((float(str(found.get("cpu", "nan"))), float(str(found.get("seconds", "nan")))))
    ours = [min(column) for column in zip(*times["ours"], strict=True)]
    for name, taken in times.items():
        cpu, wall = (min(column) for column in zip(*taken, strict=True))
        ratios = f"ours: {ours[0] / cpu:.2f} x CPU, {ours[1] / wall:.2f} x wall"
        print(f"{name:7} {cpu:6.1f} CPU s {wall:6.1f} s   {ratios}")


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("table").add_argument("--only", default="", metavar="TEXT")
    size = commands.add_parser("big")
    size.add_argument("--gb", type=float, default=1.0)
    size.add_argument("--rounds", type=int, default=2)
    size.add_argument("--no-pandas", action="store_true")
    given = parser.parse_args()
    if given.command == "table":
        table(given.only)
    else:
        big(given.gb, given.rounds, not given.no_pandas)


if __name__ == "__main__":
    main()
