from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from gui.plots.loss_curves import LossCurves, Point

CURVE = (
    Point(0, math.nan, 0.5, best=True),
    Point(1, 0.6, 0.4, best=True),
    Point(2, 0.5, 0.45, best=False),
)


@pytest.fixture
def curves(qtbot: QtBot) -> LossCurves:
    made = LossCurves()
    qtbot.addWidget(made)
    made.resize(600, 260)
    return made


@pytest.mark.parametrize(
    "points", [(), CURVE[:1], CURVE, (Point(0, math.nan, math.nan, best=True),), (Point(0, math.nan, 0.0, best=True),)]
)
def test_whatever_there_is_can_be_drawn(curves: LossCurves, points: tuple[Point, ...]) -> None:
    curves.show_points(points, 20)
    assert not curves.grab().isNull()


def test_the_last_best_epoch_is_the_one_that_is_kept(curves: LossCurves) -> None:
    curves.show_points(CURVE, 20)
    assert curves.kept == CURVE[1]
    assert "Epoch 2: training 0.5, validation 0.45" in curves.accessibleDescription()
    assert "Before training: validation 0.5" in curves.accessibleDescription()


def test_epochs_stand_where_their_number_says(curves: LossCurves) -> None:
    curves.show_points(CURVE, 2)
    low, high = curves._reach()
    first, last = (curves._place(point, point.checking, low, high) for point in (CURVE[0], CURVE[2]))
    assert first is not None
    assert last is not None
    assert QPoint(round(first.x()), 0).x() == round(curves._area().left())
    assert round(last.x()) == round(curves._area().right())
    assert first.y() < last.y(), "a larger error stands higher"
