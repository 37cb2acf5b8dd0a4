"""Tabs whose row also holds the head of the page that is shown: one row where there would be two."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from gui.widgets.heading import Heading


class HeadedTabs(QTabWidget):
    """A page's head stands beside the tabs, as wide as they leave it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setProperty("role", "headed")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._heads = _Heads(self)
        self.setCornerWidget(self._heads)
        self.currentChanged.connect(self._heads.setCurrentIndex)

    def add(self, page: QWidget, head: Heading, title: str) -> None:
        """Add a page, whose head is taken out of it."""
        self._heads.addWidget(head)
        self.addTab(page, title)


class _Heads(QStackedWidget):
    def __init__(self, tabs: QTabWidget) -> None:
        super().__init__()
        self._tabs = tabs

    def sizeHint(self) -> QSize:
        """All that the tabs leave."""
        bar = self._tabs.tabBar().sizeHint()
        return QSize(max(self._tabs.width() - bar.width(), 0), bar.height())

    def minimumSizeHint(self) -> QSize:
        """What the least of the heads needs."""
        return QSize(super().minimumSizeHint().width(), self._tabs.tabBar().sizeHint().height())
