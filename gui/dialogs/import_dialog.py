"""The import wizard: what was recognised, the first rows as read, and all that a person can say of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, QTimeZone, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLayoutItem,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import duration_text, local_text
from engine.calendar.zones import zone_names
from engine.data import Severity
from engine.errors import AppError, OutputError, Reason
from engine.io.base import Loaded, LoadOptions
from engine.io.offending import line_of
from engine.io.preview import Preview, agrees, assign, preview
from engine.monitor import Monitor, Progress
from engine.text import number, say, tell
from gui.job import Job
from gui.look.theme import GRID, palette_of
from gui.look.wording import counted
from gui.problems import describe
from gui.widgets.heading import caption, heading, sentence
from gui.widgets.import_options import ImportOptions
from gui.widgets.import_table import ImportTable
from gui.widgets.link import Link

_WAIT_MS = 150
_NOTES = 3
_REASONS = 4
_ZONE_QUESTIONS = ("ask_zone", "ask_zone_ahead")


class ImportDialog(QDialog):
    """Begins with what was said of such files before. Whatever goes wrong is said here and the dialog stays.

    Signals:
        imported(Loaded, paths, LoadOptions): the files are loaded, with these options.
        undated(paths, LoadOptions): their rows, which have no date, are to be judged one by one.
    """

    imported = Signal(object, object, object)
    undated = Signal(object, object)

    def __init__(self, paths: Sequence[Path], options: LoadOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tell("import_title"))
        self.resize(270 * GRID, 175 * GRID)
        self._paths = list(paths)
        self._given = options
        self.seen: Preview | None = None
        self._job: Job | None = None
        self._loading = False
        self._suggested, self._zone_asked = "", False
        self._due = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._due.timeout.connect(self._look)
        names = ", ".join(p.name for p in self._paths[:3])
        more = len(self._paths) - 3
        self.files = heading(tell("cells_and_more", cell=names, more=more) if more > 0 else names)
        self.files.setToolTip("\n".join(str(p) for p in self._paths))
        self.why = caption(tell("import_looking"), wrap=True)
        self.said_before = sentence()
        self.anew = Link(tell("import_anew"))
        self.anew.clicked.connect(self._begin_anew)
        self.table = ImportTable()
        self.table.assigned.connect(self._assigned)
        self.given = ImportOptions(options)
        self.given.said.connect(lambda _options: self._due.start())
        self.given.no_kpi.connect(self._no_kpi)
        self.given.refused.connect(self._refuse)
        self.question = sentence()
        self.problem = sentence()
        self.instead = QHBoxLayout()
        self.effect = sentence()
        self.left_out = QVBoxLayout()
        self.left_out.setSpacing(0)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(tell("import_do"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("role", "primary")
        self.rows = self.buttons.addButton(tell("rows_offer"), QDialogButtonBox.ButtonRole.ActionRole)
        self.rows.clicked.connect(self._judge_rows)
        self.rows.hide()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.go.setDefault(True)  # not before it is in the dialog: Qt would take the first button
        self._show_problem("")
        self._show_questions(None)
        self._show_before(None)
        self.go.setEnabled(False)
        self._start(lambda monitor: _before(self._paths, options, monitor), self._begin, "preview")

    @property
    def options(self) -> LoadOptions:
        """What is said of the files."""
        return self.given.options

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return self._job is None and not self._due.isActive()

    def _lay_out(self) -> None:
        side = QScrollArea()
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setWidgetResizable(True)
        side.setWidget(self.given)
        side.setFixedWidth(self.given.sizeHint().width() + 4 * GRID)
        middle = QHBoxLayout()
        middle.setSpacing(4 * GRID)
        middle.addWidget(self.table, 1)
        middle.addWidget(side)
        before = QHBoxLayout()
        before.setSpacing(2 * GRID)
        before.addWidget(self.said_before, 3)
        before.addWidget(self.anew, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 3 * GRID)
        box.setSpacing(2 * GRID)
        for widget in (self.files, self.why):
            box.addWidget(widget)
        box.addLayout(before)
        box.addWidget(self.question)
        box.addLayout(middle, 1)
        box.addWidget(self.problem)
        box.addLayout(self.instead)
        box.addWidget(self.effect)
        box.addLayout(self.left_out)
        box.addWidget(self.bar)
        box.addWidget(self.buttons)

    # -- looking

    def _begin(self, found: Any) -> None:  # noqa: ANN401 - a signal brings it
        """Look at the files as was said of such ones before."""
        self.given.show_options(found.options)
        self._show_before(say(found.note) if found.note is not None else None, known=found.said)
        self._look()

    def _begin_anew(self) -> None:
        self.given.show_options(self._given)
        self._show_before(None)
        self._look()

    def _look(self) -> None:
        if self._job is not None:
            self._job.cancel()
        options, paths = self.options, self._paths
        self._start(lambda monitor: preview(paths, options, monitor), self._show, "preview")

    def _show(self, seen: Preview) -> None:
        self.seen = seen
        notes = [say(reason) for reason in seen.why]
        if seen.column_count > len(seen.columns) > 0:
            notes.insert(1, tell("import_columns_shown", shown=len(seen.columns), all=seen.column_count))
        self.why.setText(" ".join(notes[:_NOTES]) or ("" if seen.questions else tell("import_unknown")))
        self.why.setVisible(bool(self.why.text()))
        self.why.setToolTip("\n".join(notes))
        self.table.show_preview(seen)
        self.given.show_preview(seen)
        self._show_questions(seen)
        self._show_problem(say(seen.problem) if seen.problem is not None else "", seen.problem)
        self._show_effect(seen)
        self.go.setEnabled(seen.problem is None)
        self.rows.setVisible(seen.problem is not None and seen.problem.code == "time_without_date")
        if not self._zone_asked and any(asked.code in _ZONE_QUESTIONS for asked in seen.questions):
            self._suggest_zone(seen)

    def _suggest_zone(self, seen: Preview) -> None:
        """The zone of this computer is a likely answer, unless the times say otherwise; it is the user who gives it."""
        self._zone_asked = True
        here = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        if here in zone_names() and agrees(seen, here):
            self._suggested = here
            self.given.zone.setCurrentText(here)
        self.given.ask_zone()

    def _show_questions(self, seen: Preview | None) -> None:
        """What has to be said by a person, until it is."""
        asked = [say(question) for question in seen.questions] if seen is not None else []
        if self._suggested and self.options.zone == self._suggested:
            asked.append(tell("ask_zone_suggested", zone=self._suggested))
        self.question.setText("\n".join(asked))
        self.question.setVisible(bool(asked))
        self.question.setStyleSheet(f"color: {palette_of(self).accent};")

    def _show_before(self, text: str | None, *, known: bool = False) -> None:
        self.said_before.setText(text or "")
        self.said_before.setVisible(bool(text))
        self.anew.setVisible(known)

    def _show_effect(self, seen: Preview) -> None:
        self.effect.setText(_effect(seen))
        while (item := self.left_out.takeAt(0)) is not None:
            _discard(item)
        dropped = sorted(seen.effect.dropped, key=lambda d: -d.rows) if seen.effect is not None else []
        for one in dropped[:_REASONS]:
            text = tell("import_left_out", rows=number(one.rows), reason=say(one.reason))
            place = tell("import_first_place", place=one.example) if one.example else ""
            link = Link(f"{text} {place}".strip())
            link.setToolTip(link.text())
            line = line_of(one.example)
            link.setEnabled(line in seen.lines)
            link.clicked.connect(lambda _checked=False, line=line: self.table.go_to_line(line))
            self.left_out.addWidget(link)

    def _assigned(self, index: int, role: str) -> None:
        if self.seen is not None:
            self.given.show_options(assign(replace(self.seen, options=self.options), index, role))
            self._due.start()

    def _no_kpi(self) -> None:
        self._refuse(tell("import_no_kpi"))

    def _refuse(self, text: str) -> None:
        self._due.stop()
        self._show_problem(text)
        self.go.setEnabled(False)

    def _judge_rows(self) -> None:
        paths, options = self._paths, self.options
        self.reject()
        self.undated.emit(paths, options)

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
        paths, options = self._paths, _answered(self.seen, self.options)
        self.given.show_options(options)
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
        self.imported.emit(loaded, self._paths, self.options)
        super().accept()

    def _start(self, work: Callable[[Monitor], Any], done: Callable[[Any], None], name: str) -> None:
        job = Job(work, name)
        self._job = job
        self.bar.setRange(0, 0 if name == "preview" else 1000)
        self.bar.show()
        job.progressed.connect(self._progressed)
        job.done.connect(lambda value: self._answered(job, lambda: done(value)))
        job.failed.connect(lambda error: self._answered(job, lambda: self._failed(error)))
        job.start()

    def _answered(self, job: Job, then: Callable[[], None]) -> None:
        if job is self._job:
            self._end()
            then()

    def _end(self) -> None:
        self._job, self._loading = None, False
        self.bar.hide()

    def _progressed(self, progress: Progress) -> None:
        if self._loading:
            self.bar.setValue(round(1000 * progress.fraction))

    def _failed(self, error: Exception) -> None:
        self._show_problem(describe(error).sentence, error.reason if isinstance(error, AppError) else None)
        self.go.setEnabled(not isinstance(error, AppError) or self.seen is not None)

    def _show_problem(self, text: str, reason: Reason | None = None) -> None:
        """Say what is wrong; zones that may have been meant are a click away."""
        while (item := self.instead.takeAt(0)) is not None:
            _discard(item)
        meant = str(reason.params["close"]).split(", ") if reason is not None and reason.code == "zone_unknown" else []
        for zone in meant:
            link = Link(zone)
            link.clicked.connect(lambda _checked=False, zone=zone: self.given.zone.setCurrentText(zone))
            self.instead.addWidget(link)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        ink = palette_of(self).ink[Severity.CRITICAL]
        self.problem.setStyleSheet(f"color: {ink};")


def _effect(seen: Preview) -> str:
    """What loading would bring, in a line."""
    effect = seen.effect
    if effect is None:
        return ""
    return tell(
        "import_effect" if seen.whole else "import_effect_begin",
        kept=effect.rows_kept,
        read=effect.rows_read,
        cells=counted("cell", effect.cells),
        kpis=effect.kpis,
        start=local_text(effect.start, effect.zone, year=True),
        stop=local_text(effect.stop, effect.zone, year=True),
        period=duration_text(effect.period_s),
        zone=effect.zone,
    )


def _answered(seen: Preview | None, options: LoadOptions) -> LoadOptions:
    """The options with what was found and agreed to, so that it is not asked again."""
    if seen is None or not any(question.code == "ask_calls" for question in seen.questions):
        return options
    rows = "two" if any(note.code.startswith("cdr_two_rows") for note in seen.why) else "one"
    return replace(options, mapping={**options.mapping, "call_rows": rows})


def _discard(item: QLayoutItem) -> None:
    """Have done with what a layout held."""
    if (widget := item.widget()) is not None:
        widget.deleteLater()


# -- in the worker


def _before(paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> object:
    """What was said of such files before."""
    from engine.io import remembered

    return remembered.completed(paths, options, monitor)


def _load(paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> Loaded:
    """Load, and keep what was said for the next time; a store that cannot be written only costs a note."""
    from engine import io
    from engine.io import mappings, remembered

    loaded = io.load(paths, replace(options, with_labels=True), monitor)
    try:
        mappings.remember(remembered.mark(paths, monitor), options)
    except OutputError as error:
        notes = (error.reason, *loaded.quality.notes)
        return replace(loaded, quality=replace(loaded.quality, notes=notes))
    return loaded
