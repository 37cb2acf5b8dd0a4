"""The real begins of periods longer than an hour: their grid lies on the wall clock, and knows no summer time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.calendar.zones import local_seconds, to_utc
from engine.data import Panel, TimeArray

HOUR_S = 3600


@dataclass(frozen=True)
class WallGrid:
    """How the even grid of a panel stands to real time.

    The days of a panel are all 24 hours apart, as if its zone had winter time all year, though a day of summer begins
    an hour earlier by UTC. ahead_s: by how much that clock is ahead of UTC; None where the grid is real time, because
    the periods are no longer than an hour or the zone is UTC.
    """

    zone: str
    ahead_s: int | None

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """The grid of a panel."""
        if panel.period_s <= HOUR_S or panel.zone in ("", "UTC"):
            return cls(panel.zone, None)
        times = panel.times.astype("datetime64[s]")
        return cls(panel.zone, int((local_seconds(times, panel.zone) - times.astype(np.int64)).min()))

    def moments(self, times: TimeArray) -> TimeArray:
        """The real UTC moments (T,) of times of the grid (T,), which are UTC by its own clock."""
        if self.ahead_s is None:
            return times
        wall = (np.asarray(times).astype("datetime64[s]").astype(np.int64) + self.ahead_s).astype("datetime64[s]")
        return to_utc(wall, self.zone)

    def moment(self, time: np.datetime64) -> np.datetime64:
        """The real UTC moment of one time of the grid."""
        found: np.datetime64 = self.moments(np.array([time]))[0]
        return found

    def place(self, moment: np.datetime64) -> np.datetime64:
        """The time of the grid at a real UTC moment."""
        if self.ahead_s is None:
            return moment
        local = local_seconds(np.array([moment]), self.zone)[0]
        return np.datetime64(int(local) - self.ahead_s, "s")
