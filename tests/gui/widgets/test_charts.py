"""The small charts: what they tell in words, and that they draw what they mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import Reason
from engine.inspection.explanation import Explanation, Part
from engine.palette import LIGHT
from gui.look.theme import ROW
from gui.widgets.completeness import CompletenessStrip
from gui.widgets.forest import ForestPlot, Odds
from gui.widgets.score_bars import ScoreBars
from gui.widgets.vote_bars import FULL, Vote, VoteBars
from gui.widgets.weight_bar import WeightBar

pytestmark = pytest.mark.usefixtures("appearance")


def drawn(widget: QWidget, qtbot: QtBot, width: int = 400) -> QImage:
    qtbot.addWidget(widget)
    widget.resize(width, widget.sizeHint().height())
    return widget.grab().toImage()


def pixels(image: QImage, colour: str, row: int) -> list[int]:
    """Where in a row of a chart a colour stands."""
    wanted = QColor(colour)
    y = row * ROW + ROW // 2
    return [x for x in range(image.width()) if image.pixelColor(x, y) == wanted]


VOTES = (
    Vote("baseline", "Seasonal baseline", 2.0),
    Vote("garch", "GARCH", 0.5),
    Vote("kmeans", "K-means", math.nan, "All values are the same."),
    Vote("nnar", "NNAR", 30.0),
)


def test_a_bar_is_as_long_as_its_margin(qtbot: QtBot) -> None:
    image = drawn(VoteBars(VOTES), qtbot)
    two = pixels(image, LIGHT.detector("baseline"), 0)
    beyond = pixels(image, LIGHT.detector("nnar"), 3)
    bar_of_two = [x for x in two if x > 16]
    bar_beyond = [x for x in beyond if x > 16]
    assert bar_of_two[0] == bar_beyond[0]
    assert len(bar_of_two) / len(bar_beyond) == pytest.approx(2.0 / FULL, abs=0.05)


def test_below_its_threshold_a_bar_is_pale_and_without_an_opinion_there_is_none(qtbot: QtBot) -> None:
    image = drawn(VoteBars(VOTES), qtbot)
    assert [x for x in pixels(image, LIGHT.detector("garch"), 1) if x > 16] == []
    assert pixels(image, LIGHT.detector("kmeans"), 2) == []
    assert pixels(image, LIGHT.line, 2)  # hatched instead


def test_votes_are_told_in_words(qtbot: QtBot) -> None:
    bars = VoteBars(VOTES)
    qtbot.addWidget(bars)
    assert [bars.tooltip(row) for row in range(bars.count())] == [
        "Seasonal baseline: 2.0 ×",
        "GARCH: 0.5 ×",
        "K-means: All values are the same.",
        "NNAR: 30.0 ×",
    ]
    assert "All values are the same." in bars.accessibleDescription()


def test_other_votes_change_the_height(qtbot: QtBot) -> None:
    bars = VoteBars(VOTES)
    qtbot.addWidget(bars)
    assert bars.sizeHint().height() == 4 * ROW
    bars.set_votes(VOTES[:1])
    assert bars.sizeHint().height() == ROW


def test_the_row_pointed_at_is_told(qtbot: QtBot) -> None:
    bars = VoteBars(VOTES)
    qtbot.addWidget(bars)
    bars.resize(400, 4 * ROW)
    bars.show()
    point = QPoint(50, 2 * ROW + 5)
    bars.event(QHelpEvent(QHelpEvent.Type.ToolTip, point, bars.mapToGlobal(point)))
    assert QToolTip.text() == "K-means: All values are the same."
    QToolTip.hideText()


@pytest.mark.parametrize(("weight", "filled"), [(-0.5, 0), (0.0, 0), (0.25, 24), (1.0, 96), (7.0, 96)])
def test_a_weight_fills_its_bar(qtbot: QtBot, weight: float, filled: int) -> None:
    bar = WeightBar(weight)
    qtbot.addWidget(bar)
    image = bar.grab().toImage()
    accent = QColor(LIGHT.accent)
    assert sum(image.pixelColor(x, 8) == accent for x in range(image.width())) == filled


ODDS = (
    Odds("night", 3.0, 2.0, 4.5, "3.00 (2.00 to 4.50)", "At night it is likelier."),
    Odds("weekend", 1.1, 0.7, 1.6, "1.10 (0.70 to 1.60)", "At the weekend it may be chance."),
    Odds("holiday", 1e-9, 0.0, math.inf, "0.00 (0.00 to over 1,000)", "Never seen.", doubtful=True),
    Odds("eve", math.nan, math.nan, math.nan, "unknown", "Unknown."),
)


def forest(qtbot: QtBot) -> tuple[ForestPlot, QImage]:
    plot = ForestPlot()
    plot.set_odds(ODDS, "rarer", "more frequent")
    return plot, drawn(plot, qtbot, 800)


def marks(image: QImage, colour: str, plot: ForestPlot, row: int) -> list[int]:
    y = plot.top + row * ROW + ROW // 2
    return [x for x in range(176, 570) if image.pixelColor(x, y) == QColor(colour)]


def test_a_clear_effect_stands_right_of_one_in_the_accent(qtbot: QtBot) -> None:
    plot, image = forest(qtbot)
    one = plot._x(1.0)
    clear = marks(image, LIGHT.accent, plot, 0)
    assert clear
    assert min(clear) > one
    assert min(clear) == pytest.approx(plot._x(2.0), abs=2)
    assert max(clear) == pytest.approx(plot._x(4.5), abs=2)


def test_what_may_be_chance_or_is_doubtful_is_not_in_the_accent(qtbot: QtBot) -> None:
    plot, image = forest(qtbot)
    assert marks(image, LIGHT.accent, plot, 1) == []
    assert marks(image, LIGHT.accent, plot, 2) == []


@pytest.mark.parametrize("size", [9, 16])
def test_long_numbers_are_written_whole_right_of_the_plot(qtbot: QtBot, size: int) -> None:
    numbers = "0.093 (under 0.001 to over 1,000), p = 0.03"
    plot = ForestPlot()
    font = plot.font()
    font.setPointSize(size)
    plot.setFont(font)
    plot.set_odds([Odds("high traffic", 0.093, 0.0009, 1e9, numbers, "", doubtful=True)], "rarer", "more frequent")
    image = drawn(plot, qtbot, 700)
    wide = plot.fontMetrics().horizontalAdvance(numbers)
    assert plot._x(math.inf) < 700 - wide
    pen, backdrop = [], image.pixelColor(1, plot.top + 1)
    for x in range(math.ceil(plot._x(math.inf)) + 1, 700):
        column = {image.pixelColor(x, y).rgb() for y in range(plot.top + 2, plot.top + ROW - 2)}
        pen += [x] if column != {backdrop.rgb()} else []
    assert pen[0] == pytest.approx(700 - wide, abs=4)  # the first figure of all stands there


def test_infinite_and_unknown_ratios_stay_inside(qtbot: QtBot) -> None:
    plot, _ = forest(qtbot)
    left, right = plot._x(0.0), plot._x(math.inf)
    assert left < plot._x(0.5) < plot._x(1.0) < plot._x(2.0) < right
    assert left <= plot._x(1e-300) <= plot._x(math.nan) <= plot._x(1e300) <= right


def test_terms_are_told_in_words(qtbot: QtBot) -> None:
    plot, _ = forest(qtbot)
    assert plot.tooltip(0) == "At night it is likelier."
    assert plot.sizeHint().height() == plot.top + len(ODDS) * ROW


@pytest.mark.parametrize("cells", [1, 7, 5000])
def test_completeness_shows_the_least_complete_of_the_cells_that_share_a_column(qtbot: QtBot, cells: int) -> None:
    shares = np.ones(cells)
    shares[cells // 2] = 0.0
    told: list[int] = []
    strip = CompletenessStrip(lambda cell: told.append(cell) or f"cell {cell}")
    strip.set_shares(shares)
    image = drawn(strip, qtbot, 300)
    middle = [image.pixelColor(x, 30).lightness() for x in range(300)]
    if cells == 1:
        assert len(set(middle)) == 1  # nothing is complete: nothing stands there
    else:
        assert len(set(middle)) > 1  # the gap can be seen


def test_no_cell_draws_nothing(qtbot: QtBot) -> None:
    strip = CompletenessStrip(str)
    strip.set_shares(np.zeros(0))
    image = drawn(strip, qtbot)
    assert len({image.pixel(x, 30) for x in range(image.width())}) == 1


PARTS = (
    Part("baseline", 3.0, 0.75, 1.5),
    Part("garch", 0.5, 0.25, -0.125),
    Part("kmeans", math.nan, 0.0, 0.0, Reason("kmeans_one_value")),
)


def test_what_raises_a_score_stands_right_of_the_threshold_and_what_lowers_it_left(qtbot: QtBot) -> None:
    image = drawn(ScoreBars(Explanation("calls", 0, 0, 2.375, PARTS)), qtbot)
    raised = [x for x in pixels(image, LIGHT.detector("baseline"), 0) if x > 16]
    lowered = [x for x in pixels(image, LIGHT.detector("garch"), 1) if x > 16]
    assert max(lowered) < min(raised)
    assert len(lowered) / len(raised) == pytest.approx(0.125 / 1.5, abs=0.02)
    assert pixels(image, LIGHT.detector("kmeans"), 2) == []
    assert pixels(image, LIGHT.line, 2)  # hatched instead


def test_the_bars_of_a_score_tell_their_part_and_the_sum(qtbot: QtBot) -> None:
    bars = ScoreBars(Explanation("calls", 0, 0, 2.375, PARTS))
    qtbot.addWidget(bars)
    assert bars.count() == 4
    assert bars.tooltip(0).endswith("counts 75 %, moves the score by +1.50")
    assert bars.tooltip(1).endswith("moves the score by −0.12")
    assert "no opinion" in bars.tooltip(2)
    assert bars.tooltip(3).endswith("2.38")
