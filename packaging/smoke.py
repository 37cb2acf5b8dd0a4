"""Start the built programs as they are, without Python or anything of ours around them: `python3 packaging/smoke.py`.

The window must open on the bundled sample, draw every view and log `ready`; the command line must read a file of every
format, analyse the sample into CSV and PDF with every detector, measure the result, train a model and simulate a city.
No sign of life is a failure, and so is any mark of a broken build in what they say.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "dist" / ("Cellwarden.app" if sys.platform == "darwin" else "cellwarden")
PROGRAMS = "Contents/MacOS" if sys.platform == "darwin" else "."
"""Where in the folder the programs lie."""

FILES = ROOT / "tests" / "data" / "io"
LIMIT_S = 600
SUFFIX = ".exe" if sys.platform == "win32" else ""

FATAL = re.compile(
    r"Traceback|ModuleNotFoundError|ImportError|No module named|cannot open shared object|Segmentation fault"
    r"|Qt platform plugin|QFontDatabase|Cannot find font|Failed to execute script|,\d{3} (ERROR|CRITICAL) "
)
"""What a broken build says."""

OUTPUTS = ("anomalies.csv", "incidents.csv", "report.pdf", "quality.json", "run.json", "scores.parquet")
FORMATS = {
    "milan_raw.txt": "milan-raw",
    "pm_32435.xml": "pm-xml",
    "pm_28532.xml": "pm-xml",
    "pm_mdc.xml": "pm-xml",
    "pm_omes.xml": "pm-xml",
    "pm_ves.json": "pm-xml",
    "cdr_32297.cdr": "cdr-ber",
    "cdr_asterisk.csv": "cdr-asterisk",
    "cdr_calls.csv": "cdr-table",
    "long.csv": "csv-long",
    "long_gb18030.csv": "csv-long",
    "long.xls": "workbook-long",
    "long.ods": "workbook-long",
    "long_2003.xml": "workbook-long",
    "long.html": "workbook-long",
    "long.jsonl": "workbook-long",
    "prometheus.json": "workbook-intervals",
}
"""A file of the tests -> the format that must be found in it."""

JUDGES = ("baseline", "garch", "kmeans", "nnar", "gaussian", "flatline", "boosting", "convlstm")
"""Every detector: the usual ones, the learner that labels bring along, and the model that is named."""

WORKBOOK = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/sheet.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""",
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>""",
    "xl/workbook.xml": """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="KPI" sheetId="1" r:id="s"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": """<Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Target="sheet.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>""",
}
"""A workbook without its sheet, as small as one can be."""

NOTICES = () if sys.platform == "darwin" else ("LICENSE", "THIRD_PARTY.md")


class BrokenError(Exception):
    """The build does not do what it must; the text says what."""


def judge(code: int, said: str, sign: str) -> None:
    """Raise BrokenError unless a program ended well, gave its sign of life and said nothing fatal."""
    if code != 0:
        raise BrokenError(f"ended with exit code {code}:\n{said[-2000:]}")
    if mark := FATAL.search(said):
        raise BrokenError(f"said {mark.group()!r}:\n{said[-2000:]}")
    if sign not in said:
        raise BrokenError(f"never said {sign!r}:\n{said[-2000:]}")


def start(program: Path, *arguments: str | Path, home: Path, sign: str, log: Path | None = None) -> str:
    """Run a program in an empty environment and return what it said. Raises BrokenError.

    log: where it says it too, as a program without a console says nothing to anybody on Windows.
    """
    environment = {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "TMPDIR": str(home),
        "TMP": str(home),
        "TEMP": str(home),
    }
    environment |= {"PATH": str(home / "nothing here"), "QT_QPA_PLATFORM": "offscreen"}
    if sys.platform == "win32":
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # Windows itself is not found without it
    started = time.monotonic()
    try:
        done = subprocess.run(
            [str(program), *map(str, arguments)],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BrokenError(f"{program.name}: {problem}") from None
    said = done.stdout
    if log is not None and log.is_file():
        said += log.read_text("utf-8")
    try:
        judge(done.returncode, said, sign)
    except BrokenError as problem:
        raise BrokenError(f"{program.name} {problem}") from None
    print(f"{program.name} {arguments[0]}: ok in {time.monotonic() - started:.0f} s")
    return said


def make_workbook(file: Path) -> None:
    """An Excel workbook with a time, a cell and a KPI."""
    rows = [("time", "cell", "calls"), *((f"2024-03-01 {hour:02d}:00", "a", 40 + hour) for hour in range(24))]
    texts = (
        "".join(
            f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'
            for value in row
        )
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = "".join(f"<row>{text}</row>" for text in texts)
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in WORKBOOK.items():
            packed.writestr(name, text)
        packed.writestr("xl/sheet.xml", f'<worksheet xmlns="{main}"><sheetData>{table}</sheetData></worksheet>')


def check_window(folder: Path, home: Path) -> None:
    """The window shows the sample's result and draws every view in light and dark."""
    pictures = home / "window"
    log = pictures / "cellwarden.log"
    start(folder / PROGRAMS / f"cellwarden{SUFFIX}", "--smoke", pictures, home=home, sign="ready", log=log)
    sizes = {file.stem: file.stat().st_size for file in pictures.glob("*.png")}
    light = {name.removesuffix("-light") for name in sizes if name.endswith("-light")}
    dark = {name.removesuffix("-dark") for name in sizes if name.endswith("-dark")}
    if "window" not in light or len(light) < 5 or light != dark:
        raise BrokenError(f"the window drew only {sorted(sizes)}")
    if empty := [name for name, size in sizes.items() if size < 2000]:
        raise BrokenError(f"the window drew empty pictures: {empty}")


def check_console(folder: Path, home: Path) -> None:
    """The command line reads the sample and writes CSV and PDF, with calendar, time zone and every detector."""
    program = folder / PROGRAMS / f"cellwarden-cli{SUFFIX}"
    sample = next(iter(folder.rglob("sample/city.parquet")), None)
    if sample is None:
        raise BrokenError("the sample is not bundled")
    start(program, "--help", home=home, sign="analyse")
    start(program, "models", home=home, sign="series-label (bundled")
    seen = json.loads(start(program, "inspect", sample, "--json", home=home, sign="rows_read"))
    if not seen["rows_kept"]:
        raise BrokenError("the sample has no rows")
    country = ("--country", "IR", "--zone", "Asia/Tehran", "--cells", sample.with_name("cells.csv"))
    how = (
        "--model",
        "series-label",
        "--labels",
        sample.with_name("truth.csv"),
        "--scores",
        "--project",
        home / "sample.cellwarden",
    )
    start(program, "analyse", sample, *country, *how, "--out", home / "out", home=home, sign=str(home / "out"))
    for name in OUTPUTS:
        file = home / "out" / name
        if not file.is_file() or file.stat().st_size == 0:
            raise BrokenError(f"{name} was not written")
    heading, *anomalies = (home / "out" / "anomalies.csv").read_text("utf-8").splitlines()
    if not anomalies:
        raise BrokenError("no anomaly was found in the sample")
    judged = {name for name in JUDGES if f"vote_{name}" in heading}
    record = json.loads((home / "out" / "run.json").read_text("utf-8"))
    if len(judged) < len(JUDGES) or "detector_failed" in json.dumps(record["abstentions"]):
        raise BrokenError(f"of the detectors only {sorted(judged)} worked: {record['abstentions']}")
    if record["versions"]["garch kernel"] != "compiled":
        raise BrokenError("GARCH's kernel is not in the folder; was there a C compiler at the set-up?")
    pdf = (home / "out" / "report.pdf").read_bytes()
    if not (pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")):
        raise BrokenError("report.pdf is no whole PDF")
    truth = ("--labels", sample.with_name("truth.csv"), "--json")
    start(program, "evaluate", home / "out" / "scores.parquet", *truth, home=home, sign="vus_pr")


def check_rest(folder: Path, home: Path) -> None:
    """Every format is read, a model trained further, a city simulated, and the terms of others' work are there."""
    program = folder / PROGRAMS / f"cellwarden-cli{SUFFIX}"
    sample = next(folder.rglob("sample/city.parquet"))
    make_workbook(home / "calls.xlsx")
    files = {FILES / name: known for name, known in FORMATS.items()} | {home / "calls.xlsx": "workbook"}
    for file, known in files.items():
        seen = json.loads(start(program, "inspect", file, "--json", home=home, sign="rows_read"))
        if not seen["format"].startswith(known):
            raise BrokenError(f"{file.name} was taken for {seen['format']}")
    loose = [f"{k % 24:02d}:00,S{k % 9}A,{20 + 13 * k % 50},{(k % 7 == 0) + 0}" for k in range(400)]
    (home / "loose.csv").write_text("\n".join(["Time,CellName,PRBUsage,Unusual", *loose]) + "\n", encoding="utf-8")
    start(program, "rows", home / "loose.csv", "--out", home / "rows", home=home, sign=str(home / "rows"))
    tuning = (
        "--model",
        "series-forecast",
        "--epochs",
        "1",
        "--train",
        "head",
        "--kpi",
        "calls",
        "--out",
        home / "tuned",
    )
    start(program, "finetune", sample, *tuning, home=home, sign=str(home / "tuned"))
    city = ("--out", home / "city", "--cells", "3", "--days", "15", "--country", "IT")
    start(program, "simulate", *city, home=home, sign=str(home / "city"))
    (home / "spool").mkdir()
    shutil.copy(sample, home / "spool")
    watched = ("--project", home / "watched.cellwarden", "--out", home / "watched", "--detectors", "baseline", "--once")
    start(program, "watch", home / "spool", *watched, home=home, sign=str(home / "watched"))
    if lacking := [name for name in NOTICES if not (folder / name).is_file()]:
        raise BrokenError(f"the folder lacks {lacking}")
    texts = [file for file in folder.rglob("*") if "licenses" in file.parts and file.is_file() and file.stat().st_size]
    if len(texts) < 20:
        raise BrokenError(f"the folder has {len(texts)} licence texts only")


def main() -> int:
    """Check the window, then the command line, then all else."""
    grammar = argparse.ArgumentParser(description="Start the built programs in an empty environment.")
    grammar.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="the built folder")
    folder = grammar.parse_args().folder.resolve()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        home = Path(made).resolve()
        try:
            check_window(folder, home)
            check_console(folder, home)
            check_rest(folder, home)
        except BrokenError as problem:
            print(f"FAILED: {problem}", file=sys.stderr)
            return 1
    print("The build works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
