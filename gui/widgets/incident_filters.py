"""What incidents are listed: those that rules hide or the others, of which severity and cause, when, found by whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from engine.data import Severity
from engine.inspection.hours import Hours
from engine.text import number, tell
from gui.left import Left, Told
from gui.look.marks import severity_icon
from gui.look.theme import GRID, palette_of
from gui.widgets.hours_button import WHOLE, HoursButton

_TYPED_MS = 120
_AND = "+"


class IncidentFilters(QWidget):
    """`changed` is emitted when other incidents are wanted of those there are, `hidden.toggled` when those that rules
    hide are wanted in the place of the others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hidden = QPushButton()
        self.hidden.setCheckable(True)
        self.hidden.setProperty("role", "filter")
        self.hidden.setToolTip(tell("incidents_hidden_tip"))
        self.severities = {severity: self._button(severity) for severity in Severity}
        self.cause = _choice(tell("incidents_cause"))
        self.voters = _choice(tell("incidents_voters"))
        self.voters.setToolTip(tell("incidents_voters"))
        self.voters.view().setMinimumWidth(100 * GRID)
        self.hours = HoursButton()
        self.filter = QLineEdit(placeholderText=tell("incidents_filter"), clearButtonEnabled=True)
        self.filter.setToolTip(tell("incidents_filter_tip"))
        self.filter.setAccessibleName(tell("incidents_filter"))
        self.filter.setMinimumWidth(28 * GRID)
        self.filter.setMaximumWidth(44 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        for control in (self.hidden, *self.severities.values(), self.hours, self.cause, self.voters, self.filter):
            row.addWidget(control)
        self._typed = QTimer(self, interval=_TYPED_MS, singleShot=True)
        self._typed.timeout.connect(self.changed)
        self.filter.textChanged.connect(lambda _text: self._typed.start())
        self.cause.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.voters.currentIndexChanged.connect(lambda _index: self.changed.emit())

    # -- what is wanted

    @property
    def wanted(self) -> frozenset[Severity]:
        """The severities that are listed."""
        return frozenset(severity for severity, button in self.severities.items() if button.isChecked())

    @property
    def cause_kind(self) -> str:
        """The kind of cause that is listed; "" = any."""
        return self.cause.currentData() or ""

    @property
    def found_by(self) -> tuple[str, ...] | None:
        """The detectors that found what is listed, and no other; None = any."""
        voters = self.voters.currentData()
        return tuple(name for name in voters.split(_AND) if name) if voters else None

    def as_left(self) -> Told:
        """What is wanted."""
        off = [severity.value for severity in self.severities if severity not in self.wanted]
        return {
            "hidden": self.hidden.isChecked(),
            "off": off,
            "cause": self.cause_kind,
            "found_by": self.voters.currentData() or "",
            "filter": self.filter.text(),
            "hours": str(self.hours.hours),
        }

    def put_back(self, left: Left) -> None:
        """Want what was wanted when it was left, of what there is."""
        off = left.texts("off")
        self.hidden.setChecked(left.flag("hidden") and not self.hidden.isHidden())
        self.blockSignals(True)
        for severity, button in self.severities.items():
            button.setChecked(severity.value not in off)
        self.cause.setCurrentIndex(max(self.cause.findData(left.text("cause")), 0))
        self.voters.setCurrentIndex(max(self.voters.findData(left.text("found_by")), 0))
        self.filter.setText(left.text("filter"))
        self._typed.stop()
        self.hours.show_hours(_hours(left.text("hours")))
        self.hours.chosen.emit(self.hours.hours)
        self.blockSignals(False)
        self.changed.emit()

    # -- what there is

    def offer_hidden(self, count: int) -> bool:
        """Say how many incidents rules hide; whether that leaves `hidden` as it was."""
        self.hidden.setText(tell("incidents_hidden", count=number(count)))
        self.hidden.setVisible(bool(count))
        stays = bool(count) or not self.hidden.isChecked()
        if not stays:
            self.hidden.setChecked(False)
        return stays

    def offer_causes(self, causes: Sequence[tuple[str, str]]) -> None:
        """Offer kinds of causes, each with its words."""
        _offer(self.cause, tell("incidents_any_cause"), causes)

    def offer_voters(self, combinations: Sequence[tuple[Sequence[str], str]]) -> None:
        """Offer detectors that found incidents together, each with its words."""
        _offer(self.voters, tell("incidents_any_voters"), [(_AND + _AND.join(ids), said) for ids, said in combinations])

    def count(self, counts: Mapping[Severity, int]) -> None:
        """Say how many incidents of each severity there are."""
        for severity, button in self.severities.items():
            button.setText(number(counts[severity]))

    def enable(self, *, on: bool) -> None:
        """Whether there is anything to filter."""
        controls: Collection[QWidget] = (*self.severities.values(), self.hours, self.cause, self.voters, self.filter)
        for control in controls:
            control.setEnabled(on)

    def focus(self) -> None:
        """Put the cursor into the text."""
        self.filter.setFocus()
        self.filter.selectAll()

    # -- parts

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "severities"):
            for severity, button in self.severities.items():
                button.setIcon(severity_icon(severity, palette_of(self)))

    def _button(self, severity: Severity) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setChecked(True)
        button.setProperty("role", "filter")
        button.setIcon(severity_icon(severity, palette_of(self)))
        button.setToolTip(tell("incidents_show_severity", severity=tell(f"severity_{severity.value}")))
        button.setAccessibleName(tell(f"severity_{severity.value}"))
        button.toggled.connect(lambda _on: self.changed.emit())
        return button


def _hours(told: str) -> Hours:
    """The hours that a project tells; all where it tells none."""
    try:
        return Hours.read(told)
    except ValueError:
        return WHOLE


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumWidth(24 * GRID)
    box.setMaximumWidth(32 * GRID)
    return box


def _offer(box: QComboBox, any_of_them: str, choices: Sequence[tuple[str, str]]) -> None:
    """Offer other choices (data, text) after one that stands for all; the one that was chosen stays where it can."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(any_of_them, "")
    for data, text in choices:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.blockSignals(False)
