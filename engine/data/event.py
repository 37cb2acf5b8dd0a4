"""One event of the calendar: what a person knows that the measurements do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

EVENT_KINDS = ("event", "holiday", "maintenance", "working")
"""event: something that draws people; holiday: a free day; maintenance: shown, never alarmed; working: no free day."""


@dataclass(frozen=True)
class Event:
    """One span of time with a name.

    start, stop: half open; UTC if `utc`, else wall-clock time of the network's zone. kind: one of EVENT_KINDS. cells:
    ids of the only cells it concerns, empty = all.
    """

    start: datetime
    stop: datetime
    name: str
    kind: str = "event"
    cells: tuple[str, ...] = ()
    utc: bool = False

    def to_json(self) -> dict[str, Any]:
        """The event as plain values; times in ISO 8601, those of UTC with a Z."""
        zone = "Z" if self.utc else ""
        return {
            "start": self.start.isoformat() + zone,
            "end": self.stop.isoformat() + zone,
            "name": self.name,
            "kind": self.kind,
            "cells": list(self.cells),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Event:
        """The event that `to_json` was asked of. Raises KeyError, ValueError for what is none."""
        utc = told["start"].endswith("Z")
        start, stop = (datetime.fromisoformat(told[name].removesuffix("Z")) for name in ("start", "end"))
        return cls(start, stop, told["name"], told["kind"], tuple(told["cells"]), utc)
