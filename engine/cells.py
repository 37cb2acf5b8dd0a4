"""The cell reference table: names, sites and positions joined to the cells of a panel."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping
from pathlib import Path

from engine.data import Cell, Panel, Quality
from engine.errors import InputError, Reason

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("cell", "cell_id", "cellid", "id", "ci", "ecgi", "cgi", "cellname", "cell_name"),
    "name": ("name", "label"),
    "site": ("site", "site_id", "siteid", "enodeb", "gnodeb", "enb", "gnb", "bts"),
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
    "row": ("row",),
    "col": ("col", "column"),
}
"""Field of `Cell` -> header names it is recognised by, lower case."""


def read_cells(path: Path) -> Mapping[str, Cell]:
    """Cells by id from a CSV with a header (comma, semicolon or tab). Empty fields stay unknown.

    Raises InputError naming file, line and value for a missing id column, a bad number or coordinates off the globe.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline()
            separator = max(",;\t", key=head.count)
            stream.seek(0)
            reader = csv.DictReader(stream, delimiter=separator)
            columns = _columns(reader.fieldnames or (), path)
            found = {}
            for line, row in enumerate(reader, start=2):
                cell = _cell(row, columns, path, line)
                found[cell.id] = cell
    except OSError as error:
        raise InputError(Reason("file_unreadable", {"file": str(path), "detail": error.strerror or ""})) from error
    except UnicodeDecodeError as error:
        raise InputError(Reason("cells_encoding", {"file": path.name})) from error
    if not found:
        raise InputError(Reason("cells_table_empty", {"file": path.name}))
    return found


def _columns(header: object, path: Path) -> dict[str, str]:
    names = {str(h).strip().lower(): str(h) for h in header or ()}  # type: ignore[attr-defined]
    columns = {}
    for role, known in COLUMNS.items():
        match = next((names[k] for k in known if k in names), None)
        if match is not None:
            columns[role] = match
    if "id" not in columns:
        raise InputError(Reason("cells_no_id", {"file": path.name, "known": ", ".join(COLUMNS["id"])}))
    return columns


def _cell(row: Mapping[str, str | None], columns: Mapping[str, str], path: Path, line: int) -> Cell:
    def text(role: str) -> str:
        return (row.get(columns.get(role, "")) or "").strip()

    def number(role: str, low: float, high: float) -> float | None:
        raw = text(role)
        if not raw:
            return None
        try:
            value = float(raw.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise InputError(Reason("cells_number", {"file": path.name, "line": line, "column": role, "value": raw}))
        return value

    row_number, col_number = number("row", -1e6, 1e6), number("col", -1e6, 1e6)
    return Cell(
        id=text("id"),
        name=text("name"),
        site=text("site"),
        lat=number("lat", -90, 90),
        lon=number("lon", -180, 180),
        row=None if row_number is None else int(row_number),
        col=None if col_number is None else int(col_number),
    )


def join(panel: Panel, quality: Quality, table: Mapping[str, Cell]) -> tuple[Panel, Quality]:
    """The panel with what the table knows of its cells, and the quality report with the unmatched ones of both sides.

    A field that the table leaves empty keeps what the panel has. What the report said of an earlier table goes.
    """
    cells = tuple(_merged(cell, table.get(cell.id)) for cell in panel.cells)
    present = {cell.id for cell in panel.cells}
    unknown = tuple(c.id for c in panel.cells if c.id not in table)
    unused = tuple(name for name in table if name not in present)
    notes = [note for note in quality.notes if note.code not in ("cells_unmatched", "cells_unused")]
    if unknown:
        notes.append(Reason("cells_unmatched", {"count": len(unknown), "total": len(cells), "example": unknown[0]}))
    if unused:
        notes.append(Reason("cells_unused", {"count": len(unused), "example": unused[0]}))
    report = dataclasses.replace(quality, notes=tuple(notes), unknown_cells=unknown, unused_cells=unused)
    return dataclasses.replace(panel, cells=cells), report


def _merged(cell: Cell, known: Cell | None) -> Cell:
    if known is None:
        return cell
    given = {f.name: v for f in dataclasses.fields(Cell) if (v := getattr(known, f.name)) not in ("", None)}
    return dataclasses.replace(cell, **given)
