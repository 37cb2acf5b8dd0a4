"""Objects that hold each other are taken apart in the window's thread, when there is time.

Left alone, Python looks for them in whichever thread happens to make the next object, mostly a worker. There it may
destroy what belongs to Qt, which is allowed in the window's thread alone, and while it looks through what a large
network consists of nothing else runs: a fifth of a second for 10,000 cells.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QCursor

from gui.hands import hands_full

_EVERY_MS = 1000
_YOUNG = 700
"""So many new objects are worth a look, as by Python's own rule."""
_MANY = 20_000
"""More new objects than that, while a worker makes them, take longer to look through than a frame may."""
_OLD_EVERY_S = 600.0
"""So often all objects are looked through, once the pointer rests for `_AT_REST_S`: nobody sees the window stand."""
_AT_REST_S = 30.0


class Garbage(QObject):
    """Looks for garbage in place of Python, one for the whole program. works: whether a worker does."""

    looking: ClassVar[bool] = False

    def __init__(self, works: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._works = works
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._pointer, self._rests_since = QPoint(), time.monotonic()
        self._looked_through = time.monotonic()

    def start(self) -> None:
        """From now on Python does not look by itself. What there is now stays; it is looked through when all is."""
        gc.disable()
        gc.freeze()
        Garbage.looking = True
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        Garbage.looking = False
        gc.unfreeze()
        gc.enable()

    def look(self) -> None:
        """Look through new objects, or through all if that is due and nobody waits for anything."""
        works = self._works()
        if not works and self._at_rest() and time.monotonic() - self._looked_through > _OLD_EVERY_S:
            self.look_through()
        elif _YOUNG < gc.get_count()[0] <= _MANY or not works:
            gc.collect(1)

    def look_through(self) -> None:
        """Look through all objects there are."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._looked_through = time.monotonic()

    def _at_rest(self) -> bool:
        """Whether the pointer has stayed where it is for a while and nothing is open that a person is busy with."""
        now, pointer = time.monotonic(), QCursor.pos()
        if pointer != self._pointer or hands_full():
            self._pointer, self._rests_since = pointer, now
        return now - self._rests_since > _AT_REST_S


def keep() -> None:
    """What there is now lives long and holds no garbage: do not look through it with what is new.

    For a worker that ends, with what it has made. Nothing happens while Python looks by itself.
    """
    if Garbage.looking:
        gc.freeze()
