"""What was read and what was wrong with it, when it was measured, and what makes the run repeatable."""

from __future__ import annotations

from engine.calendar import duration_text
from engine.completeness.coverage import Coverage
from engine.completeness.quality import CELL_NOTES, percent, stretch_text, told, unmatched_cells
from engine.data import Flag, Result
from engine.inspection.summary import flagged
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import BODY, QUANTITY, SMALL
from engine.reports.report_pdf.method_page import sub_heading
from engine.reports.report_pdf.pictures import completeness
from engine.reports.report_pdf.sheet import WIDTH, Column, Sheet
from engine.settings.gap_policy import policy_of
from engine.text import number, say, tell

MOST_KPIS = 30
MOST_STRETCHES = 6
HASH = 304.0
"""Points that a SHA-256 takes on one line."""

START = 320.0
"""The section begins on the page under way if that much is left on it."""


def draw(sheet: Sheet, result: Result, coverage: Coverage) -> None:
    """Draw both sections. coverage: what `engine.completeness.coverage.cover` found in the panel."""
    sheet.need(START)
    sheet.gap(22)
    sheet.heading(tell("report_quality"), "quality")
    _figures(sheet, result, coverage)
    _dropped(sheet, result)
    _by_kpi(sheet, result, coverage)
    _suspect(sheet, result, coverage)
    _cells(sheet, result)
    strips = coverage.strips
    if strips is not None:
        sub_heading(sheet, tell("report_completeness"), completeness.height(strips))
        sheet.paragraph(
            tell("report_completeness_what", complete=strips.complete, cells=result.panel.shape[0]), SMALL, LIGHT.muted
        )
        sheet.gap(6)
        completeness.draw(sheet, sheet.take(completeness.height(strips)), result, strips)
    _run(sheet, result)


def _figures(sheet: Sheet, result: Result, coverage: Coverage) -> None:
    quality = result.quality
    share = quality.missing_share
    figures = (
        (number(quality.rows_read), "report_rows_read"),
        (number(quality.rows_kept), "report_rows_kept"),
        (number(sum(one.rows for one in quality.dropped)), "report_rows_dropped"),
        (number(quality.duplicates), "report_duplicates"),
        (number(quality.clock_jumps), "report_clock_jumps"),
        (percent(share), "report_missing"),
    )
    box = sheet.take(46)
    for column, (figure, code) in zip(box.columns([1] * len(figures), 8), figures, strict=True):
        size = QUANTITY if len(figure) < 9 else BODY
        sheet.text(figure, column.x, column.top - 24, size, LIGHT.text, column.width + 8)
        sheet.text(tell(code), column.x, column.top - 36, SMALL, LIGHT.muted, column.width)
    marked = flagged(result)
    if any(marked.values()):
        counts = {"suspect": marked[Flag.SUSPECT], "imputed": marked[Flag.IMPUTED]}
        sheet.paragraph(tell("report_flagged", **counts, maintenance=marked[Flag.MAINTENANCE]), SMALL)
    if coverage.excluded_share == coverage.excluded_share:
        excluded = tell("quality_excluded_value", share=percent(coverage.excluded_share))
        sheet.paragraph(f"{tell('quality_excluded')}: {excluded}.", SMALL)
    mapping = ", ".join(f"{role} = {column}" for role, column in quality.mapping.items())
    format_text = tell("report_format", format=quality.format)
    sheet.paragraph(
        f"{format_text} {tell('report_mapping', mapping=mapping)}" if mapping else format_text, SMALL, LIGHT.muted
    )


def _dropped(sheet: Sheet, result: Result) -> None:
    quality = result.quality
    sub_heading(sheet, tell("report_dropped"))
    if quality.dropped:
        columns = (
            Column(tell("report_column_rows"), 56, right=True),
            Column(tell("report_column_why"), WIDTH - 56 - 180),
            Column(tell("report_column_example"), 180),
        )
        rows = [[number(one.rows), say(one.reason), one.example] for one in quality.dropped]
        sheet.table(columns, rows[:20], lines=3)
    else:
        sheet.paragraph(tell("report_dropped_none"), SMALL, LIGHT.muted)
    for note in [n for n in quality.notes if n.code not in CELL_NOTES][:12]:
        sheet.gap(2)
        sheet.paragraph(say(note), SMALL, LIGHT.text)


def _by_kpi(sheet: Sheet, result: Result, coverage: Coverage) -> None:
    """What there is of each KPI, and what became of its gaps."""
    if not coverage.kpis:
        return
    sub_heading(sheet, tell("quality_by_kpi"))
    numbers = {"missing": 42, "gaps": 34, "longest": 50, "suspect": 42, "imputed": 34, "maintenance": 66}
    policy = 112
    columns = (
        Column(tell("quality_kpi"), WIDTH - sum(numbers.values()) - policy),
        *(Column(tell(f"quality_kpi_{name}"), width, right=True) for name, width in numbers.items()),
        Column(tell("quality_kpi_policy"), policy),
    )
    policies = result.settings.gaps
    rows = [
        [
            one.kpi,
            percent(one.missing_share),
            number(one.gaps),
            duration_text(one.longest * result.panel.period_s) if one.longest else "–",
            number(one.suspect),
            number(one.imputed),
            number(one.maintenance),
            told(policy_of(one.kpi, policies), result.panel.period_s),
        ]
        for one in coverage.kpis
    ]
    sheet.table(columns, rows[:MOST_KPIS])
    if len(rows) > MOST_KPIS:
        sheet.paragraph(tell("report_more_kpis", more=len(rows) - MOST_KPIS), SMALL, LIGHT.muted)


def _suspect(sheet: Sheet, result: Result, coverage: Coverage) -> None:
    """When the files marked their own values as suspect."""
    if not coverage.suspect:
        return
    sub_heading(sheet, tell("quality_suspect"))
    for one in coverage.suspect[:MOST_STRETCHES]:
        sheet.paragraph(stretch_text(one, result.panel), SMALL)
    more = coverage.suspect_stretches - MOST_STRETCHES
    if more > 0:
        sheet.paragraph(tell("quality_suspect_more", more=more), SMALL, LIGHT.muted)


def _cells(sheet: Sheet, result: Result) -> None:
    """Cells that only the data or only the cell table know."""
    lines = unmatched_cells(result.quality)
    if not lines:
        return
    sub_heading(sheet, tell("quality_cells"))
    for line in lines:
        sheet.paragraph(line, SMALL, lines=3)


def _run(sheet: Sheet, result: Result) -> None:
    record = result.record
    sheet.gap(18)
    sheet.heading(tell("report_run"), "run", keep_with=120)
    facts = tell("report_run_what", run=record.run_id, seed=str(record.seed), settings=record.settings_hash)
    sheet.paragraph(facts, SMALL)
    sheet.paragraph(
        tell(
            "report_run_when", started=record.started_utc.replace("T", " ").replace("Z", " UTC"), seconds=record.seconds
        ),
        SMALL,
    )
    sheet.gap(6)
    columns = (
        Column(tell("report_column_file"), WIDTH - 62 - HASH),
        Column(tell("report_column_size"), 62, right=True),
        Column(tell("report_column_hash"), HASH),
    )
    rows = [[name, number(size), digest] for name, size, digest in record.inputs]
    if rows:
        sheet.table(columns, rows[:20])
        if len(rows) > 20:
            sheet.paragraph(tell("report_more_inputs", more=len(rows) - 20), SMALL, LIGHT.muted)
    sheet.gap(6)
    sheet.paragraph(", ".join(f"{name} {version}" for name, version in record.versions.items()), SMALL, LIGHT.muted)
