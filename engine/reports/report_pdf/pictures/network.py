"""The network over time: how much of it is in alarm, and the worst cells as lanes by severity."""

from __future__ import annotations

import numpy as np

from engine.data import Result, Severity
from engine.inspection.summary import RANK, anomalous_share, cell_name, measured, severity_lanes, worst_cells
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale, draw_time_axis, round_ticks, shade_events, short_number, time_ticks
from engine.reports.report_pdf.lettering import SMALL, TINY, fitted_name
from engine.reports.report_pdf.marks import hatch, stretches
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import tell

LABELS = 78.0
LANES = 24
LANE, TALLEST_LANE, LANES_HEIGHT = 6.4, 10.0, 154.0
SHARE_HEIGHT = 56.0
AXIS = 14.0
BUCKET = 2.6
TALL = (1.0, 0.8, 0.6, 0.42)
"""Height of a lane's mark by severity, so that it can be told without colour."""


def wanted(result: Result) -> int:
    """How many cells it shows beside each other where there is room."""
    return min(LANES, len({anomaly.cell for anomaly in result.anomalies}))


def fitting(result: Result, room: float) -> int:
    """How many of them have room in so many points; -1 where nothing of it has."""
    return next((lanes for lanes in range(wanted(result), -1, -1) if height(lanes) <= room), -1)


def height(lanes: int) -> float:
    """How high the picture with so many cells is."""
    return SHARE_HEIGHT + 10 + lanes * _lane(lanes) + AXIS + (10 if lanes else 0)


def _lane(lanes: int) -> float:
    """How high one lane is: taller where there are few."""
    return min(TALLEST_LANE, max(LANE, LANES_HEIGHT / max(lanes, 1)))


def draw(sheet: Sheet, box: Box, result: Result, count: int) -> None:
    """Draw so many cells into `box`, which is `height(count)` high."""
    periods = result.panel.shape[1]
    plot = box.inset(left=LABELS)
    along = Scale(0, periods, plot.x, plot.right)
    share = Box(plot.x, plot.top - SHARE_HEIGHT, plot.width, SHARE_HEIGHT - 8)
    lanes = Box(plot.x, plot.y + AXIS, plot.width, share.y - 10 - plot.y - AXIS)
    whole = Box(plot.x, lanes.y, plot.width, share.top - lanes.y)
    shade_events(sheet, whole, result.clock, along, 0, periods, named=True)
    draw_time_axis(sheet, whole, time_ticks(result.panel, result.clock, 0, periods, 9), along)
    _draw_share(sheet, share, result, along)
    _draw_lanes(sheet, lanes, result, count)


def _draw_share(sheet: Sheet, box: Box, result: Result, along: Scale) -> None:
    """The share of cells in alarm: the highest of each column, so that a short peak is not lost."""
    share = anomalous_share(result) * 100
    columns = max(1, min(len(share), int(box.width / 0.8)))
    edges = np.linspace(0, len(share), columns + 1).astype(int)
    peaks = np.fmax.reduceat(share, edges[:-1])
    high = float(np.nanmax(peaks)) if np.isfinite(peaks).any() else 0.0
    top = next((t for t in (2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0) if t >= high), 100.0)
    up = Scale(0, top, box.y, box.top - 10)
    for tick in round_ticks(0, top, 2):
        sheet.line(box.x, up(tick), box.right, up(tick), LIGHT.line, 0.3)
        sheet.right(f"{short_number(tick)} %", box.x - 4, up(tick) - 2, TINY, LIGHT.muted)
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setFillColor(LIGHT.normal)
    path = canvas.beginPath()
    for first, last in stretches(np.nan_to_num(peaks) > 0):
        path.moveTo(along(edges[first]), up(0))
        for i in range(first, last):
            path.lineTo(along(edges[i]), up(float(peaks[i])))
            path.lineTo(along(edges[i + 1]), up(float(peaks[i])))
        path.lineTo(along(edges[last]), up(0))
        path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()
    sheet.line(box.x, up(0), box.right, up(0), LIGHT.muted, 0.5)
    sheet.text(tell("report_share"), box.x - LABELS, box.top - 6, SMALL, LIGHT.text, LABELS - 22)
    sheet.text(tell("report_share_2"), box.x - LABELS, box.top - 15, SMALL, LIGHT.muted, LABELS - 22)


def _draw_lanes(sheet: Sheet, box: Box, result: Result, count: int) -> None:
    cells, periods = worst_cells(result, count), result.panel.shape[1]
    buckets = max(1, min(periods, int(box.width / BUCKET)))
    edges = np.linspace(0, periods, buckets + 1).astype(int).tolist()
    lanes = severity_lanes(result, cells, edges)
    known = measured(result, cells)
    step, tall_lane = box.width / buckets, _lane(len(cells))
    for row, cell in enumerate(cells):
        top = box.top - row * tall_lane
        lane = Box(box.x, top - tall_lane + 0.8, box.width, tall_lane - 0.8)
        sheet.line(lane.x, lane.y, lane.right, lane.y, LIGHT.line, 0.25)
        name = fitted_name(cell_name(result.panel, cell), TINY, LABELS - 6)
        sheet.right(name, box.x - 4, lane.y + lane.height / 2 - 2, TINY, LIGHT.text)
        reported = np.logical_or.reduceat(known[row], edges[:-1])
        for first, last in stretches(~reported):
            hatch(sheet, Box(box.x + first * step, lane.y, (last - first) * step, lane.height), 2.2)
        for severity in Severity:
            tall = lane.height * TALL[RANK[severity]]
            for first, last in stretches(lanes[row] == RANK[severity]):
                sheet.fill(Box(box.x + first * step, lane.y, (last - first) * step, tall), LIGHT.severity[severity])
