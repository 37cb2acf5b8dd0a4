"""What a result is written as: spreadsheets, a PDF, JSON records and, asked for, every score."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from engine.data import Result
from engine.errors import OutputError, Reason
from engine.execution.leftovers import ASIDE, WorkingFolder
from engine.monitor import Monitor
from engine.reports.alarms_json import AlarmsJson
from engine.reports.anomalies_csv import AnomaliesCsv
from engine.reports.associations_csv import AssociationsCsv
from engine.reports.base import Writer
from engine.reports.diagnosis_json import DiagnosisJson
from engine.reports.incidents_csv import IncidentsCsv
from engine.reports.quality_json import QualityJson
from engine.reports.report_pdf import ReportPdf
from engine.reports.run_json import RunJson
from engine.reports.scores_parquet import ScoresParquet
from engine.writing import spreadsheet
from engine.writing.output import make_folder, place_of, put_in_place

WRITERS: tuple[Writer, ...] = (
    AnomaliesCsv(),
    IncidentsCsv(),
    ReportPdf(),
    QualityJson(),
    RunJson(),
    ScoresParquet(),
    AssociationsCsv(),
    AlarmsJson(),
    DiagnosisJson(),
)
"""In the order in which they are written and listed."""

ON_REQUEST = tuple(writer.id for writer in WRITERS if writer.when == "asked")
"""The ids of what is written only where somebody asks for it by name."""


def write_all(
    result: Result,
    folder: Path,
    with_scores: bool,
    monitor: Monitor,
    *,
    also: Collection[str] = (),
    marked: bool = False,
) -> tuple[Path, ...]:
    """Write what every analysis writes into `folder` (made if need be), and with `with_scores` all scores too.

    also: ids of `ON_REQUEST`. marked: CSV files begin with a byte-order mark, without which Excel misreads them.

    Everything is written aside first and put in place together at the end, so that a cancel or a failure leaves what
    was in the folder as it was: the files of two runs are never mixed. Returns the files. Raises OutputError naming
    the file that is in the way, open elsewhere, has no permission or no room; Cancelled.
    """
    chosen = [w for w in WRITERS if w.when == "always" or (with_scores and w.when == "scores") or w.id in also]
    return write(result, chosen, folder, monitor, marked=marked)


def write(
    result: Result, writers: Sequence[Writer], folder: Path, monitor: Monitor, *, marked: bool = False
) -> tuple[Path, ...]:
    """`write_all` for the given writers: what an export of chosen files uses."""
    make_folder(folder)
    targets = [folder / writer.filename for writer in writers]
    for target in targets:
        place_of(target)  # says at once what is in the way
    with WorkingFolder(folder, ASIDE) as aside:
        for number, (writer, target) in enumerate(zip(writers, targets, strict=True)):
            part = monitor.part(number / len(writers), (number + 1) / len(writers))
            part.step(0.0, Reason("stage_report", {"name": writer.filename}))
            try:
                writer.write(result, aside.path / writer.filename, part)
            except OutputError as error:
                raise _of_place(error, target) from error
            if marked and target.suffix == ".csv":
                spreadsheet.mark(aside.path / target.name)
        put_in_place({aside.path / target.name: target for target in targets})
    monitor.step(1.0, Reason("stage_done"))
    return tuple(targets)


def _of_place(error: OutputError, target: Path) -> OutputError:
    """The same of the file that a person has asked for, not of what is written aside."""
    return OutputError(Reason(error.reason.code, {**error.reason.params, "file": str(target)}))
