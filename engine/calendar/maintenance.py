"""Maintenance windows become flags of the panel: shown, never alarmed, never learned from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from engine.calendar.event import covers
from engine.data import Flag, FlagArray, Panel
from engine.data.event import Event

ROWS_AT_ONCE = 256


def mark_maintenance(panel: Panel, events: Sequence[Event]) -> Panel:
    """The panel with `Flag.MAINTENANCE` where an event of kind "maintenance" covers cell and period, and only there.

    Marks of windows that there are no longer go. Returns the panel itself where all is as it should be; its arrays are
    never written to. Cell ids that the panel does not have are ignored (see `unknown_cells`).
    """
    inside = np.zeros(panel.shape, bool)
    rows = {cell.id: i for i, cell in enumerate(panel.cells)}
    for event in events:
        if event.kind != "maintenance":
            continue
        covered = covers(event, panel.times, panel.period_s, panel.zone)
        if event.cells:
            inside[[rows[c] for c in event.cells if c in rows]] |= covered
        else:
            inside |= covered
    if not inside.any() and not any(_marked(flags) for flags in panel.flags.values()):
        return panel
    mark, others = inside * np.uint8(Flag.MAINTENANCE), ~np.uint8(Flag.MAINTENANCE)
    return dataclasses.replace(panel, flags={k: (flags & others) | mark for k, flags in panel.flags.items()})


def _marked(flags: FlagArray) -> bool:
    flags = flags if any(flags.strides) else flags[:1, :1]  # one number that stands for all
    return any(bool((flags[k : k + ROWS_AT_ONCE] & Flag.MAINTENANCE).any()) for k in range(0, len(flags), ROWS_AT_ONCE))


def unknown_cells(panel: Panel, events: Sequence[Event]) -> tuple[str, ...]:
    """Cell ids that events name and the panel does not have, sorted."""
    known = {cell.id for cell in panel.cells}
    return tuple(sorted({c for event in events for c in event.cells} - known))
