"""What to train, on what, and how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.convlstm.card import title_of
from engine.finetuning.finetune import MOST_EPOCHS, Tuning, problem
from engine.labelling.reviewed import ANOMALOUS
from engine.text import say, tell
from gui.dialogs.files import ask_files
from gui.kept.plan import LABELS_OF_DATA, LABELS_OF_FILE, LABELS_OF_REVIEWS, NO_LABELS, Plan
from gui.look.theme import GRID
from gui.look.wording import counted
from gui.shelf import Shelf
from gui.state import AppState
from gui.widgets.heading import caption, objection, sentence
from gui.widgets.number_field import WholeNumber

_DAY_S = 86_400
_FIELD = 118 * GRID
_OPEN, _FILES = "open", "files"
PARTS = ("all", "last", "head")


class TuningForm(QWidget):
    """`started(Plan)` when the user agrees; what cannot be is said before. Whoever shows it calls `refresh` when data,
    result, reviews or models are others.
    """

    started = Signal(object)

    def __init__(self, state: AppState, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._shelf = state, shelf
        self._files: tuple[Path, ...] = ()
        self._label_file: Path | None = None
        self._labels_chosen = False
        self.model = QComboBox()
        self.data = QComboBox()
        self.choose_data = _choose(self._ask_data)
        self.labels = QComboBox()
        self.choose_labels = _choose(self._ask_labels)
        self.part = QComboBox()
        for part in PARTS:
            self.part.addItem(tell(f"tuning_part_{part}"), part)
        self.epochs = WholeNumber(1, MOST_EPOCHS, Tuning.epochs)
        self.early = WholeNumber(0, MOST_EPOCHS, Tuning.patience)
        self.early.setSpecialValueText(tell("tuning_early_never"))
        self.early.setPrefix(tell("tuning_early_prefix") + " ")
        self.early.setSuffix(" " + tell("tuning_early_suffix"))
        self.part_hint, self.labels_hint = caption("", wrap=True), caption("", wrap=True)
        form = QFormLayout()
        form.setVerticalSpacing(2 * GRID)
        form.setHorizontalSpacing(4 * GRID)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for code, widget, button in (
            ("model", self.model, None),
            ("data", self.data, self.choose_data),
            ("labels", self.labels, self.choose_labels),
            ("hint", self.labels_hint, None),
            ("part", self.part, None),
            ("hint", self.part_hint, None),
            ("epochs", self.epochs, None),
            ("early", self.early, None),
        ):
            if code != "hint":
                widget.setFixedWidth(_FIELD if not isinstance(widget, WholeNumber) else 64 * GRID)
            name = "" if code == "hint" else tell(f"tuning_{code}")
            widget.setAccessibleName(name)
            form.addRow(caption(name), _beside(widget, button))
        self.problem = objection()
        self.go = QPushButton(tell("tuning_start"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._start)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.go)
        foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(3 * GRID, 4 * GRID, 3 * GRID, 2 * GRID)
        box.setSpacing(3 * GRID)
        box.addWidget(sentence(tell("tuning_what")))
        box.addLayout(form)
        box.addWidget(self.problem)
        box.addLayout(foot)
        box.addStretch(1)
        for combo in (self.model, self.data, self.labels, self.part):
            combo.currentIndexChanged.connect(lambda _index: self._check())
        self.data.activated.connect(lambda _index: self._maybe_ask(self.data, self._files, self._ask_data))
        self.labels.activated.connect(self._labels_activated)
        self.refresh()

    # -- choices

    def choose_model(self, identity: str) -> None:
        """Take a model as the base."""
        self.model.setCurrentIndex(max(self.model.findData(identity), 0))

    def choose_files(self, files: Sequence[Path]) -> None:
        """Train on these files."""
        self._files = tuple(files)
        self.refresh()
        self.data.setCurrentIndex(self.data.findData(_FILES))

    def choose_label_file(self, file: Path) -> None:
        """Take the labels of this file."""
        self._label_file, self._labels_chosen = file, True
        self.refresh()
        self.labels.setCurrentIndex(self.labels.findData(LABELS_OF_FILE))

    def refresh(self) -> None:
        """Offer what there is now, and keep what was chosen where it still is."""
        sound = [listed for listed in self._shelf.models if listed.record is not None and listed.problem is None]
        models = [
            (tell("tuning_model_item", model=m.id, title=title_of(m.record)), m.id)
            for m in sound
            if m.record is not None
        ]
        _fill(self.model, models, self._shelf.in_use)
        source, panel = self._state.source, self._state.panel
        data = []
        if source is not None and panel is not None:
            name = ", ".join(Path(p).name for p in source.paths[:2])
            size: dict[str, str | float] = {"cells": counted("cell", len(panel.cells)), "days": self._days()}
            data.append((tell("tuning_data_open", name=name, **size), _OPEN))
        named = ", ".join(path.name for path in self._files[:2])
        data.append((tell("tuning_data_files", names=named) if named else tell("tuning_data_other"), _FILES))
        _fill(self.data, data, _OPEN, keep=bool(self._files))
        self._fill_labels()
        self._check()

    def _fill_labels(self) -> None:
        source = self._state.source
        rows = [(tell("tuning_labels_none"), NO_LABELS)]
        if source is not None and (source.labels is not None or source.hand):
            rows.append((tell("tuning_labels_data"), LABELS_OF_DATA))
        tagged = self._called_anomalous()
        if self._state.result is not None and self._state.reviews.all:
            rows.append((tell("tuning_labels_reviews", count=tagged), LABELS_OF_REVIEWS))
        file = self._label_file
        rows.append(
            (tell("tuning_labels_named", name=file.name) if file else tell("tuning_labels_file"), LABELS_OF_FILE)
        )
        best = LABELS_OF_DATA if len(rows) > 2 and rows[1][1] == LABELS_OF_DATA else NO_LABELS
        _fill(self.labels, rows, LABELS_OF_REVIEWS if tagged else best, keep=self._labels_chosen)

    def _called_anomalous(self) -> int:
        """How many incidents the user called anomalous."""
        return sum(review.tag in ANOMALOUS for review in self._state.reviewed().values())

    def _days(self) -> int:
        panel = self._state.panel
        return 0 if panel is None else -(-len(panel.times) * panel.period_s // _DAY_S)

    def plan(self) -> Plan:
        """What was chosen."""
        files = self._files if self.data.currentData() == _FILES else ()
        tuning = Tuning(self.epochs.value(), self.part.currentData(), self._state.settings.seed, self.early.value())
        return Plan(self.model.currentData() or "", tuning, files, self.labels.currentData(), self._label_file)

    # -- saying what cannot be

    def _check(self) -> None:
        self.choose_data.setVisible(self.data.currentData() == _FILES)
        self.choose_labels.setVisible(self.labels.currentData() == LABELS_OF_FILE)
        self.part_hint.setText(tell(f"tuning_hint_{self.part.currentData()}"))
        self.labels_hint.setText(tell(f"tuning_labels_hint_{self.labels.currentData()}"))
        objection = self._objection()
        self.problem.setText(objection)
        self.problem.setVisible(bool(objection))
        self.go.setEnabled(not objection)

    def _objection(self) -> str:
        """Why it cannot begin, "" if nothing is known against it."""
        listed = self._shelf.model(self.model.currentData() or "")
        if listed is None or listed.record is None:
            return tell("tuning_no_model")
        labels = self.labels.currentData()
        if self.data.currentData() == _FILES:
            if not self._files:
                return tell("tuning_no_files")
            if labels in (LABELS_OF_REVIEWS,):
                return tell("tuning_reviews_elsewhere")
        if labels == LABELS_OF_FILE and self._label_file is None:
            return tell("tuning_no_label_file")
        panel = self._state.panel
        known = labels in (LABELS_OF_DATA, LABELS_OF_FILE) or (
            labels == LABELS_OF_REVIEWS and self._called_anomalous() > 0
        )
        here = self.data.currentData() == _OPEN and panel is not None
        period_s, days = (panel.period_s, self._days()) if here and panel is not None else (3600, _DAY_S)
        found = problem(listed.record, period_s, days, known)
        return "" if found is None else say(found)

    def _start(self) -> None:
        if not self._objection():
            self.started.emit(self.plan())

    # -- asking

    @staticmethod
    def _maybe_ask(box: QComboBox, known: object, then: Callable[[], None]) -> None:
        if not known and box.currentData() in (_FILES, LABELS_OF_FILE):
            then()

    def _labels_activated(self, _index: int) -> None:
        self._labels_chosen = True
        self._maybe_ask(self.labels, self._label_file, self._ask_labels)

    def _ask_data(self) -> None:
        ask_files(self, "", self.choose_files)

    def _ask_labels(self) -> None:
        dialog = QFileDialog(self, tell("tuning_labels_title"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.choose_label_file(Path(chosen)))
        dialog.open()


def _fill(box: QComboBox, rows: Sequence[tuple[str, str]], otherwise: str, *, keep: bool = True) -> None:
    """Other entries; what was chosen stays chosen (`keep`: it was a person who chose it), else `otherwise` is."""
    chosen = box.currentData() if keep else otherwise
    same = [(box.itemText(i), box.itemData(i)) for i in range(box.count())] == list(rows)
    if same and box.currentData() == chosen:
        return
    box.blockSignals(True)
    box.clear()
    for text, data in rows:
        box.addItem(text, data)
        box.setItemData(box.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
    at = box.findData(chosen)
    box.setCurrentIndex(at if at >= 0 else max(box.findData(otherwise), 0))
    box.blockSignals(False)


def _beside(widget: QWidget, button: QPushButton | None) -> QWidget:
    """A field with the button that belongs to it."""
    if button is None:
        return widget
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * GRID)
    row.addWidget(widget)
    row.addWidget(button)
    row.addStretch(1)
    return whole


def _choose(act: Callable[[], None]) -> QPushButton:
    button = QPushButton(tell("export_choose"))
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: act())
    return button
