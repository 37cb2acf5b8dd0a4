"""What the window asks a person, and whom it hands the answers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QWidget

from engine.errors import OutputError
from engine.settings import Settings
from engine.text import tell
from gui.desk import Desk
from gui.job import Job
from gui.label_files import LabelFiles
from gui.look.wording import counted
from gui.preferences import Preferences
from gui.problems import Problems
from gui.state import AppState
from gui.widgets.banner import Banner

if TYPE_CHECKING:
    from gui.kept.rescue import Unsaved
    from gui.watching import Watching


class Asking(QObject):
    """Opens the dialogs of a window; each is imported when it is asked for."""

    def __init__(
        self,
        window: QWidget,
        state: AppState,
        desk: Desk,
        preferences: Preferences,
        banner: Banner,
        problems: Problems,
    ) -> None:
        super().__init__(window)
        self._problems = problems
        self._window = window
        self._state, self._desk = state, desk
        self._preferences = preferences
        self._banner = banner
        self._label_files = LabelFiles(state, problems, self)
        self._label_files.told.connect(desk.told)
        desk.keeping = self.keeping_reviews
        desk.overtaken.connect(self._save_over)

    # -- files

    def open(self, paths: Sequence[Path]) -> None:
        """Open data files, folders or a project; reviews that no project holds are offered to be saved first."""
        self._banner.hide()
        self.keeping_reviews(lambda: self._desk.open(paths))

    def files(self, then: Callable[[Sequence[Path]], None] | None = None) -> None:
        """Ask for data files or a project, and open them unless something else is to become of them."""
        from gui.dialogs.files import ask_files

        ask_files(self._window, self._preferences.folder, then or self.open)

    def watched(self, watch: Callable[[Path], None]) -> None:
        """Ask for a folder that is to be watched."""
        from gui.dialogs.files import ask_folder

        def chosen(folder: Path) -> None:
            self._preferences.watched = str(folder)
            watch(folder)

        ask_folder(
            self._window, tell("watch_folder_title"), self._preferences.watched or self._preferences.folder, chosen
        )

    def watch_log(self, watching: Watching) -> None:
        """Show what a watched folder brought, and what was left out and why."""
        from gui.dialogs.watch_dialog import WatchDialog

        dialog = self._window.findChild(WatchDialog) or WatchDialog(watching, self._window)
        dialog.show()  # beside the window, so that it can be followed
        watching.looked_at()
        dialog.activateWindow()

    def one_file(self, then: Callable[[Path], None]) -> None:
        """Ask for a file that says something of the open data."""
        self.files(lambda paths: then(paths[0]))

    def folder(self) -> None:
        """Ask for a folder and open what lies in it."""
        from gui.dialogs.files import ask_folder

        ask_folder(self._window, tell("open_title"), self._preferences.folder, lambda folder: self.open([folder]))

    def preview(self, paths: Sequence[Path], *, adding: bool = False) -> None:
        """Show how files are read, and load them as the user says; adding: put them to the open data."""
        from gui.dialogs.importing import show_import

        self._banner.hide()
        show_import(self._window, self._desk, self._preferences, paths, self.keeping_reviews, adding=adding)

    def offer_preview(self, paths: Sequence[Path], adding: bool) -> None:
        """Offer, beside what is wrong with files, to look at how they are read."""
        self._banner.offer(tell("problem_look"), lambda: self.preview(paths, adding=adding))

    def offer_rows(self, paths: Sequence[Path]) -> None:
        """Offer, beside what is wrong with files, to judge their rows one by one."""
        from gui.dialogs.files import ask_rows_folder

        def ask() -> None:
            asked = ask_rows_folder(self._window, self._preferences, paths, self._desk.judge_rows)
            asked.fileSelected.connect(self._banner.hide)

        self._banner.offer(tell("rows_offer"), ask)

    def offer_unsaved(self) -> None:
        """Offer what was said before a crash, if there is something, as soon as nothing runs."""
        from gui.kept.rescue import find

        job = Job(lambda _monitor: find(), "unsaved")
        job.done.connect(self._offer_unsaved)
        job.failed.connect(self._problems.report)
        job.start()

    def _offer_unsaved(self, found: Unsaved | None) -> None:
        if found is None:
            return
        if self._desk.busy:
            self._desk.free.connect(lambda: self._offer_unsaved(found), Qt.ConnectionType.SingleShotConnection)
            return
        if not self._banner.free:
            return  # what went wrong comes first; the next start offers it again
        said = found.said
        told = tell(
            "rescue_found",
            files=", ".join(Path(path).name for path in said.paths),
            reviews=len(said.reviews),
            labels=len(said.labels),
            rules=len(said.rules),
            events=len(said.events),
            when=said.when.replace("T", " ").replace("Z", " UTC"),
        )
        self._banner.show_found(told)
        self._banner.offer(tell("rescue_take"), lambda: self._take_up(found))
        self._banner.offer(tell("rescue_leave"), lambda: self._delete(found))

    def _delete(self, found: Unsaved) -> None:
        found.remove()
        self._banner.hide()

    def _take_up(self, found: Unsaved) -> None:
        """Open those files again that are still there, and put to them what was said of them."""
        every = [Path(path) for path in found.said.paths]
        there = [path for path in every if path.exists()] or every  # of none it is said that it is not there
        gone = [path for path in every if path not in there]
        wanted = {path.resolve() for path in there}

        def opened(paths: Sequence[str]) -> None:
            if {Path(path).resolve() for path in paths} == wanted:
                self._desk.opened.disconnect(opened)
                self._desk.told.emit(found.put_to(self._state, self._desk.keeper, whole=not gone))
                if gone:
                    self._banner.show_found(tell("rescue_gone", files=", ".join(path.name for path in gone)))

        self._desk.opened.connect(opened)
        self.open(there)

    # -- what comes of it

    def save(self, then: Callable[[], object] = lambda: None) -> None:
        """Save to the open project, or where a person says if there is none, and go on when that is done."""
        path = self._desk.keeper.project
        if path is None:
            self.save_as(then)
        else:
            self._desk.when_free(lambda: self._desk.save(path, then))

    def save_as(self, then: Callable[[], object] = lambda: None) -> None:
        """Ask where to save the project, and go on when that is done."""
        from gui.dialogs.files import ask_project

        folder = self._preferences.export_folder or self._preferences.folder
        ask_project(self._window, folder, lambda path: self._desk.when_free(lambda: self._desk.save(path, then)))

    def _save_over(self, path: Path) -> None:
        """Ask whether a project that others have changed since is to be saved all the same."""
        from gui.dialogs.question import ask

        question = tell("save_over", name=path.name)
        title, yes = tell("save_title"), tell("save_over_do")
        ask(self._window, question, yes, lambda: self._desk.save(path, over=True), title=title)

    def rule(self) -> None:
        """Ask for a rule that hides what is like the selected incident."""
        from gui.dialogs.rules_dialog import ask_rule

        ask_rule(self._window, self._state)

    def rules(self) -> None:
        """Show the rules there are."""
        from gui.dialogs.rules_dialog import RulesDialog

        RulesDialog(self._state, self._problems, self._preferences.folder, self._window).open()

    def planned(self) -> None:
        """Ask for a maintenance window of what is selected."""
        from gui.dialogs.calendar_dialog import ask_maintenance

        ask_maintenance(self._window, self._state)

    def calendar(self) -> None:
        """Show the calendar there is."""
        from gui.dialogs.calendar_dialog import CalendarDialog

        CalendarDialog(self._state, self._problems, self._preferences.folder, self._window).open()

    def labels_in(self) -> None:
        """Ask for a file of labels, or data with a column of labels, and take them."""
        self.one_file(self._label_files.read)

    def labels_out(self) -> None:
        """Ask where to write all labels there are."""
        from gui.dialogs.files import ask_labels

        ask_labels(self._window, self._preferences.export_folder or self._preferences.folder, self._label_files.write)

    def export(self) -> None:
        """Ask what to write, and where."""
        from gui.dialogs.export_dialog import ask_export

        ask_export(self._window, self._preferences, self._desk.export)

    def shift(self) -> None:
        """Show what the shift hands over."""
        from gui.dialogs.shift_dialog import ShiftDialog

        dialog = self._window.findChild(ShiftDialog) or ShiftDialog(self._state, self._preferences, self._window)
        dialog.show()  # beside the window, so that one goes through its incidents there
        dialog.activateWindow()

    def explore(self) -> None:
        """Show what every alarm budget would give."""
        from gui.dialogs.budget_dialog import BudgetDialog

        lists = self._desk.voting.lists
        dialog = self._window.findChild(BudgetDialog) or BudgetDialog(self._state, self._problems, lists, self._window)
        dialog.show()  # beside the window, where the lanes follow
        dialog.activateWindow()

    def measure(self) -> None:
        """Show how good the result is by the labels there are."""
        from gui.dialogs.measures_dialog import MeasuresDialog

        dialog = self._window.findChild(MeasuresDialog) or MeasuresDialog(self._state, self._problems, self._window)
        dialog.show()  # beside the window, so that the figures follow the vote
        dialog.activateWindow()

    def picture(self, view: QWidget, name: str) -> None:
        """Ask where to save a picture of a view, and save it."""
        from gui.dialogs.files import ask_picture
        from gui.look.picture import save_picture

        def save(path: Path) -> None:
            self._preferences.export_folder = str(path.parent)
            try:
                saved = save_picture(view, path)
            except OutputError as error:
                self._problems.report(error)
            else:
                self._desk.told.emit(tell("picture_saved", file=str(saved)))

        ask_picture(self._window, self._preferences.export_folder or self._preferences.folder, name, save)

    def settings(self) -> None:
        """Ask for the settings of the next run."""
        from gui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._state.settings, self._window)
        dialog.chosen.connect(self._settings_chosen)
        dialog.open()

    def models(self) -> None:
        """Show the models there are."""
        from gui.dialogs.models_dialog import show_models

        show_models(self._window, self._state, self._desk)

    def help(self, actions: Mapping[str, QAction]) -> None:
        """Show what can be done by which key."""
        from gui.dialogs.help_dialog import HelpDialog

        HelpDialog(actions, self._window).open()

    def own_name(self) -> None:
        """Ask under which name incidents are acknowledged."""
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tell("own_name_title"))
        dialog.setLabelText(tell("own_name_ask"))
        dialog.setTextValue(self._preferences.name)
        dialog.textValueSelected.connect(self._preferences.set_name)
        dialog.open()

    def about(self) -> None:
        """Show what the program is."""
        from gui.dialogs.help_dialog import about

        about(self._window).open()

    def _settings_chosen(self, settings: Settings) -> None:
        self._remember_network(self._state.settings, settings)
        self._state.choose_settings(settings, "settings", tell("choice_settings"))
        result = self._state.result
        if result is None or not result.settings.only_votes_differ(settings):
            self._desk.run()

    def _remember_network(self, before: Settings, settings: Settings) -> None:
        """Country, weekend and zone hold for the next files too where a person said them, not where they stood."""
        country, zone = self._desk.network
        country = settings.country if settings.country != before.country else country
        zone = settings.zone if settings.zone != before.zone else zone
        self._desk.network = self._preferences.country, self._preferences.zone = country, zone
        if settings.weekend != before.weekend:
            self._desk.weekend = self._preferences.weekend = settings.weekend

    # -- before something goes

    def keeping_reviews(self, then: Callable[[], Any]) -> None:
        """Go on at once, or when what no project holds was saved, or given up by the user."""
        keeper, reviews = self._desk.keeper, len(self._state.reviews.all)
        if not keeper.unsaved:
            then()
            return
        from gui.dialogs.files import ask_keep

        def discard() -> None:
            keeper.give_up()
            then()

        if keeper.project is not None and keeper.behind:
            question = tell("keep_project", name=keeper.project.name)
        else:
            question = tell("keep_reviews", reviews=counted("review", reviews)) if reviews else tell("keep_labels")
        ask_keep(self._window, question, lambda: self.save(then), discard)

    def leaving(self, close: Callable[[], object]) -> bool:
        """Whether the window may go at once; if not, `close` is called when the user has said so."""
        if self._desk.keeper.unsaved:
            self.keeping_reviews(close)
            return False
        if self._desk.tuner.active:
            from gui.dialogs.models_dialog import ask_leave

            ask_leave(self._window, self._desk.tuner, close)
            return False
        return True
