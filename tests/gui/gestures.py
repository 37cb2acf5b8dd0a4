"""What a hand does: wheel, click, drag, sent as the events that a window system sends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

A_MOMENT = 12
"""Milliseconds between two moves of a drag: pyqtgraph drops what comes faster than 100 times a second."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def wheel(
    widget: QWidget,
    place: QPoint,
    notches: float,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    sideways: bool = False,
) -> None:
    """Turn the wheel over a place; positive = away from the hand."""
    turned = QPoint(round(120 * notches), 0) if sideways else QPoint(0, round(120 * notches))
    event = QWheelEvent(
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        turned,
        NONE,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def move(widget: QWidget, place: QPoint) -> None:
    """Move the pointer to a place."""
    _mouse(widget, QEvent.Type.MouseMove, place, NONE, NONE)


def click(widget: QWidget, place: QPoint) -> None:
    """Press and release at a place."""
    move(widget, place)
    _mouse(widget, QEvent.Type.MouseButtonPress, place, LEFT, LEFT)
    _mouse(widget, QEvent.Type.MouseButtonRelease, place, LEFT, NONE)


def double_click(widget: QWidget, place: QPoint) -> None:
    """Click twice."""
    click(widget, place)
    _mouse(widget, QEvent.Type.MouseButtonDblClick, place, LEFT, LEFT)
    _mouse(widget, QEvent.Type.MouseButtonRelease, place, LEFT, NONE)


def drag(widget: QWidget, begin: QPoint, end: QPoint, steps: int = 8, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press at one place, move to another, release, while modifier keys are held."""
    move(widget, begin)
    _mouse(widget, QEvent.Type.MouseButtonPress, begin, LEFT, LEFT, keys)
    for step in range(1, steps + 1):
        QTest.qWait(A_MOMENT)
        _mouse(widget, QEvent.Type.MouseMove, begin + (end - begin) * (step / steps), NONE, LEFT, keys)
    _mouse(widget, QEvent.Type.MouseButtonRelease, end, LEFT, NONE, keys)


def press(window: QWidget, qtbot: QtBot, key: Qt.Key, modifier: object = NO_KEYS) -> None:
    """Press a key where the focus is."""
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)
    QApplication.processEvents()


def put_focus(window: QWidget, widget: QWidget) -> None:
    """Give a widget of the window the focus."""
    window.activateWindow()
    widget.setFocus()
    QApplication.processEvents()


def _mouse(
    widget: QWidget,
    kind: QEvent.Type,
    place: QPoint,
    button: Qt.MouseButton,
    buttons: Qt.MouseButton,
    keys: Qt.KeyboardModifier = NO_KEYS,
) -> None:
    at = QPointF(place)
    event = QMouseEvent(kind, at, QPointF(widget.mapToGlobal(place)), button, buttons, keys)
    QApplication.sendEvent(widget, event)
