"""The stretch of time that a group of plots shows: one owner, so that they pan and zoom as one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

NARROWEST = 6.0
"""Samples that the closest zoom still shows."""


class TimeWindow(QObject):
    """A stretch [start, stop) of the samples 0..length, in samples; fractions are fine.

    Signals:
        changed: another stretch, or another length.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._length = 0
        self._start = 0.0
        self._stop = 0.0

    @property
    def length(self) -> int:
        """Samples there are."""
        return self._length

    @property
    def start(self) -> float:
        """First sample shown."""
        return self._start

    @property
    def stop(self) -> float:
        """End of what is shown."""
        return self._stop

    @property
    def span(self) -> float:
        """Samples shown."""
        return self._stop - self._start

    @property
    def whole(self) -> bool:
        """Whether everything is shown."""
        return self.span >= self._length

    def reset(self, length: int) -> None:
        """Take a series of another length and show all of it."""
        self._length, self._start, self._stop = length, 0.0, float(length)
        self.changed.emit()

    def show(self, start: float, stop: float) -> None:
        """Show [start, stop), moved and widened as far as needed to stay inside and not to be too narrow."""
        span = min(max(stop - start, NARROWEST), float(self._length))
        middle = (start + stop) / 2.0
        begin = min(max(middle - span / 2.0, 0.0), self._length - span)
        if (begin, begin + span) != (self._start, self._stop):
            self._start, self._stop = begin, begin + span
            self.changed.emit()

    def show_all(self) -> None:
        """Show everything."""
        self.show(0.0, float(self._length))

    def pan(self, samples: float) -> None:
        """Move towards later (positive) or earlier samples; stops at the ends without changing the zoom."""
        begin = min(max(self._start + samples, 0.0), self._length - self.span)
        self.show(begin, begin + self.span)

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show `factor` times as many samples; the sample `at` (default: the middle) stays where it is."""
        fixed = (self._start + self._stop) / 2.0 if at is None else min(max(at, self._start), self._stop)
        span = min(max(self.span * factor, min(NARROWEST, self._length)), float(self._length))
        share = (fixed - self._start) / self.span if self.span else 0.5
        begin = min(max(fixed - share * span, 0.0), self._length - span)
        self.show(begin, begin + span)

    def reveal(self, start: float, stop: float, context: float) -> None:
        """Bring [start, stop) into sight; unless it is and is wide enough to see, show it amid `context` samples."""
        if self._start <= start and stop <= self._stop and (stop - start) * 60.0 >= self.span:
            return
        span = max(context, (stop - start) * 2.0)
        middle = (start + stop) / 2.0
        self.show(middle - span / 2.0, middle + span / 2.0)
