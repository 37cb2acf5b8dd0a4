"""How a file stood when it was last read or written here.

So that what another window or program has put there since is noticed before something else takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from engine.errors import OutputError, Reason

Stamp = tuple[int, int]
"""When a file was changed, nanoseconds, and its size. Drives of a network may number the same file anew at any look, so
its number in the file system tells nothing."""

OVERTAKEN = "project_overtaken"
"""The code of the reason that `Standing.check` gives."""


def stamp_of(path: Path) -> Stamp | None:
    """How a file stands now; None where there is none to be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class Standing:
    """A file as it is known here. Its methods are called one after the other, from any thread.

    path: the file; None: there is none. stamp: how it stood when it was read; None: it was not there.
    """

    def __init__(self, path: Path | None = None, stamp: Stamp | None = None) -> None:
        self.path = path
        self._stamp = stamp

    @classmethod
    def now(cls, path: Path) -> Self:
        """The file as it stands at this moment."""
        return cls(path, stamp_of(path))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the file is changed in place: as it stands then is how it is known, unless others came before."""
        assert self.path is not None
        ours = stamp_of(self.path) == self._stamp
        try:
            yield
        finally:
            if ours:
                self._stamp = stamp_of(self.path)

    def is_of(self, path: Path) -> bool:
        """Whether `path` leads to this file, or to where it was or will be."""
        if self.path is None:
            return False
        try:
            return self.path.samefile(path)
        except OSError:
            return self.path.absolute() == path.absolute()

    def check(self) -> None:
        """Raises OutputError where others have changed the file, or made one, since; one that is gone may be made."""
        if self.path is not None and stamp_of(self.path) not in (None, self._stamp):
            raise OutputError(Reason(OVERTAKEN, {"file": str(self.path)}))
