"""The plot of one series: when its strips are drawn anew."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.plots.line_item import TimeItem
from gui.plots.time_window import TimeWindow
from tests.engine.result_factory import make_result
from tests.gui.views.test_timeline_view import opened, state_with


class Counting(TimeItem):
    """Counts how often it is drawn anew."""

    times = 0

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        self.times += 1
        return 1

    def paint(self, painter: object, option: object, widget: object = None) -> None:
        pass


def test_an_incident_of_another_cell_elsewhere_in_time_is_drawn_once(qtbot: QtBot) -> None:
    result = make_result()
    state = state_with(result)
    state.select(cell=0, kpi="calls")
    view = opened(qtbot, state)
    view.plot.window.show(0, 10)
    counting = view.plot.values.add(Counting(0.0))
    incident = next(one for one in result.incidents if 0 not in one.cells and one.start > 20)
    assert incident.start > view.plot.window.stop
    state.select_incident(incident.id)
    assert incident.stop <= view.plot.window.stop
    assert counting.times == 1
