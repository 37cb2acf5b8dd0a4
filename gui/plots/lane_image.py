"""Lanes as pixels: severity as colour and as height, no opinion hatched. Pure NumPy over a palette; no Qt."""

from __future__ import annotations

import numpy as np

from engine.data import IntArray
from engine.palette import Palette
from gui.prepared.lane_rows import QUIET, RANKS, SILENT

HEIGHTS = (1.0, 0.84, 0.68, 0.5)
"""How much of a lane each severity fills, critical first: told apart without colour."""
_OPAQUE = 0xFF000000
_HATCH = 5


def rgb(hexadecimal: str) -> int:
    """A palette entry as a pixel."""
    return _OPAQUE | int(hexadecimal.removeprefix("#"), 16)


def lane_image(
    ranks: np.ndarray, columns: IntArray, height: int, gap: int, palette: Palette, scale: float
) -> np.ndarray:
    """Pixels (rows * height, width) uint32 of lanes with `ranks` (rows, buckets).

    columns (width,): the bucket that each pixel column shows, -1 = free. height: pixels per lane, of which `gap` stay
    free at the top; scale: device pixels per pixel.
    """
    rows, width = len(ranks), len(columns)
    back = rgb(palette.panel)
    shown = np.where(columns >= 0, ranks[:, np.maximum(columns, 0)], QUIET).astype(np.intp)
    image = np.full((rows, height, width), back, np.uint32)
    body = height - gap
    x = np.arange(width)
    step = max(2, round(_HATCH * scale))
    stroke = max(1, round(scale))
    colours = np.array([rgb(palette.severity[s]) for s in RANKS] + [back, back], np.uint32)
    filled = np.array([round(body * share) for share in HEIGHTS] + [0, body])
    for line in range(body):
        from_ground = body - line
        strokes = np.where((x + line) % step < stroke, rgb(palette.hatch), back).astype(np.uint32)
        pixels = np.where(from_ground <= filled[shown], colours[shown], back)
        image[:, gap + line] = np.where(shown == SILENT, strokes, pixels)
    return image.reshape(rows * height, width)


def column_buckets(edges: IntArray, start: float, stop: float, width: int) -> IntArray:
    """(width,) the bucket that each pixel column of the samples [start, stop) lies in; -1 outside of all."""
    samples = start + (np.arange(width) + 0.5) * (stop - start) / max(1, width)
    found = np.searchsorted(edges, samples, side="right") - 1
    return np.where((samples < edges[0]) | (samples >= edges[-1]), -1, np.minimum(found, len(edges) - 2))
