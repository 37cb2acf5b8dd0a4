"""Folders that are written to for a while: gone when they are done with, or, where the process was killed, later on.

A process holds a lock in each of its folders, which the system takes back however the process ends. The next one that
makes a folder there removes those that nobody holds.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import OutputError, Reason
from engine.writing.output import OLD, refusal

SCRATCH, ASIDE = "cellwarden-", ".writing-"
"""How folders are called: those for temporary files, and those beside results that are not whole yet."""

LOCK = ".lock"


class WorkingFolder:
    """A new folder that this user alone may look into. Use as a context manager.

    within: where it is made; None = in the system's folder for temporary files. prefix: how its name begins. Where the
    disk knows no locks, the folder of a process that was killed stays. Raises OutputError.
    """

    def __init__(self, within: Path | None = None, prefix: str = SCRATCH) -> None:
        place = within if within is not None else _of_the_system()
        clear_once(place, prefix)
        self._lock: int | None
        try:
            self.path, self._lock = _made(place, prefix)
        except OSError as error:
            raise refusal(error, place) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder with all in it but old results that wait there for their place; may be called twice."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None
        _empty(self.path)


@cache
def clear_once(place: Path, prefix: str) -> None:
    """Remove the folders that killed processes left in a place, the first time that somebody asks."""
    clear(place, prefix)


def clear(place: Path, prefix: str) -> None:
    """Remove the folders in a place that no process holds; those of other users and without a lock stay, and so do old
    results that were moved aside when the process was killed.
    """
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False):
                _remove_unless_held(Path(entry.path))


def _of_the_system() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError as error:
        raise OutputError(Reason("scratch_nowhere", {"error": error.strerror or str(error)})) from error


def _remove_unless_held(folder: Path) -> None:
    with suppress(OSError):
        if sys.platform != "win32" and folder.stat().st_uid != os.getuid():
            return
        lock = os.open(folder / LOCK, os.O_RDWR)
        try:
            if not _locked(lock):
                return
            _empty(folder)
        finally:
            os.close(lock)
        _empty(folder)  # Windows removes no file that is open


def _empty(folder: Path) -> None:
    """Remove a folder. What was moved aside for a new result and could not be moved back is the only one there is."""
    if not any(folder.glob(f"*{OLD}")):
        shutil.rmtree(folder, ignore_errors=True)
        return
    for left in folder.iterdir():
        if not left.name.endswith(OLD):
            with suppress(OSError):
                left.unlink()


def _made(place: Path, prefix: str) -> tuple[Path, int]:
    """A new folder and the locked file in it, open.

    A new one again where somebody took it for left over before it was locked. Raises OSError.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        try:
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        with suppress(OSError):  # not every disk knows locks
            if not _locked(lock) or not (folder / LOCK).exists():
                os.close(lock)
                continue
        return folder, lock


def _locked(file: int) -> bool:
    """Whether the file is this process's from now on, as nobody else holds it. Raises OSError where none can be."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
