"""Squares of a grid from GeoJSON: a polygon (or point) and the id of its cell each.

Where the polygons stand side by side in rows, each also gets its row (0 = south) and column (0 = west), so that what
works on grids can work on it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import Cell, DoubleArray
from engine.errors import InputError, Reason

ID_NAMES = ("cellId", "cellid", "cell_id", "cell", "square_id", "squareId", "grid_id", "id", "name")
"""Properties that hold the id of a cell, the most telling first; else the feature's own id counts."""

_SUFFIXES = (".geojson", ".json")
_OFF_CENTRE = 0.3
"""How far, in widths, a square may stand from where its neighbour says that it is."""

_FEWEST = 4


def is_geojson(path: Path) -> bool:
    """Whether a file is called a JSON file; what is in it is another question."""
    return path.suffix.lower() in _SUFFIXES


def read_grid(path: Path) -> Mapping[str, Cell]:
    """The cells of a feature collection by id, at the middle of their geometry (WGS84).

    Raises InputError: unreadable, no feature collection, a feature without id, or coordinates off the globe.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(Reason("file_unreadable", {"file": str(path), "detail": error.strerror or ""})) from error
    except (ValueError, RecursionError) as error:
        raise InputError(Reason("grid_no_json", {"file": path.name, "error": str(error)[:200]})) from error
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not features:
        raise InputError(Reason("grid_no_features", {"file": path.name}))
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for number, feature in enumerate(features, start=1):
        name = _name(feature)
        box = _box(feature)
        if name is None or box is None:
            raise InputError(Reason("grid_feature", {"file": path.name, "number": number, "ids": ", ".join(ID_NAMES)}))
        boxes[name] = box
    return _placed(boxes)


def _name(feature: Any) -> str | None:  # noqa: ANN401 - anything that JSON holds
    if not isinstance(feature, dict):
        return None
    properties = feature.get("properties")
    holders = [(properties, ID_NAMES)] if isinstance(properties, dict) else []
    for holder, names in (*holders, (feature, ("id",))):
        for name in names:
            value = holder.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
    return None


def _box(feature: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401
    """(west, south, east, north) of a geometry; None where it has no position on the globe."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    points = list(_points(geometry.get("coordinates"), 0)) if isinstance(geometry, dict) else []
    if not points or not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points):
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _points(coordinates: Any, depth: int) -> Iterator[tuple[float, float]]:  # noqa: ANN401
    if not isinstance(coordinates, list) or depth > 4:
        return
    if len(coordinates) >= 2 and all(isinstance(c, int | float) and math.isfinite(c) for c in coordinates[:2]):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part, depth + 1)


def _placed(boxes: Mapping[str, tuple[float, float, float, float]]) -> dict[str, Cell]:
    sides = np.array(list(boxes.values()))
    lon, lat = (sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2
    cells = [
        Cell(name, lat=round(float(y), 7), lon=round(float(x), 7)) for name, x, y in zip(boxes, lon, lat, strict=True)
    ]
    places = _places(lon, lat, float(np.median(sides[:, 2] - sides[:, 0])), float(np.median(sides[:, 3] - sides[:, 1])))
    if places is not None:
        cells = [replace(cell, row=r, col=c) for cell, (r, c) in zip(cells, places, strict=True)]
    return {cell.id: cell for cell in cells}


def _places(lon: DoubleArray, lat: DoubleArray, width: float, height: float) -> list[tuple[int, int]] | None:
    """(row, column) of each square, counted from one to the next; None where they form no single grid.

    A grid in metres is slightly turned and bent in degrees, so that counting from a corner alone would drift off.
    """
    if len(lon) < _FEWEST or width <= 0 or height <= 0:
        return None
    bins: dict[tuple[int, int], list[int]] = {}
    for k, (x, y) in enumerate(zip(lon / width, lat / height, strict=True)):
        bins.setdefault((int(x), int(y)), []).append(k)

    def at(x: float, y: float) -> int | None:
        """The square whose middle is near a point."""
        for i in (int(x) - 1, int(x), int(x) + 1):
            for j in (int(y) - 1, int(y), int(y) + 1):
                for k in bins.get((i, j), ()):
                    if abs(lon[k] / width - x) < _OFF_CENTRE and abs(lat[k] / height - y) < _OFF_CENTRE:
                        return k
        return None

    found, waiting = {0: (0, 0)}, [0]
    while waiting:
        here = waiting.pop()
        row, col = found[here]
        for up, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            there = at(float(lon[here]) / width + right, float(lat[here]) / height + up)
            if there is not None and there not in found:
                found[there] = (row + up, col + right)
                waiting.append(there)
    if len(found) < len(lon) or len(set(found.values())) < len(found):
        return None
    south, west = min(row for row, _ in found.values()), min(col for _, col in found.values())
    return [(found[k][0] - south, found[k][1] - west) for k in range(len(lon))]
