"""Keeps the result in step with the settings: vote, count what the other votes would give, say what goes with it.

Only what comes after detection, so an answer takes a moment; it is worked out beside whatever the window does. While
one step runs, further changes only leave word that another vote is due: a dragged threshold never queues up. Beside
all steps a glance at the short lists of the result says within a fraction of a second which stretches are anomalous by
the settings and what every vote would give, however long the whole vote takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.data import Result
from engine.monitor import Monitor
from engine.settings import Settings
from gui.job import Job, let_go
from gui.prepared.digest import Digest
from gui.problems import Problems
from gui.said.choosing import Thresholds
from gui.state import AppState

if TYPE_CHECKING:
    from engine.budget.outlook import Glance, Outlook

VOTE, COUNT, ASSOCIATE = range(3)
"""The steps, most urgent first."""

_Counted: TypeAlias = tuple[object, Settings, Thresholds]


class Voting(QObject):
    """Re-votes when the settings change.

    Signals:
        counted(Mapping): anomalies by vote rule, of the settings; empty while unknown.
        stale(): the settings changed in a way that only a run can follow.
        settled(): nothing runs and nothing is due.
    """

    counted = Signal(object)
    stale = Signal()
    settled = Signal()

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._problems = problems
        self._due: set[int] = set()
        self._job: Job | None = None
        self._held = False
        self._counted: _Counted | None = None
        self._outlook: Outlook | None = None
        self._glancing: Job | None = None
        self._look_again = False
        state.settings_changed.connect(self.follow)

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return self._job is None and self._glancing is None and not self._due

    def lists(self) -> Outlook | None:
        """The short lists of the result, if they are made."""
        return self._outlook

    def hold(self) -> None:
        """Start nothing until `release`: the window works on something else."""
        self._held = True

    def release(self) -> None:
        """Go on with what is due."""
        self._held = False
        self._next()

    def forget(self) -> None:
        """The data are others: nothing that was due matters any more."""
        self._due.clear()
        self._counted = None
        self._know(None)
        self._look_again = False
        for job in (self._job, self._glancing):
            if job is not None:
                job.cancel()
        self.counted.emit({})

    def follow(self) -> None:
        """Vote again if the settings or a threshold are not those of the result."""
        result = self._state.result
        if result is None:
            return
        if not result.settings.only_votes_differ(self._state.settings):
            self.stale.emit()
            return
        self._due = {VOTE, COUNT, ASSOCIATE}
        if self._job is not None and self._job.name != "vote":
            self._job.cancel()  # nobody waits for what goes with a vote that is no more
        self._glance(result)
        self._next()

    def count(self) -> None:
        """Say how many anomalies each vote would give of the result as it is."""
        self._due.add(COUNT)
        self._next()

    # -- one step after the other

    def _next(self) -> None:
        result = self._state.result
        if self._job is not None or self._held or result is None or not self._due:
            return
        step = min(self._due)
        self._due.discard(step)
        settings, thresholds = self._state.settings, self._state.thresholds
        if step == VOTE:
            self._start("vote", lambda monitor: _revote(result, settings, thresholds, monitor), self._voted)
        elif step == ASSOCIATE:
            self._start("associate", lambda monitor: _associate(result, monitor), self._associated)
        elif self._needs_counting(of := self._what_counts(result)):
            known = self._outlook
            self._start("count", lambda monitor: _count(result, known, monitor), lambda found: self._looked(of, found))
        else:
            self._end(lambda: None)

    def _voted(self, voted: Digest) -> None:
        if VOTE not in self._due and _same_run(voted.result, self._state.result):
            self._state.show(voted)

    def _associated(self, associated: Digest) -> None:
        shown = self._state.result
        if VOTE not in self._due and shown is not None and shown.verdicts is associated.result.verdicts:
            self._state.show(associated)

    def _looked(self, of: _Counted, found: tuple[Outlook, Mapping[str, int]]) -> None:
        outlook, counts = found
        self._know(outlook)
        if VOTE not in self._due:
            self._counted = of  # not before: a count that is given up or fails has counted nothing
            self.counted.emit(counts)

    def _know(self, outlook: Outlook | None) -> None:
        """Take other short lists. Those that were may hold the last of the result they are of."""
        if outlook is not self._outlook:
            before: list[object] = [self._outlook]
            self._outlook = outlook
            let_go(before)

    def _what_counts(self, result: Result) -> _Counted:
        """What the counts of a result depend on: all but the vote."""
        return result.evidence, replace(result.settings, vote="any", preset=""), self._state.thresholds

    def _needs_counting(self, now: _Counted) -> bool:
        """Whether more than the vote is another than when was counted last."""
        before = self._counted
        return before is None or before[0] is not now[0] or before[1:] != now[1:]

    # -- the glance, beside the steps

    def _glance(self, result: Result) -> None:
        """Look at the short lists of the result, if there are any; one look at a time, the last settings win."""
        outlook = self._outlook
        if self._held or outlook is None or not outlook.serves(result):
            return
        if self._glancing is not None:
            self._look_again = True
            return
        settings, thresholds = self._state.settings, self._state.thresholds
        job = Job(lambda monitor: _look(outlook, result, settings, thresholds, monitor), "glance")
        self._glancing = job
        job.done.connect(lambda found: self._glanced(result, found))
        job.failed.connect(lambda error: self._glanced(result, None, error))
        job.cancelled.connect(lambda: self._glanced(result, None))
        job.start()

    def _glanced(self, result: Result, found: Glance | None, error: Exception | None = None) -> None:
        self._glancing = None
        again, self._look_again = self._look_again, False
        shown = self._state.result
        if error is not None:
            self._problems.report(error)
        if again and shown is not None:
            self._glance(shown)
        elif found is not None and shown is result:  # else the whole vote was quicker
            self._state.set_outline(found.runs)
            self.counted.emit(found.counts)
        if self.idle:
            self.settled.emit()

    def _start(self, name: str, work: Callable[[Monitor], Any], done: Callable[[Any], None]) -> None:
        job = Job(work, name)
        self._job = job
        job.done.connect(lambda value: self._end(lambda: done(value)))
        job.failed.connect(lambda error: self._end(lambda: self._problems.report(error)))
        job.cancelled.connect(lambda: self._end(lambda: None))
        job.start()

    def _end(self, then: Callable[[], None]) -> None:
        self._job = None
        then()
        self._next()
        if self.idle:
            self.settled.emit()


def _same_run(one: Result, other: Result | None) -> bool:
    return other is not None and one.evidence is other.evidence


# -- the engine calls; they run in the worker


def _revote(result: Result, settings: Settings, thresholds: Thresholds, monitor: Monitor) -> Digest:
    from engine import pipeline

    return Digest.of(pipeline.revote(result, settings, thresholds, monitor, associations=False))


def _associate(result: Result, monitor: Monitor) -> Digest:
    from engine import pipeline

    return Digest.of(pipeline.associate(result, monitor))


def _count(result: Result, known: Outlook | None, monitor: Monitor) -> tuple[Outlook, Mapping[str, int]]:
    """The short lists of the result, those known if they will do, and what every vote gives."""
    from engine import pipeline
    from engine.budget.outlook import Outlook

    levels = pipeline.levels_in_force(result)
    found = None
    if known is not None and known.serves(result):
        found = known.glance(result.settings, levels, monitor)
    if known is None or found is None:
        known = Outlook.of(result, monitor)
        found = known.glance(result.settings, levels, monitor)
    assert found is not None  # lists answer for the very thresholds they were made with
    return known, found.counts


def _look(
    outlook: Outlook, result: Result, settings: Settings, thresholds: Thresholds, monitor: Monitor
) -> Glance | None:
    from engine import pipeline

    return outlook.glance(settings, pipeline.levels_by_vote(result, settings, thresholds), monitor)
