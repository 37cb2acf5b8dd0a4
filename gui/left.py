"""How a part of the window was left, as a project tells it. A project is somebody else's file: nothing in it is taken
at its word, what is of another type or no longer there counts as not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from engine.data import Panel

Told: TypeAlias = dict[str, Any]
"""Plain JSON values by name, as they go into a project: ids and stamps in UTC, never positions."""

SECOND = np.timedelta64(1, "s")


class Left:
    """Reads what `Told` says. Every method gives "nothing" where it says nothing of the kind."""

    def __init__(self, told: object) -> None:
        self._told: Mapping[str, Any] = told if isinstance(told, Mapping) else {}

    def __bool__(self) -> bool:
        return bool(self._told)

    def part(self, name: str) -> Left:
        """What is told under a name."""
        return Left(self._told.get(name))

    def text(self, name: str) -> str:
        """A text; "" = nothing."""
        found = self._told.get(name)
        return found if isinstance(found, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts."""
        found = self._told.get(name)
        return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()

    def flag(self, name: str) -> bool:
        """Whether something is so; False = nothing."""
        return self._told.get(name) is True

    def stretch(self, panel: Panel) -> tuple[float, float] | None:
        """A stretch of time as `stretch_of` tells it: samples [start, stop) of the panel, cut off where it ends.

        None where nothing of it lies on the panel.
        """
        period, length = panel.period_s, panel.shape[1]
        try:
            first, last = (np.datetime64(self.text(name), "s") for name in ("from", "to"))
        except ValueError:
            return None
        if np.isnat(first) or np.isnat(last) or not length:
            return None
        start, stop = (float((when - panel.times[0]) / SECOND) / period for when in (first, last))
        start, stop = max(start, 0.0), min(stop, float(length))
        return (start, stop) if start < stop else None


def stretch_of(panel: Panel, start: float, stop: float) -> Told:
    """Samples [start, stop) of a panel as stamps in UTC, to the second."""
    first = panel.times[0].astype("datetime64[s]")
    return {
        name: str(first + np.timedelta64(round(sample * panel.period_s), "s"))
        for name, sample in (("from", start), ("to", stop))
    }
