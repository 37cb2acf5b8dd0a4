"""What of the open data and their result a project holds, to know whether it holds all of it."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data import Panel, Result
from engine.data.event import Event
from engine.network.kpi_table import KpiTable
from engine.settings import Settings

if TYPE_CHECKING:
    from gui.said.choosing import Thresholds
    from gui.state import Source


@dataclass(frozen=True)
class Held:
    """The data, the run and the vote that were saved or read last; the data are not kept alive by it."""

    panel: weakref.ref[Panel]
    dictionary: KpiTable
    run: str
    settings: Settings
    thresholds: Thresholds
    events: tuple[Event, ...]

    @classmethod
    def of(cls, source: Source, result: Result) -> Held:
        """What a project holds in which these stand."""
        panel = weakref.ref(source.panel)
        run = result.record.run_id
        return cls(panel, source.dictionary, run, result.settings, result.thresholds, result.events)

    def holds(self, source: Source, result: Result | None) -> bool:
        """Whether there is nothing in these that the project lacks."""
        return (
            result is not None
            and source.panel is self.panel()
            and source.dictionary == self.dictionary
            and (result.record.run_id, result.settings) == (self.run, self.settings)
            and (result.thresholds, result.events) == (self.thresholds, self.events)
        )
