"""What was measured when: the whole network on top, then the cells with most missing, each as a strip over time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.completeness.coverage import Strips
from engine.data import DoubleArray, Result
from engine.inspection.summary import cell_name
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale, draw_time_axis, time_ticks
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY, fitted_name
from engine.reports.report_pdf.marks import hatch
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import tell

LABELS = 92.0
VALUES = 40.0
LANE = 9.0
AXIS = 14.0


def height(found: Strips) -> float:
    """How high the picture will be."""
    return (len(found.cells) + 1) * LANE + 6 + AXIS


def draw(sheet: Sheet, box: Box, result: Result, found: Strips) -> None:
    """Draw the strips into `box`."""
    plot = box.inset(left=LABELS, right=VALUES, bottom=AXIS)
    along = Scale(0, result.panel.shape[1], plot.x, plot.right)
    draw_time_axis(sheet, plot, time_ticks(result.panel, result.clock, 0, result.panel.shape[1], 8), along)
    mean = float(result.quality.completeness.mean()) if len(result.quality.completeness) else 0.0
    _draw_strip(sheet, Box(box.x, plot.top - LANE, box.width, LANE), tell("report_all_cells"), found.whole, mean, True)
    for row, cell in enumerate(found.cells):
        lane = Box(box.x, plot.top - 6 - (row + 2) * LANE, box.width, LANE)
        share = float(result.quality.completeness[cell])
        name = fitted_name(cell_name(result.panel, cell), TINY, LABELS - 8)
        _draw_strip(sheet, lane, name, found.rows[row], share, False)


def _draw_strip(sheet: Sheet, lane: Box, name: str, shares: DoubleArray, mean: float, whole: bool) -> None:
    """A strip is full where all was measured, paler where some was, hatched where nothing was."""
    strip = lane.inset(left=LABELS, right=VALUES, bottom=1.2, top=1.2)
    step = strip.width / len(shares)
    sheet.text(name, lane.x, lane.y + 2, SMALL_STRONG if whole else TINY, LIGHT.text, LABELS - 8)
    sheet.right(_percent(mean), lane.right, lane.y + 2, SMALL if whole else TINY, LIGHT.text)
    levels = np.ceil(np.nan_to_num(shares) * 5 - 1e-9).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    for first, last in pairwise(edges):
        part = Box(strip.x + first * step, strip.y, (last - first) * step, strip.height)
        if levels[first] == 0:
            hatch(sheet, part, 2.2)
        else:
            sheet.fill(part, LIGHT.normal, 0.12 + 0.15 * int(levels[first]))


def _percent(share: float) -> str:
    """A share that is not quite whole never reads as 100 %."""
    text = f"{100 * share:.1f} %"
    return "99.9 %" if share < 1 and text == "100.0 %" else text.replace(".0 %", " %")
