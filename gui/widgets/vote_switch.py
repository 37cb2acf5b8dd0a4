"""The vote: one segment per rule, each with the number of anomalies it would give."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from engine.text import tell
from gui.look.wording import counted

RULES = ("any", "majority", "all", "fused")


class VoteSwitch(QWidget):
    """`chosen(rule)` is emitted when the user takes another rule. Arrow keys move inside, V goes on."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[str, int] = {}
        self._brief = False
        self._numbers_width = 0
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, rule in enumerate(RULES):
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setProperty("place", {0: "first", len(RULES) - 1: "last"}.get(place, "middle"))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, rule=rule: self.chosen.emit(rule))
            self._group.addButton(button)
            self._buttons[rule] = button
            row.addWidget(button)
        self._word()

    def set_rule(self, rule: str) -> None:
        """Show the rule in force; "at least k" checks no segment."""
        button = self._buttons.get(rule)
        self._group.setExclusive(button is not None)
        for each in self._buttons.values():
            each.setChecked(each is button)
        self._group.setExclusive(True)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many anomalies each rule gives; {} while unknown."""
        self._counts = dict(counts)
        self._word()

    @property
    def brief(self) -> bool:
        """Whether the numbers are left to the tooltips."""
        return self._brief

    def set_brief(self, *, brief: bool) -> None:
        """Leave the numbers to the tooltips, or write them."""
        if brief != self._brief:
            self._brief = brief
            self._word()

    @property
    def numbers_width(self) -> int:
        """How much of the width the numbers take where they are written, pixels."""
        return self._numbers_width

    def following(self, rule: str) -> str:
        """The rule after this one, round and round."""
        return RULES[(RULES.index(rule) + 1) % len(RULES)] if rule in RULES else RULES[0]

    def _word(self) -> None:
        self._numbers_width = 0
        for rule, button in self._buttons.items():
            name, tip = tell(f"vote_{rule}"), tell(f"vote_{rule}_tip")
            count = self._counts.get(rule)
            button.setText(name)
            button.setToolTip(tip)
            if count is None:
                continue
            bare = button.sizeHint().width()
            button.setText(tell("vote_count", vote=name, count=count))
            button.setToolTip(tell("vote_count_tip", tip=tip, count=counted("anomaly", count)))
            self._numbers_width += button.sizeHint().width() - bare
            if self._brief:
                button.setText(name)
        self._row.invalidate()
        self.updateGeometry()  # now, not when the event loop comes to it: the bar asks at once
