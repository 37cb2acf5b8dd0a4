"""What a person can have done: open, run, re-vote; what they have written stands in `gui.outgoing`.

Every engine call of the window starts in one of the two.

Re-voting (`gui.voting`) waits for what runs in the foreground.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from engine.data import Result
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.text import say, tell
from gui.calls import judging, reading
from gui.outgoing import Outgoing
from gui.prepared.digest import Digest
from gui.problems import Problems
from gui.shelf import Shelf
from gui.state import AppState, Source
from gui.tuning import Tuner
from gui.voting import Voting

if TYPE_CHECKING:
    from engine.io import Loaded, LoadOptions

PROJECT_SUFFIX = ".cellwarden"

_T = TypeVar("_T")


class Desk(Outgoing):
    """Runs the jobs and puts what they bring into the state.

    Signals:
        noticed(str): something good to know, for the banner.
        replaced(): other data are open now, or about to be, in the place of those that were.
        reopened(Mapping): a project is shown; how the window was left, which may be told of data that are others now.
        asked(tuple, bool): these files leave something to say before they can be loaded; whether they are to be added.
        refused(tuple, bool): these files could not be loaded; whether they were to be added.
        undated(tuple): these files could not be loaded because their rows have no date; their rows can be judged.
        settled(): nothing runs and nothing is due.
    """

    noticed = Signal(str)
    replaced = Signal()
    reopened = Signal(object)
    asked = Signal(object, bool)
    refused = Signal(object, bool)
    undated = Signal(object)
    settled = Signal()

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(state, problems, parent)
        self.network = (state.settings.country, state.settings.zone)
        """Country of the user's own files, and zone of those that name none; the sample and projects bring theirs."""
        self.weekend = state.settings.weekend
        self.asks = True
        """Whether a person is there to answer what files leave open; else it is assumed, and said."""
        self.keeping: Callable[[Callable[[], None]], object] = lambda then: then()
        """Asks, before the open data go, about what no project holds of them, and goes on or does not."""
        self.voting = Voting(state, problems, self)
        self.busy_changed.connect(lambda busy: self.voting.hold() if busy else None)
        self.free.connect(self.voting.release)
        self.free.connect(self._settle)
        self.voting.stale.connect(lambda: self.told.emit(tell("status_stale")))
        self.voting.settled.connect(self._settle)
        self.keeper.settled.connect(self._settle)
        self.shelf = Shelf(state, self)
        self.tuner = Tuner(state, self)
        self.tuner.ended.connect(self.noticed)

    @property
    def zone(self) -> str:
        """The zone in which the open data are read, else the user's own."""
        source = self._state.source
        return source.panel.zone if source is not None else self.network[1]

    @property
    def period_s(self) -> int | None:
        """The granularity of the open data, seconds; None while there are none."""
        return self._state.panel.period_s if self._state.panel is not None else None

    @property
    def writing(self) -> bool:
        """Whether something is being written, or waits to be for what runs: leaving waits for it."""
        return self.writes or self.keeper.busy or (self.busy and self.keeper.due)

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return not self.busy and self.voting.idle and not self.keeper.busy

    # -- what a person asks for

    def open(self, paths: Sequence[Path]) -> None:
        """Read data files or folders and run, or open one project. What was there stays until the new is read."""
        paths = [Path(p) for p in paths]
        if not paths or self.busy:
            return
        if reading.is_sample(paths):
            self.open_sample()
            return
        if any(p.suffix == PROJECT_SUFFIX for p in paths):
            if len(paths) > 1:
                self._problems.report(InputError(Reason("open_one_project", {"name": paths[0].name})))
            else:
                self._open_project(paths[0])
            return
        asks, zone = self.asks, self.network[1]

        def loaded(source: Source | None) -> None:
            if source is None:
                self.asked.emit(tuple(paths), False)
            else:
                self._loaded(source)

        self.start(
            lambda monitor: reading.load(paths, reading.usual(zone), monitor, asks=asks),
            loaded,
            tell("doing_load", name=paths[0].name),
            refused=lambda error: self._refused(error, paths, adding=False),
        )

    def take(self, loaded: Loaded, paths: Sequence[Path]) -> None:
        """Work on data that were loaded already, in the place of what is being done with those that are open."""
        source = Source(loaded.panel, loaded.quality, loaded.labels, tuple(str(p) for p in paths))
        self._loaded(source)

    def open_sample(self) -> None:
        """Read the bundled sample, with its country and zone, and run."""
        if not self.busy:
            self.start(
                reading.load_sample, lambda found: self._loaded(*found), tell("doing_load", name=tell("sample_name"))
            )

    def add_later(self, paths: Sequence[Path]) -> None:
        """Read later files, put them to the data that are open, and run again if they bring anything."""
        if not paths:
            return
        paths, asks = [Path(p) for p in paths], self.asks

        def added(found: tuple[Source, tuple[Reason, ...], bool] | None) -> None:
            if found is None:
                self.asked.emit(tuple(paths), True)
            else:
                self._added(found)

        self._alter(
            lambda source, monitor: reading.add_later(source, paths, monitor, asks=asks),
            added,
            tell("doing_add", name=paths[0].name),
            refused=lambda error: self._refused(error, paths, adding=True),
        )

    def join_cells(self, path: Path) -> None:
        """Give the cells of the open data what a cell reference table knows of them, and run again."""
        self._alter(
            lambda source, _monitor: reading.with_cells(source, path), self._joined, tell("doing_cells", name=path.name)
        )

    def take_kpis(self, path: Path) -> None:
        """Take from a KPI dictionary what the KPIs of the open data are and are made of, and run again."""
        self._alter(
            lambda source, _monitor: reading.with_kpis(source, path),
            lambda found: self._changed(*found),
            tell("doing_cells", name=path.name),
        )

    def put_together(self, by: str) -> None:
        """Put cells together by what they have in common and run again; reviews of the cells are left behind."""
        self._alter(lambda source, _monitor: reading.put_together(source, by), self._together, tell("doing_together"))

    def take_later(self, loaded: Loaded, paths: Sequence[Path], options: LoadOptions) -> None:
        """Put data that were loaded already to those that are open, and run again if they bring anything.

        While something runs it waits for that.
        """
        paths = [Path(p) for p in paths]
        self.when_free(
            lambda: self._alter(
                lambda source, _monitor: reading.put(source, loaded, paths, options),
                self._added,
                tell("doing_add", name=paths[0].name),
            )
        )

    def run(self) -> None:
        """Look for anomalies in the loaded data with the settings as they are; everything is learned anew."""
        self._run(None)

    # -- what it is about

    def _open_project(self, path: Path) -> None:
        """Open a project when nothing is being written; once more where something was said meanwhile that is for it."""
        again = path == self.keeper.project
        if again:
            self.keeper.note_screen()  # it is read again as well
            self.keeper.hold()

        def opened(found: reading.Opened) -> None:
            behind = again and self.keeper.due
            self.keeper.release()
            if behind:
                self._open_project(path)
            else:
                self.keeping(lambda: self.instead(lambda: self._show_project(found)))

        def failed(error: Exception | None) -> None:
            self.keeper.release()
            self._failed(error, None)

        self.start(
            lambda _monitor: reading.open_project(path),
            opened,
            tell("doing_open", name=path.name),
            gave_up=failed,
            begin=self.keeper.when_written,
        )

    def _alter(
        self,
        work: Callable[[Source, Monitor], _T],
        done: Callable[[_T], None],
        doing: str,
        refused: Callable[[InputError], None] | None = None,
    ) -> None:
        """Have the open data made into others; once more where other labels were put to all of them meanwhile."""
        source = self._state.source
        if source is None or self.busy:
            return

        def altered(found: _T) -> None:
            now = self._state.source
            if now is not None and now.labels is not source.labels:
                self._alter(work, done, doing, refused)
            else:
                done(found)

        self.start(lambda monitor: work(source, monitor), altered, doing, refused=refused)

    def _run(self, former: Result | None, told: str = "") -> None:
        """Run; what is new is scored by the models of `former`, if they may. told: what the banner says so far."""
        from engine.continuation import resume

        source, settings, events = self._state.source, self._state.settings, self._state.planning.events
        if source is None or self.busy:
            return

        def analysed(digest: Digest) -> None:
            now = self._state.source
            if now is None or now.panel is not source.panel:
                return  # it is of data that are no longer open
            self.judged(digest)
            if said := " ".join(say(note) for note in digest.result.notes if resume.told(note)):
                self.noticed.emit(f"{told} {said}")

        self.start(partial(judging.analyse, source, settings, events, former), analysed, tell("doing_analyse"))

    def _refused(self, error: InputError, paths: Sequence[Path], *, adding: bool) -> None:
        """A cell table that is opened while data are open belongs to them; all else is told, and can be looked at."""
        if error.reason.code == "cell_table" and len(paths) == 1 and self._state.source is not None:
            self.join_cells(paths[0])
            return
        self._problems.report(error)
        self.refused.emit(tuple(paths), adding)
        if error.reason.code == "time_without_date":
            self.undated.emit(tuple(paths))

    def _settle(self) -> None:
        if self.idle:
            self.settled.emit()

    def _loaded(self, source: Source, country: str | None = None) -> None:
        """Work on other data, in their zone. country: the one that they bring; None: that of the user."""
        told = reading.recognised(source, self.network[0] if country is None else "")
        of = self.network[0] if country is None else country
        self.keeping(lambda: self.instead(lambda: self._show(source, of, told)))

    def _show(self, source: Source, country: str, told: str) -> None:
        self.replaced.emit()
        self.keeper.keep_in(None)
        self._state.ruling.load(())
        self._state.set_source(source)
        self._state.planning.load(())
        zone = self.network[1] if source.panel.zone == self.network[1] else ""  # theirs, which is the user's or not
        weekend = self.weekend if country == self.network[0] else ""
        self._state.change(country=country, weekend=weekend, zone=zone, gaps=())  # policies were said of other KPIs
        self._state.select(cell=0)  # something to look at while the rest is worked out
        self.voting.forget()
        self.noticed.emit(told)
        self.opened.emit(source.paths)
        self.run()

    def _joined(self, source: Source) -> None:
        unknown = source.quality.unknown_cells or ()
        matched = not unknown and not source.quality.unused_cells
        cells = len(source.panel.cells)
        code = "cells_joined" if matched else "cells_joined_unmatched"
        self._changed(source, tell(code, known=cells - len(unknown), cells=cells), self._state.result)

    def _changed(self, source: Source, told: str, former: Result | None = None) -> None:
        """Go on with the open data as they are now; labels and reviews stay where their cell and time are."""
        now = self._state.source
        self._go_on(source.drawn_as(now) if now is not None else source, told, former)

    def _go_on(self, source: Source, told: str, former: Result | None = None) -> None:
        before = self._state.panel
        reviews = self.keeper.said_on(before, source.panel) if before is not None else {}
        self._state.set_source(source)
        self._state.reviews.load(reviews)
        self._state.select(cell=0)
        self.voting.forget()
        self.noticed.emit(told)
        self._run(former, told)

    def _together(self, found: tuple[Source, str]) -> None:
        def go_on() -> None:
            self.keeper.keep_in(None)  # what a project holds of the cells stays there
            self._state.reviews.load({})
            self._go_on(*found)

        self.keeping(lambda: self.instead(go_on))

    def _added(self, added: tuple[Source, tuple[Reason, ...], bool]) -> None:
        source, reasons, changed = added
        told = " ".join(map(say, reasons))
        if not changed:
            self.noticed.emit(tell("later_nothing", told=told))
            return
        if not any(path.endswith(PROJECT_SUFFIX) for path in source.paths):
            self.opened.emit(source.paths)
        self._changed(source, tell("later_added", told=told), self._state.result)

    def _show_project(self, opened: reading.Opened) -> None:
        source, digest = opened.source, opened.digest
        self.replaced.emit()
        self.keeper.keep_in(None)  # the rules of this project are no change of another one
        self._state.set_source(source)
        self._state.ruling.load(digest.result.rules)
        self._state.planning.load(opened.events)
        self._state.set_settings(digest.result.settings)
        self._state.show(digest, worst=True)
        self._state.reviews.load(opened.reviews)
        self.keeper.keep_in(opened.path, opened.known, opened.elsewhere)
        self.opened.emit(source.paths)
        self.voting.forget()
        self.voting.count()
        self.reopened.emit(opened.screen)

    def judged(self, digest: Digest) -> None:
        """Show what was found, and vote on it again where the settings are others by now."""
        self._state.show(digest, worst=True)
        self.told.emit(judging.told(digest.result))
        if digest.result.settings != self._state.settings or self._state.thresholds:
            self.voting.follow()
        self.voting.count()
