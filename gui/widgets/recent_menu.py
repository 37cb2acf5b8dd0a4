"""The menu of files opened lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QMenu

from engine.text import tell


def fill_recent(
    menu: QMenu,
    recent: Sequence[tuple[str, ...]],
    opened: Callable[[Sequence[Path]], None],
    forgotten: Callable[[], None],
) -> None:
    """Fill the menu anew: one entry per set of files, and one that forgets them all."""
    menu.clear()
    for paths in recent:
        text = Path(paths[0]).name if len(paths) == 1 else ", ".join(Path(p).name for p in paths[:3])
        action = menu.addAction(text)
        action.setToolTip("\n".join(paths))
        action.triggered.connect(lambda _checked=False, paths=paths: opened([Path(p) for p in paths]))
    menu.addSeparator()
    forget = menu.addAction(tell("action_forget"))
    forget.setEnabled(bool(recent))
    forget.triggered.connect(forgotten)
