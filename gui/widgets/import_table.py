"""The first rows of a file as they were read, with what each column is; what cannot be read stands out."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.data import Severity
from engine.io.preview import Preview
from engine.io.preview_columns import Column, Field
from engine.palette import Palette
from engine.text import say, tell
from gui.look.theme import GRID, ROW, blend, palette_of

_NARROWEST, _WIDEST = 28 * GRID, 104 * GRID  # a stamp to the second with its zone, and how it was understood


class _Role(QComboBox):
    """Does not turn while the table under it is scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Marked(QStyledItemDelegate):
    """Tints what cannot be read; the style sheet leaves no room for a background of an item's own."""

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.data(Qt.ItemDataRole.ToolTipRole):
            palette = palette_of(self._table)
            painter.fillRect(option.rect, blend(palette.severity[Severity.CRITICAL], palette.panel, 0.14))
        super().paint(painter, option, index)


class ImportTable(QTableWidget):
    """Rows are headed by the line of the file that they stand on; the roles of the columns stand above them.

    Signals:
        assigned(int, str): the user gave a column (by its place) another role.
    """

    assigned = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[int, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Marked(self))
        self.setAccessibleName(tell("import_rows"))

    def show_preview(self, seen: Preview) -> None:
        """Show other rows; the place scrolled to stays where the columns are the same."""
        place = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        names = [column.name for column in seen.columns]
        heads = (self.horizontalHeaderItem(k) for k in range(self.columnCount()))
        before = [head.text() for head in heads if head is not None]
        self._lines = seen.lines
        self.clear()
        self.setRowCount(seen.rows + 1)
        self.setColumnCount(len(seen.columns))
        self.setHorizontalHeaderLabels(names)
        known = len(seen.lines) == seen.rows > 0
        self.setVerticalHeaderLabels(["", *(f"{n}" if known else "" for n in (seen.lines or range(seen.rows)))])
        self.verticalHeader().setVisible(known)
        palette = palette_of(self)
        for k, column in enumerate(seen.columns):
            self.setCellWidget(0, k, self._role(k, column))
            for row, field in enumerate(column.fields, start=1):
                self.setItem(row, k, _item(column, field, palette))
        self.setRowHeight(0, 8 * GRID)
        self.resizeColumnsToContents()
        for k in range(len(seen.columns)):
            self.setColumnWidth(k, min(max(self.columnWidth(k), _NARROWEST), _WIDEST))
        if names == before:
            self.horizontalScrollBar().setValue(place[0])
            self.verticalScrollBar().setValue(place[1])

    def go_to_line(self, line: int) -> bool:
        """Scroll to the row of a line of the file and choose what cannot be read in it; False if it is not shown."""
        if line not in self._lines:
            return False
        row = self._lines.index(line) + 1
        bad = [k for k in range(self.columnCount()) if (item := self.item(row, k)) is not None and item.toolTip()]
        self.setCurrentCell(row, bad[0] if bad else 0)
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def _role(self, place: int, column: Column) -> QComboBox:
        box = _Role()
        for role in column.roles:
            box.addItem(tell(f"import_role_{role or 'none'}"), role)
        box.setCurrentIndex(box.findData(column.role))
        box.setEnabled(len(column.roles) > 1)
        box.setAccessibleName(tell("import_role_of", column=column.name))
        box.activated.connect(lambda _index: self.assigned.emit(place, box.currentData()))
        return box


def _item(column: Column, field: Field, palette: Palette) -> QTableWidgetItem:
    text = tell("import_read", raw=field.raw, read=field.read) if field.read else field.raw
    item = QTableWidgetItem(text)
    if column.role == "value" or column.numeric:
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if not column.role:
        item.setForeground(QColor(palette.muted))
    if field.problem is not None:
        item.setForeground(QColor(palette.ink[Severity.CRITICAL]))
        item.setToolTip(say(field.problem))
    return item
