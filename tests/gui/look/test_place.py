"""Where a window fits on the screens there are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect

from gui.look.place import FRAME, fitting

LAPTOP, BESIDE = QRect(0, 0, 1280, 690), QRect(1280, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (QRect(100, 60, 800, 600), QRect(100, 60, 800, 600)),
        (QRect(1400, 100, 1440, 900), QRect(1400, 100, 1440, 900)),
        (QRect(100, 100, 1440, 900), QRect(0, FRAME, 1280, 690 - FRAME)),
        (QRect(1000, 100, 600, 500), QRect(1280, 100, 600, 500)),
        (QRect(-3000, 200, 900, 640), QRect(0, FRAME + 10, 900, 640)),
        (QRect(2900, 700, 900, 640), QRect(2300, 440, 900, 640)),
    ],
)
def test_a_window_lies_wholly_on_the_screen_that_shows_most_of_it(wanted: QRect, found: QRect) -> None:
    assert fitting(wanted, [LAPTOP, BESIDE]) == found


def test_without_a_screen_a_window_stays_what_it_was() -> None:
    assert fitting(QRect(1, 2, 3, 4), []) == QRect(1, 2, 3, 4)
