"""The panes of the window: side by side or one above the other, with hairlines that can be dragged, or one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from gui.preferences import Preferences


class Panes(QObject):
    """Divides the window, remembers how, and shows one pane in the place of others for as long as that is wanted.

    Signals:
        changed(str): the name of the pane that is shown alone now, "" where all are.
    """

    changed = Signal(str)

    def __init__(self, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._splitters: dict[str, QSplitter] = {}
        self._hides: Mapping[str, Sequence[QWidget]] = {}
        self._sizes: dict[str, list[int]] = {}
        self.alone = ""

    def divide(
        self, name: str, orientation: Qt.Orientation, widgets: Sequence[QWidget], sizes: Sequence[int]
    ) -> QSplitter:
        """A splitter as it was left; where nothing is remembered of it, divided in these sizes, pixels."""
        made = QSplitter(orientation)
        made.setObjectName(name)
        made.setChildrenCollapsible(False)
        made.setHandleWidth(1)
        for widget in widgets:
            made.addWidget(widget)
        made.setSizes(list(sizes))
        remembered = self._preferences.shape(name)
        if not remembered.isEmpty():
            made.restoreState(remembered)
        self._splitters[name] = made
        return made

    def offer_alone(self, hides: Mapping[str, Sequence[QWidget]]) -> None:
        """Which panes can be shown alone, and what each of them hides."""
        self._hides = hides

    def show_alone(self, name: str) -> None:
        """Show one pane in the place of others; all of them again if it is alone already, or for "".

        Raises KeyError for a name that was not offered.
        """
        wanted = "" if name == self.alone else name
        if wanted == self.alone or not self._hides:
            return
        if not self.alone:
            self._sizes = {known: made.sizes() for known, made in self._splitters.items()}
        gone = self._hides[wanted] if wanted else ()
        for widget in {id(one): one for hidden in self._hides.values() for one in hidden}.values():
            widget.setVisible(widget not in gone)
        self.alone = wanted
        if not wanted:
            for known, made in reversed(self._splitters.items()):  # outer ones are made last and give room
                made.refresh()
                made.setSizes(self._sizes[known])
        self.changed.emit(wanted)

    def go_alone(self, name: str) -> None:
        """`show_alone`, but where the pane is alone already it stays so; "", or a name not offered: show all."""
        wanted = name if name in self._hides else ""
        if wanted != self.alone:
            self.show_alone(wanted)

    def remember(self) -> None:
        """Note in the preferences how the window is divided."""
        self.show_alone("")
        for name, made in self._splitters.items():
            self._preferences.set_shape(name, made.saveState())
