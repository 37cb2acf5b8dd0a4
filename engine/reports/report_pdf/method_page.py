"""How the result was found: detectors and their thresholds, who had no opinion and why, the tests, the settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from engine.budget.budget_levels import TRUSTED
from engine.data import Result
from engine.errors import Reason
from engine.execution.scratch import release
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import BODY, SMALL, STRONG, width, wrapped
from engine.reports.report_pdf.pictures import error_curves
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Column, Sheet
from engine.settings import Settings
from engine.text import MESSAGES, number, say, tell

MOST_CURVES = 9


def draw(sheet: Sheet, result: Result, names: Mapping[str, str]) -> None:
    """Draw the section. names: detector id -> label."""
    sheet.new_page()
    sheet.heading(tell("report_method"), "method")
    budget = result.settings.budget
    words = tell("report_method_what", budget=budget)
    if budget > TRUSTED and result.settings.threshold == "budget":
        words += " " + tell("report_method_counted", small=TRUSTED)
    sheet.paragraph(words, BODY)
    sheet.gap(8)
    _detectors(sheet, result, names)
    _curves(sheet, result, names)
    _abstentions(sheet, result, names)
    _diagnoses(sheet, result, names)
    _settings(sheet, result.settings, names)
    for note in result.notes:
        sheet.gap(4)
        sheet.paragraph(say(note), SMALL, LIGHT.muted)


def sub_heading(sheet: Sheet, text: str, keep_with: float = 70) -> None:
    """A small heading inside a section; keep_with: the height of what has to stand on the page with it, by default of
    the first rows of a table.
    """
    sheet.need(60 + keep_with)
    sheet.gap(14 + STRONG.size)
    sheet.text(text, LEFT, sheet.y, STRONG, LIGHT.text, WIDTH)
    sheet.gap(6)


def _detectors(sheet: Sheet, result: Result, names: Mapping[str, str]) -> None:
    rows = []
    for detector in result.settings.detectors:
        opinions = alarms = points = 0
        levels = []
        for kpi, evidence in result.evidence.items():
            if detector not in evidence:
                continue
            score, level = evidence[detector].score, result.thresholds[kpi][detector]
            points += score.size
            opinions += int(np.isfinite(score).sum())
            with np.errstate(invalid="ignore"):
                alarms += int((score >= level).sum())
            levels.append(level)
            release([score])
        code = f"detector_{detector}_what"
        rows.append(
            [
                names.get(detector, detector),
                tell(code) if code in MESSAGES else "",
                _range(levels),
                f"{100 * opinions / points:.3g} %" if points else "–",
                f"{100 * alarms / opinions:.2f} %" if opinions else "–",
            ]
        )
    columns = (
        Column(tell("report_column_detector"), 92),
        Column(tell("report_column_idea"), WIDTH - 92 - 3 * 66),
        Column(tell("report_column_threshold"), 66, right=True),
        Column(tell("report_column_opinion"), 66, right=True),
        Column(tell("report_column_alarms"), 66, right=True),
    )
    sheet.table(columns, rows, lines=3)


def _curves(sheet: Sheet, result: Result, names: Mapping[str, str]) -> None:
    """The errors that thresholds were chosen by, three pictures side by side, `MOST_CURVES` at most."""
    found = error_curves.listed(result.curves)
    if not found:
        return
    sub_heading(sheet, tell("report_curves"), error_curves.HEIGHT)
    sheet.paragraph(tell("report_curves_what"), SMALL, LIGHT.muted)
    for first in range(0, min(len(found), MOST_CURVES), 3):
        row = found[first : min(first + 3, MOST_CURVES)]
        sheet.need(error_curves.HEIGHT + 8)
        sheet.gap(8)
        places = sheet.take(error_curves.HEIGHT).columns((1, 1, 1), 12)
        for (kpi, detector, curve), box in zip(row, places, strict=False):
            title = f"{names.get(detector, detector)} · {kpi}"
            error_curves.draw(sheet, box, title, curve, LIGHT.detector(detector))
    if len(found) > MOST_CURVES:
        sheet.paragraph(tell("report_curves_more", more=len(found) - MOST_CURVES), SMALL, LIGHT.muted)


def _range(levels: Sequence[float]) -> str:
    """One threshold, or the lowest and highest over the KPIs."""
    if not levels:
        return "–"
    low, high = number(min(levels)), number(max(levels))
    return low if low == high else f"{low}–{high}"


def _abstentions(sheet: Sheet, result: Result, names: Mapping[str, str]) -> None:
    """One line per detector and kind of reason; its numbers are those of the first cell."""
    counted: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], Reason] = {}
    kpis: dict[tuple[str, str], list[str]] = {}
    for kpi, evidence in result.evidence.items():
        for detector, one in evidence.items():
            for reason in one.reasons:
                if reason is not None:
                    key = (detector, reason.code)
                    counted[key] += 1
                    example.setdefault(key, reason)
                    if kpi not in kpis.setdefault(key, []):
                        kpis[key].append(kpi)
    sub_heading(sheet, tell("report_abstentions"))
    if not counted:
        sheet.paragraph(tell("report_abstentions_none"), SMALL, LIGHT.muted)
        return
    columns = (
        Column(tell("report_column_detector"), 92),
        Column(tell("report_column_series"), 44, right=True),
        Column(tell("report_column_kpis"), 130),
        Column(tell("report_column_why"), WIDTH - 92 - 44 - 130),
    )
    rows = [
        [names.get(key[0], key[0]), number(count), ", ".join(kpis[key]), say(example[key])]
        for key, count in counted.most_common(12)
    ]
    sheet.table(columns, rows, lines=3)


def _diagnoses(sheet: Sheet, result: Result, names: Mapping[str, str]) -> None:
    """For how many series each test came out how, with the sentence of the first."""
    counted: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], Reason] = {}
    for one in result.diagnoses:
        for test in one.tests:
            key = (test.test, test.verdict.code)
            counted[key] += 1
            example.setdefault(key, test.verdict)
        for detector, reason in one.suits.items():
            if reason is not None:
                key = (names.get(detector, detector), reason.code)
                counted[key] += 1
                example.setdefault(key, reason)
    if not counted:
        return
    sub_heading(sheet, tell("report_diagnoses", series=len(result.diagnoses)))
    columns = (
        Column(tell("report_column_test"), 92),
        Column(tell("report_column_series"), 44, right=True),
        Column(tell("report_column_means"), WIDTH - 92 - 44),
    )
    order = list(dict.fromkeys(test for test, _ in counted))
    ranked = sorted(counted, key=lambda key: (order.index(key[0]), -counted[key]))
    sheet.table(columns, [[_test(k[0]), number(counted[k]), say(example[k])] for k in ranked[:16]], lines=2)


def _test(name: str) -> str:
    code = f"report_test_{name}"
    return tell(code) if code in MESSAGES else name


def _settings(sheet: Sheet, settings: Settings, names: Mapping[str, str]) -> None:
    """Every setting and its value as the window calls them, side by side in two columns."""
    pairs = []
    for one in fields(settings):
        value = getattr(settings, one.name)
        chosen = tuple(names.get(detector, detector) for detector in value) if one.name == "detectors" else value
        pairs.append((str(one.metadata["label"]), _value(one.name, chosen)))
    half = (len(pairs) + 1) // 2
    sheet.need(half * (SMALL.leading + 2) + 40)
    sub_heading(sheet, tell("report_settings"))
    room = WIDTH / 2 - 8
    for left, right in zip(pairs[:half], [*pairs[half:], ("", "")], strict=False):
        entries = [(LEFT, _in_lines(*left, room)), (LEFT + WIDTH - room, _in_lines(*right, room))]
        height = max(len(lines) for _, lines in entries) * SMALL.leading + 2
        sheet.need(height + 1)
        sheet.gap(height)
        for x, lines in entries:
            for place, (label, shown) in enumerate(lines, start=1):
                y = sheet.y + height - place * SMALL.leading
                sheet.text(label, x, y, SMALL, LIGHT.muted)
                sheet.right(shown, x + room, y, SMALL, LIGHT.text)
            sheet.line(x, sheet.y - 1, x + room, sheet.y - 1, LIGHT.line, 0.3)


def _value(setting: str, value: object) -> str:
    """The value of a setting in words, "–" for an empty one."""
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    if isinstance(value, float):
        return number(value)
    code = f"choice_{setting}_{value}"
    return tell(code) if code in MESSAGES else str(value) or "–"


def _in_lines(label: str, shown: str, room: float) -> list[tuple[str, str]]:
    """What stands at the left and at the right end of each line; all of the label, then all of the value."""
    if width(label, SMALL) + 8 + width(shown, SMALL) <= room:
        return [(label, shown)]
    labels, values = wrapped(label, SMALL, room), wrapped(shown, SMALL, room)
    if width(labels[-1], SMALL) + 8 + width(values[0], SMALL) <= room:
        return [*((line, "") for line in labels[:-1]), (labels[-1], values[0]), *(("", line) for line in values[1:])]
    return [*((line, "") for line in labels), *(("", line) for line in values)]
