"""Maintenance windows become flags of the panel: shown, never alarmed, never learned from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from engine.calendar.event import Event
from engine.data import Flag, Panel


def mark_maintenance(panel: Panel, events: Sequence[Event]) -> Panel:
    """The panel with `Flag.MAINTENANCE` set wherever an event of kind "maintenance" covers the cell and period.

    Returns the panel itself if no such event touches it; its arrays are never written to. Cell ids that the panel does
    not have are ignored (see `unknown_cells`).
    """
    events = [event for event in events if event.kind == "maintenance"]
    if not events:
        return panel
    inside = np.zeros(panel.shape, bool)
    rows = {cell.id: i for i, cell in enumerate(panel.cells)}
    for event in events:
        covered = event.covers(panel.times, panel.period_s, panel.zone)
        if event.cells:
            inside[[rows[c] for c in event.cells if c in rows]] |= covered
        else:
            inside |= covered
    if not inside.any():
        return panel
    mark = inside * np.uint8(Flag.MAINTENANCE)
    return dataclasses.replace(panel, flags={k: np.asarray(flags) | mark for k, flags in panel.flags.items()})


def unknown_cells(panel: Panel, events: Sequence[Event]) -> tuple[str, ...]:
    """Cell ids that events name and the panel does not have, sorted."""
    known = {cell.id for cell in panel.cells}
    return tuple(sorted({c for event in events for c in event.cells} - known))
