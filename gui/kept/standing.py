"""How the file of the open project stood when this window last read or wrote it.

So that what another window or program has put there since is noticed before something else takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import OutputError, Reason

Stamp = tuple[int, int]
"""When a file was changed, nanoseconds, and its size."""

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
    """A place where what is said is kept. Its methods are called one after the other, from any thread.

    path: the project; None: there is none. stamp: how it stood when it was read.
    """

    def __init__(self, path: Path | None = None, stamp: Stamp | None = None) -> None:
        self.path = path
        self._stamp = stamp

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the project is changed in place: as it stands then is how it is known, unless others came before."""
        assert self.path is not None
        ours = stamp_of(self.path) == self._stamp
        try:
            yield
        finally:
            if ours:
                self._stamp = stamp_of(self.path)

    def check(self, path: Path) -> None:
        """Raises OutputError where `path` is this project and others have changed it since."""
        if self.path is None or not path.exists() or not _same(self.path, path):
            return
        if stamp_of(path) != self._stamp:
            raise OutputError(Reason(OVERTAKEN, {"file": str(path)}))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
