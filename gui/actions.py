"""Everything a person can do by menu or key, as one table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from engine.text import MESSAGES, tell
from gui.said.reviews import TAGS


@dataclass(frozen=True)
class Entry:
    """One action: its id, the menu it stands in, its keys. A `-` as id is a line between entries.

    yields: the widget with the focus gets the key first (Space presses a button, Esc leaves an editor); the window acts
    only on what nobody wanted. also: further keys that do the same.
    """

    id: str
    menu: str
    key: str = ""
    yields: bool = False
    also: tuple[str, ...] = ()


TABLE: tuple[Entry, ...] = (
    Entry("open", "file", "Ctrl+O"),
    Entry("open_folder", "file", "Ctrl+Shift+O"),
    Entry("preview", "file", "Ctrl+P"),
    Entry("add_later", "file", "Ctrl+Shift+A"),
    Entry("watch", "file", "Ctrl+Shift+W"),
    Entry("watch_stop", "file"),
    Entry("cells", "file"),
    Entry("kpi_table", "file"),
    Entry("together", "file"),
    Entry("together_site", "together"),
    Entry("together_area", "together"),
    Entry("labels_in", "file"),
    Entry("labels_out", "file"),
    Entry("sample", "file"),
    Entry("recent", "file"),
    Entry("-", "file"),
    Entry("save", "file", "Ctrl+S"),
    Entry("save_as", "file", "Ctrl+Shift+S"),
    Entry("export", "file", "Ctrl+E"),
    Entry("shift", "file", "Ctrl+H"),
    Entry("picture_timeline", "file", "Ctrl+Shift+E"),
    Entry("picture_overview", "file"),
    Entry("-", "file"),
    Entry("quit", "file", "Ctrl+Q"),
    Entry("undo", "edit", "Ctrl+Z"),
    Entry("redo", "edit", "Ctrl+Y", also=("Ctrl+Shift+Z",)),
    Entry("run", "run", "F5"),
    Entry("cancel", "run", "Esc", yields=True),
    Entry("-", "run"),
    Entry("vote", "run", "V"),
    Entry("threshold", "run", "T"),
    Entry("explore", "run", "Ctrl+B"),
    Entry("measure", "run", "Ctrl+L"),
    Entry("settings", "run", "Ctrl+,"),
    Entry("models", "run", "Ctrl+M"),
    Entry("next", "go", "J"),
    Entry("previous", "go", "K"),
    Entry("-", "go"),
    Entry("find", "go", "Ctrl+F"),
    Entry("play", "go", "Space", yields=True),
    *(Entry(f"tag_{tag}", "review", str(number)) for number, tag in enumerate(TAGS, start=1)),
    Entry("untag", "review", "0"),
    Entry("comment", "review", "F2"),
    Entry("acknowledge", "review", "Y"),
    Entry("assign", "review", "O"),
    Entry("own_name", "review"),
    Entry("rule_similar", "review", "H"),
    Entry("rules", "review"),
    Entry("planned", "review", "M"),
    Entry("calendar", "review"),
    Entry("-", "review"),
    Entry("label_brush", "review", "L"),
    Entry("label_anomalous", "review", "A"),
    Entry("label_normal", "review", "N"),
    Entry("label_remove", "review", "Del", yields=True),
    Entry("label_rest", "review"),
    Entry("against", "view"),
    Entry("week_before", "view", "W"),
    Entry("-", "view"),
    Entry("alone_overview", "view", "Z"),
    Entry("alone_timeline", "view", "X"),
    Entry("alone_tabs", "view", "C"),
    Entry("-", "view"),
    Entry("appearance", "view"),
    Entry("help", "help", "F1"),
    Entry("about", "help"),
)
MENUS = ("file", "edit", "run", "go", "review", "view", "help")
LABELLING = tuple(entry.id for entry in TABLE if entry.id.startswith("label"))
"""What can be done with labels."""
ALONE = ("overview", "timeline", "tabs")
"""Panes that can be shown in the place of others."""

SUBMENUS = ("together", "recent", "against", "appearance")


def make_actions(owner: QWidget) -> dict[str, QAction]:
    """An action per entry of the table that is neither a line nor a submenu, with its keys and its tooltip."""
    made = {}
    for entry in TABLE:
        if entry.id == "-" or entry.id in SUBMENUS:
            continue
        code = f"action_{entry.id}"
        text = tell(code) if code in MESSAGES else tell(entry.id)
        action = QAction(f"{text}\t{entry.key}" if entry.yields else text, owner)
        action.setObjectName(entry.id)
        action.setIconText(text.replace("&", "").rstrip("…"))
        action.setCheckable(entry.id.startswith("alone_"))
        if entry.key and not entry.yields:
            action.setShortcuts([QKeySequence(key) for key in (entry.key, *entry.also)])
        tip = f"{code}_tip"
        plain = tell(tip) if tip in MESSAGES else name_of(action)
        action.setToolTip(tell("action_full_tip", tip=plain, keys=entry.key) if entry.key else plain)
        made[entry.id] = action
    return made


def name_of(action: QAction) -> str:
    """What an action is called, whatever it is done to at the moment, without its accelerator, its key and its dots."""
    return action.iconText()


def yielding(key: int) -> str | None:
    """The id of the action that takes a key which no widget wanted; None if there is none."""
    wanted = QKeySequence(key).toString()
    return next((entry.id for entry in TABLE if entry.yields and entry.key == wanted), None)
