"""A folder is watched: what appears in it is added to a project and judged, the results are written anew.

What was taken or refused is kept in `watch.json`, so that a watch that is started again goes on where it was; a file
that is taken twice changes nothing.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine.continuation.watched_folder import Outcome, Seen, Watched, take_in
from engine.errors import InputError, OutputError, Reason
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
    once and tried again when it changes, or when a watch begins that says something else about files; a result that
    cannot be written is tried again at the next look.
    """
    from engine import calendar, project
    from engine.command_line import load_options
    from engine.command_line.commands import analyse, settings_of
    from engine.data.since import Since
    from engine.detectors import choose
    from engine.network import cells
    from engine.rules import read_rules

    folder = _folder(given.inputs)
    if not LEAST_S <= given.every <= MOST_S:
        bounds = {"setting": "every", "value": given.every, "low": LEAST_S, "high": MOST_S}
        raise InputError(Reason("setting_bounds", bounds))
    if given.roll_up:
        raise InputError(Reason("roll_up_project"))
    project.holds_result(given.project)  # says what is wrong with one that is there
    settings = settings_of(given)
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
    make_folder(given.out)

    def take(files: Sequence[Path]) -> None:
        monitor.begin()
        analyse(Namespace(**{**vars(given), "inputs": list(files)}), monitor)

    state = given.out / STATE_FILE
    watched = Watched(folder, (given.out, given.project), Seen.read(state, load_options.digest(given)))
    _tell(tell("watch_begins", folder=str(folder)))
    there, unwritten = watched.look().there, False
    while True:
        _wait(SETTLE_S if given.once else given.every, monitor)
        found = watched.look()
        if there and not found.there:
            _tell(tell("watch_away", folder=str(folder)))
        there = found.there
        if found.ready:
            outcome = take_in(folder, [*found.ready], take, _tell_taking, load_options.told)
            watched.seen.note(outcome, found.ready)
            _tell_outcome(outcome)
            unwritten = True
        if given.once:
            watched.seen.write(state)
            return
        unwritten = unwritten and not _written(watched.seen, state)


def _tell_taking(names: Sequence[str]) -> None:
    _tell(tell("watch_takes", count=len(names), names=", ".join(names[:5]) + (" ..." if len(names) > 5 else "")))


def _tell_outcome(outcome: Outcome) -> None:
    for name, why in outcome.refused.items():
        _tell(tell("watch_refused", file=name, why=why))
    if outcome.not_now:
        _tell(tell("watch_not_now", why=outcome.not_now))


def _written(seen: Seen, state: Path) -> bool:
    """Whether the note of what was taken could be written; what stands in it is not lost where it could not."""
    try:
        seen.write(state)
    except OutputError as error:
        _tell(tell("watch_not_now", why=str(error)))
        return False
    return True


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
    print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {sentence}", flush=True)  # noqa: T201 - the command's output
