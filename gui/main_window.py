"""The window: it puts views, bar, menus and status line together and passes what the user wants to the desk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.settings import NO_PRESET, preset
from engine.text import tell
from gui.actions import MENUS, SUBMENUS, TABLE, make_actions, yielding
from gui.desk import Desk
from gui.job import stop_all
from gui.preferences import APPEARANCES, Preferences
from gui.problems import Problems
from gui.reviews import TAGS
from gui.state import AppState
from gui.theme import GRID, Appearance
from gui.widgets.banner import Banner
from gui.widgets.control_bar import ControlBar
from gui.widgets.recent_menu import fill_recent
from gui.widgets.splitting import splitter
from gui.widgets.status_line import StatusLine
from gui.widgets.welcome import Welcome
from gui.wording import cell_label, counted

_LEAVE_S = 5.0
_TABS = ("incidents", "quality", "associations", "diagnosis")
_SIZE = (1440, 900)
_SIDES = (60 * GRID, 76 * GRID)


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
        self.views: dict[str, QWidget] = {}
        self._splitters: dict[str, QSplitter] = {}
        self.setWindowTitle(tell("app_name"))
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        self.actions_by_id = make_actions(self)
        self._submenus: dict[str, QMenu] = {}
        self._make_menus()
        self.controls = ControlBar(self.actions_by_id, self)
        self.status = StatusLine(self)
        self.setStatusBar(self.status)
        self.banner = Banner()
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
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    # -- building

    def build_views(self) -> None:
        """Make the views. Apart from the constructor because plots and models take a while to import."""
        if self.views:
            return
        from gui.views import VIEWS

        self.views = {view.id: view(self.state) for view in VIEWS}
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        for name in _TABS:
            tabs.addTab(self.views[name], type(self.views[name]).title)
        self.tabs = tabs
        middle = [self.views[name] for name in ("overview", "timeline") if name in self.views]
        centre = self._splitter("centre", Qt.Orientation.Vertical, middle or [QWidget()], [36, 64])
        across = self._splitter(
            "across", Qt.Orientation.Horizontal, [self.views["cells"], centre, self.views["inspector"]], [240, 860, 340]
        )
        down = self._splitter("down", Qt.Orientation.Vertical, [across, tabs], [70, 30])
        across.setStretchFactor(1, 1)
        down.setStretchFactor(0, 1)
        self.views["cells"].setMinimumWidth(_SIDES[0])
        self.views["inspector"].setMinimumWidth(_SIDES[1])
        for view in self.views.values():
            view.setProperty("role", "surface")
            view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pages.addWidget(down)
        if "timeline" in self.views:
            self.views["timeline"].drawn.connect(lambda text: self.status.set_fact("drawn", text))
        self._refresh()

    def _splitter(
        self, name: str, orientation: Qt.Orientation, widgets: Sequence[QWidget], sizes: Sequence[int]
    ) -> QSplitter:
        length = self.width() if orientation == Qt.Orientation.Horizontal else self.height()
        return self._splitters.setdefault(name, splitter(name, orientation, widgets, sizes, length, self.preferences))

    def _make_menus(self) -> None:
        for name in MENUS:
            menu = self.menuBar().addMenu(tell(f"menu_{name}"))
            for entry in (e for e in TABLE if e.menu == name):
                if entry.id == "-":
                    menu.addSeparator()
                elif entry.id in SUBMENUS:
                    self._submenus[entry.id] = menu.addMenu(tell(f"menu_{entry.id}"))
                    inner = [self.actions_by_id[e.id] for e in TABLE if e.menu == entry.id]
                    self._submenus[entry.id].addActions(inner)
                else:
                    menu.addAction(self.actions_by_id[entry.id])
        for entry_id in ("undo", "redo"):
            self.actions_by_id[entry_id].setEnabled(False)
        looks = QActionGroup(self)
        for name in APPEARANCES:
            action = self._submenus["appearance"].addAction(tell(f"action_{name}"))
            action.setCheckable(True)
            action.setChecked(name == self.appearance.choice)
            action.triggered.connect(lambda _checked=False, name=name: self._choose_appearance(name))
            looks.addAction(action)
        self._submenus["recent"].aboutToShow.connect(self._fill_recent)

    def _connect(self) -> None:
        state, desk, controls = self.state, self.desk, self.controls
        state.panel_changed.connect(self._panel_changed)
        state.settings_changed.connect(self._settings_changed)
        state.result_changed.connect(self._refresh)
        desk.busy_changed.connect(self._busy_changed)
        desk.doing.connect(self.status.tell)
        desk.doing.connect(self.welcome.set_doing)
        desk.progressed.connect(self.status.set_progress)
        desk.progressed.connect(self.welcome.set_progress)
        desk.voting.counted.connect(controls.set_counts)
        desk.noticed.connect(self.banner.show_notice)
        desk.told.connect(self.status.tell)
        desk.opened.connect(self._opened)
        desk.asked.connect(lambda paths, adding: self.preview(paths, adding=adding))
        desk.refused.connect(
            lambda paths, adding: self.banner.offer(tell("problem_look"), lambda: self.preview(paths, adding=adding))
        )
        desk.undated.connect(self._offer_rows)
        desk.found.connect(self.banner.show_found)
        desk.tuner.told.connect(lambda text: self.status.set_fact("tuning", text))
        self.problems.raised.connect(self.banner.show_problem)
        controls.preset_chosen.connect(self._choose_preset)
        controls.budget_chosen.connect(lambda value: self._change(budget=value, threshold="budget"))
        controls.vote_chosen.connect(lambda rule: self._change(vote=rule))
        controls.cell_found.connect(lambda cell: state.select(cell=cell, incident=None, span=None))
        self.welcome.open_button.clicked.connect(self.actions_by_id["open"].trigger)
        self.welcome.sample_button.clicked.connect(desk.open_sample)
        self.welcome.opened.connect(lambda paths: self.open([Path(p) for p in paths]))
        stack = state.reviews.undo_stack
        for name, enabled in (("undo", stack.canUndoChanged), ("redo", stack.canRedoChanged)):
            enabled.connect(self.actions_by_id[name].setEnabled)
        for name, act in self._acts().items():
            self.actions_by_id[name].triggered.connect(lambda _checked=False, act=act: act())

    def _acts(self) -> dict[str, Callable[[], Any]]:
        stack = self.state.reviews.undo_stack
        tags = {f"tag_{tag}": (lambda n=n: self._view_do("incidents", "tag", n)) for n, tag in enumerate(TAGS, start=1)}
        return {
            "open": self._ask_files,
            "open_folder": self._ask_folder,
            "preview": lambda: self._ask_files(self.preview),
            "add_later": lambda: self._ask_files(self.desk.add_later),
            "cells": lambda: self._ask_files(lambda paths: self.desk.join_cells(paths[0])),
            "kpi_table": lambda: self._ask_files(lambda paths: self.desk.take_kpis(paths[0])),
            "together_site": lambda: self._keeping_reviews(lambda: self.desk.put_together("site")),
            "together_area": lambda: self._keeping_reviews(lambda: self.desk.put_together("area")),
            "sample": lambda: self._keeping_reviews(self.desk.open_sample),
            "save": self._ask_save,
            "export": self._ask_export,
            "quit": self.close,
            "run": self.desk.run,
            "cancel": self._escape,
            "settings": self._ask_settings,
            "models": self._show_models,
            "vote": lambda: self._change(vote=self.controls.vote.following(self.state.settings.vote)),
            "threshold": self._take_threshold,
            "play": lambda: self._view_do("overview", "toggle_play"),
            "next": lambda: self._view_do("incidents", "step", 1),
            "previous": lambda: self._view_do("incidents", "step", -1),
            "find": lambda: self._focus(self.controls.search),
            **tags,
            "untag": lambda: self._view_do("incidents", "tag", 0),
            "comment": lambda: self._view_do("incidents", "comment"),
            "undo": stack.undo,
            "redo": stack.redo,
            "help": self._show_help,
            "about": self._show_about,
        }

    # -- opening

    def open(self, paths: Sequence[Path]) -> None:
        """Open data files, folders or a project; reviews that no project holds are offered to be saved first."""
        self.banner.hide()
        self._keeping_reviews(lambda: self.desk.open(paths))

    def _ask_files(self, then: Callable[[Sequence[Path]], None] | None = None) -> None:
        from gui.dialogs.files import ask_files

        ask_files(self, self.preferences.folder, then or self.open)

    def preview(self, paths: Sequence[Path], *, adding: bool = False) -> None:
        """Show how files are read, and load them as the user says; adding: put them to the open data."""
        from gui.dialogs.importing import show_import

        self.banner.hide()
        show_import(self, self.desk, self.preferences, paths, self._keeping_reviews, adding=adding)

    def _offer_rows(self, paths: Sequence[Path]) -> None:
        from gui.dialogs.files import ask_rows_folder

        def ask() -> None:
            asked = ask_rows_folder(self, self.preferences, paths, self.desk.judge_rows)
            asked.fileSelected.connect(self.banner.hide)

        self.banner.offer(tell("rows_offer"), ask)

    def _ask_folder(self) -> None:
        from gui.dialogs.files import ask_folder

        ask_folder(self, tell("open_title"), self.preferences.folder, lambda folder: self.open([folder]))

    def _ask_save(self) -> None:
        from gui.dialogs.files import ask_project

        ask_project(self, self.preferences.export_folder or self.preferences.folder, self.desk.save)

    def _keeping_reviews(self, then: Callable[[], Any]) -> None:
        """Go on at once, or when the user has said what is to become of reviews that no project holds."""
        if not self.desk.keeper.unsaved:
            then()
            return
        from gui.dialogs.files import ask_keep_reviews

        def discard() -> None:
            self.desk.keeper.keep_in(None)
            then()

        ask_keep_reviews(self, len(self.state.reviews.all), self._ask_save, discard)

    def _ask_export(self) -> None:
        from gui.dialogs.export_dialog import ask_export

        ask_export(self, self.preferences, self.desk.export)

    def _ask_settings(self) -> None:
        from gui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.state.settings, self)
        dialog.chosen.connect(self._settings_chosen)
        dialog.open()

    def _settings_chosen(self, settings: Any) -> None:  # noqa: ANN401 - a signal brings it
        self.desk.network = (settings.country, settings.zone)
        self.preferences.country, self.preferences.zone = self.desk.network
        self.state.set_settings(settings)
        result = self.state.result
        if result is None or not result.settings.only_votes_differ(settings):
            self.desk.run()

    def _show_models(self) -> None:
        from gui.dialogs.models_dialog import show_models

        show_models(self, self.state, self.desk)

    def _show_help(self) -> None:
        from gui.dialogs.help_dialog import HelpDialog

        HelpDialog(self.actions_by_id, self).open()

    def _show_about(self) -> None:
        from gui.dialogs.help_dialog import about

        about(self).open()

    def _opened(self, paths: tuple[str, ...]) -> None:
        self.preferences.remember_opened(paths)
        self.preferences.folder = str(Path(paths[0]).parent)
        self.welcome.set_recent(self.preferences.recent)

    def _fill_recent(self) -> None:
        fill_recent(self._submenus["recent"], self.preferences.recent, self.open, self._forget_recent)

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
        panel, source = self.state.panel, self.state.source
        self.controls.set_cells([cell_label(panel, i) for i in range(len(panel.cells))] if panel else [])
        name = Path(source.paths[0]).name if source and source.paths else ""
        self.setWindowTitle(tell("window_title", data=name) if name else tell("app_name"))
        self.status.set_fact("rows", counted("row", source.quality.rows_kept) if source else "")
        self.status.set_fact("cells", counted("cell", len(panel.cells)) if panel else "")
        self.status.set_fact("zone", tell("status_zone", zone=panel.zone) if panel else "")
        self._refresh()

    def _settings_changed(self) -> None:
        self.controls.set_settings(self.state.settings)

    def _busy_changed(self, busy: bool) -> None:
        if busy and self.focusWidget() is not None and not self.focusWidget().isAncestorOf(self._pages):
            self._pages.setFocus()  # else the focus wanders along the controls that go off
        self.controls.set_busy(busy=busy)
        self.status.set_busy(busy=busy)
        self._refresh()
        if not busy and self.focusWidget() is self._pages and "incidents" in self.views:
            self.views["incidents"].table.setFocus()

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
            **dict.fromkeys(("save", "export"), result is not None and not busy),
            **dict.fromkeys(("vote", "find", "threshold", "play", "next", "previous", "comment", "untag"), loaded),
            **{f"tag_{tag}": result is not None for tag in TAGS},
        }
        for name, on in enabled.items():
            self.actions_by_id[name].setEnabled(on)

    def _choose_preset(self, name: str) -> None:
        now = self.state.settings
        kept = {name: getattr(now, name) for name in NO_PRESET}
        self.state.set_settings(dataclasses.replace(preset(name), **kept))

    def _change(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Settings
        self.state.change(**changes)

    def _choose_appearance(self, name: str) -> None:
        self.preferences.appearance = name
        self.appearance.choose(name)

    def _escape(self) -> None:
        """Cancel what runs; else take away what covers or narrows the view, outermost first."""
        if self.desk.busy:
            self.desk.cancel()
        elif self.banner.text:
            self.banner.hide()
        elif self.controls.search.text():
            self.controls.search.clear()
        else:
            self.state.select(incident=None, span=None)

    def _view_do(self, view_id: str, method: str, *arguments: object) -> None:
        view = self.views.get(view_id)
        if view is not None:
            if view_id in _TABS:
                self.tabs.setCurrentWidget(view)
            getattr(view, method)(*arguments)

    def _take_threshold(self) -> None:
        timeline = self.views.get("timeline")
        if timeline is not None:
            timeline.plot.take_threshold()

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
        if self.desk.keeper.unsaved:
            event.ignore()
            self._keeping_reviews(self.close)
            return
        if self.desk.tuner.active:
            from gui.dialogs.models_dialog import ask_leave

            event.ignore()
            ask_leave(self, self.desk.tuner, self.close)
            return
        if self.desk.writing:
            event.ignore()
            self.desk.settled.connect(self.close, Qt.ConnectionType.SingleShotConnection)
            self.status.tell(tell("leave_writing"))
            return
        self.preferences.set_shape("window", self.saveGeometry())
        for name, made in self._splitters.items():
            self.preferences.set_shape(name, made.saveState())
        self.preferences.sync()
        if not stop_all(0.0):
            self.hide()  # a worker answers within one block; nobody should look at a dead window meanwhile
            stop_all(_LEAVE_S)
        super().closeEvent(event)
