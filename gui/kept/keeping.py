"""Keeps reviews, labels, rules and the calendar: each is on disk a moment later, so that a crash loses nothing.

Data and results are saved by a person; the keeper knows whether the open project holds them as they are. How the window
is left goes into the project too, when it has been so for a while or other data are opened.

They go into the project that is open; while there is none, into the user's data folder, from where they are offered
when the program has ended unasked (`gui.kept.rescue`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from engine.data import Panel
from engine.data.event import Event
from engine.data.rule import Rule
from engine.labelling.hand_labels import LabelRow, on_longer_grid
from engine.settings import Settings
from engine.writing.standing import Standing, stamp_of
from gui.job import Job
from gui.kept.held import Held
from gui.kept.rescue import Rescue, Said
from gui.kept.stored import placed, stored, without_place
from gui.kept.written import Written
from gui.problems import LOG, Problems
from gui.said.labelling import Series
from gui.said.reviews import Place, Review
from gui.state import AppState, Source

if TYPE_CHECKING:
    from engine import project
    from engine.project import Known, Screen
    from engine.project import Review as KeptReview


@dataclass(frozen=True, eq=False)
class _Labels:
    """Which labels are others since they were written last, what they were then, and when that row begins.

    whole: all may be.
    """

    before: Mapping[Series, tuple[LabelRow, np.datetime64]] = field(default_factory=dict)
    whole: bool = False

    def and_then(self, later: _Labels) -> _Labels:
        """Those of both."""
        return _Labels({**later.before, **self.before}, self.whole or later.whole)


@dataclass(frozen=True, eq=False)
class _Write:
    """What is written in one go, as it was said when this was made. labels: those that are written with it.

    screen: how the window was, where that is all there is to write.
    """

    place: Standing
    work: Callable[[], None]
    labels: _Labels = _Labels()
    screen: Screen | None = None


class Keeper(QObject):
    """Writes reviews, labels, rules and calendar into the project that is open, or where they can be found again.

    What could not be written is due again after `again_ms`, or with the next that is said. What is due when other data
    are opened is still written into the project that it was said of.

    Signals:
        settled(): nothing is being written.
        kept(): everything said is on disk, or was given up.
        changed(): `project` or `unsaved` may be another.
    """

    settled = Signal()
    kept = Signal()
    changed = Signal()

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._problems = problems
        self.again_ms = 10_000
        self.rest_ms = 5_000
        self.screen: Callable[[], Screen] = dict
        """How the window is now; empty while there is nothing to say of it."""
        self._place = Standing()
        self._held_there: Held | None = None
        self._said_there = Written()
        self._elsewhere: tuple[project.Review, ...] = ()
        self._job: Job | None = None
        self._write: _Write | None = None
        self._due = self._put_off = False
        self._held = False
        self._then: Callable[[], object] | None = None
        self._unsaved = False
        self._owed = _Labels()
        self._parting: deque[_Write] = deque()
        self._refused: list[_Write] = []
        self._told = ""
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._try_again)
        self._left: Screen = {}
        self._screen_due = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self.note_screen)
        self._rescue, self._given_up = Rescue(), False
        state.reviews.changed.connect(lambda _place: self._changed())
        state.reviews.reset.connect(self.moved)
        state.labelling.drawn.connect(self._drawn)
        state.labelling.changed.connect(self._labelled)
        state.ruling.changed.connect(self._changed)
        state.planning.changed.connect(self._changed)
        state.panel_changed.connect(self.changed)
        state.result_changed.connect(self.changed)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._job is not None

    @property
    def due(self) -> bool:
        """Whether something was said that nobody has begun to write."""
        return self._due

    @property
    def place(self) -> Standing:
        """Where what is said goes, and how it stood there last."""
        return self._place

    @property
    def project(self) -> Path | None:
        """The project that what is said goes into."""
        return self._place.path

    def hold(self) -> None:
        """Write nothing until `release`, while all that was said until now is written with the rest of the project."""
        self._held = True

    def last_words(self) -> Callable[[], None] | None:
        """What writes all that is said now into the open project beside what others say of it, in any thread.

        None where there is none, or where labels came with data that it does not hold. What is given raises InputError,
        OutputError.
        """
        source, held = self._state.source, self._held_there
        if source is None or held is None or (source.labels is not None and source.panel is not held.panel()):
            return None
        return self._into(self._place, source).work

    def when_written(self, then: Callable[[], object]) -> None:
        """Go on as soon as what is being written is written, with nothing after it since `hold`."""
        self._then = then
        self._next()

    def release(self) -> None:
        """The project was not written after all; go on with what was said meanwhile."""
        self._held, self._then = False, None
        self._next()

    def saved_in(self, place: Standing, held: Held, said: Written, screen: Screen) -> None:
        """All that was said until `hold` is in this project, with these data; what was said since goes there too.

        screen: how the project says that the window was left.
        """
        self._move_to(place, held, said)
        self._left = screen
        if self.screen() != screen:
            self.rearranged()
        self.release()
        self._tell_kept()

    @property
    def unsaved(self) -> bool:
        """Whether something was said that no project holds, or there is anything that the open one does not."""
        state, source = self._state, self._state.source
        if self.project is not None:
            return self._unsaved or self.behind
        drawn = source is not None and source.drawn
        return self._unsaved and bool(state.reviews.all or state.ruling.rules or state.planning.events or drawn)

    @property
    def behind(self) -> bool:
        """Whether the data, the run or the vote are others than those in the open project."""
        source, held = self._state.source, self._held_there
        return held is not None and source is not None and not held.holds(source, self._state.result)

    def said(self, panel: Panel) -> tuple[KeptReview, ...]:
        """All reviews as a project holds them: those on this panel, which is shown, and those that have no place there.

        A project may hold reviews of later days than it has data of, as after a crash; they are found again with them.
        """
        return (*stored(panel, self._state.reviews.all), *self._elsewhere)

    def said_on(self, before: Panel, panel: Panel) -> dict[Place, Review]:
        """The reviews, by their places in a panel that is about to be shown instead of the one before."""
        said = self.said(before)
        self._elsewhere = without_place(panel, said)
        return placed(panel, said)

    def rearranged(self) -> None:
        """The window is another: that is noted when it has stayed so for `rest_ms`."""
        if self.project is not None:
            self._rest.start(self.rest_ms)

    def note_screen(self) -> None:
        """Note how the window is, unless the project says so already; nobody is told where it cannot be noted."""
        self._rest.stop()
        self._screen_due = self.project is not None and self.screen() != self._left
        self._next()

    def screen_is_known(self) -> None:
        """The window is as the project was left, as far as its data allow: so there is nothing to note."""
        self._rest.stop()
        self._left, self._screen_due = self.screen(), False

    def keep_in(self, path: Path | None, known: Known | None = None, elsewhere: tuple[KeptReview, ...] = ()) -> None:
        """Data, result, reviews, labels and rules as they are now are those of this project; None: there is no project.

        Called before the state has others: what is due until then goes where it was said. known: how the project stood
        when it was read; None: as the file does now. elsewhere: reviews in it that have no place in these data.
        """
        source = self._state.source
        if self.project is not None and source is not None and (self._due or self._put_off):
            if self._write is not None and self._write.place is self._place:
                self._owed = self._write.labels.and_then(self._owed)  # in case that it fails
            self._parting.append(self._into(self._place, source))
        if (self._rest.isActive() or self._screen_due) and (screen := self.screen()) != self._left:
            self._parting.append(self._leaving(screen))
        self._due, self._owed = False, _Labels()
        held, said = None, Written()
        self._elsewhere = elsewhere
        if path is not None and source is not None and self._state.result is not None:
            held = Held.of(source, self._state.result)
            said = Written(self.said(source.panel), self._state.ruling.rules, self._state.planning.events)
        self._move_to(known or Standing(path, stamp_of(path) if path is not None else None), held, said)
        self._next()

    def give_up(self) -> None:
        """What is not on disk is not to be kept, and no project is open any more."""
        self._due = self._put_off = self._screen_due = False
        self._rest.stop()
        self.keep_in(None)
        self._tell_kept()

    def keep_anew(self) -> None:
        """Everything said is new, as after it was found again."""
        self._owed = _Labels(whole=True)
        self._changed()

    def _move_to(self, place: Standing, held: Held | None, said: Written) -> None:
        """What is said is said in another place; what could not be written there before is no more to be."""
        self._place, self._held_there, self._said_there = place, held, said
        self._unsaved = self._put_off = self._screen_due = False
        self._rest.stop()
        self._left = {}
        self._refused = [write for write in self._refused if write.place.path != place.path]
        self._given_up = True
        self._give_up()
        self.changed.emit()

    def _give_up(self) -> None:
        """What was written down without a project is not needed any more."""
        if self._given_up and self._job is None:
            self._given_up = False
            self._rescue.clear()

    def _drawn(self, series: Series, before: LabelRow) -> None:
        if (panel := self._state.panel) is not None:
            self._owed = self._owed.and_then(_Labels({series: (before, panel.times[0])}))

    def _labelled(self, series: Series | None) -> None:
        if series is None:
            self._owed = self._owed.and_then(_Labels(whole=True))
        self._changed()

    def moved(self) -> None:
        """The data behind what was said are others, as after later files were added, or nothing is said any more."""
        if self._unsaved:
            self._changed()

    def _changed(self) -> None:
        if self.project is None:
            self._unsaved = True
        self._due, self._told = True, ""
        self._next()
        self.changed.emit()

    def _next(self) -> None:
        source = self._state.source
        if self._job is not None:
            return
        if self._parting:
            self._start(self._parting.popleft())
        elif self._then is not None:
            then, self._then = self._then, None
            then()
        elif not self._held and self._due and source is not None:
            self._due = False
            write = self._beside(source) if self.project is None else self._into(self._place, source)
            self._owed = _Labels()
            self._start(write)
        elif not self._held and self._screen_due:
            self._screen_due, self._left = False, self.screen()
            self._start(self._leaving(self._left))

    def _start(self, write: _Write) -> None:
        self._write = write
        self._job = Job(lambda _monitor: write.work(), "reviews", writes=True)
        self._job.done.connect(self._written)  # a method: nothing is heard any more once this object is gone
        self._job.failed.connect(self._failed)
        self._job.start()

    def _into(self, place: Standing, source: Source) -> _Write:
        """What writes all that is said into a project."""
        reviews, rules, events = self.said(source.panel), self._state.ruling.rules, self._state.planning.events
        labels, there = self._labels_of(source), self._said_there

        def write() -> None:
            assert place.path is not None
            with place.writing():
                there.write(place.path, reviews, rules, events)
                labels(place.path)

        return _Write(place, write, self._owed)

    def _leaving(self, screen: Screen) -> _Write:
        """What notes in the project that is open how the window was."""
        place = self._place

        def write() -> None:
            from engine import project

            assert place.path is not None
            with place.writing():
                project.set_screen(place.path, screen)

        return _Write(place, write, screen=screen)

    def _beside(self, source: Source) -> _Write:
        """What writes it where it can be found again after a crash, or takes that away where nothing is said."""
        if not self.unsaved:
            return _Write(self._place, self._rescue.clear, self._owed)
        reviews, rules, events = self.said(source.panel), self._state.ruling.rules, self._state.planning.events
        settings = self._state.settings
        return _Write(
            self._place, lambda: self._rescue.write(_said(source, settings, reviews, rules, events)), self._owed
        )

    def _labels_of(self, source: Source) -> Callable[[Path], None]:
        """What writes the labels that are others since they were written last."""
        from engine import project

        if self._owed.whole:
            return lambda path: project.set_labels(path, source.panel, source.known())
        rows = {}
        for series, (before, begin) in self._owed.before.items():
            if (row := self._state.labelling.row(series)) is not None:
                shift = int((begin - source.panel.times[0]) // np.timedelta64(source.panel.period_s, "s"))
                rows[series] = on_longer_grid({series: before}, shift, len(row))[series], row
        if rows:
            return lambda path: project.change_label_rows(path, source.panel, rows)
        return lambda _path: None

    def _failed(self, error: Exception) -> None:
        """What was to be written is owed as before, and tried again; a person is told once."""
        write = self._write
        assert write is not None
        if write.screen is not None:  # the project is opened all the same, and nobody has said anything
            LOG.info("%s", error)
            self._end()
            return
        if write.place is self._place:
            self._owed = write.labels.and_then(self._owed)
            self._unsaved = self._put_off = True
        elif write.place.path is not None and all(write.place is not later.place for later in self._parting):
            self._refused.append(write)
        if str(error) != self._told:
            self._told = str(error)
            self._problems.report(error)
        self._again.start(self.again_ms)
        self._end()
        self.changed.emit()

    def _try_again(self) -> None:
        self._due = self._due or self._put_off
        self._parting.extend(self._refused)
        self._refused.clear()
        self._next()

    def _written(self, _nothing: object) -> None:
        write = self._write
        if write is not None and write.screen is not None:
            self._end()
            return
        if write is not None and write.place is self._place:
            self._put_off = False
            self._unsaved = self._unsaved and self.project is None
        self._end()
        self._tell_kept()
        self.changed.emit()

    def _end(self) -> None:
        self._job = self._write = None
        self._give_up()
        self._next()
        if self._job is None:
            self.settled.emit()

    def _tell_kept(self) -> None:
        if self._job is None and not (self._due or self._put_off):
            self.kept.emit()


def _said(
    source: Source,
    settings: Settings,
    reviews: tuple[project.Review, ...],
    rules: tuple[Rule, ...],
    events: tuple[Event, ...],
) -> Said:
    """All that was said, with the files it was said of."""
    from engine import project

    labels = source.known() if source.drawn else None
    found = project.stretches(source.panel, source.panel.cells, labels or {})
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    paths = tuple(str(Path(path).absolute()) for path in source.paths)
    return Said(paths, settings, reviews, rules, tuple(found), when, events)
