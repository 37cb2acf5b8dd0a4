"""Where a person is in the views, so that they are there again when the data have grown under them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gui.plots.time_slider import TimeSlider
from gui.plots.time_window import TimeWindow


class Place:
    """The stretches of time in sight, and below `root` the moments shown and how far lists are scrolled."""

    def __init__(self, windows: Sequence[TimeWindow], root: QWidget) -> None:
        self._windows = [(window, window.start, window.stop, window.length) for window in windows]
        self._moments = [(slider, slider.moment) for slider in root.findChildren(TimeSlider)]
        bars = [area.verticalScrollBar() for area in root.findChildren(QAbstractScrollArea)]
        self._bars = [(bar, bar.value()) for bar in bars if bar.value()]

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
        for slider, moment in self._moments:
            slider.move_to(moment + shift)
        for bar, value in self._bars:
            bar.setValue(value)
