"""What the anomalies go with: odds ratios per KPI, the clearest in words, and what limits them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data import Association, Result
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import BODY, SMALL, STRONG, Style, wrapped
from engine.reports.report_pdf.pictures import forest
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Sheet
from engine.text import MESSAGES, say, tell

TERMS = 8
SENTENCES = 3
WARNINGS = 3
KPIS = 6


def draw(sheet: Sheet, result: Result) -> None:
    """Draw the section; nothing at all if no regression could be made."""
    by_kpi: dict[str, list[Association]] = {}
    for one in result.associations:
        by_kpi.setdefault(one.kpi, []).append(one)
    if not by_kpi:
        return
    sheet.new_page()
    sheet.heading(tell("report_associations"), "associations")
    sheet.paragraph(tell("report_associations_what"), SMALL, LIGHT.muted)
    shown = sorted(by_kpi, key=lambda kpi: (-sum(_sure(one) for one in by_kpi[kpi]), kpi))[:KPIS]
    for kpi in shown:
        _draw_kpi(sheet, kpi, by_kpi[kpi])
    left = [kpi for kpi in by_kpi if kpi not in shown]
    if left:
        sheet.gap(8)
        sheet.paragraph(tell("report_associations_more", kpis=", ".join(left)), SMALL, LIGHT.muted)


def _draw_kpi(sheet: Sheet, kpi: str, terms: Sequence[Association]) -> None:
    """One KPI: its clearest terms as a picture and in sentences."""
    ranked = sorted(
        terms, key=lambda one: (not _sure(one), one.p_value if one.p_value == one.p_value else 2.0, one.term)
    )
    shown = ranked[:TERMS]
    clear = [one for one in shown if _sure(one)]
    sentences = [say(one.sentence) for one in clear[:SENTENCES]] or [tell("report_associations_none", kpi=kpi)]
    notes = _warnings(clear or shown)
    height = 26 + forest.height(len(shown)) + 14
    height += sum(len(wrapped(text, BODY, WIDTH - 10)) * BODY.leading for text in sentences)
    height += sum(len(wrapped(text, SMALL, WIDTH - 10)) * SMALL.leading for text in notes)
    sheet.need(height)
    sheet.gap(14 + STRONG.size)
    sheet.text(kpi, LEFT, sheet.y, STRONG, LIGHT.text, WIDTH / 2)
    sheet.right(
        tell("report_terms_shown", shown=len(shown), total=len(terms)), LEFT + WIDTH, sheet.y, SMALL, LIGHT.muted
    )
    sheet.gap(4)
    forest.draw(
        sheet,
        sheet.take(forest.height(len(shown))),
        shown,
        [_name(one) for one in shown],
        [_sure(one) for one in shown],
    )
    sheet.gap(4)
    for sentence in sentences:
        _bullet(sheet, sentence, BODY, LIGHT.text)
    for note in notes:
        _bullet(sheet, note, SMALL, LIGHT.muted)


def _bullet(sheet: Sheet, text: str, style: Style, colour: str) -> None:
    for number, line in enumerate(wrapped(text, style, WIDTH - 10)):
        sheet.need(style.leading)
        sheet.gap(style.leading)
        if number == 0:
            sheet.text("–", LEFT, sheet.y + 2, style, colour)
        sheet.text(line, LEFT + 10, sheet.y + 2, style, colour)


def _name(one: Association) -> str:
    code = f"term_{one.term}"
    return tell(code) if code in MESSAGES else one.term


def _sure(one: Association) -> bool:
    """Whether it is more than chance: the interval leaves out "no difference", and the sentence makes no reserve."""
    return (one.low > 1 or one.high < 1) and not one.sentence.code.endswith("_unclear")


def _warnings(terms: Sequence[Association]) -> list[str]:
    """Each kind of warning once, with the terms that it is about."""
    about: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for one in terms:
        for warning in one.warnings:
            about.setdefault(warning.code, []).append(_name(one))
            first.setdefault(warning.code, say(warning))
    return [
        tell(
            "report_association_warning", terms=", ".join(names[:4]) + ("…" if len(names) > 4 else ""), text=first[code]
        )
        for code, names in list(about.items())[:WARNINGS]
    ]
