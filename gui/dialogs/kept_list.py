"""A list that a person keeps: to be changed, taken away, written into files and taken from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import AppError
from engine.text import tell
from gui.problems import Problems
from gui.widgets.heading import empty


class KeptList(QDialog):
    """The table and its buttons; what is listed, and what becomes of it, each list says itself.

    word: its own words by what they are for. columns: by name; wide: the one that takes the room that is left.
    file: the name that is suggested for one to write. add: asks for one more; None where they are made elsewhere.
    """

    def __init__(
        self,
        word: Callable[[str], str],
        columns: Sequence[str],
        wide: str,
        file: str,
        problems: Problems,
        folder: str,
        parent: QWidget | None = None,
        add: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(word("title"))
        self._word, self._file, self._problems, self._folder = word, file, problems, folder
        self.table = QTableWidget(0, len(columns))
        self.table.setHorizontalHeaderLabels([word(f"column_{name}") for name in columns])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(columns.index(wide), QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(word("title"))
        self.nothing = empty(word("none"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        if add is not None:
            self._button("add").clicked.connect(add)
        self.edit, self.remove, self.take, self.give = (
            self._button(name) for name in ("edit", "remove", "take", "give")
        )
        self.edit.clicked.connect(self._edit)
        self.remove.clicked.connect(self._remove)
        self.take.clicked.connect(self._ask_in)
        self.give.clicked.connect(self._ask_out)
        self._buttons.rejected.connect(self.reject)
        self.table.doubleClicked.connect(lambda _index: self._edit())
        self.table.itemSelectionChanged.connect(self._enable)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.table, 1)
        self._box.addWidget(self.nothing, 1)
        self._box.addWidget(self._buttons)

    def read(self, file: Path) -> None:
        """Put what a file holds to what there is; a person is told what is wrong with it."""
        try:
            self._take(file)
        except AppError as error:
            self._problems.report(error)

    def write(self, file: Path) -> None:
        """Write all there is into a file; a person is told why that does not go."""
        try:
            self._give(file)
        except AppError as error:
            self._problems.report(error)

    # -- what each list says itself

    def _edit(self) -> None:
        """Ask how the chosen one is to be."""
        raise NotImplementedError

    def _remove(self) -> None:
        """Take the chosen one away."""
        raise NotImplementedError

    def _take(self, file: Path) -> None:
        """Read a file. Raises AppError."""
        raise NotImplementedError

    def _give(self, file: Path) -> None:
        """Write a file. Raises AppError."""
        raise NotImplementedError

    # -- what they have in common

    def _button(self, name: str) -> QPushButton:
        return self._buttons.addButton(tell(f"list_{name}"), QDialogButtonBox.ButtonRole.ActionRole)

    def _list(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows, each text with itself as its tip."""
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.table.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self._enable()

    def _row(self) -> int | None:
        """The chosen row."""
        return next((index.row() for index in self.table.selectedIndexes()), None)

    def _enable(self) -> None:
        chosen = self._row() is not None
        self.edit.setEnabled(chosen)
        self.remove.setEnabled(chosen)
        self.give.setEnabled(self.table.rowCount() > 0)

    def _ask_in(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptOpen, self._word("filter_in"))
        dialog.fileSelected.connect(lambda chosen: self.read(Path(chosen)))
        dialog.open()

    def _ask_out(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptSave, self._word("filter_out"))
        dialog.selectFile(self._file)
        dialog.setDefaultSuffix(Path(self._file).suffix.removeprefix("."))
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def _files(self, mode: QFileDialog.AcceptMode, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self, self.windowTitle(), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(mode)
        dialog.setNameFilters(kinds.split(";;"))
        return dialog
