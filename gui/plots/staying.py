"""Where a person is in the views, so that they are there again when the data have grown under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QAbstractScrollArea

from gui.plots.time_window import TimeWindow


class Place:
    """The stretches of time in sight and how far lists are scrolled, as they are now."""

    def __init__(self, windows: Sequence[TimeWindow], areas: Iterable[QAbstractScrollArea]) -> None:
        self._windows = [(window, window.start, window.stop, window.length) for window in windows]
        self._bars = [(bar, bar.value()) for bar in (area.verticalScrollBar() for area in areas) if bar.value()]

    def restore(self, shift: int) -> None:
        """Go there again; `shift` samples came in front.

        Whoever saw everything sees everything. Whoever saw the newest sample sees the newest, as much of it as before.
        """
        for window, start, stop, length in self._windows:
            if start <= 0 and stop >= length:
                window.show_all()
            elif stop >= length:
                window.show(window.length - (stop - start), window.length)
            else:
                window.show(start + shift, stop + shift)
        for bar, value in self._bars:
            bar.setValue(value)
