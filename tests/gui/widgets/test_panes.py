"""One pane of the real window in the place of the others, and all of them back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QSplitter

from engine.data import Result
from gui.main_window import MainWindow
from tests.gui.conftest import source_of


def shown(window: MainWindow) -> set[str]:
    """The views that can be seen."""
    return {name for name, view in window.views.items() if view.isVisible()}


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("overview", {"overview", "cells", "inspector"}),
        ("timeline", {"timeline", "cells", "inspector"}),
        ("tabs", {"incidents"}),
    ],
)
def test_a_pane_is_shown_alone_and_all_come_back_as_they_were(full: MainWindow, name: str, alone: set[str]) -> None:
    act, splitters = full.actions_by_id, full.findChildren(QSplitter)
    before, sizes = shown(full), [splitter.sizes() for splitter in splitters]
    act[f"alone_{name}"].trigger()
    assert shown(full) == alone
    assert [known for known, action in act.items() if action.isChecked()] == [f"alone_{name}"]
    act[f"alone_{name}"].trigger()
    assert shown(full) == before
    act[f"alone_{name}"].trigger()
    act["cancel"].trigger()
    assert shown(full) == before
    assert [splitter.sizes() for splitter in splitters] == sizes
    assert not any(action.isChecked() for action in act.values())


def test_from_one_pane_to_another_and_what_must_be_seen_comes_back(full: MainWindow) -> None:
    act, before = full.actions_by_id, shown(full)
    act["alone_overview"].trigger()
    act["alone_timeline"].trigger()
    assert shown(full) == {"timeline", "cells", "inspector"}
    act["next"].trigger()
    assert shown(full) == {"timeline", "cells", "inspector"}
    act["comment"].trigger()
    assert shown(full) == before
    assert not act["alone_timeline"].isChecked()


def test_a_pane_alone_is_not_how_the_window_is_remembered(make_main_window: Callable, result: Result) -> None:
    def opened() -> MainWindow:
        window = make_main_window()
        window.state.set_source(source_of(result))
        return window

    opened().close()
    before = opened()
    sizes = [splitter.sizes() for splitter in before.findChildren(QSplitter)]
    before.panes.show_alone("overview")
    before.close()
    after = opened()
    assert [splitter.sizes() for splitter in after.findChildren(QSplitter)] == sizes
    assert shown(after) == {"cells", "overview", "timeline", "inspector", "incidents"}
