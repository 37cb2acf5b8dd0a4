"""The import wizard: what was recognised, the first rows as read, and all that a person can say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import duration_text, local_text
from engine.calendar.zones import zone_names
from engine.data import Severity
from engine.errors import AppError, OutputError
from engine.io.base import Loaded, LoadOptions
from engine.io.preview import Preview, assign, preview
from engine.monitor import Monitor, Progress
from engine.text import say, tell
from gui.job import Job
from gui.problems import describe
from gui.theme import GRID, ROW, palette_of
from gui.widgets.heading import caption, heading, sentence
from gui.wording import counted

_WAIT_MS = 150
_NOTES = 3


class ImportDialog(QDialog):
    """`imported(Loaded, paths)` is emitted when the files are loaded; whatever goes wrong is said here and it stays."""

    imported = Signal(object, object)

    def __init__(self, paths: Sequence[Path], options: LoadOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("import_title"))
        self.resize(260 * GRID, 170 * GRID)
        self._paths = list(paths)
        self.options = options
        self.seen: Preview | None = None
        self._job: Job | None = None
        self._loading = False
        self._due = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._due.timeout.connect(self._look)
        names = ", ".join(p.name for p in self._paths[:3])
        more = len(self._paths) - 3
        self.files = heading(tell("cells_and_more", cell=names, more=more) if more > 0 else names)
        self.files.setToolTip("\n".join(str(p) for p in self._paths))
        self.why = caption(tell("import_looking"), wrap=True)
        self.table = QTableWidget()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.setAccessibleName(tell("import_rows"))
        self.problem = sentence()
        self.effect = sentence()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(tell("import_do"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        middle = QHBoxLayout()
        middle.setSpacing(4 * GRID)
        middle.addWidget(self.table, 1)
        middle.addLayout(self._side())
        box = QVBoxLayout(self)
        box.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 3 * GRID)
        box.setSpacing(2 * GRID)
        for widget in (self.files, self.why):
            box.addWidget(widget)
        box.addLayout(middle, 1)
        for widget in (self.problem, self.effect, self.bar, self.buttons):
            box.addWidget(widget)
        self._show_problem("")
        self.go.setEnabled(False)
        self._look()

    def _side(self) -> QFormLayout:
        self.zone = QComboBox()
        self.zone.setEditable(True)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.addItems(["", *zone_names()])
        self.zone.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.zone.setCurrentText(self.options.zone)
        self.zone.lineEdit().setPlaceholderText(tell("import_zone_hint"))
        self.zone.currentTextChanged.connect(lambda text: self._say(replace(self.options, zone=text.strip())))
        self.dates = QComboBox()
        for code, value in (("found", None), ("day", True), ("month", False)):
            self.dates.addItem(tell(f"import_dates_{code}"), value)
        self.dates.setCurrentIndex(self.dates.findData(self.options.day_first))
        self.dates.currentIndexChanged.connect(
            lambda _index: self._say(replace(self.options, day_first=self.dates.currentData()))
        )
        self.kpis = QListWidget()
        self.kpis.setAccessibleName(tell("import_kpis"))
        self.kpis.itemChanged.connect(lambda _item: self._kpis_chosen())
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(2 * GRID)
        for code, widget in (("zone", self.zone), ("dates", self.dates), ("kpis", self.kpis)):
            widget.setFixedWidth(56 * GRID)
            widget.setAccessibleName(tell(f"import_{code}"))
            form.addRow(caption(tell(f"import_{code}")), widget)
        return form

    # -- looking

    def _say(self, options: LoadOptions) -> None:
        if options != self.options:
            self.options = options
            self._due.start()

    def _look(self) -> None:
        if self._job is not None:
            self._job.cancel()
        options, paths = self.options, self._paths
        self._start(lambda monitor: preview(paths, options, monitor), self._show, "preview")

    def _show(self, seen: Preview) -> None:
        self.seen = seen
        notes = [say(reason) for reason in seen.why]
        self.why.setText(" ".join(notes[:_NOTES]) or tell("import_unknown"))
        self.why.setToolTip("\n".join(notes))
        self._fill_table(seen)
        self._fill_kpis(seen)
        self._show_problem(say(seen.problem) if seen.problem is not None else "")
        self.effect.setText(_effect(seen))
        self.go.setEnabled(seen.problem is None)

    def _fill_table(self, seen: Preview) -> None:
        palette = palette_of(self)
        bad = QColor(palette.ink[Severity.CRITICAL])
        self.table.clear()
        self.table.setRowCount(seen.rows + 1)
        self.table.setColumnCount(len(seen.columns))
        self.table.setHorizontalHeaderLabels([column.name for column in seen.columns])
        for k, column in enumerate(seen.columns):
            box = QComboBox()
            for role in column.roles:
                box.addItem(tell(f"import_role_{role or 'none'}"), role)
            box.setCurrentIndex(box.findData(column.role))
            box.setEnabled(len(column.roles) > 1)
            box.setAccessibleName(tell("import_role_of", column=column.name))
            box.activated.connect(lambda _index, k=k, box=box: self._assigned(k, box.currentData()))
            self.table.setCellWidget(0, k, box)
            for row, field in enumerate(column.fields, start=1):
                text = tell("import_read", raw=field.raw, read=field.read) if field.read else field.raw
                item = QTableWidgetItem(text)
                if column.role == "value" or column.numeric:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if not column.role:
                    item.setForeground(QColor(palette.muted))
                if field.problem is not None:
                    item.setForeground(bad)
                    item.setToolTip(say(field.problem))
                self.table.setItem(row, k, item)
        self.table.setRowHeight(0, 8 * GRID)
        self.table.resizeColumnsToContents()
        for k in range(len(seen.columns)):
            self.table.setColumnWidth(k, min(max(self.table.columnWidth(k), 28 * GRID), 76 * GRID))

    def _fill_kpis(self, seen: Preview) -> None:
        self.kpis.blockSignals(True)
        self.kpis.clear()
        chosen = {kpi.lower() for kpi in self.options.kpis}
        for kpi in seen.kpis:
            item = QListWidgetItem(kpi)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = not chosen or kpi.lower() in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.kpis.addItem(item)
        self.kpis.blockSignals(False)

    def _assigned(self, index: int, role: str) -> None:
        if self.seen is not None:
            self._say(assign(self.seen, index, role))

    def _kpis_chosen(self) -> None:
        items = [self.kpis.item(row) for row in range(self.kpis.count())]
        on = tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)
        if not on:
            self._show_problem(tell("import_no_kpi"))
            self.go.setEnabled(False)
            return
        self.go.setEnabled(True)
        self._say(replace(self.options, kpis=() if len(on) == len(items) else on))
        self._due.start()

    # -- loading

    def accept(self) -> None:
        """Load with what was said; the dialog closes when that is done."""
        if self._loading or not self.go.isEnabled():
            return
        self._due.stop()
        if self._job is not None:
            self._job.cancel()
        self._loading = True
        self.go.setEnabled(False)
        paths, options = self._paths, self.options
        self._start(lambda monitor: _load(paths, options, monitor), self._loaded, "import")

    def reject(self) -> None:
        """Stop loading, or close."""
        if self._job is not None:
            self._job.cancel()
        if self._loading:
            self._end()
            self.go.setEnabled(True)
            return
        self._due.stop()
        super().reject()

    def _loaded(self, loaded: Loaded) -> None:
        self.imported.emit(loaded, self._paths)
        super().accept()

    def _start(self, work: object, done: object, name: str) -> None:
        job = Job(work, name)  # type: ignore[arg-type]
        self._job = job
        self.bar.setRange(0, 0 if name == "preview" else 1000)
        self.bar.show()
        job.progressed.connect(self._progressed)
        job.done.connect(lambda value: self._answered(job, lambda: done(value)))  # type: ignore[operator]
        job.failed.connect(lambda error: self._answered(job, lambda: self._failed(error)))
        job.start()

    def _answered(self, job: Job, then: object) -> None:
        if job is self._job:
            self._end()
            then()  # type: ignore[operator]

    def _end(self) -> None:
        self._job, self._loading = None, False
        self.bar.hide()

    def _progressed(self, progress: Progress) -> None:
        if self._loading:
            self.bar.setValue(round(1000 * progress.fraction))

    def _failed(self, error: Exception) -> None:
        self._show_problem(describe(error).sentence)
        self.go.setEnabled(not isinstance(error, AppError) or self.seen is not None)

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        ink = palette_of(self).ink[Severity.CRITICAL]
        self.problem.setStyleSheet(f"color: {ink};")


def _effect(seen: Preview) -> str:
    """What loading would bring, in a line."""
    effect = seen.effect
    if effect is None:
        return ""
    dropped = "; ".join(f"{d.rows:,} {say(d.reason)}" for d in effect.dropped)
    text = tell(
        "import_effect" if seen.whole else "import_effect_begin",
        kept=effect.rows_kept,
        read=effect.rows_read,
        cells=counted("cell", effect.cells),
        kpis=effect.kpis,
        start=local_text(effect.start, effect.zone),
        stop=local_text(effect.stop, effect.zone),
        period=duration_text(effect.period_s),
        zone=effect.zone,
    )
    return f"{text} {tell('import_dropped', rows=dropped)}" if dropped else text


def _load(paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> Loaded:
    """Load, and keep what was said for the next time; a store that cannot be written only costs a note."""
    from engine import io
    from engine.io import mappings, remembered

    loaded = io.load(paths, options, monitor)
    try:
        mappings.remember(remembered.mark(paths, monitor), options)
    except OutputError as error:
        notes = (error.reason, *loaded.quality.notes)
        return replace(loaded, quality=replace(loaded.quality, notes=notes))
    return loaded
