"""The cell reference table: names, sites, areas, positions and antennas joined to the cells of a panel.

A table (CSV) or the polygons of a grid (GeoJSON). A cell of the data is found by the id of a row or by another name of
it: ECGI, LAC-CI, TAC-CI, or the name that people use, as far as these are of one row alone.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.data import TRAITS, Cell, Panel, Quality
from engine.errors import Reason
from engine.files.header_words import (
    AREA_NAMES,
    AZIMUTH_NAMES,
    CELL_TITLES,
    CELL_WORDS,
    LATITUDE_NAMES,
    LONGITUDE_NAMES,
    SITE_NAMES,
    TRAIT_NAMES,
)
from engine.network import side_table
from engine.network.cell_grid import is_geojson, read_grid
from engine.text import tell

_IDS = ("cell", "cell_id", "cellid", "id", "cellname", "cell_name", "ecgi", "cgi", "ncgi", "eci", "nci", "ci")
_TYPE = "type"  # may be anything; where it is a technology it is taken as that
_TECHNOLOGY = re.compile(
    r"(?:GSM|GERAN|UMTS|WCDMA|HSPA\+?|UTRAN?|CDMA(?:2000)?|EVDO|TD-?SCDMA|LTE|LTE-?A|E-?UTRAN?|(?:LTE-?)?[FT]DD(?:-?LTE)?"
    r"|NB-?IOT|(?:5G[- ]?)?NR(?:[- ]?(?:SA|NSA))?|[2-6]G(?:[- ](?:SA|NSA))?)",
    re.IGNORECASE,
)
_NOTES = ("cells_unmatched", "cells_unused", "cells_unread")
_OF_CELLS = sorted(CELL_WORDS, key=lambda name: name in CELL_TITLES)  # a name stands for the id where there is none

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (*_IDS, *_OF_CELLS),
    "name": CELL_TITLES,
    "site": SITE_NAMES,
    "area": AREA_NAMES,
    "lat": (*LATITUDE_NAMES, "y"),
    "lon": (*LONGITUDE_NAMES, "x"),
    "azimuth": AZIMUTH_NAMES,
    **TRAIT_NAMES,
    "row": ("row",),
    "col": ("col", "column"),
    "ci": ("ci", "eci", "nci", "local_cell_id"),
    "ecgi": ("ecgi", "cgi", "ncgi", "global_id"),
    _TYPE: ("type", "cell_type", "kind", "system"),
}
"""What a column tells -> header names it is recognised by, as `plain` writes them."""


@dataclass(frozen=True)
class CellTable:
    """cells: by the id of their row. aliases: other name -> id, for names that only one row has. unread: the columns
    of which nobody knows what they tell.
    """

    cells: Mapping[str, Cell]
    aliases: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def find(self, name: str) -> Cell | None:
        """The row that a cell of the data means."""
        return self.cells.get(name) or self.cells.get(self.aliases.get(name, ""))


def read_cells(path: Path) -> CellTable:
    """Cells from a CSV with a header, or from a GeoJSON grid. Empty fields stay unknown.

    Raises InputError naming file, line and value for a missing id column, a bad number or coordinates off the globe.
    """
    if is_geojson(path):
        return CellTable(read_grid(path))
    names: dict[str, set[str]] = {}
    found: dict[str, Cell] = {}
    typed = False
    for line, row in side_table.read(path, COLUMNS, "id"):
        by_type = not row["technology"] and _TECHNOLOGY.fullmatch(row[_TYPE]) is not None
        cell = _cell({**row, "technology": row[_TYPE]} if by_type else row, path, line)
        typed = typed or by_type
        found[cell.id] = cell
        for alias in _aliases(row, cell):
            names.setdefault(alias, set()).add(cell.id)
    aliases = {alias: next(iter(ids)) for alias, ids in names.items() if len(ids) == 1}
    known = COLUMNS if typed else {role: told for role, told in COLUMNS.items() if role != _TYPE}
    return CellTable(found, aliases, side_table.unread(path, known))


def _cell(row: Mapping[str, str], path: Path, line: int) -> Cell:
    def number(role: str, low: float, high: float) -> float | None:
        raw = row[role]
        if not raw:
            return None
        try:
            value = float(raw.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise side_table.wrong_value(
                path, line, role, raw, tell("side_table_range", low=f"{low:g}", high=f"{high:g}")
            )
        return value

    row_number, col_number = number("row", -1e6, 1e6), number("col", -1e6, 1e6)
    return Cell(
        id=row["id"],
        name=row["name"] if row["name"] != row["id"] else "",
        site=row["site"],
        lat=number("lat", -90, 90),
        lon=number("lon", -180, 180),
        row=None if row_number is None else int(row_number),
        col=None if col_number is None else int(col_number),
        area=row["area"],
        azimuth=number("azimuth", -360, 360),
        **{trait: row[trait] for trait in TRAITS},
    )


def _aliases(row: Mapping[str, str], cell: Cell) -> list[str]:
    """The other names of a row: its global identity, area and cell number together, its name."""
    both = f"{cell.area}-{row['ci']}" if cell.area and row["ci"] else ""
    return [name for name in (row["ecgi"], both, cell.name) if name and name != cell.id]


def join(panel: Panel, quality: Quality, table: CellTable) -> tuple[Panel, Quality]:
    """The panel with what the table knows of its cells, and the quality report with the unmatched ones of both sides.

    A field that the table leaves empty keeps what the panel has. What the report said of an earlier table goes.
    """
    matches = [table.find(cell.id) for cell in panel.cells]
    cells = tuple(_merged(cell, known) for cell, known in zip(panel.cells, matches, strict=True))
    used = {known.id for known in matches if known is not None}
    unknown = tuple(cell.id for cell, known in zip(panel.cells, matches, strict=True) if known is None)
    unused = tuple(name for name in table.cells if name not in used)
    notes = [note for note in quality.notes if note.code not in _NOTES]
    if unknown:
        notes.append(Reason("cells_unmatched", {"count": len(unknown), "total": len(cells), "example": unknown[0]}))
    if unused:
        notes.append(Reason("cells_unused", {"count": len(unused), "example": unused[0]}))
    if table.unread:
        notes.append(Reason("cells_unread", {"columns": ", ".join(table.unread)[:300]}))
    report = dataclasses.replace(quality, notes=tuple(notes), unknown_cells=unknown, unused_cells=unused)
    return dataclasses.replace(panel, cells=cells), report


def _merged(cell: Cell, known: Cell | None) -> Cell:
    if known is None:
        return cell
    given = {f.name: v for f in dataclasses.fields(Cell) if (v := getattr(known, f.name)) not in ("", None)}
    return dataclasses.replace(cell, **{**given, "id": cell.id})
