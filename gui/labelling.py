"""What is labelled in the open data: drawn on the timeline or read from a file, each change undoable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.data import Labels, Panel
from engine.hand_labels import HandRows, LabelRow, row_of

Series = tuple[str, int]
"""KPI id and row of the panel."""
Held = tuple[Labels | None, HandRows]
"""Labels that came in whole, and those of single series over them."""


class Labelling(QObject):
    """The labels of the loaded data. Whoever was handed `held` keeps what it was: nothing in it is written to.

    Signals:
        changed(Series): the labels of that series are others; None: all of them may be.
    """

    changed = Signal(object)

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = undo_stack
        self._panel: Panel | None = None
        self._held: Held = (None, {})

    @property
    def held(self) -> Held:
        """The labels as they are now."""
        return self._held

    def load(self, panel: Panel | None, labels: Labels | None, hand: HandRows) -> None:
        """Take the labels of other data. Whoever calls this clears the undo stack."""
        self._panel, self._held = panel, (labels, hand)

    def row(self, series: Series) -> LabelRow | None:
        """The labels of a series (T,), not to be written to; None while no data are open."""
        return None if self._panel is None else row_of(self._panel, *self._held, *series)

    def label(self, series: Series, start: int, stop: int, value: int, text: str) -> None:
        """Label the periods [start, stop) of a series: 1 anomalous, 0 normal, -1 not labelled. text: to undo what."""
        row = self.row(series)
        if row is not None:
            changed = row.copy()
            changed[max(0, start) : stop] = value
            self.put(series, changed, text)

    def put(self, series: Series, row: LabelRow, text: str) -> None:
        """Take another row (T,) as the labels of a series."""
        before = self.row(series)
        if before is not None and (row != before).any():
            labels, hand = self._held
            self._push((labels, {**hand, series: row}), series, text)

    def replace(self, labels: Labels, text: str) -> None:
        """Take other labels for all data, as from a file."""
        self._push((labels, {}), None, text)

    def _push(self, after: Held, series: Series | None, text: str) -> None:
        self._stack.push(_Change(self._put, self._held, after, series, text))

    def _put(self, held: Held, series: Series | None) -> None:
        self._held = held
        self.changed.emit(series)


class _Change(QUndoCommand):
    """From one state of all labels to another; the two share every row that is the same."""

    def __init__(
        self, put: Callable[[Held, Series | None], None], before: Held, after: Held, series: Series | None, text: str
    ) -> None:
        super().__init__(text)
        self._put, self._before, self._after, self._series = put, before, after, series

    def redo(self) -> None:
        self._put(self._after, self._series)

    def undo(self) -> None:
        self._put(self._before, self._series)
