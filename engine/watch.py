"""A folder is watched: what appears in it is added to a project and judged, the results are written anew.

Folders are looked into from time to time, because drives of a network tell nobody of a new file. A file is taken when
two looks find it the same, so that one which is still being copied is left alone. What was taken or refused is kept in
`watch.json`, so that a watch that is started again goes on where it was; a file that is taken twice changes nothing.
"""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from engine.errors import InputError, OutputError, Reason
from engine.monitor import Monitor
from engine.output import make_folder, whole_file
from engine.text import tell

STATE_FILE = "watch.json"
FORMAT = 1

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock")
"""Endings that programs give to files they have not finished."""

SETTLE_S = 2.0
"""How long a single pass waits between its two looks."""

LEAST_S, MOST_S = 1.0, 86_400.0

NOT_OF_FILES = ("project_", "scheduler_")
"""How the codes begin of what is wrong with something else than the files: that may be right again at the next look."""

Mark = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds: a file with the same mark is the same file."""

Take = Callable[[Sequence[Path]], None]


@dataclass
class Seen:
    """What became of the files of a folder, by their names in it: when taken, and why not where refused."""

    taken: dict[str, Mark] = field(default_factory=dict)
    refused: dict[str, tuple[Mark, str]] = field(default_factory=dict)

    def knows(self, name: str, mark: Mark) -> bool:
        """Whether there is nothing more to do with that file as it is."""
        return self.taken.get(name) == mark or self.refused.get(name, (None, ""))[0] == mark

    @classmethod
    def read(cls, file: Path) -> Self:
        """What a former watch has noted; nothing where there is no such file, or it is damaged: files come in again."""
        try:
            stored = json.loads(file.read_text("utf-8"))
            if stored["format"] != FORMAT:
                return cls()
            taken = {str(name): (int(size), int(changed)) for name, (size, changed) in stored["taken"].items()}
            refused = {
                str(name): ((int(size), int(changed)), str(why))
                for name, (size, changed, why) in stored["refused"].items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls()
        return cls(taken, refused)

    def write(self, file: Path) -> None:
        """Keep it. Raises OutputError."""
        told = {
            "format": FORMAT,
            "taken": self.taken,
            "refused": {name: (*mark, why) for name, (mark, why) in self.refused.items()},
        }
        with whole_file(file) as part:
            part.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


def watch(given: Namespace, monitor: Monitor) -> None:
    """Take what appears in a folder until cancelled; with `once` what is there now.

    Raises InputError at once where folder or settings cannot be used, Cancelled. A file that cannot be used is said
    once and tried again when it changes; a result that cannot be written is tried again at the next look.
    """
    from engine import calendar, cells, load_options, project
    from engine.commands import analyse, settings_of
    from engine.detectors import choose
    from engine.rules import read_rules
    from engine.since import Since

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
    seen = Seen.read(state)
    own = (given.out.resolve(), given.project.resolve())
    _tell(tell("watch_begins", folder=str(folder)))
    before, unwritten = _look(folder, own), False
    while True:
        _wait(SETTLE_S if given.once else given.every, monitor)
        now = _look(folder, own)
        if now is None and before is not None:
            _tell(tell("watch_away", folder=str(folder)))
        ready = [n for n, mark in (now or {}).items() if (before or {}).get(n) == mark and not seen.knows(n, mark)]
        if ready and now is not None:
            _take_in(folder, ready, now, seen, take)
            unwritten = True
        if given.once:
            seen.write(state)
            return
        unwritten = unwritten and not _written(seen, state)
        before = now


def _written(seen: Seen, state: Path) -> bool:
    """Whether the note of what was taken could be written; what stands in it is not lost where it could not."""
    try:
        seen.write(state)
    except OutputError as error:
        _tell(tell("watch_not_now", why=str(error)))
        return False
    return True


def _take_in(folder: Path, names: Sequence[str], marks: Mapping[str, Mark], seen: Seen, take: Take) -> None:
    """Take files together; where they cannot be, half of them, so that a broken one does not keep the others out."""
    _tell(tell("watch_takes", count=len(names), names=", ".join(names[:5]) + (" ..." if len(names) > 5 else "")))
    try:
        take([folder / name for name in names])
    except InputError as error:
        if error.reason.code.startswith(NOT_OF_FILES):
            _tell(tell("watch_not_now", why=str(error)))
            return
        if len(names) > 1:
            half = len(names) // 2
            for some in (names[:half], names[half:]):
                _take_in(folder, some, marks, seen, take)
            return
        seen.refused[names[0]] = (marks[names[0]], str(error))
        _tell(tell("watch_refused", file=names[0], why=str(error)))
    except OutputError as error:
        _tell(tell("watch_not_now", why=str(error)))
    else:
        for name in names:
            seen.taken[name] = marks[name]
            seen.refused.pop(name, None)


def _folder(inputs: Sequence[Path]) -> Path:
    (folder,) = inputs
    if not folder.is_dir():
        raise InputError(Reason("watch_no_folder", {"path": str(folder)}))
    return folder


def _look(folder: Path, own: Sequence[Path]) -> dict[str, Mark] | None:
    """Every file in the folder and its folders with its mark, in the order of their names; None where it is away.

    Hidden files, unfinished ones and the program's `own` are left out.
    """
    found: dict[str, Mark] = {}
    try:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if any(part.startswith((".", "~")) for part in parts) or path.suffix.lower() in UNFINISHED:
                continue
            if any(path.resolve() == one or one in path.resolve().parents for one in own):
                continue
            try:
                told = path.stat()
            except OSError:
                continue  # gone again, or not ours to see; the next look will tell
            if path.is_file() and told.st_size:
                found["/".join(parts)] = (told.st_size, told.st_mtime_ns)
    except OSError:
        return None
    return found if found or folder.is_dir() else None


def _wait(seconds: float, monitor: Monitor) -> None:
    """Wait, answering a cancel within a fifth of a second."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        monitor.check()
        time.sleep(min(0.2, left))
    monitor.check()


def _tell(sentence: str) -> None:
    print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {sentence}", flush=True)  # noqa: T201 - the command's output
