"""What is labelled in the open data: drawn on the timeline or read from a file, each change undoable."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.data import Labels, Panel
from engine.labelling.hand_labels import HandRows, LabelRow, all_on_longer_grid, on_longer_grid, row_of
from gui.said.change import Change

Series = tuple[str, int]
"""KPI id and row of the panel."""
Held = tuple[Labels | None, HandRows]
"""Labels that came in whole, and those of single series over them."""


class Labelling(QObject):
    """The labels of the loaded data. Whoever was handed `held` keeps what it was: nothing in it is written to.

    Signals:
        drawn(Series, LabelRow): the labels of that series are others; what they were. `changed` follows.
        changed(Series): the labels of that series are others; None: all of them may be.
    """

    drawn = Signal(object, object)
    changed = Signal(object)

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = undo_stack
        self._panel: Panel | None = None
        self._held: Held = (None, {})
        self._moved = 0

    @property
    def held(self) -> Held:
        """The labels as they are now."""
        return self._held

    def load(self, panel: Panel | None, labels: Labels | None, hand: HandRows) -> None:
        """Take the labels of other data. Whoever calls this clears the undo stack."""
        self._panel, self._held, self._moved = panel, (labels, hand), 0

    def grow(self, panel: Panel, labels: Labels | None, hand: HandRows, shift: int) -> None:
        """Take the same labels on a longer grid, which begins `shift` periods earlier; what can be undone stays."""
        self._panel, self._held = panel, (labels, hand)
        self._moved += shift

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
            put = partial(self._put_row, series, self._moved)
            self._stack.push(Change(put, self._held[1].get(series), row, text))

    def replace(self, labels: Labels, text: str) -> None:
        """Take other labels for all data, as from a file."""
        self._stack.push(Change(partial(self._put_all, self._moved), self._held, (labels, {}), text))

    def _put_row(self, series: Series, moved: int, row: LabelRow | None) -> None:
        """Take the row of a series as it was drawn when the grid had moved so far; None: none is drawn."""
        (labels, hand), before = self._held, self.row(series)
        others = {one: drawn for one, drawn in hand.items() if one != series}
        self._held = labels, others if row is None else {**others, **self._here({series: row}, moved, labels)}
        if before is not None:
            self.drawn.emit(series, before)
        self.changed.emit(series)

    def _put_all(self, moved: int, held: Held) -> None:
        """Take all labels as they were when the grid had moved so far."""
        labels, hand = held
        if labels is not None and self._panel is not None:
            labels = all_on_longer_grid(labels, self._moved - moved, self._panel.shape)
        self._held = labels, self._here(hand, moved, labels)
        self.changed.emit(None)

    def _here(self, hand: HandRows, moved: int, labels: Labels | None) -> HandRows:
        return hand if self._panel is None else on_longer_grid(hand, self._moved - moved, self._panel.shape[1], labels)
