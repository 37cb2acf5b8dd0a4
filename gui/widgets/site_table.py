"""The table of sites and their cells: what a tree does with mouse and keys, in a view whose rows cost nothing."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOption,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.text import tell
from gui.look.theme import GRID, ROW
from gui.models.cell_table import BRANCH_ROLE, CELL_ROLE, INCIDENTS, NAME, Branch, CellTable

Index = QModelIndex | QPersistentModelIndex

_ARROW = 4 * GRID
_INDENT = {Branch.NONE: 0, Branch.SHUT: 3 * GRID, Branch.OPEN: 3 * GRID, Branch.LEAF: 5 * GRID}
_COUNT_WIDTH = 18 * GRID


class _Branches(QStyledItemDelegate):
    """Draws the arrow of a site, and cells under it to its right; the style's own, as a tree would have them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        branch, row, widget = index.data(BRANCH_ROLE), QRect(option.rect), option.widget
        style = widget.style()
        if branch is not Branch.NONE:  # what is chosen is so over the whole width
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        option.rect = row.adjusted(_INDENT[branch], 0, 0, 0)
        super().paint(painter, option, index)
        if branch in (Branch.SHUT, Branch.OPEN):
            arrow = QStyleOption(option)
            arrow.rect = arrow_box(row)
            arrow.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Item | QStyle.StateFlag.State_Children
            if branch is Branch.OPEN:
                arrow.state |= QStyle.StateFlag.State_Open
            # a style sheet draws branches in tree views alone, the style itself wherever it is asked to
            QApplication.style().drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorBranch, arrow, painter)


def arrow_box(row: QRect) -> QRect:
    """Where the arrow of a site is in its row."""
    return QRect(row.left(), row.top(), _ARROW, row.height())


class SiteTable(QTableView):
    """Left and right, plus and minus, a click on the arrow or two on the name shut and open a site; * opens all."""

    def __init__(self, model: CellTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self.setModel(model)
        self.setItemDelegateForColumn(NAME, _Branches(self))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # cells of a site often differ at the end
        self.setSortingEnabled(True)
        self.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(INCIDENTS, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(INCIDENTS, _COUNT_WIDTH)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)

    def open_site(self, row: int) -> None:
        """Show the cells of the site in a row."""
        self._cells.open_site(row)

    def shut_site(self, row: int) -> None:
        """Show the cells of the site in a row no longer; the keyboard stays with the site if it was at one of them."""
        current = self.currentIndex()
        held = current.isValid() and row < current.row() and self._above(current.row()) == row
        if held:
            self.setCurrentIndex(self._cells.index(row, NAME))
        self._cells.shut_site(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What a tree does with keys; without sites, what a table does. The space bar is the window's."""
        row = self.currentIndex().row()
        branch = self._cells.branch(row) if row >= 0 else Branch.NONE
        match event.key():
            case Qt.Key.Key_Space:
                event.ignore()
            case _ if branch is Branch.NONE:
                super().keyPressEvent(event)
            case Qt.Key.Key_Asterisk:
                self._cells.open_all()
            case Qt.Key.Key_Right | Qt.Key.Key_Plus:
                self.open_site(row)
            case Qt.Key.Key_Left if branch is Branch.LEAF:
                self.setCurrentIndex(self._cells.index(self._above(row), NAME))
            case Qt.Key.Key_Left | Qt.Key.Key_Minus:
                self.shut_site(row)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open or shut the site whose arrow was pressed."""
        where = event.position().toPoint()
        index = self.indexAt(where)
        on_arrow = index.column() == NAME and arrow_box(self.visualRect(index)).contains(where)
        if event.button() != Qt.MouseButton.LeftButton or not on_arrow or not self._turn(index.row()):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open or shut the site that was clicked twice."""
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or not self._turn(index.row()):
            super().mouseDoubleClickEvent(event)

    def _turn(self, row: int) -> bool:
        """Open or shut the site in a row; whether there is one."""
        branch = self._cells.branch(row)
        if branch is Branch.SHUT:
            self.open_site(row)
        elif branch is Branch.OPEN:
            self.shut_site(row)
        return branch in (Branch.SHUT, Branch.OPEN)

    def _above(self, row: int) -> int:
        """The row of the site that a cell is under; that of a site itself."""
        cell = self._cells.index(row, NAME).data(CELL_ROLE)
        return row if cell is None else self._cells.site_of(cell)

    def _offer(self, where: QPoint) -> None:
        if self._cells.flat:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tell("cells_open_all")).triggered.connect(self._cells.open_all)
        menu.addAction(tell("cells_shut_all")).triggered.connect(self._cells.shut_all)
        menu.popup(self.viewport().mapToGlobal(where))
