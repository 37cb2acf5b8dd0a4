"""`report.pdf`: shift handover, summary, the worst incidents, what they go with, method, data quality, run record.

Drawn twice: the first time to learn how many pages there are and which incident stands where.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from engine.completeness.coverage import Coverage, cover
from engine.data import Result
from engine.detectors import DETECTORS
from engine.errors import Reason
from engine.inspection.handover import Handover, hand_over
from engine.inspection.reviewed import Said, said_of_all, without_false
from engine.monitor import Monitor
from engine.reports.base import When
from engine.reports.report_pdf import (
    association_pages,
    incident_pages,
    lettering,
    method_page,
    quality_page,
    shift_page,
    summary_page,
    title,
)
from engine.reports.report_pdf.sheet import PAGE_HEIGHT, PAGE_WIDTH, Sheet
from engine.reports.report_pdf.summary_page import LeftOut
from engine.rules import without_hidden
from engine.text import tell
from engine.writing.output import whole_file

NAMES = {detector.id: detector.label for detector in DETECTORS}


class ReportPdf:
    """The report for the morning meeting, A4, with its fonts inside."""

    id: ClassVar[str] = "report"
    filename: ClassVar[str] = "report.pdf"
    label: ClassVar[str] = "Report (PDF)"
    when: ClassVar[When] = "always"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the report. Raises OutputError, Cancelled."""
        lettering.load()
        unhidden = without_hidden(result)
        said = said_of_all(unhidden)
        shift = hand_over(unhidden, result.since, said)
        shown = without_false(unhidden, said)
        out = LeftOut(
            hidden=len(result.incidents) - len(unhidden.incidents), false=len(unhidden.incidents) - len(shown.incidents)
        )
        coverage = cover(result.panel, result.settings.gaps, monitor.part(0.0, 0.05))
        pages: dict[int, int] = {}
        total, content = 0, b""
        for turn in range(2):
            monitor.step(0.05 + 0.95 * turn / 2, Reason("stage_report", {"name": self.filename}))
            content, total, pages = _drawn(shown, coverage, total, pages, shift, said, out, monitor)
        with whole_file(path) as part:
            part.write_bytes(content)


def _drawn(
    result: Result,
    coverage: Coverage,
    total: int,
    pages: dict[int, int],
    shift: Handover | None,
    said: Mapping[int, Said],
    out: LeftOut,
    monitor: Monitor,
) -> tuple[bytes, int, dict[int, int]]:
    """The report as bytes, how many pages it has and on which page each incident stands."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        pageCompression=1,
        invariant=1,
        lang="en",
        initialFontName=lettering.REGULAR,
    )
    made = "".join(letter for letter in result.record.started_utc if letter.isdigit())
    canvas.setDateFormatter(lambda *_: f"D:{made}Z")
    name = title.network_name(result)
    canvas.setTitle(tell("report_title", name=name))
    canvas.setAuthor(tell("report_author"))
    canvas.setSubject(tell("report_subject", run=result.record.run_id))
    canvas.setCreator(tell("report_author"))
    foot = tell("report_foot", version=result.record.versions.get("cellwarden", ""), run=result.record.run_id)
    sheet = Sheet(canvas, foot, f"{name}  ·  {title.span_text(result)}", total)
    sheet.new_page()
    if shift is None or shift.empty:
        shift_page.draw_empty(sheet, result, shift)
    else:
        shift_page.draw(sheet, result, shift, pages)
        sheet.new_page()
    summary_page.draw(sheet, result, pages, said, out)
    found = incident_pages.draw(sheet, result, NAMES, said)
    if monitor.cancelled:
        monitor.step(0.5, Reason("stage_report", {"name": ReportPdf.filename}))
    association_pages.draw(sheet, result)
    method_page.draw(sheet, result, NAMES)
    quality_page.draw(sheet, result, coverage)
    sheet.finish()
    canvas.save()
    return buffer.getvalue(), sheet.page, found
