"""Small drawing functions that several pictures share: severity marks, hatching, lines with gaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from engine.data import DoubleArray, FloatArray, Severity
from engine.palette import LIGHT, SHAPES, Shape
from engine.reports.report_pdf.sheet import Box, Sheet


def draw_severity(sheet: Sheet, severity: Severity, x: float, y: float, size: float) -> None:
    """The mark of a severity around (x, y): triangle, diamond, circle or ring, outlined so that it stands out."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setFillColor(LIGHT.severity[severity])
    canvas.setStrokeColor(LIGHT.ink[severity])
    canvas.setLineWidth(0.6)
    canvas.setLineJoin(1)
    half = size / 2
    shape = SHAPES[severity]
    if shape is Shape.CIRCLE:
        canvas.circle(x, y, half * 0.88, stroke=1, fill=1)
    elif shape is Shape.RING:
        canvas.setFillColor(LIGHT.panel)
        canvas.setLineWidth(max(1.0, size / 5))
        canvas.circle(x, y, half * 0.78, stroke=1, fill=1)
    else:
        corners = (
            ((0, half), (half, -half * 0.8), (-half, -half * 0.8))
            if shape is Shape.TRIANGLE
            else ((0, half * 1.1), (half * 1.1, 0), (0, -half * 1.1), (-half * 1.1, 0))
        )
        path = canvas.beginPath()
        path.moveTo(x + corners[0][0], y + corners[0][1])
        for dx, dy in corners[1:]:
            path.lineTo(x + dx, y + dy)
        path.close()
        canvas.drawPath(path, stroke=1, fill=1)
    canvas.restoreState()


def hatch(sheet: Sheet, box: Box, gap: float = 3.0) -> None:
    """Grey diagonal strokes: no data, or no opinion."""
    canvas = sheet.canvas
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(box.x, box.y, box.width, box.height)
    canvas.clipPath(clip, stroke=0, fill=0)
    canvas.setStrokeColor(LIGHT.hatch)
    canvas.setLineWidth(0.5)
    strokes = canvas.beginPath()
    for i in range(math.ceil((box.width + box.height) / gap)):
        x = box.x - box.height + i * gap
        strokes.moveTo(x, box.y)
        strokes.lineTo(x + box.height, box.top)
    canvas.drawPath(strokes, stroke=1, fill=0)
    canvas.restoreState()


def stretches(known: np.ndarray) -> Iterator[tuple[int, int]]:
    """The runs [start, stop) of True in a (T,) mask."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    yield from ((int(a), int(b)) for a, b in edges.reshape(-1, 2))


def thin(values: FloatArray | DoubleArray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """At most about two points per column of a long line: the lowest and highest of each bucket, in their order.

    Returns (indices, values). A bucket keeps a NaN where it has nothing but gaps, so that gaps of at least a bucket
    stay; a line with few points is returned as it is.
    """
    count = len(values)
    if count <= 4 * columns:
        return np.arange(count), np.asarray(values)
    edges = np.linspace(0, count, columns + 1).astype(int)
    low = np.fmin.reduceat(values, edges[:-1])
    kept: list[int] = []
    for start, stop, lowest in zip(edges[:-1].tolist(), edges[1:].tolist(), low.tolist(), strict=True):
        if math.isnan(lowest):
            kept.append(start)
            continue
        part = values[start:stop]
        kept += sorted({start + int(np.nanargmin(part)), start + int(np.nanargmax(part))})
    index = np.array(kept)
    return index, np.asarray(values)[index]


def draw_line(
    sheet: Sheet,
    values: FloatArray,
    along: Callable[[float], float],
    up: Callable[[float], float],
    colour: str,
    width: float,
    dash: tuple[float, float] | None = None,
    columns: int = 600,
) -> None:
    """A line through `values` (T,) at the middle of their periods; missing ones leave it open, single ones are dots."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(width)
    canvas.setLineJoin(1)
    canvas.setLineCap(0 if dash else 1)
    if dash:
        canvas.setDash(*dash)
    index, thinned = thin(values, columns)
    path = canvas.beginPath()
    xs = [round(along(i + 0.5), 2) for i in index.tolist()]
    ys = [round(up(value), 2) for value in thinned.tolist()]
    for start, stop in stretches(np.isfinite(thinned)):
        path.moveTo(xs[start], ys[start])
        if stop - start == 1:
            path.lineTo(xs[start] + 0.01, ys[start])
        for i in range(start + 1, stop):
            path.lineTo(xs[i], ys[i])
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
