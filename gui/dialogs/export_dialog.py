"""Where to write a result, and which of its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.data.since import HOUR_S, Since
from engine.reports import WRITERS
from engine.text import tell
from gui.dialogs.files import ask_folder
from gui.look.theme import GRID
from gui.preferences import MOST_HOURS, SHIFT_HOURS, Preferences
from gui.widgets.heading import caption
from gui.widgets.number_field import WholeNumber


class Export(Protocol):
    """What writes the chosen outputs into a folder."""

    def __call__(self, folder: Path, writer_ids: Sequence[str], since: Since, *, marked: bool) -> None:
        """Marked: CSV files begin with a byte-order mark."""


def ask_export(parent: QWidget, preferences: Preferences, export: Export) -> None:
    """Ask where to write what, of which shift and whether for Excel; all of it is remembered for the next time."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = preferences.export_folder or str(Path(documents, tell("app_name")))
    dialog = ExportDialog(folder, preferences.shift_hours, parent, marked=preferences.export_marked)

    def chosen(folder: Path, writer_ids: Sequence[str], hours: int, marked: bool) -> None:
        preferences.export_folder = str(folder)
        preferences.shift_hours = hours
        preferences.export_marked = marked
        export(folder, writer_ids, Since(hours * HOUR_S), marked=marked)

    dialog.chosen.connect(chosen)
    dialog.open()


class ExportDialog(QDialog):
    """`chosen(folder, writer ids, hours of the shift, CSV for Excel)` is emitted when the user agrees."""

    chosen = Signal(object, object, int, bool)

    def __init__(
        self, folder: str, hours: int = SHIFT_HOURS, parent: QWidget | None = None, *, marked: bool = False
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("export_title"))
        self.setMinimumWidth(120 * GRID)
        self.folder = QLineEdit(folder)
        self.folder.setAccessibleName(tell("export_folder"))
        choose = QPushButton(tell("export_choose"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)

        box = QVBoxLayout(self)
        box.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        box.setSpacing(GRID)
        box.addWidget(caption(tell("export_folder")))
        box.addLayout(row)
        box.addSpacing(3 * GRID)
        self.outputs: dict[str, QCheckBox] = {}
        for writer in WRITERS:
            check = QCheckBox(writer.label)
            check.setToolTip(writer.filename)
            check.setChecked(writer.when == "always")
            check.toggled.connect(self._check)
            self.outputs[writer.id] = check
            box.addWidget(check)
        box.addSpacing(2 * GRID)
        self.marked = QCheckBox(tell("export_marked"))
        self.marked.setChecked(marked)
        self.marked.setToolTip(tell("export_marked_tip"))
        box.addWidget(self.marked)
        box.addSpacing(2 * GRID)
        self.hours = WholeNumber(1, MOST_HOURS, hours)
        self.hours.setSuffix(f" {tell('shift_hours_unit')}")
        self.hours.setAccessibleName(tell("export_since"))
        shift = QHBoxLayout()
        shift.addWidget(caption(tell("export_since"), wrap=True), 1)
        shift.addWidget(self.hours)
        box.addLayout(shift)
        box.addSpacing(2 * GRID)
        self._hint = caption("", wrap=True)
        box.addWidget(self._hint)
        box.addSpacing(2 * GRID)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write = buttons.addButton(tell("export_do"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.write.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self.write.setDefault(True)  # not before it is in the dialog: Qt would take the first button
        self.folder.textChanged.connect(lambda _text: self._check())
        self._check()

    def accept(self) -> None:
        """Say what was chosen and close."""
        self.chosen.emit(
            Path(self.folder.text().strip()).expanduser(), self._ids(), self.hours.value(), self.marked.isChecked()
        )
        super().accept()

    def _ids(self) -> list[str]:
        return [writer_id for writer_id, check in self.outputs.items() if check.isChecked()]

    def _check(self) -> None:
        folder = self.folder.text().strip()
        self.write.setEnabled(bool(folder) and bool(self._ids()))
        names = [w.filename for w in WRITERS if w.id in self._ids()]
        there = [name for name in names if folder and (Path(folder).expanduser() / name).exists()]
        self._hint.setText(tell("export_replaces", files=", ".join(there)) if there else "")

    def _choose(self) -> None:
        ask_folder(self, tell("export_title"), self.folder.text(), lambda chosen: self.folder.setText(str(chosen)))
