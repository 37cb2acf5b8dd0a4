"""Folders that belong to a running program: what is there and not locked was left by one that ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QLockFile

_LOCK = "lock"


def locked(folder: Path) -> QLockFile | None:
    """The lock of a folder; None if somebody else holds it, which only ends with the process, however long it takes."""
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(0) else None


def left_behind(root: Path) -> Iterator[Path]:
    """The folders in `root` that no running program has locked; none where there is no such place yet."""
    try:
        folders = [folder for folder in root.iterdir() if folder.is_dir()]
    except OSError:
        return
    for folder in folders:
        lock = locked(folder)
        if lock is not None:
            lock.unlock()
            yield folder
