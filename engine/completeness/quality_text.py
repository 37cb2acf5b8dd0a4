"""The quality report as a person reads it in a terminal."""

from __future__ import annotations

from engine.calendar import duration_text
from engine.completeness.coverage import KpiCoverage, cover
from engine.completeness.quality import CELL_NOTES, percent, span_text, stretch_text, unmatched_cells
from engine.data import Panel, Quality
from engine.text import number, say, tell

_MOST_KPIS = 40
_MOST_STRETCHES = 6
_COLUMNS = ("missing", "gaps", "longest", "suspect")


def as_text(quality: Quality, panel: Panel) -> str:
    """What the files are, how they were read, what was left out and what is missing."""
    coverage = cover(panel)
    out = sum(d.rows for d in quality.dropped)
    mapping = "   ".join(tell("quality_mapping_value", role=role, column=c) for role, c in quality.mapping.items())
    left_out = tell("quality_rows_left_out_value", rows=number(out), share=percent(out / max(quality.rows_read, 1)))
    facts = [
        (tell("quality_format"), quality.format),
        (tell("quality_mapping"), mapping),
        (tell("quality_rows"), tell("quality_rows_value", kept=quality.rows_kept, read=quality.rows_read)),
        (tell("quality_rows_left_out"), left_out),
        *(("", tell("cli_rows", rows=d.rows, reason=say(d.reason), first=d.example)) for d in quality.dropped),
        (tell("quality_cell_count"), number(len(panel.cells))),
        (tell("quality_span"), span_text(panel)),
        (tell("quality_zone"), panel.zone),
        (tell("quality_missing"), percent(quality.missing_share)),
        (tell("quality_excluded"), tell("quality_excluded_value", share=percent(coverage.excluded_share))),
        (tell("quality_duplicates"), number(quality.duplicates)),
        (tell("quality_jumps"), number(quality.clock_jumps)),
    ]
    width = max(len(name) for name, _ in facts)
    lines = [f"{name:{width}}  {value}" for name, value in facts if value]
    lines += ["", *_by_kpi(coverage.kpis, panel)]
    for heading, told in (
        (tell("quality_suspect"), [stretch_text(one, panel) for one in coverage.suspect[:_MOST_STRETCHES]]),
        (tell("quality_cells"), unmatched_cells(quality)),
        (tell("quality_notes"), [say(note) for note in quality.notes if note.code not in CELL_NOTES]),
    ):
        if told:
            lines += ["", heading, *(f"  {line}" for line in told)]
    return "\n".join(lines)


def _by_kpi(kpis: tuple[KpiCoverage, ...], panel: Panel) -> list[str]:
    """A table; where there are many KPIs, of those that lack most."""
    shown = {one.kpi for one in sorted(kpis, key=lambda one: -one.missing)[:_MOST_KPIS]}
    rows = [[tell("quality_kpi"), *(tell(f"quality_kpi_{name}") for name in _COLUMNS)]]
    for one in (k for k in kpis if k.kpi in shown):
        longest = duration_text(one.longest * panel.period_s) if one.longest else ""
        rows.append([one.kpi, percent(one.missing_share), number(one.gaps), longest, number(one.suspect)])
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join([f"{row[0]:{widths[0]}}", *(f"{cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    more = [tell("quality_kpis_more", more=len(kpis) - len(shown))] if len(kpis) > len(shown) else []
    return [*lines, *more]
