"""Folders that belong to a running program: what is there and not locked was left by one that ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLockFile

_LOCK = "lock"


def locked(folder: Path) -> QLockFile | None:
    """The lock of a folder; None if somebody else holds it, which only ends with the process, however long it takes."""
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)
    return lock if lock.tryLock(0) else None
