"""The window: it puts views, bar, menus and status line together and passes what the user wants to the desk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from engine.settings import NO_PRESET, preset
from engine.text import tell
from gui.actions import ALONE, LABELLING, make_actions, yielding
from gui.arrangement import Arrangement
from gui.desk import Desk
from gui.dialogs.asking import Asking
from gui.job import Job, stop_all
from gui.loading import load_rest, load_views
from gui.look.place import FRAME, fitting
from gui.look.theme import Appearance
from gui.look.wording import budget, cell_label, counted
from gui.preferences import Preferences
from gui.problems import Problems
from gui.said.reviews import TAGS
from gui.scheduling import Scheduling
from gui.screen import Screen
from gui.state import AppState
from gui.watching import Watching
from gui.widgets.against_menu import fill_against
from gui.widgets.banner import Banner
from gui.widgets.control_bar import ControlBar
from gui.widgets.menus import fill_menus, offer_appearances
from gui.widgets.panes import Panes
from gui.widgets.recent_menu import fill_recent
from gui.widgets.status_line import StatusLine
from gui.widgets.title import Title
from gui.widgets.together_menu import TogetherMenu
from gui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from gui.views import View, Views

_LEAVE_S = 5.0
_SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """The desk of one network. The frame stands at once; `build_views` fills it when the event loop has drawn it."""

    def __init__(
        self, state: AppState, desk: Desk, problems: Problems, preferences: Preferences, appearance: Appearance
    ) -> None:
        super().__init__()
        self.state, self.desk, self.problems = state, desk, problems
        state.setParent(self)
        desk.setParent(self)
        self.preferences, self.appearance = preferences, appearance
        self.views: Mapping[str, View] = {}
        self._arranged: Arrangement | None = None
        self._found: tuple[int, int] | None = None
        self.panes = Panes(preferences, self)
        self.setAcceptDrops(True)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize() - QSize(0, FRAME)))
        appearance.dress(self)
        self.actions_by_id = make_actions(self)
        for entry_id in ("undo", "redo"):
            self.actions_by_id[entry_id].setEnabled(False)
        self.submenus = submenus = fill_menus(self.menuBar(), self.actions_by_id)
        offer_appearances(submenus["appearance"], appearance.choice, self._choose_appearance)
        submenus["recent"].aboutToShow.connect(lambda: self._fill_recent(submenus["recent"]))
        against = submenus["against"]
        against.aboutToShow.connect(
            lambda: fill_against(against, self._arranged.views.timeline if self._arranged else None)
        )
        self.together = TogetherMenu(
            submenus["together"], state, lambda: not desk.busy, self._put_together, problems.report
        )
        self.controls = ControlBar(self.actions_by_id, self)
        self.status = StatusLine(self)
        self.setStatusBar(self.status)
        self.banner = Banner()
        self.scheduling = Scheduling(state, desk, problems, self)
        self.watching = Watching(state, desk, problems, self._place, self)
        self.asking = Asking(self, state, desk, preferences, self.banner, problems)
        self.title = Title(self, state, desk.keeper)
        self.welcome = Welcome()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        centre = QWidget()
        box = QVBoxLayout(centre)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.controls)
        box.addWidget(self.banner)
        box.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self._connect()
        self._settings_changed()
        self._refresh()
        self.welcome.open_button.setFocus()
        geometry = preferences.shape("window")
        if not geometry.isEmpty() and self.restoreGeometry(geometry) and not self.isMaximized():
            screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
            self.setGeometry(fitting(self.geometry(), screens))

    # -- building

    def fill(self, then: Callable[[], None]) -> None:
        """Make the views without holding anything up, and call `then` when they stand.

        Their modules are loaded in a worker, then one view is made per turn of the event loop; what is needed later is
        loaded beside.
        """
        loading = Job(load_views, "load")
        loading.done.connect(lambda _: self._go_on(self._building(), then))
        loading.failed.connect(self.problems.report)
        loading.start()

    def build_views(self) -> None:
        """Make the views at once."""
        if not self.views:
            for _view in self._building():
                pass

    def _go_on(self, building: Iterator[None], then: Callable[[], None]) -> None:
        if next(building, self) is self:
            rest = Job(load_rest, "load")
            rest.failed.connect(self.problems.report)
            rest.start()
            then()
        else:
            QTimer.singleShot(0, lambda: self._go_on(building, then))

    def _building(self) -> Iterator[None]:
        from gui.views import VIEWS, Views

        made: list[View] = []
        for view in VIEWS:
            made.append(view(self.state))
            yield
        self._arrange(Views.of(made))

    def _arrange(self, views: Views) -> None:
        self.views = views.by_id
        self._arranged = arranged = Arrangement(views, self.panes, self.size(), self)
        self.tabs = arranged.tabs
        screen = Screen(self.state, self.desk.keeper, arranged)
        self.desk.reopened.connect(screen.put_back)
        self._pages.addWidget(arranged.whole)
        views.timeline.drawn.connect(lambda text: self.status.set_fact("drawn", text))
        self._refresh()

    def _connect(self) -> None:
        state, desk, controls = self.state, self.desk, self.controls
        state.panel_changed.connect(self._panel_changed)
        state.settings_changed.connect(self._settings_changed)
        state.result_changed.connect(self._result_changed)
        desk.busy_changed.connect(self._busy_changed)
        desk.doing.connect(self.status.tell)
        desk.doing.connect(self.welcome.set_doing)
        desk.progressed.connect(self.status.set_progress)
        desk.progressed.connect(self.welcome.set_progress)
        desk.voting.counted.connect(controls.set_counts)
        desk.noticed.connect(self.banner.show_notice)
        desk.told.connect(self.status.tell)
        desk.opened.connect(self._opened)
        desk.asked.connect(lambda paths, adding: self.asking.preview(paths, adding=adding))
        desk.refused.connect(self.asking.offer_preview)
        desk.undated.connect(self.asking.offer_rows)
        desk.found.connect(self.banner.show_found)
        desk.tuner.told.connect(lambda text: self.status.set_fact("tuning", text))
        self.problems.raised.connect(self.banner.show_problem)
        self.watching.changed.connect(self._refresh)
        for name in ALONE:
            self.panes.changed.connect(lambda shown, n=name: self.actions_by_id[f"alone_{n}"].setChecked(shown == n))
        self.watching.refused.connect(self.banner.show_if_free)
        self.status.watch.asked.connect(lambda: self.asking.watch_log(self.watching))
        self.status.watch.follow(self.watching)
        controls.preset_chosen.connect(self._choose_preset)
        controls.budget_chosen.connect(self._choose_budget)
        controls.vote_chosen.connect(self._choose_vote)
        controls.cell_found.connect(lambda cell: state.select(cell=cell, incident=None, span=None))
        self.welcome.open_button.clicked.connect(self.actions_by_id["open"].trigger)
        self.welcome.sample_button.clicked.connect(desk.open_sample)
        self.welcome.opened.connect(lambda paths: self.open([Path(p) for p in paths]))
        stack = state.reviews.undo_stack
        for name, enabled in (("undo", stack.canUndoChanged), ("redo", stack.canRedoChanged)):
            enabled.connect(self.actions_by_id[name].setEnabled)
        for name, text in (("undo", stack.undoTextChanged), ("redo", stack.redoTextChanged)):
            text.connect(partial(self._name_step, name))
        for name, act in self._acts().items():
            self.actions_by_id[name].triggered.connect(lambda _checked=False, act=act: act())

    def _acts(self) -> dict[str, Callable[[], Any]]:
        asking, desk, stack = self.asking, self.desk, self.state.reviews.undo_stack
        tags = {f"tag_{tag}": (lambda n=n: self._view_do("incidents", "tag", n)) for n, tag in enumerate(TAGS, start=1)}
        return {
            "open": asking.files,
            "open_folder": asking.folder,
            "preview": lambda: asking.files(asking.preview),
            "add_later": lambda: asking.files(desk.add_later),
            "watch": lambda: asking.watched(self.watching.start),
            "watch_stop": self.watching.stop,
            "cells": lambda: asking.one_file(desk.join_cells),
            "kpi_table": lambda: asking.one_file(desk.take_kpis),
            **{f"together_{by}": partial(self._put_together, by) for by in ("site", "area")},
            "sample": lambda: asking.keeping_reviews(desk.open_sample),
            "save": asking.save,
            "save_as": asking.save_as,
            "export": asking.export,
            "shift": asking.shift,
            **{f"picture_{name}": partial(self._picture, name) for name in ("timeline", "overview")},
            "quit": self.close,
            "run": desk.run,
            "cancel": self._escape,
            "settings": asking.settings,
            "models": asking.models,
            "explore": asking.explore,
            "measure": asking.measure,
            "vote": lambda: self._choose_vote(self.controls.vote.following(self.state.settings.vote)),
            "threshold": self._take_threshold,
            "play": lambda: self._view_do("overview", "toggle_play"),
            "next": lambda: self._view_do("incidents", "step", 1),
            "previous": lambda: self._view_do("incidents", "step", -1),
            "find": lambda: self._focus(self.controls.search),
            "week_before": lambda: self._view_do("timeline", "toggle_week"),
            **tags,
            "untag": lambda: self._view_do("incidents", "tag", 0),
            "comment": lambda: self._view_do("incidents", "comment"),
            "acknowledge": lambda: self._view_do("incidents", "acknowledge", self.preferences.name),
            "assign": lambda: self._view_do("incidents", "assign"),
            "own_name": asking.own_name,
            "label_brush": lambda: self._label("toggle"),
            "label_anomalous": lambda: self._label("label", 1),
            "label_normal": lambda: self._label("label", 0),
            "label_remove": lambda: self._label("label", -1),
            "label_rest": lambda: self._label("rest_is_normal"),
            "rule_similar": asking.rule,
            "rules": asking.rules,
            "planned": asking.planned,
            "calendar": asking.calendar,
            "labels_in": asking.labels_in,
            "labels_out": asking.labels_out,
            "undo": stack.undo,
            "redo": stack.redo,
            **{f"alone_{name}": partial(self.panes.show_alone, name) for name in ALONE},
            "help": lambda: asking.help(self.actions_by_id),
            "about": asking.about,
        }

    # -- opening

    def open(self, paths: Sequence[Path]) -> None:
        """Open data files, folders or a project; reviews that no project holds are offered to be saved first."""
        self.asking.open(paths)

    def open_handed(self, file: Path) -> None:
        """Open a file that the system hands over; a method, so that a window that is gone is not asked."""
        self.open([file])

    def _opened(self, paths: tuple[str, ...]) -> None:
        self.preferences.remember_opened(paths)
        self.preferences.folder = str(Path(paths[0]).parent)
        self.welcome.set_recent(self.preferences.recent)

    def _put_together(self, by: str) -> None:
        self.asking.keeping_reviews(lambda: self.desk.put_together(by))

    def _fill_recent(self, menu: QMenu) -> None:
        fill_recent(menu, self.preferences.recent, self.open, self._forget_recent)

    def _forget_recent(self) -> None:
        self.preferences.forget_recent()
        self.welcome.set_recent(())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.welcome.set_dropping(dropping=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing was dropped."""
        self.welcome.set_dropping(dropping=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.welcome.set_dropping(dropping=False)
        event.acceptProposedAction()
        self.open([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    # -- following

    def _panel_changed(self) -> None:
        panel, source, self._found = self.state.panel, self.state.source, None
        self.controls.set_cells([cell_label(panel, i) for i in range(len(panel.cells))] if panel else [])
        self.status.set_fact("rows", counted("row", source.quality.rows_kept) if source else "")
        self.status.set_fact("cells", counted("cell", len(panel.cells)) if panel else "")
        self.status.set_fact("zone", tell("status_zone", zone=panel.zone) if panel else "")
        self._refresh()

    def _place(self) -> Callable[[int], None]:
        """What goes where a person is now, when so many periods have come in front of those there are."""
        return self._arranged.place() if self._arranged is not None else lambda _shift: None

    def _result_changed(self) -> None:
        result = self.state.result
        found = (len(result.anomalies), len(result.incidents)) if result is not None else None
        if found is not None and self._found not in (None, found):  # another vote; a run says so itself
            anomalies, incidents = (counted(*said) for said in zip(("anomaly", "incident"), found, strict=True))
            self.status.tell(tell("status_voted", anomalies=anomalies, incidents=incidents))
        self._found = found
        self._refresh()

    def _settings_changed(self) -> None:
        self.controls.set_settings(self.state.settings)

    def _busy_changed(self, busy: bool) -> None:
        focus = self.focusWidget()
        if busy and focus not in (None, self.controls.search) and not focus.isAncestorOf(self._pages):
            self._pages.setFocus()  # else the focus wanders along the controls that go off
        self.controls.set_busy(busy=busy)
        self.status.set_busy(busy=busy)
        self._refresh()
        if not busy and self.focusWidget() is self._pages and self._arranged is not None:
            self._arranged.views.incidents.table.setFocus()

    def _refresh(self) -> None:
        """Show the desk or the welcome, and enable what can be done."""
        loaded, result, busy = self.state.panel is not None, self.state.result, self.desk.busy
        self._pages.setCurrentIndex(1 if loaded and self.views else 0)
        if not loaded:
            self.welcome.set_recent(self.preferences.recent)
        enabled = {
            **dict.fromkeys(("open", "preview", "open_folder", "sample", "settings"), not busy),
            **dict.fromkeys(
                ("run", "add_later", "cells", "kpi_table", "together_site", "together_area"), loaded and not busy
            ),
            **dict.fromkeys(("save", "save_as", "export"), result is not None and not busy),
            **dict.fromkeys(("shift", "explore", "measure", "rule_similar", "week_before"), result is not None),
            **dict.fromkeys(("picture_timeline", "picture_overview"), loaded and bool(self.views)),
            **dict.fromkeys(("vote", "find", "threshold", "play", "next", "previous", "comment", "untag"), loaded),
            **dict.fromkeys(("acknowledge", "assign", "planned", "calendar"), loaded),
            **dict.fromkeys(LABELLING, loaded),
            **dict.fromkeys((f"alone_{name}" for name in ALONE), loaded and bool(self.views)),
            "watch": loaded,
            "watch_stop": self.watching.folder is not None,
            **{f"tag_{tag}": result is not None for tag in TAGS},
        }
        for name, on in enabled.items():
            self.actions_by_id[name].setEnabled(on)

    def _choose_preset(self, name: str) -> None:
        now = self.state.settings
        kept = {name: getattr(now, name) for name in NO_PRESET}
        said = tell("choice_preset", preset=tell(f"preset_{name}"))
        self.state.choose_settings(dataclasses.replace(preset(name), **kept), "preset", said)

    def _choose_budget(self, alarms: float) -> None:
        said = tell("choice_budget", budget=budget(alarms))
        self.state.choose("budget", said, budget=alarms, threshold="budget")

    def _choose_vote(self, rule: str) -> None:
        self.state.choose("vote", tell("choice_vote", vote=tell(f"vote_{rule}")), vote=rule)

    def _choose_appearance(self, name: str) -> None:
        self.preferences.appearance = name
        self.appearance.choose(name)

    def _name_step(self, name: str, text: str) -> None:
        """Say in the menu what is undone or redone."""
        what = text.replace("&", "&&")
        self.actions_by_id[name].setText(tell(f"action_{name}_what", what=what) if text else tell(f"action_{name}"))

    def _escape(self) -> None:
        """Cancel what runs; else take away what covers or narrows the view, outermost first."""
        if self.desk.busy:
            self.desk.cancel()
        elif self.banner.text:
            self.banner.hide()
        elif self.panes.alone:
            self.panes.show_alone("")
        elif self.controls.search.text():
            self.controls.search.clear()
        else:
            self.state.select(incident=None, span=None)

    def _view_do(self, view_id: str, method: str, *arguments: object) -> None:
        if self._arranged is not None:
            self._arranged.do(view_id, method, *arguments)

    def _picture(self, view_id: str) -> None:
        self.asking.picture(self.views[view_id], view_id)

    def _label(self, method: str, *arguments: object) -> None:
        if self._arranged is not None:
            self._arranged.label(method, *arguments)

    def _take_threshold(self) -> None:
        if self._arranged is not None:
            self._arranged.take_threshold()

    @staticmethod
    def _focus(widget: Any) -> None:  # noqa: ANN401 - any line edit
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        widget.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the keys that the focused widget did not want."""
        action = yielding(event.key())
        if action is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        self.actions_by_id[action].trigger()

    # -- leaving

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the shape, stop the workers, go; what is being written is written to its end first."""
        if not self.asking.leaving(self.close):
            event.ignore()
            return
        self.desk.keeper.note_screen()
        if self.desk.writing:
            event.ignore()
            keeper = self.desk.keeper
            notes = keeper.busy and not self.desk.writes  # a run that goes on beside it need not be waited for
            written = keeper.settled if notes else self.desk.settled
            written.connect(self.close, Qt.ConnectionType.SingleShotConnection)
            self.banner.show_found(tell("leave_writing"))
            return
        self.watching.stop()
        self.preferences.set_shape("window", self.saveGeometry())
        self.panes.remember()
        self.preferences.sync()
        if not stop_all(0.0):
            self.hide()  # workers answer in a second or two; nobody should look at a dead window meanwhile
            stop_all(_LEAVE_S)
        super().closeEvent(event)
