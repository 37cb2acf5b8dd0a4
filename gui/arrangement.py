"""The views beside and above each other, and how what a person asks of one of them is brought into sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QWidget

from gui.look.theme import GRID
from gui.plots.staying import Place
from gui.widgets.headed_tabs import HeadedTabs
from gui.widgets.panes import Panes

if TYPE_CHECKING:
    from gui.views import Views

TABS = ("incidents", "quality", "associations", "diagnosis")
_NEEDS_SIGHT = ("comment", "assign", "toggle_play", "toggle_week")
"""What a view does that is of no use unseen."""

_SIDES = (60 * GRID, 76 * GRID)
"""Least widths of the lists and of the inspector, pixels."""
_ACROSS = (240, 860, 340)
"""How they share the width with what is between them."""
_OVERVIEW = 30 * GRID
"""Height that the whole network needs to be seen at all, pixels: a few lanes, a map worth the name."""
_AROUND = 22 * GRID
"""Height of what is above and below the panes, pixels."""
_TIMELINE, _LANES, _LIST = 64 * GRID, 50 * GRID, 40 * GRID
"""Heights with which there is something to see at a first look: a series with all who judge it, six lanes, five
incidents.
"""


def shares_of_height(room: int) -> tuple[int, int, int]:
    """How the overview, the timeline and what is below them share a height at first, pixels.

    Where there is little, lanes and incidents have what they need to be of use before the timeline has more than it
    needs; where there is much, each has its share.
    """
    below = max(round(0.28 * room), min(_LIST, room - _LANES - _TIMELINE))
    lanes = max(round(0.36 * (room - below)), min(_LANES, room - below - _TIMELINE))
    return lanes, room - below - lanes, below


class Arrangement(QObject):
    """The views, and the panes that they stand in. `whole`: all of it, for the window."""

    def __init__(self, views: Views, panes: Panes, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self.views, self.panes = views, panes
        self.tabs = HeadedTabs()
        for page in (views.incidents, views.quality, views.associations, views.diagnosis):
            self.tabs.add(page, page.heading, page.title)
        overview, timeline = views.overview, views.timeline
        lanes, series, below = shares_of_height(size.height() - _AROUND)
        centre = panes.divide("centre", Qt.Orientation.Vertical, [overview, timeline], [lanes, series])
        sides: list[QWidget] = [views.cells, centre, views.inspector]
        share = size.width() / 1440
        across = panes.divide("across", Qt.Orientation.Horizontal, sides, [round(one * share) for one in _ACROSS])
        self.whole = panes.divide("down", Qt.Orientation.Vertical, [across, self.tabs], [lanes + series, below])
        panes.offer_alone({"overview": [timeline, self.tabs], "timeline": [overview, self.tabs], "tabs": [across]})
        across.setStretchFactor(1, 1)
        self.whole.setStretchFactor(0, 1)
        overview.setMinimumHeight(_OVERVIEW)
        views.cells.setMinimumWidth(_SIDES[0])
        views.inspector.setMinimumWidth(_SIDES[1])
        for view in views.by_id.values():
            view.setProperty("role", "surface")
            view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def do(self, view_id: str, method: str, *arguments: object) -> None:
        """Have a view do something, in sight of the person who asked for it."""
        view = self.views.by_id[view_id]
        if view_id in TABS:
            self.tabs.setCurrentWidget(view)
        if method in _NEEDS_SIGHT:
            self._reveal(view)
        getattr(view, method)(*arguments)

    def label(self, method: str, *arguments: object) -> None:
        """Have labels drawn on the timeline."""
        timeline = self.views.timeline
        self._reveal(timeline)
        getattr(timeline.labels, method)(*arguments)

    def take_threshold(self) -> None:
        """Give the arrow keys the threshold on the timeline."""
        timeline = self.views.timeline
        self._reveal(timeline)
        timeline.plot.take_threshold()

    def place(self) -> Callable[[int], None]:
        """What goes where a person is now, when so many periods have come in front of those there are."""
        windows = self.views.timeline.plot.window, self.views.overview.lanes.window
        return Place(windows, self.whole).restore

    def _reveal(self, view: QWidget) -> None:
        """Show all panes again if the one that is alone stands in the place of this view."""
        if not view.isVisible():
            self.panes.show_alone("")
