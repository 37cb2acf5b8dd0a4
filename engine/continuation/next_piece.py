"""Later files that are a piece of a series: a file without a column of cells is a cell, called after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.data import IntArray, Panel, Quality
from engine.errors import InputError, Reason
from engine.io import Loaded
from engine.io.pieces import Kind, Named, named

_SERIES = "-series"

_COPY = re.compile(
    r"[-_. ]*(?:\(\d{1,3}\)|(?<![A-Za-z0-9])(?:v\d{1,3}|rev\d{0,3}|copy|corrected|correction|fixed|final|updated?))$",
    re.IGNORECASE,
)
"""What is put behind the name of a file that is written again: "X_test (1)", "X_test_corrected"."""


def as_known(panel: Panel, known: Quality, loaded: Loaded) -> Loaded:
    """The later data with the cells that are pieces of those in the panel called as these are; notes say which.

    A file is a piece of a cell if their names differ by a part that says so (`engine.io.pieces`) and if it begins after
    all that was measured of the cell, or repeats that to the last value. One that says something else of the same time
    is a piece if the cell is known to be made of pieces, and this is called like one of them or says so by a word: then
    it is a correction. known: of the panel. All else is left as it is. Raises InputError: two files correct the same
    time of one cell.
    """
    later = loaded.panel
    if not (known.format.endswith(_SERIES) and loaded.quality.format.endswith(_SERIES)) or not later.shape[1]:
        return loaded
    there = {cell.id: row for row, cell in enumerate(panel.cells)}
    joined = _joined(known)
    new: dict[int, str] = {}
    corrected: set[str] = set()
    for row, cell in enumerate(later.cells):
        if cell.id in there:
            continue
        fitting = [id_ for id_, at in there.items() if _continues(panel, at, later, row)]
        if not fitting:
            fitting = [id_ for id_, pieces in joined.items() if id_ in there and _is_piece(id_, pieces, cell.id)]
            corrected.update(fitting[:1] if len(fitting) == 1 else ())
        if len(fitting) == 1:
            new[row] = fitting[0]
    there_too = {cell.id for cell in later.cells}
    for id_ in {*new.values()}:
        rows = [row for row, name in new.items() if name == id_]
        if len(rows) == 1 and id_ not in there_too:
            continue
        if id_ in corrected:
            files = ", ".join([*(later.cells[row].id for row in rows), *({id_} & there_too)])
            raise InputError(Reason("pieces_clash", {"files": files[:300], "cell": id_}))
        new = {row: name for row, name in new.items() if name != id_}
    if not new:
        return loaded
    cells = tuple(panel.cells[there[new[k]]] if k in new else c for k, c in enumerate(later.cells))
    notes = [_note(panel, there[name], later, row, name in corrected) for row, name in new.items()]
    quality = replace(loaded.quality, notes=(*loaded.quality.notes, *notes))
    return replace(loaded, panel=replace(later, cells=cells), quality=quality)


def _joined(known: Quality) -> Mapping[str, set[str]]:
    """The cells that are known to be made of pieces, and what these are called, as far as notes tell."""
    found: dict[str, set[str]] = {}
    for note in known.notes:
        if note.code == "files_are_pieces":
            found.setdefault(str(note.params["cell"]), set()).update(str(note.params["files"]).split(", "))
    return found


def _is_piece(cell: str, pieces: set[str], later: str) -> bool:
    """Whether a later file is by its name a piece of a cell that is made of pieces: one of them, or one by a word."""
    name = later if later in pieces else _COPY.sub("", later)
    return name in pieces or _follows_by_name(cell, name) in (Kind.SAID, Kind.COUNTED)


def _note(panel: Panel, at: int, later: Panel, row: int, corrects: bool) -> Reason:
    """What became of a later cell that is a piece of one of the panel."""
    name, file = panel.cells[at].id, later.cells[row].id
    if corrects and len(np.intersect1d(panel.times[_measured(panel, at)], later.times[_measured(later, row)])):
        return Reason("file_corrects_piece", {"cell": name, "file": file})
    return Reason("files_are_pieces", {"count": 2, "cell": name, "files": f"{name}, {file}"})


def _continues(panel: Panel, at: int, later: Panel, row: int) -> bool:
    """Whether a later cell is what follows one of the panel."""
    kind = _follows_by_name(panel.cells[at].id, later.cells[row].id)
    if kind is None:
        return False
    before, after = _measured(panel, at), _measured(later, row)
    if not len(before) or not len(after):
        return False
    apart = int((later.times[after[0]] - panel.times[before[-1]]).astype("timedelta64[s]").astype(np.int64))
    if apart > 0:
        return kind is not Kind.NUMBER or apart <= 1.5 * panel.period_s
    return _repeats(panel, at, later, row)


def _follows_by_name(earlier: str, later: str) -> Kind | None:
    """What makes the later name that of a piece beside the earlier one, or of which that is the whole."""
    told, before = named(later), named(earlier)
    if told is None:
        return None
    if before is None or before.kind is not told.kind:
        before = Named(earlier, told.kind)
    in_order = told.kind is Kind.SAID or before.place <= told.place
    return told.kind if before.whole == told.whole and in_order else None


def _measured(panel: Panel, row: int) -> IntArray:
    """The periods in which anything was measured of a cell."""
    found = np.zeros(panel.shape[1], bool)
    for values in panel.values.values():
        found |= np.isfinite(values[row])
    return np.flatnonzero(found)


def _repeats(panel: Panel, at: int, later: Panel, row: int) -> bool:
    """Whether all that both measured is the same, and they measured something together."""
    _, old, new = np.intersect1d(panel.times, later.times, return_indices=True)
    common = 0
    for kpi in {kpi.id for kpi in panel.kpis} & {kpi.id for kpi in later.kpis}:
        one, other = panel.values[kpi][at, old], later.values[kpi][row, new]
        both = np.isfinite(one) & np.isfinite(other)
        if (one[both] != other[both]).any():
            return False
        common += int(np.count_nonzero(both))
    return common > 0
