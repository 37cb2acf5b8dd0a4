"""One series around an incident: measured, expected with its band, the anomaly by severity, holidays, gaps as gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Anomaly, Flag, FloatArray, Incident, Kpi, KpiKind, Result, Severity
from engine.inspection.closeup import CloseUp, close_up
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale, draw_time_axis, round_ticks, shade_events, short_number, time_ticks
from engine.reports.report_pdf.lettering import TINY, width
from engine.reports.report_pdf.marks import draw_line, draw_severity, hatch, stretches, thin
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import tell

LABELS = 34.0
AXIS = 13.0
KEY = 13.0
UNIT = 200.0
"""A long unit may reach over the plot, as far as the key leaves room."""
LEAST_DAYS = 4
DOTS = (0.8, 1.6)
MARKS = 40
"""More marks than this would hide the line; the strangest points keep theirs."""


@dataclass(frozen=True)
class Window:
    """The stretch of time [start, stop) that is drawn."""

    start: int
    stop: int


def window_around(start: int, stop: int, periods: int, day: int) -> Window:
    """The incident and enough of what came before and after to see what is usual; at least four days in all."""
    around = max(stop - start, LEAST_DAYS * day // 2)
    first = max(0, start - round(1.2 * around))
    return Window(first, min(periods, stop + around, first + max(60 * day, 3 * (stop - start))))


def draw(sheet: Sheet, box: Box, result: Result, incident: Incident, anomalies: Sequence[Anomaly]) -> None:
    """Draw the series of the first of an incident's `anomalies` into `box`, with all that belong to that series."""
    panel, anomaly = result.panel, anomalies[0]
    own = [other for other in anomalies if (other.cell, other.kpi) == (anomaly.cell, anomaly.kpi)]
    view = window_around(anomaly.start, anomaly.stop, panel.shape[1], result.clock.day_slots)
    near = slice(view.start, view.stop)
    one = close_up(result, anomaly.kpi, anomaly.cell)
    plot = Box(box.x + LABELS, box.y + AXIS, box.width - LABELS, box.height - AXIS - KEY)
    along = Scale(0, view.stop - view.start, plot.x, plot.right)
    stamp = Scale(view.start, view.stop, plot.x, plot.right)
    shade_events(sheet, plot, result.clock, stamp, view.start, view.stop, named=True)
    draw_time_axis(sheet, plot, time_ticks(panel, result.clock, view.start, view.stop, 8), stamp)
    named = any(result.clock.event[near])
    up = _value_axis(sheet, plot.inset(top=9) if named else plot, one, near, panel.kpi(anomaly.kpi))
    _draw_gaps(sheet, plot, one.measured[near], along)
    for one_of_them in own:
        _draw_anomaly(sheet, plot, stamp, one_of_them, incident.severity)
    _draw_band(sheet, one.lower[near], one.upper[near], along, up)
    draw_line(sheet, one.expected[near], along, up, LIGHT.expected, 0.8, (2.5, 1.8))
    filled = (one.flags[near] & Flag.IMPUTED) != 0
    draw_line(sheet, np.where(filled, np.float32(np.nan), one.measured[near]), along, up, LIGHT.measured, 0.9)
    if filled.any():
        beside = filled | np.roll(filled, 1) | np.roll(filled, -1)
        draw_line(sheet, np.where(beside, one.measured[near], np.float32(np.nan)), along, up, LIGHT.measured, 0.9, DOTS)
    others = _draw_points(sheet, one, view, along, up, own, incident.severity)
    key = Box(plot.x, plot.top + 2, plot.width, KEY)
    _draw_key(sheet, key, incident.severity, filled=bool(filled.any()), others=others)


def _value_axis(sheet: Sheet, plot: Box, one: CloseUp, near: slice, kpi: Kpi) -> Scale:
    """Ticks at the left; the axis holds what was measured and expected, and of the band what is near to it."""
    held = np.concatenate([one.measured[near], one.expected[near], _within(one, near)])
    held = held[np.isfinite(held)].astype(float)
    low, high = (float(held.min()), float(held.max())) if held.size else (0.0, 1.0)
    positive = kpi.kind is not KpiKind.GAUGE or not (one.measured[near] < 0).any()
    if low < 0.6 * high and positive:
        low = 0.0
    room = 0.06 * (high - low) or max(abs(high), 1.0) * 0.1
    up = Scale(low - (room if low else 0), high + room, plot.y, plot.top)
    for tick in round_ticks(up.low, up.high, 4):
        sheet.line(plot.x, up(tick), plot.right, up(tick), LIGHT.line, 0.3)
        sheet.right(short_number(tick), plot.x - 4, up(tick) - 2, TINY, LIGHT.muted, LABELS - 4)
    sheet.line(plot.x, plot.y, plot.right, plot.y, LIGHT.muted, 0.5)
    if width(kpi.unit, TINY) <= LABELS - 4:
        sheet.right(kpi.unit, plot.x - 4, plot.top + 5, TINY, LIGHT.muted)
    else:
        sheet.text(kpi.unit, plot.x - LABELS, plot.top + 5, TINY, LIGHT.muted, UNIT)
    return up


def _within(one: CloseUp, near: slice) -> FloatArray:
    """The part of the band that may stretch the axis: not further than the measurements' own range again."""
    values = one.measured[near]
    if not np.isfinite(values).any():
        return np.concatenate([one.lower[near], one.upper[near]])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    reach = (high - low) or abs(high) or 1.0
    band = np.concatenate([one.lower[near], one.upper[near]])
    near_enough: FloatArray = np.clip(band, low - 0.4 * reach, high + 0.4 * reach)
    return near_enough


def _draw_anomaly(sheet: Sheet, plot: Box, stamp: Scale, anomaly: Anomaly, severity: Severity) -> None:
    first, last = max(anomaly.start, stamp.low), min(anomaly.stop, stamp.high)
    if first >= last:
        return
    x0, x1 = stamp(first), stamp(last)
    sheet.fill(Box(x0, plot.y, max(x1 - x0, 1.0), plot.height), LIGHT.severity[severity], 0.16)


def _draw_gaps(sheet: Sheet, plot: Box, measured: FloatArray, along: Scale) -> None:
    """A hatched strip at the foot where nothing was measured."""
    for first, last in stretches(~np.isfinite(measured)):
        hatch(sheet, Box(along(first), plot.y, along(last) - along(first), 5), 2.2)


def _draw_band(sheet: Sheet, lower: FloatArray, upper: FloatArray, along: Scale, up: Scale) -> None:
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setFillColor(LIGHT.expected)
    canvas.setFillAlpha(LIGHT.band_opacity)
    index, low = thin(lower, 300)
    high = upper[index]
    bottom, top = min(up.start, up.stop), max(up.start, up.stop)

    def y(value: float) -> float:
        return round(min(max(up(value), bottom), top), 2)

    path, xs = canvas.beginPath(), [round(along(i + 0.5), 2) for i in index.tolist()]
    for start, stop in stretches(np.isfinite(low) & np.isfinite(high)):
        path.moveTo(xs[start], y(float(low[start])))
        for i in range(start, stop):
            path.lineTo(xs[i], y(float(high[i])))
        for i in range(stop - 1, start, -1):
            path.lineTo(xs[i], y(float(low[i])))
        path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _draw_points(
    sheet: Sheet, one: CloseUp, view: Window, along: Scale, up: Scale, own: Sequence[Anomaly], severity: Severity
) -> bool:
    """A mark on every point of the incident, at the bottom where it was not measured, and a dot on those of others.

    If there are many, only the strangest are marked. Returns whether there are others.
    """
    others = False
    points = view.start + np.flatnonzero(one.alarm[view.start : view.stop])
    if len(points) > MARKS:
        order = np.argsort(-np.nan_to_num(one.score[points]), kind="stable")
        points = np.sort(points[order[:MARKS]])
    for point in points.tolist():
        value = float(one.measured[point])
        y = up(value) if math.isfinite(value) else min(up.start, up.stop)
        x = along(point - view.start + 0.5)
        if any(anomaly.start <= point < anomaly.stop for anomaly in own):
            draw_severity(sheet, severity, x, y, 5.5)
        else:
            _draw_other(sheet, x, y)
            others = True
    return others


def _draw_other(sheet: Sheet, x: float, y: float) -> None:
    """A point of another incident."""
    sheet.canvas.setFillColor(LIGHT.normal)
    sheet.canvas.circle(x, y, 1.8, stroke=0, fill=1)


def _draw_key(sheet: Sheet, box: Box, severity: Severity, *, filled: bool, others: bool) -> None:
    """What the lines and marks are, at the right above the plot."""
    x, y = box.right, box.y + 3
    for code, colour, dash in (
        *([("report_key_filled", LIGHT.measured, DOTS)] if filled else []),
        ("report_key_band", LIGHT.expected, None),
        ("report_key_expected", LIGHT.expected, (2.5, 1.8)),
        ("report_key_measured", LIGHT.measured, None),
    ):
        text = tell(code)
        x -= width(text, TINY)
        sheet.text(text, x, y, TINY, LIGHT.muted)
        x -= 15
        if code == "report_key_band":
            sheet.fill(Box(x, y - 1, 12, 6), colour, LIGHT.band_opacity)
        else:
            sheet.canvas.saveState()
            if dash:
                sheet.canvas.setDash(*dash)
            sheet.line(x, y + 2, x + 12, y + 2, colour, 0.9)
            sheet.canvas.restoreState()
        x -= 10
    if others:
        text = tell("report_key_other")
        x -= width(text, TINY)
        sheet.text(text, x, y, TINY, LIGHT.muted)
        _draw_other(sheet, x - 6, y + 2)
        x -= 20
    text = tell("report_key_anomaly")
    x -= width(text, TINY)
    sheet.text(text, x, y, TINY, LIGHT.muted)
    draw_severity(sheet, severity, x - 7, y + 2, 5.5)
