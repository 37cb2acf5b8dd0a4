"""The settings of the next run."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import check_zone
from engine.calendar.country import days_of
from engine.detectors import DETECTORS
from engine.errors import InputError
from engine.settings import NO_PRESET, PRESETS, Settings, preset
from engine.text import tell
from gui.look.theme import GRID
from gui.widgets.heading import caption, sentence
from gui.widgets.settings_form import SettingsForm


class SettingsDialog(QDialog):
    """`chosen(Settings)` is emitted when the user agrees; what cannot be is said in place and the dialog stays."""

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("settings_title"))
        self.resize(150 * GRID, 160 * GRID)
        self._preset = settings.preset
        self.preset = QComboBox()
        for name in PRESETS:
            self.preset.addItem(tell(f"preset_{name}"), name)
        self.preset.setCurrentIndex(self.preset.findData(settings.preset))
        self.preset.activated.connect(self._take_preset)
        self.form = SettingsForm(settings, [(d.id, d.label) for d in DETECTORS])
        self.form.edited.connect(self._check)
        self.form.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 4 * GRID)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.form)
        top = QHBoxLayout()
        top.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 0)
        top.setSpacing(2 * GRID)
        top.addWidget(caption(tell("settings_start_from")))
        top.addWidget(self.preset)
        top.addStretch(1)
        self.problem = sentence()
        self.problem.setVisible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply = buttons.addButton(tell("settings_apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        foot = QVBoxLayout()
        foot.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 3 * GRID)
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.problem)
        foot.addWidget(buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(scroll, 1)
        box.addLayout(foot)
        self.apply.setDefault(True)  # not before it is in the dialog: Qt would take the first button

    def accept(self) -> None:
        """Hand the settings over and close, if they can be used."""
        settings = self._check()
        if settings is None:
            return
        try:
            days_of(settings.country, [])
        except InputError as error:
            self._object(str(error))
            return
        self.chosen.emit(settings)
        super().accept()

    def _take_preset(self, _index: int) -> None:
        self._preset = self.preset.currentData()
        now = {name: self.form.read(name) for name in NO_PRESET}
        self.form.set_settings(dataclasses.replace(preset(self._preset), **now))
        self._check()

    def _check(self) -> Settings | None:
        try:
            settings = dataclasses.replace(self.form.settings(), preset=self._preset)
            check_zone(settings.zone)
        except InputError as error:
            self._object(str(error))
            return None
        self._object("")
        return settings

    def _object(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.apply.setEnabled(not sentence)
