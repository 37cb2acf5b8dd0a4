"""A form made from the declarations of `engine.settings`: label, bounds and choices stand there and nowhere else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.settings import VOTES, Settings
from engine.text import MESSAGES, tell
from gui.look.theme import GRID
from gui.widgets.heading import heading
from gui.widgets.number_field import Number, WholeNumber
from gui.widgets.weekend_field import WeekendField

GROUPS: Mapping[str, tuple[str, ...]] = {
    "network": ("country", "weekend", "zone"),
    "data": ("gaps",),
    "alarm": ("budget", "vote", "threshold", "min_deviation", "min_duration", "min_traffic", "hold"),
    "detectors": ("detectors", "feed", "season", "train_share", "kmeans_separation"),
}
"""Which group a setting stands in; the rest stand in the last one, `more`."""
_FIELD = 48 * GRID
_SEPARATOR = "; "


@dataclass(frozen=True)
class _Field:
    widget: QWidget
    read: Callable[[], Any]
    write: Callable[[Any], None]


class SettingsForm(QWidget):
    """All settings but the preset, editable. `edited()` is emitted when the user changed one."""

    edited = Signal()

    def __init__(self, settings: Settings, detectors: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._detectors = detectors
        self._fields: dict[str, _Field] = {}
        declared = {f.name: f for f in dataclasses.fields(Settings) if f.name != "preset"}
        grouped = {name for names in GROUPS.values() for name in names}
        groups = {**GROUPS, "more": tuple(name for name in declared if name not in grouped)}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * GRID)
        for group, names in groups.items():
            if box.count():
                box.addSpacing(3 * GRID)
            box.addWidget(heading(tell(f"settings_group_{group}")))
            form = QFormLayout()
            form.setHorizontalSpacing(4 * GRID)
            form.setVerticalSpacing(2 * GRID)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            for name in names:
                field = self._make(declared[name])
                self._fields[name] = field
                label = QLabel(declared[name].metadata["label"])
                label.setWordWrap(True)
                label.setMinimumWidth(64 * GRID)
                label.setBuddy(field.widget)
                field.widget.setAccessibleName(declared[name].metadata["label"])
                form.addRow(label, field.widget)
            box.addLayout(form)
        self.set_settings(settings)

    def widget(self, name: str) -> QWidget:
        """The control of a setting."""
        return self._fields[name].widget

    def read(self, name: str) -> Any:  # noqa: ANN401 - a setting may be of any type
        """What the form says of one setting."""
        return self._fields[name].read()

    def settings(self) -> Settings:
        """What the form says. Raises InputError if it is out of bounds."""
        changes = {name: field.read() for name, field in self._fields.items()}
        return dataclasses.replace(self._settings, **changes).check()

    def set_settings(self, settings: Settings) -> None:
        """Show other settings."""
        self._settings = settings
        self.blockSignals(True)
        for name, field in self._fields.items():
            field.write(getattr(settings, name))
        self.blockSignals(False)

    # -- one control per kind of declaration

    def _make(self, declared: dataclasses.Field[Any]) -> _Field:
        meta = declared.metadata
        if declared.name == "detectors":
            return self._detector_boxes()
        if declared.name == "vote":
            return self._vote_box()
        if declared.name == "gaps":
            return self._gaps_line()
        if declared.name == "weekend":
            return self._weekend_days()
        if meta["choices"]:
            return self._choice([(c, _choice_label(declared.name, c)) for c in meta["choices"]])
        if isinstance(declared.default, int):
            return self._whole(int(meta["low"]), int(meta["high"]))
        if isinstance(declared.default, float):
            return self._number(float(meta["low"]), float(meta["high"]))
        return self._text(declared.name)

    def _whole(self, low: int, high: int) -> _Field:
        spin = WholeNumber(low, high)
        spin.setGroupSeparatorShown(True)
        spin.setFixedWidth(_FIELD)
        spin.valueChanged.connect(lambda _value: self.edited.emit())
        return _Field(spin, spin.value, spin.setValue)

    def _number(self, low: float, high: float) -> _Field:
        spin = Number(low, high, decimals=3)
        spin.setGroupSeparatorShown(True)
        spin.setFixedWidth(_FIELD)
        spin.valueChanged.connect(lambda _value: self.edited.emit())
        return _Field(spin, spin.value, spin.setValue)

    def _choice(self, choices: Sequence[tuple[str, str]]) -> _Field:
        box = QComboBox()
        for value, label in choices:
            box.addItem(label, value)
        box.setFixedWidth(_FIELD)
        box.currentIndexChanged.connect(lambda _index: self.edited.emit())
        return _Field(box, box.currentData, lambda value: box.setCurrentIndex(box.findData(value)))

    def _vote_box(self) -> _Field:
        numbers = [str(k) for k in range(1, len(self._detectors) + 1)]
        choices = [(v, tell(f"vote_{v}")) for v in VOTES]
        return self._choice([*choices, *((k, tell("vote_at_least", k=int(k))) for k in numbers)])

    def _text(self, name: str) -> _Field:
        line = QLineEdit()
        code = f"settings_{name}_hint"
        line.setPlaceholderText(tell(code) if code in MESSAGES else "")
        line.setFixedWidth(_FIELD)
        line.textEdited.connect(lambda _text: self.edited.emit())

        def read() -> str:
            text = line.text().strip()
            return text.upper() if name == "country" else text

        return _Field(line, read, line.setText)

    def _weekend_days(self) -> _Field:
        field = WeekendField()
        field.choice.setFixedWidth(_FIELD)
        field.edited.connect(self.edited.emit)
        return _Field(field, field.read, field.write)

    def _gaps_line(self) -> _Field:
        """Policies one after the other; the table by KPI stands in the data quality view."""
        line = QLineEdit()
        line.setPlaceholderText(tell("settings_gaps_hint"))
        line.setFixedWidth(_FIELD)
        line.textEdited.connect(lambda _text: self.edited.emit())
        shown: list[tuple[str, ...]] = [()]

        def read() -> tuple[str, ...]:
            if line.text() == _SEPARATOR.join(shown[0]):
                return shown[0]  # a KPI's name may hold the separator
            return tuple(part.strip() for part in line.text().split(_SEPARATOR.strip()) if part.strip())

        def write(texts: Sequence[str]) -> None:
            shown[0] = tuple(texts)
            line.setText(_SEPARATOR.join(texts))
            line.setToolTip(line.text())

        return _Field(line, read, write)

    def _detector_boxes(self) -> _Field:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        checks: dict[str, QCheckBox] = {}
        for detector, label in self._detectors:
            checks[detector] = QCheckBox(label)
            checks[detector].toggled.connect(lambda _on: self.edited.emit())
            column.addWidget(checks[detector])

        def read() -> tuple[str, ...]:
            return tuple(detector for detector, check in checks.items() if check.isChecked())

        def write(chosen: Sequence[str]) -> None:
            for detector, check in checks.items():
                check.setChecked(detector in chosen)

        return _Field(box, read, write)


def _choice_label(setting: str, choice: str) -> str:
    code = f"choice_{setting}_{choice}"
    return tell(code) if code in MESSAGES else choice
