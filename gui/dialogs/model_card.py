"""One model: what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.convlstm.card import card_of, title_of
from engine.convlstm.registry import Listed
from engine.text import numbers_apart, say, tell
from gui.dialogs.question import ask
from gui.look.theme import GRID
from gui.shelf import Shelf
from gui.widgets.facts import facts
from gui.widgets.heading import empty, heading, objection
from gui.widgets.page import Page

MODEL_SUFFIX = ".cellwarden-model"


class ModelCard(QWidget):
    """The card of the chosen model.

    Signals:
        tune_wanted(): the user wants to train it further.
    """

    tune_wanted = Signal()

    def __init__(self, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._listed: Listed | None = None
        self.page = Page()
        self.empty = empty(tell("models_choose"))
        self.use = _button("models_use", self._use, primary=True)
        self.back = _button("models_back", shelf.revert)
        self.tune = _button("models_tune", self.tune_wanted.emit)
        self.export = _button("models_export", self._ask_export)
        self.delete = _button("models_delete", self._ask_delete)
        foot = QHBoxLayout()
        foot.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        foot.setSpacing(2 * GRID)
        for button in (self.use, self.back, self.tune):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.export, self.delete):
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2 * GRID, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.page, 1)
        box.addWidget(self.empty, 1)
        box.addLayout(foot)
        self.show_model(None)

    def show_model(self, listed: Listed | None) -> None:
        """Show another model, or the same one again after something changed."""
        self._listed = listed
        self.page.setVisible(listed is not None)
        self.empty.setVisible(listed is None)
        busy, sound = self._shelf.busy, listed is not None and listed.problem is None
        in_use = listed is not None and listed.id == self._shelf.in_use
        earlier = self._shelf.earlier
        self.use.setEnabled(sound and not busy and not in_use)
        self.use.setText(tell("models_in_use" if in_use else "models_use"))
        self.back.setVisible(in_use and earlier is not None)
        self.back.setText(tell("models_back", model=earlier or ""))
        self.back.setEnabled(not busy)
        self.tune.setEnabled(sound)
        self.export.setEnabled(sound and not busy)
        self.delete.setEnabled(listed is not None and not listed.bundled and not busy)
        self.delete.setToolTip(tell("models_delete_bundled") if listed is not None and listed.bundled else "")
        if listed is not None:
            self._write(listed)

    def _write(self, listed: Listed) -> None:
        page = self.page
        page.start()
        record = listed.record
        page.add(heading(title_of(record) if record is not None else listed.id))
        page.note(tell("models_state_bundled" if listed.bundled else "models_state_own", model=listed.id))
        page.space(2)
        if listed.problem is not None:
            page.add(objection(say(listed.problem), grave=True))
        if record is not None:
            if record.worse:
                page.add(objection(tell("models_worse")))
                page.space(1)
            page.add(facts([(name, text, "") for name, text in card_of(record)]))
        page.finish()

    # -- acting

    def _use(self) -> None:
        listed = self._listed
        if listed is None or listed.record is None:
            return
        if not listed.record.worse:
            self._shelf.activate(listed.id)
            return
        metrics = listed.record.metrics
        before, after = numbers_apart(*(metrics.get(f"held_out_{w}", float("nan")) for w in ("before", "after")))
        ask(
            self,
            tell("models_worse_ask", model=listed.id, before=before, after=after),
            tell("models_use_anyway"),
            lambda: self._shelf.activate(listed.id, worse_too=True),
        )

    def _ask_delete(self) -> None:
        listed = self._listed
        if listed is not None:
            text = tell("models_delete_ask", model=listed.id)
            ask(self, text, tell("models_delete_do"), lambda: self._shelf.delete(listed.id))

    def _ask_export(self) -> None:
        if self._listed is None:
            return
        identity = self._listed.id
        dialog = QFileDialog(self, tell("models_export_title"), f"{identity}{MODEL_SUFFIX}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tell("models_filter", pattern=f"*{MODEL_SUFFIX}"))
        dialog.setDefaultSuffix(MODEL_SUFFIX.lstrip("."))
        dialog.fileSelected.connect(lambda chosen: self._shelf.export(identity, Path(chosen)))
        dialog.open()


def _button(code: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    button = QPushButton(tell(code, model="") if code == "models_back" else tell(code))
    if primary:
        button.setProperty("role", "primary")
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: act())
    return button
