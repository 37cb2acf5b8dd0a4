"""What a person can say of files beside the roles of their columns: zone, dates, granularity, calls, KPIs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QWidget,
)

from engine.calendar import duration_text
from engine.calendar.zones import zone_names
from engine.errors import AppError
from engine.files.encodings import NAMES as ENCODINGS
from engine.io.base import LoadOptions
from engine.io.preview import Preview
from engine.io.preview_columns import CALLS, CDR_FORMATS
from engine.io.subscriber_key import read_key
from engine.text import tell
from gui.look.theme import GRID, ROW
from gui.widgets.heading import caption

_WIDTH = 56 * GRID
_PERIODS_S = (60, 300, 600, 900, 1800, 3600, 86_400)
TIMELESS = ("no_time_column", "no_time_no_header", "first_time_needs_period", "first_time_unreadable")
"""What is wrong with files whose rows carry no time: it may be said when the first one was measured."""

CHOICES = {
    "entity": ("cell", "area", "subscriber"),
    "call_rows": ("", "one", "two"),
    "call_hours": ("start", "split"),
}
"""Roles of a mapping that call detail records know, and what they may be; the first is the usual."""


class ImportOptions(QWidget):
    """Signals:
    said(LoadOptions): the user said something else.
    no_kpi(): every KPI was unchecked, which cannot be loaded.
    refused(str): what was said cannot be used, in words.
    """

    said = Signal(object)
    no_kpi = Signal()
    refused = Signal(str)

    def __init__(self, options: LoadOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = options
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._form.setVerticalSpacing(2 * GRID)
        self._labels: dict[str, QLabel] = {}
        self.zone = QComboBox()
        self.zone.setEditable(True)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.addItems(["", *zone_names()])
        completer, line = self.zone.completer(), self.zone.lineEdit()
        assert completer is not None  # a box that can be edited has both
        assert line is not None
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        popup = completer.popup()
        assert popup is not None  # it is made when it is asked for
        popup.setProperty("role", "popup")
        line.setPlaceholderText(tell("import_zone_hint", else_zone=options.usual_zone or "UTC"))
        self._zone_line = line
        self.dates = _box([(None, "import_dates_found"), (True, "import_dates_day"), (False, "import_dates_month")])
        self.encoding = _box([("", "import_encoding_found")])
        for name, told in ENCODINGS.items():
            self.encoding.addItem(told, name)
        self.period = QComboBox()
        self.period.addItem(tell("import_period_found"), None)
        for seconds in _PERIODS_S:
            self.period.addItem(duration_text(seconds), seconds)
        self.first_time = QLineEdit()
        self.first_time.setPlaceholderText(tell("import_first_time_hint"))
        self.calls = {
            role: _box([(choice, f"import_{role}_{choice or 'found'}") for choice in choices])
            for role, choices in CHOICES.items()
        }
        self.key = QLineEdit()
        self.key.setPlaceholderText(tell("import_key_hint"))
        self.key.setToolTip(tell("import_key_tip"))
        choose = self.key.addAction(self._chevron(), QLineEdit.ActionPosition.TrailingPosition)
        choose.setText(tell("export_choose"))
        choose.triggered.connect(self._choose_key)
        self.kpis = QListWidget()
        self.kpis.itemChanged.connect(lambda _item: self._kpis_chosen())
        for name, widget in (
            ("zone", self.zone),
            ("encoding", self.encoding),
            ("dates", self.dates),
            ("period", self.period),
            ("first_time", self.first_time),
            *self.calls.items(),
            ("key", self.key),
            ("kpis", self.kpis),
        ):
            self._add(name, widget)
        self.show_options(options)
        self.show_preview(None)
        self.zone.currentTextChanged.connect(lambda text: self._say(zone=text.strip()))
        self.dates.currentIndexChanged.connect(lambda _index: self._say(day_first=self.dates.currentData()))
        self.encoding.currentIndexChanged.connect(lambda _index: self._say(encoding=self.encoding.currentData()))
        self.period.currentIndexChanged.connect(lambda _index: self._say(period_s=self.period.currentData()))
        self.first_time.editingFinished.connect(self._first_time_said)
        self.key.editingFinished.connect(self._key_named)
        for role, box in self.calls.items():
            box.currentIndexChanged.connect(lambda _index, role=role: self._call_said(role))

    def show_options(self, options: LoadOptions) -> None:
        """Show what was said already."""
        self.options = options
        self.blockSignals(True)
        self.zone.setCurrentText(options.zone)
        self.dates.setCurrentIndex(self.dates.findData(options.day_first))
        self.encoding.setCurrentIndex(self.encoding.findData(options.encoding))
        if self.period.findData(options.period_s) < 0 and options.period_s is not None:
            self.period.addItem(duration_text(options.period_s), options.period_s)
        self.period.setCurrentIndex(self.period.findData(options.period_s))
        self.first_time.setText(options.mapping.get("first_time", ""))
        for role, box in self.calls.items():
            box.setCurrentIndex(max(box.findData(options.mapping.get(role, CHOICES[role][0])), 0))
        if not options.key:
            self.key.clear()
        self.blockSignals(False)
        self.options = options

    def ask_zone(self) -> None:
        """Put the cursor where the zone is said; what stands there gives way to what is typed."""
        self.zone.setFocus()
        self._zone_line.selectAll()

    def show_preview(self, seen: Preview | None) -> None:
        """Offer what these files leave to say."""
        calls = seen is not None and seen.format in CDR_FORMATS
        for role in self.calls:
            self._set_visible(role, calls and (role != "call_rows" or (seen is not None and seen.format == CALLS)))
        timeless = seen is not None and seen.problem is not None and seen.problem.code in TIMELESS
        self._set_visible("first_time", timeless or "first_time" in self.options.mapping)
        country = seen is not None and seen.encoding in ENCODINGS
        self._set_visible("encoding", country or bool(self.options.encoding))
        self._set_visible("key", calls or (seen is not None and seen.subscribers))
        self._set_visible("kpis", seen is None or len(seen.kpis) > 0)
        if seen is not None:
            self._fill_kpis(seen.kpis)

    # -- inside

    def _add(self, name: str, widget: QWidget) -> None:
        widget.setFixedWidth(_WIDTH)
        widget.setAccessibleName(tell(f"import_{name}"))
        self._labels[name] = caption(tell(f"import_{name}"))
        self._labels[name].setBuddy(widget)
        self._form.addRow(self._labels[name], widget)

    def _set_visible(self, name: str, visible: bool) -> None:
        shown = {"key": self.key, "first_time": self.first_time, "kpis": self.kpis, "encoding": self.encoding}
        widget = {**shown, **self.calls}[name]
        self._form.setRowVisible(widget, visible)

    def _say(self, **changes: object) -> None:
        options = replace(self.options, **changes)  # type: ignore[arg-type]
        if options != self.options:
            self.options = options
            if not self.signalsBlocked():
                self.said.emit(options)

    def _first_time_said(self) -> None:
        mapping = {r: c for r, c in self.options.mapping.items() if r != "first_time"}
        text = self.first_time.text().strip()
        self._say(mapping={**mapping, "first_time": text} if text else mapping)

    def _call_said(self, role: str) -> None:
        mapping = {r: c for r, c in self.options.mapping.items() if r != role}
        chosen = self.calls[role].currentData()
        if chosen and (chosen != CHOICES[role][0]):
            mapping[role] = chosen
        self._say(mapping=mapping)

    def _chevron(self) -> QIcon:
        return self.style().standardIcon(QStyle.StandardPixmap.SP_DirOpenIcon)

    def _choose_key(self) -> None:
        """A key file that is there, or the name of a new one."""
        dialog = QFileDialog(self, tell("import_key"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.fileSelected.connect(self.key.setText)
        dialog.fileSelected.connect(lambda _name: self._key_named())
        dialog.open()

    def _key_named(self) -> None:
        name = self.key.text().strip()
        try:
            self._say(key=read_key(Path(name)) if name else b"")
        except AppError as error:
            self._say(key=b"")
            self.refused.emit(str(error))

    def _fill_kpis(self, kpis: Sequence[str]) -> None:
        self.kpis.blockSignals(True)
        self.kpis.clear()
        chosen = {kpi.lower() for kpi in self.options.kpis}
        for kpi in kpis:
            item = QListWidgetItem(kpi)
            item.setSizeHint(QSize(0, ROW))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = not chosen or kpi.lower() in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.kpis.addItem(item)
        self.kpis.blockSignals(False)

    def _kpis_chosen(self) -> None:
        items = [self.kpis.item(row) for row in range(self.kpis.count())]
        on = tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)
        if not on:
            self.no_kpi.emit()
            return
        kpis = () if len(on) == len(items) else on
        if replace(self.options, kpis=kpis) == self.options:
            self.said.emit(self.options)  # what was wrong a moment ago is right again
        self._say(kpis=kpis)


def _box(choices: Sequence[tuple[object, str]]) -> QComboBox:
    box = QComboBox()
    for value, code in choices:
        box.addItem(tell(code), value)
    return box
