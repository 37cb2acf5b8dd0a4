"""Files from the window: the engine calls that write results, projects and judged rows. They run in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data import Result
from engine.data.rule import Rule
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.text import say, tell
from engine.writing.standing import Standing
from gui.state import Source

if TYPE_CHECKING:
    from engine import project
    from engine.io import LoadOptions


def export(
    result: Result, folder: Path, writer_ids: Sequence[str], monitor: Monitor, *, marked: bool
) -> tuple[Path, ...]:
    """Write the chosen outputs of a result into a folder. marked: CSV for Excel. Raises OutputError, Cancelled."""
    from engine.reports import WRITERS, write

    return write(result, [w for w in WRITERS if w.id in writer_ids], folder, monitor, marked=marked)


def save(
    result: Result,
    source: Source,
    reviews: tuple[project.Review, ...] | None,
    rules: tuple[Rule, ...] | None,
    screen: project.Screen,
    path: Path,
    monitor: Monitor,
    open_one: Standing | None = None,
) -> Standing:
    """Save a result, labels, reviews, rules, KPI dictionary and screen as a project; how it stands then.

    reviews, rules: None: they are in the project that is there, as are labels and calendar, and what others say of it
    stays. open_one: the open project, whose place is not taken where others have changed it since. Raises OutputError,
    Cancelled.
    """
    from engine import project

    return project.save(
        result,
        path,
        labels=None if reviews is None else source.known(),
        reviews=reviews,
        rules=rules,
        screen=screen,
        dictionary=source.dictionary,
        since=open_one,
        monitor=monitor,
    )


def write_labels(source: Source, path: Path) -> int:
    """Write what is labelled in the data as a file of labels; returns how many stretches.

    Raises InputError where nothing is: a file with a header alone would call all normal; and OutputError.
    """
    from engine.labelling.hand_labels import intervals
    from engine.labelling.labels import write_intervals
    from engine.writing.output import whole_file

    found = intervals(source.panel, source.known() or {})
    if not found:
        raise InputError(Reason("labels_none_to_write"))
    with whole_file(path) as part:
        write_intervals(part, found)
    return sum(one.cell != "*" for one in found)


def judge_rows(paths: Sequence[Path], folder: Path, options: LoadOptions | None, seed: int, monitor: Monitor) -> str:
    """Judge rows that no date puts in order, write `rows.csv`, `associations.csv` and `rows.json`, say what was found.

    options: what is said of the files, kept for the next time; None: as was said of such files before. Raises
    InputError, OutputError, Cancelled.
    """
    from engine import rowwise
    from engine.io import LoadOptions, mappings, remembered
    from engine.writing.output import make_folder

    make_folder(folder)
    if options is None:
        options = remembered.completed(paths, LoadOptions(), monitor.part(0.0, 0.05)).options
    else:
        mappings.remember(remembered.mark(paths, monitor.part(0.0, 0.05)), options)
    judged = rowwise.analyse_rows(paths, options, seed, monitor.part(0.05, 0.9))
    rowwise.write_rows(judged, folder, monitor.part(0.9, 1.0))
    labels = judged.table.labels
    found = tell(
        "cli_rows_found",
        rows=len(labels),
        cells=len(set(judged.table.cells.tolist())),
        labelled=int((labels >= 0).sum()),
        anomalous=int((labels == 1).sum()),
    )
    return "\n".join((found, *(say(note) for note in judged.notes), tell("rows_written", folder=str(folder))))
