"""Who voted and by what margin: a bar per detector against the line at 1.0, its own alarm threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY, width
from engine.reports.report_pdf.marks import hatch
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import in_thresholds, tell

ROW = 13.0
NAME = 78.0
VALUE = 30.0
BAR = 5.0
MOST = 4.0
"""Thresholds at which a bar is cut off; the number beside it tells the rest."""


def height(margins: Mapping[str, float]) -> float:
    """How high the picture will be."""
    return len(margins) * ROW + 9


def draw(sheet: Sheet, box: Box, margins: Mapping[str, float], names: Mapping[str, str]) -> None:
    """Draw the margins of one anomaly, by detector id; NaN = no opinion. names: detector id -> label."""
    bars = box.inset(left=NAME, right=VALUE)
    finite = [margin for margin in margins.values() if math.isfinite(margin)]
    along = Scale(0, min(MOST, max(2.0, *finite, 0.0) if finite else 2.0), bars.x, bars.right)
    line = along(1.0)
    bottom = box.top - len(margins) * ROW
    for row, (detector, margin) in enumerate(margins.items()):
        middle = box.top - (row + 0.5) * ROW
        sheet.text(names.get(detector, detector), box.x, middle - 2.5, SMALL, LIGHT.text, NAME - 4)
        track = Box(bars.x, middle - BAR / 2, bars.width, BAR)
        if not math.isfinite(margin):
            words = tell("report_abstains")
            hatch(sheet, track.inset(right=width(words, TINY) + 6 - VALUE), 2.5)
            sheet.right(words, box.right, middle - 2.5, TINY, LIGHT.muted)
            continue
        sheet.fill(track, LIGHT.line, 0.5)
        reach = min(max(margin, 0.0), along.high)
        sheet.fill(
            Box(track.x, track.y, along(reach) - track.x, BAR), LIGHT.detector(detector), 1.0 if margin >= 1 else 0.45
        )
        style = SMALL_STRONG if margin >= 1 else SMALL
        sheet.right(in_thresholds(margin), box.right, middle - 2.5, style, LIGHT.text)
    sheet.line(line, bottom, line, box.top, LIGHT.text, 0.8)
    sheet.centred(tell("report_threshold"), line, bottom - 7, TINY, LIGHT.muted)
