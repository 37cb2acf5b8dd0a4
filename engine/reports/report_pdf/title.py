"""What stands above the first page: the network as its files name it, the time and the cells that it is about."""

from __future__ import annotations

from engine.calendar import duration_text
from engine.data import Result
from engine.errors import Reason
from engine.inspection.summary import counted
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import day_text
from engine.reports.report_pdf.lettering import BODY, SMALL, TITLE
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Sheet
from engine.text import tell

_ENDINGS = (".gz", ".bz2", ".xz", ".tar", ".tgz", ".zip", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xml")


def network_name(result: Result) -> str:
    """The network as the first of its files names it, and how many more files there were.

    Files of a folder that held no measurements are not counted.
    """
    without = {name for note in result.quality.notes for name in _left_out(note)}
    inputs = [name for name, _, _ in result.record.inputs if name not in without]
    if not inputs:
        return tell("report_network")
    name = inputs[0]
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name if len(inputs) == 1 else tell("report_more_files", name=name, more=len(inputs) - 1)


def _left_out(note: Reason) -> list[str]:
    return str(note.params["files"]).split(", ") if note.code == "files_left_out" else []


def span_text(result: Result) -> str:
    """The span of the data with its year: "02 Mar – 23 Mar 2017", "01 Mar 2024"."""
    panel = result.panel
    if not len(panel.times):
        return tell("report_no_data")
    first, last = panel.times[0], panel.times[-1]
    start, stop = (day_text(t, panel.zone, weekday=True, year=True) for t in (first, last))
    if start == stop:
        return start
    return f"{start.removesuffix(stop[-5:])} – {stop}"  # the year is said once where it is one


def draw(sheet: Sheet, result: Result) -> None:
    """Draw it over the whole width."""
    panel, (cells, _) = result.panel, result.panel.shape
    sheet.text(tell("report_kind"), LEFT, sheet.y, SMALL, LIGHT.muted)
    sheet.right(
        tell("report_made", time=result.record.started_utc.replace("T", " ").replace("Z", "")),
        LEFT + WIDTH,
        sheet.y,
        SMALL,
        LIGHT.muted,
    )
    sheet.gap(28)
    sheet.text(network_name(result), LEFT, sheet.y, TITLE, LIGHT.text, WIDTH)
    sheet.gap(16)
    every = duration_text(panel.period_s)
    counts = tell("report_scope", cells=counted(cells, "cell"), kpis=counted(len(panel.kpis), "kpi"), every=every)
    sheet.text(f"{span_text(result)}  ·  {panel.zone or 'UTC'}  ·  {counts}", LEFT, sheet.y, BODY, LIGHT.muted, WIDTH)
    sheet.gap(12)
    sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y, LIGHT.muted, 0.8)
