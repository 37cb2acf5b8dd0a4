"""A folder is followed: what appears in it is added to the open data and judged, and the views stay where they are.

Nobody need be there: nothing is asked, what cannot be taken is refused with its reason. Looking happens in a worker, as
drives of a network may hang; taking is a job in the foreground like any other, so it waits for what runs, and for a
person who is in the middle of something.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.continuation.kpis_told import OTHER_KPIS
from engine.continuation.watched_folder import EVERY_S, NOT_OF_FILES, OF_THE_MOMENT, Look, Mark, Outcome, Watched
from engine.errors import InputError, OutputError
from engine.text import say, tell
from engine.writing.standing import OVERTAKEN
from gui.calls import taking
from gui.desk import Desk
from gui.hands import hands_full
from gui.job import Job
from gui.kept.watch_note import Note
from gui.problems import Problems
from gui.state import AppState, Source

KEPT = 500
"""Entries of the log that are kept."""
_NAMES = 3
_AGAIN_MS = 500


@dataclass(frozen=True)
class Entry:
    """What happened, and when by the clock of this computer. grave: whether a person should look at it."""

    when: datetime
    sentence: str
    grave: bool = False


class Watching(QObject):
    """Follows one folder until it is told to stop, or other data are opened.

    every_ms: how often the folder is looked into; settle_ms: how soon again where something in it is new. place: asked
    before the data grow for what leads there again; it is told how many periods came in front.

    Signals:
        changed(): there is something else to say of it.
        refused(str): files were left out or seem to call a KPI otherwise, or the watch has ended by itself: which, why.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(
        self,
        state: AppState,
        desk: Desk,
        problems: Problems,
        place: Callable[[], Callable[[int], None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._place = place
        self._state, self._desk, self._problems = state, desk, problems
        self.every_ms, self.settle_ms = int(EVERY_S * 1000), 10_000
        self.log: deque[Entry] = deque(maxlen=KEPT)
        self.looked: datetime | None = None
        self.last: Entry | None = None
        self._watched: Watched | None = None
        self._job: Job | None = None
        self._there = True
        self._withheld: Mapping[str, str] = {}
        self._waiting = self._ended = ""
        self._taking = False
        self._unwritten = False
        self._noted: Note | None = None
        self._next: Callable[[], None] = self._look
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)
        desk.replaced.connect(lambda: self._end(tell("watch_ends_other")))

    # -- what there is to say

    @property
    def folder(self) -> Path | None:
        """The folder that is followed; None if none is."""
        return self._watched.folder if self._watched is not None else None

    @property
    def left_out(self) -> Mapping[str, str]:
        """The files that were refused, by their name in the folder, and why."""
        return {name: why for name, (_, why) in self._watched.seen.refused.items()} if self._watched else {}

    @property
    def status(self) -> str:
        """What is followed, when it was looked into, what was taken last, what is waited for.

        While nothing is: why it ended, if nobody asked for that and nobody has looked since; else "".
        """
        if self._watched is None:
            return self._ended
        said = [tell("watch_status", folder=self._watched.folder.name or str(self._watched.folder))]
        if self._waiting:
            said.append(self._waiting)
        elif not self._there:
            said.append(tell("watch_status_away"))
        if self.looked is not None:
            said.append(tell("watch_status_looked", time=f"{self.looked:%H:%M:%S}"))
        if self.last is not None:
            said.append(self.last.sentence)
        if self.left_out:
            said.append(tell("watch_status_left_out", count=len(self.left_out)))
        return " · ".join(said)

    # -- what a person asks for

    def start(self, folder: Path) -> None:
        """Follow a folder, in the place of the one that was."""
        source = self._state.source
        if source is None:
            return
        if (why := taking.may_grow(source)) is not None:
            self._problems.report(InputError(why))
            return
        self.stop()
        self._watched = Watched(folder)
        self.log.clear()
        self.looked = self.last = None
        self._ended = ""
        self._there, self._unwritten = True, False
        self._withheld = {}
        self._note(tell("watch_begins", folder=str(folder)))
        self._look()

    def stop(self) -> None:
        """Follow nothing any more; what is being taken is given up."""
        self._end("")

    def looked_at(self) -> None:
        """A person has seen what there is to say."""
        if self._ended:
            self._ended = ""
            self.changed.emit()

    def _end(self, why: str) -> None:
        """Stop. why: what a person is told of it, who has not asked for it."""
        if self._watched is None:
            return
        self._timer.stop()
        self._watched, self._waiting, self._ended = None, "", why
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._taking:
            self._desk.cancel()
        self._note(why or tell("watch_ends"))
        if why:
            self.refused.emit(why)

    # -- looking

    def _look(self) -> None:
        watched, source, result = self._watched, self._state.source, self._state.result
        if watched is None or source is None:
            return
        project = self._desk.keeper.project
        watched.own = () if project is None else (project,)
        first = watched.marks is None and not watched.seen.taken
        if first:
            self._noted = self._place_of_note()
        noted = self._noted

        def look() -> Look:
            if first and noted is not None:
                watched.seen.taken.update(noted.read().taken)
            found = watched.look()
            if first and watched.marks:
                watched.seen.note(taking.known_before(watched.folder, watched.marks, source, result), watched.marks)
            return found

        self._job = Job(lambda _monitor: look(), "watch")
        self._job.done.connect(self._looked)
        self._job.failed.connect(self._give_up)
        self._job.start()
        self._after(self.every_ms, self._unanswered)

    def _unanswered(self) -> None:
        """A drive that does not answer holds up the worker alone."""
        self._wait_for(tell("watch_status_silent"), self.every_ms, self._unanswered)

    def _looked(self, found: Look) -> None:
        self._timer.stop()
        self._job, self._waiting = None, ""
        self.looked = datetime.now().astimezone()
        if found.there != self._there:
            folder = str(self.folder)
            self._note(tell("watch_back" if found.there else "watch_away", folder=folder), grave=not found.there)
        self._there = found.there
        for name, why in found.withheld.items():
            if self._withheld.get(name) != why:
                self._note(tell("watch_withheld", file=name, why=why), grave=True)
        self._withheld = found.withheld
        if found.ready:
            self._take(found.ready)
        elif self._unwritten:
            self._save()
        else:
            self._after(self.settle_ms if found.growing else self.every_ms, self._look)
        self.changed.emit()

    # -- taking

    def _take(self, ready: Mapping[str, Mark]) -> None:
        """Take files as soon as nothing runs and nobody is in the middle of something."""
        watched, source, former = self._watched, self._state.source, self._state.result
        if watched is None or source is None or not self._free(lambda: self._take(ready)):
            return
        if (why := taking.may_grow(source)) is not None:
            self._end(tell("watch_ends_by", why=say(why)))
            return
        settings, asks, in_project = self._state.settings, self._desk.asks, self._desk.keeper.project is not None
        events = self._state.planning.events
        self._taking = True
        self._desk.start(
            lambda monitor: taking.take(
                source, former, settings, events, watched, [*ready], monitor, asks=asks, in_project=in_project
            ),
            lambda found: self._taken(source, ready, *found),
            tell("watch_takes", count=len(ready), names=_names([*ready])),
            gave_up=self._not_taken,
        )

    def _taken(self, source: Source, ready: Mapping[str, Mark], outcome: Outcome, grown: taking.Grown | None) -> None:
        """Put what was taken in the place of what is open, unless that is other data by now."""
        self._taking = False
        if self._watched is None or not self._free(lambda: self._taken(source, ready, outcome, grown)):
            return
        now = self._state.source
        if now is None or now.panel is not source.panel or now.labels is not source.labels:
            self._after(self.settle_ms, self._look)  # it was added to what is no more, and is taken again
            return
        self._watched.seen.note(outcome, ready)
        if grown is not None:
            self._grow(now, grown)
        self._tell_of(outcome, grown)
        self._unwritten = self._unwritten or grown is not None
        if self._unwritten:
            self._save()
        else:
            self._write_down()

    def _grow(self, now: Source, grown: taking.Grown) -> None:
        """Show it. What was drawn meanwhile lies over the labels that were there."""
        go_back = self._place()
        self._desk.voting.forget()
        self._state.grow(grown.source.drawn_as(now), grown.digest, grown.shift)
        go_back(grown.shift)
        self._desk.keeper.moved()
        if grown.digest.result.settings != self._state.settings or self._state.thresholds:
            self._desk.voting.follow()
        self._desk.voting.count()

    def _tell_of(self, outcome: Outcome, grown: taking.Grown | None) -> None:
        if outcome.taken:
            count, names = len(outcome.taken), _names(outcome.taken)
            self.last = Entry(datetime.now().astimezone(), tell("watch_status_took", count=count, names=names))
            brought = " ".join(map(say, grown.told)) if grown is not None else tell("watch_nothing_new")
            other = () if grown is None else [say(one) for one in grown.told if one.code in OTHER_KPIS]
            took = tell("watch_took", count=count, names=_names(outcome.taken, KEPT))
            self._note(f"{took} {brought}", grave=len(other) == len(OTHER_KPIS))
            if len(other) == len(OTHER_KPIS):
                self.refused.emit(f"{tell('watch_took', count=count, names=names)} {' '.join(other)}")
        for name, why in outcome.refused.items():
            self._note(tell("watch_refused", file=name, why=why), grave=True)
        if outcome.not_now:
            self._note(tell("watch_not_now", why=outcome.not_now), grave=True)
        if outcome.refused:
            (name, why), *others = outcome.refused.items()
            more = tell("watch_others_left_out", count=len(others)) if others else ""
            self.refused.emit(f"{tell('watch_refused', file=name, why=why)} {more}".rstrip())

    def _not_taken(self, error: Exception | None) -> None:
        self._taking = False
        if self._watched is None:
            return
        if error is None:
            self._note(tell("watch_cancelled"))
        elif _passes(error):
            self._note(tell("watch_not_now", why=str(error)), grave=True)
        else:
            self._give_up(error)
            return
        self._after(self.every_ms, self._look)

    # -- keeping

    def _save(self) -> None:
        """Save the open project with what was taken, as the command does; what is said meanwhile follows."""
        path = self._desk.keeper.project
        if path is None or self._state.result is None:
            self._unwritten = False  # saving is the person's
            self._after(self.every_ms, self._look)
            return
        if not self._free(self._save):
            return
        self._desk.put_down(path, self._saved, self._not_saved)

    def _saved(self) -> None:
        self._unwritten = False
        self._write_down()

    def _not_saved(self, error: Exception | None) -> None:
        if error is not None and not _passes(error):
            self._give_up(error)
            return
        if self._watched is not None:
            self._note(tell("watch_not_saved", why=str(error or tell("status_cancelled"))), grave=True)
            self._after(self.every_ms, self._look)

    def _place_of_note(self) -> Note | None:
        """Where it is noted what the project, as it is now, holds of the folder; None where there is no project."""
        project, result = self._desk.keeper.project, self._state.result
        if project is None or result is None or self._watched is None:
            return None
        return Note(project, self._watched.folder, result.record.run_id)

    def _write_down(self) -> None:
        """Note what was taken, for the next start."""
        watched, note, before = self._watched, self._place_of_note(), self._noted
        if watched is None or note is None:
            self._after(self.every_ms, self._look)
            return
        self._noted = note
        self._job = Job(lambda _monitor: note.write(watched.seen, before), "watch")
        self._job.done.connect(lambda _none: self._written_down(None))
        self._job.failed.connect(self._written_down)
        self._job.start()

    def _written_down(self, error: Exception | None) -> None:
        self._job = None
        if error is not None and not _passes(error):
            self._give_up(error)
            return
        if error is not None:
            self._note(tell("watch_not_noted", why=str(error)), grave=True)
        self._after(self.every_ms, self._look)

    # -- waiting

    def _free(self, then: Callable[[], None]) -> bool:
        """Whether it may go on now; else it does as soon as it may."""
        if self._desk.busy:
            self._wait_for(tell("watch_status_busy"), _AGAIN_MS, then)
        elif hands_full():
            self._wait_for(tell("watch_status_hands"), _AGAIN_MS, then)
        else:
            self._waiting = ""
            return True
        return False

    def _go_on(self) -> None:
        self._next()

    def _wait_for(self, what: str, milliseconds: int, then: Callable[[], None]) -> None:
        self._after(milliseconds, then)
        if what != self._waiting:
            self._waiting = what
            self.changed.emit()

    def _after(self, milliseconds: int, then: Callable[[], None]) -> None:
        """Go on with something later, unless it is stopped."""
        if self._watched is not None:
            self._next = then
            self._timer.start(milliseconds)

    def _give_up(self, error: Exception) -> None:
        """What went wrong is no file's fault and does not pass: it would go wrong again and again."""
        self._problems.report(error)
        self._end(tell("watch_ends_by", why=str(error)))

    def _note(self, sentence: str, *, grave: bool = False) -> None:
        self.log.append(Entry(datetime.now().astimezone(), sentence, grave))
        self.changed.emit()


def _passes(error: Exception) -> bool:
    """Whether what went wrong may be right again at the next look."""
    if isinstance(error, InputError):
        return error.reason.code.startswith(NOT_OF_FILES) or error.reason.code in OF_THE_MOMENT
    return isinstance(error, OutputError) and error.reason.code != OVERTAKEN


def _names(names: Sequence[str], most: int = _NAMES) -> str:
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")
