"""The models: which there are, what each is, which is in use, and how to train one further on one's own data.

A window of its own beside the desk, not in front of it: a training takes minutes, and the night goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.convlstm.card import title_of
from engine.data import Severity
from engine.text import say, tell
from gui.desk import Desk
from gui.dialogs.model_card import MODEL_SUFFIX, ModelCard
from gui.dialogs.question import ask
from gui.dialogs.tuning_form import TuningForm
from gui.dialogs.tuning_run import TuningRun
from gui.kept import unfinished
from gui.kept.plan import LABELS_OF_REVIEWS, Plan
from gui.kept.unfinished import Unfinished
from gui.look.theme import GRID, palette_of, type_face
from gui.state import AppState
from gui.tuning import IDLE, Tuner
from gui.widgets.banner import Banner
from gui.widgets.heading import Heading
from gui.widgets.when_seen import WhenSeen

_ID = Qt.ItemDataRole.UserRole
_SIZE = QSize(250 * GRID, 168 * GRID)
_LIST = 68 * GRID


class ModelsDialog(QDialog):
    """List at the left; card and fine-tuning of the chosen model at the right."""

    def __init__(self, state: AppState, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        self.setWindowTitle(tell("models_title"))
        self.setWindowFlag(Qt.WindowType.Window)
        self.resize(_SIZE)
        self._state, self._desk, self._shelf, self._tuner = state, desk, desk.shelf, desk.tuner
        self._wanted = ""
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(2 * GRID)
        self.tree.setColumnCount(2)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setAccessibleName(tell("models_title"))
        self.tree.currentItemChanged.connect(lambda item, _before: self._chosen(item))
        self.take = QPushButton(tell("models_import"))
        self.take.setAutoDefault(False)
        self.take.clicked.connect(lambda _checked=False: self._ask_import())
        self.card = ModelCard(self._shelf)
        self.form = TuningForm(state, self._shelf)
        self.run = TuningRun(self._tuner, self._shelf)
        self.tuning = QStackedWidget()
        for page in (self.form, self.run):
            self.tuning.addWidget(_scrolled(page))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.card, tell("models_tab_card"))
        self.tabs.addTab(self.tuning, tell("models_tab_tuning"))
        self.banner = Banner()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        self.card.tune_wanted.connect(self._tune_chosen)
        self.form.started.connect(self._start)
        self.run.run_wanted.connect(self._run)
        self._tuner.changed.connect(self._phase_changed)
        self._tuner.ended.connect(self._shelf.refresh)
        self._shelf.changed.connect(self._list)
        seen = WhenSeen(self, self.form.refresh)  # closed it lives on, and has no part in what is found
        for signal in (state.panel_changed, state.result_changed, self._shelf.changed):
            signal.connect(seen.changed)
        state.reviews.reset.connect(seen.changed)
        state.reviews.changed.connect(seen.changed)
        self._shelf.told.connect(self.banner.show_notice)
        self._shelf.refused.connect(self.banner.show_problem)
        self._phase_changed()
        self._list()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 2 * GRID)
        left.setSpacing(GRID)
        left.addWidget(Heading(tell("models_heading")))
        inset = QHBoxLayout()
        inset.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        inset.addWidget(self.tree)
        left.addLayout(inset, 1)
        row = QHBoxLayout()
        row.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        row.addWidget(self.take)
        row.addStretch(1)
        left.addLayout(row)
        side = QWidget()
        side.setProperty("role", "surface")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(_LIST)
        side.setLayout(left)
        line = QFrame()
        line.setProperty("role", "rule")
        line.setFixedWidth(1)
        right = QWidget()
        right.setProperty("role", "surface")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QVBoxLayout(right)
        inner.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, GRID)
        inner.addWidget(self.tabs)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(side)
        middle.addWidget(line)
        middle.addWidget(right, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(4 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
        foot.addWidget(buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addLayout(middle, 1)
        box.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what there is now."""
        super().showEvent(event)
        self._shelf.refresh()
        self.tree.setFocus()
        self._offer_cut_off()

    # -- following

    def _list(self) -> None:
        """The models by where they come from; what was chosen stays chosen."""
        chosen = self._wanted or self.chosen or self._shelf.in_use
        self._wanted = ""
        palette = palette_of(self)
        self.tree.blockSignals(True)
        self.tree.clear()
        found = None
        for bundled in (True, False):
            models = [listed for listed in self._shelf.models if listed.bundled == bundled]
            group = QTreeWidgetItem([tell("models_bundled" if bundled else "models_own"), ""])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setForeground(0, QColor(palette.muted))
            self.tree.addTopLevelItem(group)
            for listed in models:
                used, broken = listed.id == self._shelf.in_use, listed.problem is not None
                mark = tell("models_mark_damaged") if broken else tell("model_in_use") if used else ""
                item = QTreeWidgetItem([listed.id, mark])
                item.setData(0, _ID, listed.id)
                item.setFont(0, type_face(bold=used))
                item.setForeground(1, QColor(palette.ink[Severity.CRITICAL] if broken else palette.muted))
                title = title_of(listed.record) if listed.record is not None else ""
                item.setToolTip(0, say(listed.problem) if listed.problem is not None else title)
                group.addChild(item)
                found = item if listed.id == chosen else found
            if not models and not bundled:
                none = QTreeWidgetItem([tell("models_own_none"), ""])
                none.setFlags(Qt.ItemFlag.NoItemFlags)
                group.addChild(none)
            group.setExpanded(True)
        if found is not None:
            self.tree.setCurrentItem(found)
        self.tree.blockSignals(False)
        self.card.show_model(self._shelf.model(self.chosen))

    def _look_at(self, identity: str) -> None:
        """Look at a model as soon as it is listed."""
        self._wanted = identity
        self.tabs.setCurrentWidget(self.card)

    @property
    def chosen(self) -> str:
        """The id of the model that is looked at; "" for none."""
        item = self.tree.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def choose(self, identity: str) -> None:
        """Look at a model."""
        found = self.tree.findItems(identity, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        if found:
            self.tree.setCurrentItem(found[0])

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        self.card.show_model(self._shelf.model(self.chosen) if item is not None else None)
        if self.chosen:  # whichever of both pages is looked at
            self.form.choose_model(self.chosen)

    def _phase_changed(self) -> None:
        self.tuning.setCurrentIndex(0 if self._tuner.phase == IDLE else 1)
        outcome = self._tuner.outcome
        if outcome is not None and outcome.record is not None:
            self._shelf.refresh()

    # -- acting

    def _tune_chosen(self) -> None:
        if not self._tuner.active:
            self._tuner.forget()
            self.form.choose_model(self.chosen)
        self.tabs.setCurrentWidget(self.tuning)

    def _start(self, plan: Plan) -> None:
        self.banner.hide()
        self._tuner.start(plan)

    def _offer_cut_off(self) -> None:
        """Say which training was cut off, and offer to go on with it, or why it cannot."""
        found = None if self._tuner.active else unfinished.find()
        if found is None:
            return
        names = ", ".join(path.name for path in found.data[:3])
        told = {"model": found.plan.model, "data": names, "date": found.begun}
        text, hindrance = tell("tuning_cut_off", epoch=found.epochs, **told), self._hindrance(found, names)
        self.banner.show_found(f"{text} {hindrance}".strip())
        if not hindrance:
            self.banner.offer(tell("tuning_go_on"), lambda: self._go_on(found))
        self.banner.offer(tell("tuning_give_up"), lambda: self._give_up(found))

    def _hindrance(self, found: Unfinished, names: str) -> str:
        if found.gone:
            return tell("tuning_cut_off_gone", files=", ".join(str(file) for file in found.gone))
        if found.plan.labels == LABELS_OF_REVIEWS and not (self._opened(found) and self._state.result is not None):
            return tell("tuning_cut_off_reviews", data=names)
        return ""

    def _opened(self, found: Unfinished) -> bool:
        """Whether the data that it learned from are open."""
        source = self._state.source
        return source is not None and tuple(Path(path).absolute() for path in source.paths) == found.data

    def _go_on(self, found: Unfinished) -> None:
        self.banner.hide()
        self.tabs.setCurrentWidget(self.tuning)
        plan = found.plan
        if not plan.files and not self._opened(found):
            plan = replace(plan, files=found.data)
        self._tuner.start(plan, found)

    def _give_up(self, found: Unfinished) -> None:
        found.remove()
        self.banner.hide()
        self._offer_cut_off()

    def _run(self) -> None:
        self._tuner.forget()
        self._desk.run()
        self.close()

    def _ask_import(self) -> None:
        dialog = QFileDialog(self, tell("models_import_title"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tell("models_filter", pattern=f"*{MODEL_SUFFIX}"))
        dialog.fileSelected.connect(lambda chosen: self._shelf.import_file(Path(chosen), self._look_at))
        dialog.open()


def show_models(owner: QWidget, state: AppState, desk: Desk) -> ModelsDialog:
    """Bring the one window of the models to the front; it is made when it is first asked for."""
    found = owner.findChild(ModelsDialog, "models")
    dialog = found if isinstance(found, ModelsDialog) else ModelsDialog(state, desk, owner)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


def ask_leave(owner: QWidget, tuner: Tuner, then: Callable[[], object]) -> QMessageBox:
    """Ask whether a training that runs is to be cut off; go on with `then` if so."""

    def leave() -> None:
        tuner.leave()
        then()

    return ask(owner, tell("tuning_leave"), tell("tuning_leave_do"), leave)


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    page.setProperty("role", "page")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    area.setWidget(page)
    return area
