"""The views beside and above each other, and how what a person asks of one of them is brought into sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.look.theme import GRID
from gui.plots.staying import Place
from gui.widgets.panes import Panes

TABS = ("incidents", "quality", "associations", "diagnosis")
_NEEDS_SIGHT = ("comment", "assign", "toggle_play", "toggle_week")
"""What a view does that is of no use unseen."""

_SIDES = (60 * GRID, 76 * GRID)
_OVERVIEW = 30 * GRID
"""Height that the whole network needs to be seen at all, pixels: a few lanes, a map worth the name."""


class Arrangement(QObject):
    """The views by their ids, and the panes that they stand in. `whole`: all of it, for the window."""

    def __init__(self, views: Mapping[str, QWidget], panes: Panes, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self.views, self.panes = views, panes
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for name in TABS:
            self.tabs.addTab(views[name], type(views[name]).title)
        width, height = size.width(), size.height()
        overview, timeline = views["overview"], views["timeline"]
        centre = panes.divide("centre", Qt.Orientation.Vertical, [overview, timeline], [36, 64], height)
        sides = [views["cells"], centre, views["inspector"]]
        across = panes.divide("across", Qt.Orientation.Horizontal, sides, [240, 860, 340], width)
        self.whole = panes.divide("down", Qt.Orientation.Vertical, [across, self.tabs], [70, 30], height)
        panes.offer_alone({"overview": [timeline, self.tabs], "timeline": [overview, self.tabs], "tabs": [across]})
        across.setStretchFactor(1, 1)
        self.whole.setStretchFactor(0, 1)
        overview.setMinimumHeight(_OVERVIEW)
        views["cells"].setMinimumWidth(_SIDES[0])
        views["inspector"].setMinimumWidth(_SIDES[1])
        for view in views.values():
            view.setProperty("role", "surface")
            view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def do(self, view_id: str, method: str, *arguments: object) -> None:
        """Have a view do something, in sight of the person who asked for it."""
        view = self.views[view_id]
        if view_id in TABS:
            self.tabs.setCurrentWidget(view)
        if method in _NEEDS_SIGHT:
            self._reveal(view)
        getattr(view, method)(*arguments)

    def label(self, method: str, *arguments: object) -> None:
        """Have labels drawn on the timeline."""
        timeline = self.views["timeline"]
        self._reveal(timeline)
        getattr(timeline.labels, method)(*arguments)

    def take_threshold(self) -> None:
        """Give the arrow keys the threshold on the timeline."""
        timeline = self.views["timeline"]
        self._reveal(timeline)
        timeline.plot.take_threshold()

    def place(self) -> Callable[[int], None]:
        """What goes where a person is now, when so many periods have come in front of those there are."""
        windows = self.views["timeline"].plot.window, self.views["overview"].lanes.window
        return Place(windows, self.whole).restore

    def _reveal(self, view: QWidget) -> None:
        """Show all panes again if the one that is alone stands in the place of this view."""
        if not view.isVisible():
            self.panes.show_alone("")
