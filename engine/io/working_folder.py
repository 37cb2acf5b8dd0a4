"""Temporary folders of this program: removed when they are done with, by the next that is made if the process died."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PREFIX = "cellwarden-"
_LOCK = ".lock"


class WorkingFolder:
    """A new folder that this user alone may look into. Use as a context manager.

    A file in it stays locked as long as the process lives. Where files cannot be locked the folder of a process that
    died is left to the system.
    """

    def __init__(self) -> None:
        _clear_once(tempfile.gettempdir())
        self.path, self._lock = _made()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder with all in it; may be called twice."""
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


@cache
def _clear_once(folder: str) -> None:
    """Remove what processes that died have left in the folder for temporary files."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                clear(Path(entry.path))


def clear(folder: Path) -> None:
    """Remove a working folder unless the process it is of lives, or it is somebody else's."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and folder.stat().st_uid != os.getuid():
            return
        with (folder / _LOCK).open("rb+") as lock:
            if not _locked(lock):
                return
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)  # Windows removes no file that is open


def _made() -> tuple[Path, IO[bytes]]:
    """A new folder and the locked file in it. Another process may take it for left over before it is locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with contextlib.suppress(FileNotFoundError):
            lock = (folder / _LOCK).open("ab")
            with contextlib.suppress(OSError):  # not on every disk
                if not _locked(lock) or not (folder / _LOCK).exists():
                    lock.close()
                    continue
            return folder, lock


def _locked(file: IO[bytes]) -> bool:
    """Whether the file is this process's from now on, as no other one has it. Raises OSError where none can be."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
