"""Local time and the calendar: what hour, weekday, weekend, holiday or event a period falls into.

Everything stored is UTC; this package (with `engine.io.normalise` for what comes in) is the only place that knows
zones.
"""

from __future__ import annotations

from engine.calendar.clock import cut, make_clock, weekend_of
from engine.calendar.event import on_wall, read_events, span_of, write_events
from engine.calendar.maintenance import mark_maintenance, unknown_cells
from engine.calendar.spans import duration_text
from engine.calendar.wall_grid import WallGrid
from engine.calendar.zones import (
    check_zone,
    iso_local,
    iso_locals,
    local_seconds,
    local_text,
    needs_year,
    offset_text,
    to_utc,
)

__all__ = [
    "WallGrid",
    "check_zone",
    "cut",
    "duration_text",
    "iso_local",
    "iso_locals",
    "local_seconds",
    "local_text",
    "make_clock",
    "mark_maintenance",
    "needs_year",
    "offset_text",
    "on_wall",
    "read_events",
    "span_of",
    "to_utc",
    "unknown_cells",
    "weekend_of",
    "write_events",
]
