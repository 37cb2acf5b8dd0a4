"""A folder that is looked into from time to time: which of its files are whole and new, and what became of them.

Drives of a network tell nobody of a new file, so they are asked again and again. A file is ready when two looks find it
the same, so that one which is still being copied is left alone. The command `watch` and the window share this; what it
means to take a file is theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from engine.errors import InputError, OutputError
from engine.text import tell
from engine.writing.output import whole_file

FORMAT = 1

EVERY_S = 60.0
"""How often a folder is looked into unless something else is said."""

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock")
"""Endings that programs give to files they have not finished."""

NOT_OF_FILES = ("project_", "scheduler_", "machine_", "scratch_")
"""How the codes begin of what is wrong with something else than the files: that may be right again at the next look."""

OF_THE_MOMENT = ("file_missing", "file_forbidden", "file_unreadable", "file_changed")
"""What is wrong with getting at a file, not with what is in it: that may be right again at the next look as well."""

Mark = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds: a file with the same mark is the same file."""

Take = Callable[[Sequence[Path]], None]
"""Takes files together. Raises InputError where one of them cannot be used, OutputError."""


@dataclass(frozen=True)
class Look:
    """What a look into a folder found: the files that are whole and not known, with their marks, in the order of their
    names. there: whether the folder could be reached; growing: whether a file is new or another one since then;
    withheld: files that are whole but cannot be opened as yet, and why.
    """

    ready: Mapping[str, Mark]
    there: bool
    growing: bool
    withheld: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of files: taken, refused and why; not_now: why the others are to be tried again, "" if none is."""

    taken: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    not_now: str = ""

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.taken + other.taken, {**self.refused, **other.refused}, self.not_now or other.not_now)


@dataclass(frozen=True)
class Held:
    """What a note of taken files is about: a project as a run left it, and the folder whose files it holds.

    Where another run has left the project since, or an earlier one is back from a backup, the note says nothing of it:
    the files come in again, which changes nothing where they are there. run: "" = there is no result yet.
    """

    project: str
    folder: str
    run: str

    @classmethod
    def of(cls, project: Path, folder: Path, run: str) -> Self:
        """That of a project and a folder wherever the program is started."""
        return cls(str(project.absolute()), str(folder.absolute()), run)


@dataclass
class Seen:
    """What became of the files of a folder, by their names in it: when taken, and why not where refused.

    asked: a digest of what was said about files when they were refused; held: where what was taken is, if that is told.
    """

    taken: dict[str, Mark] = field(default_factory=dict)
    refused: dict[str, tuple[Mark, str]] = field(default_factory=dict)
    asked: str = ""
    held: Held | None = None

    def knows(self, name: str, mark: Mark) -> bool:
        """Whether there is nothing more to do with that file as it is."""
        return self.taken.get(name) == mark or self.refused.get(name, (None, ""))[0] == mark

    def note(self, outcome: Outcome, marks: Mapping[str, Mark]) -> None:
        """Keep what became of files that looked so."""
        for name in outcome.taken:
            self.taken[name] = marks[name]
            self.refused.pop(name, None)
        for name, why in outcome.refused.items():
            self.refused[name] = (marks[name], why)

    @classmethod
    def read(cls, file: Path, asked: str = "") -> Self:
        """What a former watch has noted; nothing where there is no such file, or it is damaged: files come in again. So
        do refused ones where something else was said about files by then.
        """
        try:
            stored = json.loads(file.read_text("utf-8"))
            if stored["format"] != FORMAT:
                return cls(asked=asked)
            taken = {str(name): (int(size), int(changed)) for name, (size, changed) in stored["taken"].items()}
            refused = {
                str(name): ((int(size), int(changed)), str(why))
                for name, (size, changed, why) in stored["refused"].items()
            }
            known = str(stored.get("asked", ""))
            held = Held(**{name: str(text) for name, text in stored["held"].items()}) if stored.get("held") else None
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls(asked=asked)
        return cls(taken, refused if known == asked else {}, asked, held)

    def write(self, file: Path) -> None:
        """Keep it. Raises OutputError."""
        told = {
            "format": FORMAT,
            "asked": self.asked,
            "held": None if self.held is None else asdict(self.held),
            "taken": self.taken,
            "refused": {name: (*mark, why) for name, (mark, why) in self.refused.items()},
        }
        with whole_file(file) as part:
            part.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


@dataclass
class Watched:
    """A folder, what became of its files so far, and how it looked last (None: it could not be reached, or nobody has
    looked). own: files and folders of the program's in it, which are left out.
    """

    folder: Path
    own: Sequence[Path] = ()
    seen: Seen = field(default_factory=Seen)
    marks: Mapping[str, Mark] | None = None

    def look(self) -> Look:
        """Look into the folder; a file can be ready from the second look on. A refused one that went is forgotten."""
        before, now = self.marks or {}, marks_in(self.folder, self.own)
        self.marks = now
        if now is not None:
            self.seen.refused = {name: why for name, why in self.seen.refused.items() if name in now}
        new = {name: mark for name, mark in (now or {}).items() if not self.seen.knows(name, mark)}
        whole = {name: mark for name, mark in new.items() if before.get(name) == mark}
        withheld = {name: why for name in whole if (why := _withheld(self.folder / name))}
        ready = {name: mark for name, mark in whole.items() if name not in withheld}
        return Look(ready, now is not None, len(whole) < len(new), withheld)


def take_in(
    folder: Path,
    names: Sequence[str],
    take: Take,
    trying: Callable[[Sequence[str]], None],
    told: Callable[[InputError], str] = str,
) -> Outcome:
    """Take files together; where they cannot be, half of them, so that a broken one does not keep the others out.

    A file is refused for what is in it alone: where the system does not give it, or the machine has nothing left, it is
    not taken now. trying: called with the names before each attempt. told: why a file was refused, in words.
    """
    trying(names)
    try:
        take([folder / name for name in names])
    except InputError as error:
        if error.reason.code.startswith(NOT_OF_FILES):
            return Outcome(not_now=str(error))
        passes = error.reason.code in OF_THE_MOMENT
        if passes and len(rest := [name for name in names if not _withheld(folder / name)]) < len(names):
            others = take_in(folder, rest, take, trying, told) if rest else Outcome()
            return Outcome(not_now=str(error)) + others
        if len(names) == 1:
            return Outcome(not_now=told(error)) if passes else Outcome(refused={names[0]: told(error)})
        half = len(names) // 2
        first, second = (take_in(folder, part, take, trying, told) for part in (names[:half], names[half:]))
        return first + second
    except OutputError as error:
        return Outcome(not_now=str(error))
    except OSError as error:
        return Outcome(not_now=f"{error.strerror or error}.")
    except MemoryError:
        return Outcome(not_now=tell("problem_memory"))
    return Outcome(tuple(names))


def _withheld(file: Path) -> str:
    """Why a file cannot be opened; "" where it can."""
    from engine.io.peek import unreadable

    try:
        file.open("rb").close()
    except OSError as error:
        return str(unreadable(file, error))
    return ""


def marks_in(folder: Path, own: Sequence[Path] = ()) -> dict[str, Mark] | None:
    """Every file in the folder and its folders with its mark, in the order of their names; None where it is away.

    Hidden files, empty and unfinished ones and the program's `own` are left out.
    """
    found: dict[str, Mark] = {}
    mine = [path.resolve() for path in own]
    try:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if any(part.startswith((".", "~")) for part in parts) or path.suffix.lower() in UNFINISHED:
                continue
            there = path.resolve() if mine else path
            if any(there == one or one in there.parents for one in mine):
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
