"""Writing a file whole or not at all, and saying plainly why it cannot be written."""

from __future__ import annotations

import errno
import glob
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import OutputError, Reason

PART = ".part"
"""How files end that are not whole yet."""

OLD = ".old"

LEFT_OVER_S = 86_400

_UMASK = os.umask(0)  # it can only be read by setting it, for all threads: now there is one
os.umask(_UMASK)

_SHARING, _LOCKED = 32, 33
"""What Windows says of a file that another program has open."""


def refusal(error: OSError, path: Path) -> OutputError:
    """The `OutputError` that says in plain words why `path` cannot be written."""
    where = {"file": str(path)}
    if getattr(error, "winerror", None) in (_SHARING, _LOCKED):
        return OutputError(Reason("output_in_use", where))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(Reason("output_no_permission", where))
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return OutputError(Reason("output_disk_full", where))
    if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY):
        return OutputError(Reason("output_in_the_way", where))
    if error.errno == errno.ENOENT:
        return OutputError(Reason("output_no_folder", where))
    return OutputError(Reason("output_failed", {**where, "error": error.strerror or str(error)}))


@contextmanager
def in_own_folder(folder: Path) -> Iterator[None]:
    """What may not be written in a folder that the program chose is said as that: nobody can choose another one.

    The block may raise OSError or OutputError; both leave as OutputError.
    """
    try:
        yield
    except OSError as error:
        raise _of_own_folder(refusal(error, folder), folder) from error
    except OutputError as error:
        raise _of_own_folder(error, folder) from error


def _of_own_folder(error: OutputError, folder: Path) -> OutputError:
    if error.reason.code != "output_no_permission":
        return error
    return OutputError(Reason("output_own_folder", {"folder": str(folder)}))


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents if they are not there. Raises OutputError."""
    if folder.is_symlink():
        folder = _led_to(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, folder) from error


def place_of(path: Path) -> Path:
    """Where the file lies, or will lie, that `path` names: a link leads elsewhere.

    Raises OutputError for a folder, a link to one, and a link to nothing, which nobody can have meant.
    """
    if path.is_symlink():
        target = _led_to(path)
        if target.is_dir():
            raise OutputError(Reason("output_link_folder", {"file": str(path), "target": str(target)}))
        return target
    if path.is_dir():
        raise OutputError(Reason("output_in_the_way", {"file": str(path)}))
    return Path(os.path.realpath(path))


def _led_to(link: Path) -> Path:
    """What a link leads to in the end. Raises OutputError where it is not there or may not be seen."""
    try:
        return Path(os.path.realpath(link, strict=True))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise OutputError(
                Reason("output_link_broken", {"file": str(link), "target": str(link.readlink())})
            ) from error
        raise refusal(error, link) from error


@contextmanager
def whole_file(path: Path, last: Callable[[], object] = lambda: None) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it replaces `path` when the block ends without an exception.

    Whatever was at `path` before stays untouched until then, and for good if the block fails; nothing else is left
    behind. What a link leads to is replaced, not the link. The new file is on the disk before it takes the place, so
    that a power cut leaves one of both. last: called just before it takes the place, which it does not if this raises.
    OSErrors of the block are raised as OutputError.
    """
    target = place_of(path)
    try:
        part = _part_of(target)
    except OSError as error:
        raise refusal(error, path) from error
    try:
        yield part
        onto_disk(part)
        keep_mode(part, target)  # which may be that of a file nobody may write to
        last()
        part.replace(target)
        onto_disk(target.parent)
    except OSError as error:
        raise refusal(error, path) from error
    finally:
        part.unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    """A new empty file beside a place, to be written to and put there. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=PART, dir=target.parent)
    os.close(handle)
    return Path(name)


@dataclass(frozen=True)
class _Move:
    """A whole file that lies on the disk of its place. path: what a person calls the place."""

    part: Path
    place: Path
    path: Path


def put_in_place(files: Mapping[Path, Path]) -> None:
    """Move whole files to their places, all of them or none: what was there is moved aside first, and back if a file
    cannot be moved because somebody has it open.

    Parts and places lie on one disk; where a place is a link, which may lead to another one, what it leads to is
    replaced by a copy of the part. What was there waits beside the part, with `OLD` at the end; it is still there
    afterwards only if it could not be moved back. Raises OutputError that names the place.
    """
    with ExitStack() as copies:
        moves = []
        for part, path in files.items():
            place = place_of(path)
            here = copies.enter_context(_copy_beside(place, part, path)) if path.is_symlink() else part
            moves.append(_Move(here, place, path))
        _move(moves)


@contextmanager
def _copy_beside(place: Path, part: Path, path: Path) -> Iterator[Path]:
    """A copy of a part beside its place; it is removed if it was not moved from there."""
    clear_left_over(place)
    copy = None
    try:
        copy = _part_of(place)
        shutil.copyfile(part, copy)
        onto_disk(copy)
        yield copy
    except OSError as error:
        raise refusal(error, path) from error
    finally:
        if copy is not None:
            copy.unlink(missing_ok=True)


def _move(moves: Sequence[_Move]) -> None:
    aside: dict[Path, Path] = {}
    placed: list[Path] = []
    path = Path()
    try:
        for move in moves:
            path = move.path
            keep_mode(move.part, move.place)
            if move.place.exists():
                old = move.part.with_name(move.part.name + OLD)
                move.place.replace(old)
                aside[move.place] = old
        for move in moves:
            path = move.path
            move.part.replace(move.place)
            placed.append(move.place)
    except OSError as error:
        for place in placed:
            with suppress(OSError):
                place.unlink()
        for place, old in aside.items():
            with suppress(OSError):
                old.replace(place)
        raise refusal(error, path) from error
    for folder in {place.parent for place in placed}:
        onto_disk(folder)
    for old in aside.values():
        with suppress(OSError):
            old.unlink()


def clear_left_over(path: Path) -> None:
    """Remove parts of `path`, and what lies beside them under their names, that nobody has written to for a day: those
    of a program that was killed.
    """
    target = path.resolve()
    for left in target.parent.glob(f".{glob.escape(target.name)}.*{PART}*"):
        with suppress(OSError):  # somebody else's, or gone by now
            if time.time() - left.stat().st_mtime > LEFT_OVER_S:
                left.unlink() if not left.is_dir() else shutil.rmtree(left)


def keep_mode(part: Path, path: Path) -> None:
    """Give a new file the mode of the old one, or of any new file: temporary ones are made for their owner only."""
    part.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_UMASK)


def onto_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk itself. Raises OSError for a file."""
    if not path.is_dir():
        with path.open("r+b") as stream:
            os.fsync(stream.fileno())
    elif sys.platform != "win32":
        with suppress(OSError):  # not every network folder can do that, and the file is whole all the same
            folder = os.open(path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
