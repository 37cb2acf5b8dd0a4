"""What becomes of the gaps of one KPI: a policy, and for some of them the longest gap that is filled."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from engine.calendar import duration_text
from engine.settings.gap_policy import BOUNDED, KINDS, MOST_PERIODS, USUAL_PERIODS, GapPolicy
from engine.text import tell
from gui.look.theme import GRID
from gui.widgets.number_field import WholeNumber


class _Kinds(QComboBox):
    """Does not turn while the page under it is scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class GapChoice(QWidget):
    """`chosen()` is emitted when the user chose another policy."""

    chosen = Signal()

    def __init__(self, kpi: str, period_s: int, policy: GapPolicy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kpi, self._period_s = kpi, period_s
        self.kinds = _Kinds()
        self.kinds.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.kinds.setAccessibleName(tell("gaps_of", kpi=kpi))
        self.kinds.setToolTip(tell("gaps_note"))
        for kind in KINDS:
            self.kinds.addItem(tell(f"gaps_{kind}"), kind)
        self.longest = WholeNumber(1, MOST_PERIODS)
        self.longest.setKeyboardTracking(False)
        self.longest.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.longest.setAccessibleName(tell("gaps_length", kpi=kpi))
        self.longest.setFixedWidth(36 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.kinds)
        row.addWidget(self.longest)
        row.addStretch(1)
        self.set_policy(policy)
        self.kinds.activated.connect(lambda _index: self._taken())
        self.longest.valueChanged.connect(lambda _value: self._taken())

    @property
    def policy(self) -> GapPolicy:
        """What is chosen."""
        kind = self.kinds.currentData()
        return GapPolicy(kind, self.longest.value() if kind in BOUNDED else 0)

    def set_policy(self, policy: GapPolicy) -> None:
        """Show another policy."""
        self.longest.blockSignals(True)
        self.kinds.setCurrentIndex(self.kinds.findData(policy.kind))
        self.longest.setValue(policy.longest or USUAL_PERIODS)
        self.longest.blockSignals(False)
        self._dress()

    def _dress(self) -> None:
        self.longest.setVisible(self.kinds.currentData() in BOUNDED)
        self.longest.setPrefix(f"{tell('gaps_up_to')} ")
        lasting = tell("gaps_lasting", longest=duration_text(self.longest.value() * self._period_s))
        self.longest.setSuffix(f" {lasting}")

    def _taken(self) -> None:
        self._dress()
        self.chosen.emit()
