"""Later files that are the next piece of a series: a file without a column of cells is a cell, called after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from engine.data import IntArray, Panel, Quality
from engine.errors import Reason
from engine.io import Loaded
from engine.io.pieces import Kind, Named, named

_SERIES = "-series"


def as_known(panel: Panel, known: Quality, loaded: Loaded) -> Loaded:
    """The later data with the cells that are pieces of those in the panel called as these are; notes say which.

    A file is the next piece of a cell if their names differ by a part that says so (`engine.io.pieces`) and if it
    begins after all that was measured of the cell, or repeats that to the last value. known: of the panel. All else is
    left as it is.
    """
    later = loaded.panel
    if not (known.format.endswith(_SERIES) and loaded.quality.format.endswith(_SERIES)) or not later.shape[1]:
        return loaded
    there = {cell.id: row for row, cell in enumerate(panel.cells)}
    new: dict[int, str] = {}
    for row, cell in enumerate(later.cells):
        if cell.id in there:
            continue
        fitting = [id_ for id_, at in there.items() if _continues(panel, at, later, row)]
        if len(fitting) == 1:
            new[row] = fitting[0]
    times = Counter([*new.values(), *(cell.id for cell in later.cells)])
    new = {row: name for row, name in new.items() if times[name] == 1}
    if not new:
        return loaded
    cells = tuple(panel.cells[there[new[k]]] if k in new else c for k, c in enumerate(later.cells))
    notes = [
        Reason("files_are_pieces", {"count": 2, "cell": name, "files": f"{name}, {later.cells[row].id}"})
        for row, name in new.items()
    ]
    quality = replace(loaded.quality, notes=(*loaded.quality.notes, *notes))
    return replace(loaded, panel=replace(later, cells=cells), quality=quality)


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
