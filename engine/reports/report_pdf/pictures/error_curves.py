"""How many labelled points each threshold would judge wrongly: what the threshold with the fewest errors rests on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.data import ErrorCurve
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale, round_ticks, short_number
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY, width
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import tell

HEIGHT = 104.0
FARTHEST = 3.0
"""The picture ends at so many times the chosen threshold: further out the curve is flat."""

TALLEST = 3.0
"""And at so many times the errors of a detector that never alarms: what lies higher is no choice."""


def draw(sheet: Sheet, box: Box, title: str, curve: ErrorCurve, hue: str) -> None:
    """One curve with its lowest point marked. title: what it is of; hue: the detector's."""
    sheet.text(title, box.x, box.top - SMALL_STRONG.size, SMALL_STRONG, LIGHT.text, box.width)
    plot = box.inset(left=34, bottom=24, top=18, right=6)
    low = min(0.0, float(curve.thresholds[0]))
    high = min(float(curve.thresholds[-1]), FARTHEST * curve.best) if curve.best > 0 else float(curve.thresholds[-1])
    high = high if high > low else low + 1.0
    along = Scale(low, high, plot.x, plot.right)
    never = curve.anomalous / curve.points
    top = min(max(float(curve.errors.max()), 1e-6), TALLEST * never)
    up = Scale(0.0, top, plot.y, plot.top)
    for tick in round_ticks(0.0, top, 3):
        sheet.line(plot.x, up(tick), plot.right, up(tick), LIGHT.line, 0.3)
        sheet.right(f"{100 * tick:.3g} %", plot.x - 4, up(tick) - 2, TINY, LIGHT.muted)
    for tick in round_ticks(low, high, 4):
        label = short_number(tick)
        half = width(label, TINY) / 2
        sheet.centred(label, min(max(along(tick), plot.x + half), plot.right - half), plot.y - 9, TINY, LIGHT.muted)
    _line(sheet, curve, along, up, hue)
    best, least = along(min(curve.best, high)), up(float(curve.errors.min()))
    sheet.line(best, plot.y, best, plot.top, LIGHT.accent, 0.8)
    sheet.canvas.setFillColor(LIGHT.accent)
    sheet.canvas.circle(best, least, 2.2, stroke=0, fill=1)
    told = tell(
        "report_curve_best",
        errors=f"{100 * float(curve.errors.min()):.2g} %",
        threshold=short_number(_short(curve.best)),
        never=f"{100 * never:.2g} %",
    )
    sheet.text(told, box.x, box.y + 2, SMALL, LIGHT.muted, box.width)


def _line(sheet: Sheet, curve: ErrorCurve, along: Scale, up: Scale, hue: str) -> None:
    """The curve as steps: every threshold between two scores makes the same errors."""
    inside = curve.thresholds <= along.high
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setStrokeColor(hue)
    canvas.setLineWidth(1.1)
    path = canvas.beginPath()
    path.moveTo(along(along.low), up(min(float(curve.errors[0]), up.high)))
    for threshold, errors in zip(curve.thresholds[inside].tolist(), curve.errors[inside].tolist(), strict=True):
        path.lineTo(along(max(threshold, along.low)), up(min(errors, up.high)))
    beyond = np.flatnonzero(~inside)
    if len(beyond):
        path.lineTo(along.stop, up(float(curve.errors[beyond[0]])))
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def listed(curves: Mapping[str, Mapping[str, ErrorCurve]]) -> list[tuple[str, str, ErrorCurve]]:
    """(KPI, detector, curve) in the order of the result."""
    return [(kpi, detector, curve) for kpi, of_kpi in curves.items() for detector, curve in of_kpi.items()]
