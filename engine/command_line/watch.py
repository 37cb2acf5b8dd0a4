"""A folder is watched: what appears in it is added to a project and judged, the results are written anew.

What was taken or refused is kept in `watch.json`, so that a watch that is started again goes on where it was; a file
that is taken twice changes nothing. The note is about one project as the watch left it, and one folder.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from engine.command_line.ending import print_if_possible
from engine.continuation.watched_folder import Held, Look, Outcome, Seen, Watched, take_in
from engine.errors import AppError, InputError, OutputError, Reason
from engine.monitor import Monitor
from engine.text import tell
from engine.writing.output import make_folder

STATE_FILE = "watch.json"

SETTLE_S = 2.0
"""How long a single pass waits between its two looks."""

LEAST_S, MOST_S = 1.0, 86_400.0


def watch(given: Namespace, monitor: Monitor) -> None:
    """Take what appears in a folder until cancelled; with `once` what is there now.

    Raises InputError at once where folder or settings cannot be used, Cancelled. A file that cannot be used is said
    once and tried again when it changes, or when a watch begins that says something else about files; what does not
    work for another reason is tried again at the next look, or with `once` raised as OutputError.
    """
    from engine import project

    folder = _folder(given.inputs)
    if not LEAST_S <= given.every <= MOST_S:
        bounds = {"setting": "every", "value": given.every, "low": LEAST_S, "high": MOST_S}
        raise InputError(Reason("setting_bounds", bounds))
    if given.roll_up:
        raise InputError(Reason("roll_up_project", {"by": given.roll_up}))
    project.holds_result(given.project)  # says what is wrong with one that is there
    _check_settings(given)
    make_folder(given.out)
    _Watch(given, folder, monitor).run()


class _Watch:
    """One watch under way. looked: how the project's file looked when it was last found to be as the watch left it."""

    def __init__(self, given: Namespace, folder: Path, monitor: Monitor) -> None:
        from engine.command_line import load_options

        self._given, self._monitor, self._project = given, monitor, given.project
        self._told = load_options.told
        self._state = given.out / STATE_FILE
        self._watched = Watched(folder, (given.out, given.project), self._noted(load_options.digest(given)))
        self._looked: tuple[int, ...] = ()
        self._there = True
        self._withheld: Mapping[str, str] = {}
        self._said = ""

    @property
    def _seen(self) -> Seen:
        return self._watched.seen

    def run(self) -> None:
        """Look, take, and wait. Raises Cancelled; with `once` OutputError."""
        given = self._given
        _tell(tell("watch_begins", folder=str(self._watched.folder)))
        self._tell_of(self._watched.look())
        unwritten = False
        while True:
            _wait(SETTLE_S if given.once else given.every, self._monitor)
            not_now = self._look_at_project()
            found = self._watched.look()
            self._tell_of(found)
            if found.ready and not not_now:
                not_now = self._take(found).not_now
                unwritten = True
            if given.once:
                self._seen.write(self._state)
                if why := not_now or self._out_of_reach(found):
                    raise OutputError(Reason("watch_not_all", {"why": why}))
                return
            unwritten = unwritten and not self._written()
            self._tell_not_now(not_now)

    # -- taking

    def _take(self, found: Look) -> Outcome:
        """Take what is ready; it is noted as soon as the project holds it."""
        folder = self._watched.folder

        def take(files: Sequence[Path]) -> None:
            from engine.command_line.commands import analyse

            self._monitor.begin()
            self._check_again()
            result = analyse(
                Namespace(**{**vars(self._given), "inputs": list(files)}), self._monitor, print_if_possible
            )
            names = tuple(file.relative_to(folder).as_posix() for file in files)
            self._seen.held = self._held(result.record.run_id)
            self._seen.note(Outcome(names), found.ready)
            self._looked = ()
            self._written()

        outcome = take_in(folder, [*found.ready], take, _tell_taking, self._told)
        self._seen.note(outcome, found.ready)
        for name, why in outcome.refused.items():
            _tell(tell("watch_refused", file=name, why=why))
        return outcome

    def _check_again(self) -> None:
        """Raises OutputError or InputError where something else than the files is not as it was at the begin."""
        try:
            _check_settings(self._given)
        except AppError as error:
            raise OutputError(error.reason) from error
        if self._seen.taken and not self._project.exists():
            raise OutputError(self._gone())

    # -- the project

    def _held(self, run: str) -> Held:
        return Held.of(self._project, self._watched.folder, run)

    def _noted(self, asked: str) -> Seen:
        """What the note tells of this project and this folder."""
        seen, fresh = Seen.read(self._state, asked), Seen(asked=asked)
        fresh.held = Held.of(self._project, _folder(self._given.inputs), "")
        if seen.held is not None and seen.held == Held(fresh.held.project, fresh.held.folder, seen.held.run):
            return seen
        if seen.taken:
            _tell(tell("watch_note_other", note=str(self._state)))
        return fresh

    def _look_at_project(self) -> str:
        """Forget what was taken where the project is not as this watch left it. Why nothing can be taken now, or ""."""
        from engine import project

        if not self._seen.taken or self._seen.held is None:
            return ""
        try:
            told = self._project.stat()
        except FileNotFoundError:
            return str(InputError(self._gone()))
        except OSError as error:
            where = {"file": str(self._project), "error": error.strerror or str(error)}
            return str(InputError(Reason("project_unreadable", where)))
        looks = (told.st_size, told.st_mtime_ns, told.st_ino)
        if looks == self._looked:
            return ""
        try:
            run = project.last_run(self._project)
        except InputError as error:
            return str(error)
        self._looked = looks
        if run != self._seen.held.run:
            _tell(tell("watch_project_other", project=str(self._project)))
            self._watched.seen = Seen(asked=self._seen.asked, held=self._held(run))
        return ""

    def _gone(self) -> Reason:
        where = {"project": str(self._project), "note": str(self._state)}
        return Reason("watch_project_gone", {**where, "count": len(self._seen.taken)})

    # -- what there is to say

    def _tell_of(self, found: Look) -> None:
        """Say once what cannot be reached."""
        if self._there and not found.there:
            _tell(tell("watch_away", folder=str(self._watched.folder)))
        for name, why in found.withheld.items():
            if self._withheld.get(name) != why:
                _tell(tell("watch_withheld", file=name, why=why))
        self._there, self._withheld = found.there, found.withheld

    def _out_of_reach(self, found: Look) -> str:
        if not found.there:
            return tell("watch_away", folder=str(self._watched.folder))
        return next(iter(found.withheld.values()), "")

    def _tell_not_now(self, why: str) -> None:
        """Say why something does not work, once until it works or there is another reason."""
        if why and why != self._said:
            _tell(tell("watch_not_now", why=why))
        self._said = why

    def _written(self) -> bool:
        """Whether the note of what was taken could be written; what stands in it is not lost where it could not."""
        try:
            self._seen.write(self._state)
        except OutputError as error:
            _tell(tell("watch_not_now", why=str(error)))
            return False
        return True


def _check_settings(given: Namespace) -> None:
    """Raises what is wrong with what is said beside the files: settings, and files of cells, events, rules, labels."""
    from engine import calendar
    from engine.command_line import load_options
    from engine.command_line.commands import also_of, settings_of
    from engine.data.since import Since
    from engine.detectors import choose
    from engine.network import cells
    from engine.rules import read_rules

    settings = settings_of(given)
    also_of(given)
    if given.since:
        Since.read(given.since)
    choose(settings.detectors, settings)
    load_options.of(given)
    if given.calendar:
        calendar.read_events(given.calendar)
    if given.cells:
        cells.read_cells(given.cells)
    if given.rules:
        read_rules(given.rules)
    if given.labels and not given.labels.exists():
        raise InputError(Reason("file_missing", {"file": str(given.labels)}))


def _tell_taking(names: Sequence[str]) -> None:
    _tell(tell("watch_takes", count=len(names), names=", ".join(names[:5]) + (" ..." if len(names) > 5 else "")))


def _folder(inputs: Sequence[Path]) -> Path:
    (folder,) = inputs
    if not folder.is_dir():
        raise InputError(Reason("watch_no_folder", {"path": str(folder)}))
    return folder


def _wait(seconds: float, monitor: Monitor) -> None:
    """Wait, answering a cancel within a fifth of a second."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        monitor.check()
        time.sleep(min(0.2, left))
    monitor.check()


def _tell(sentence: str) -> None:
    print_if_possible(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {sentence}")
