"""How a project stood when it was last read or written here: as a file, and as an edition of itself.

A file is another whenever somebody has written to it. The edition of a project is another only when more than how the
window was left was written, so that two windows that look at one project do not stand in each other's way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from engine.project.access import edition_of
from engine.project.schema import data_of
from engine.writing.standing import Stamp, Standing, stamp_of


class Known(Standing):
    """A project as it is known here. edition: which it was when it was read, "" where that is not known."""

    def __init__(self, path: Path | None = None, stamp: Stamp | None = None, edition: str = "") -> None:
        super().__init__(path, stamp)
        self._edition = edition

    @classmethod
    def now(cls, path: Path) -> Self:
        """The project as it stands at this moment."""
        stamp = stamp_of(path)
        return cls(path, stamp, edition_of(path) if stamp is not None else "")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the project is changed in place: as it stands then is how it is known, unless others came before."""
        assert self.path is not None
        ours = self._is_as_known()
        with super().writing():
            try:
                yield
            finally:
                if ours:
                    self._edition = edition_of(self.path)

    def check(self) -> None:
        """Raises OutputError where others have changed more of the project than how its window was left."""
        self._is_as_known()
        super().check()

    def check_data(self) -> None:
        """Raises OutputError where others have changed more than what is said of the data and how the window was left.

        Where that cannot be told it is as `check`.
        """
        assert self.path is not None
        there = edition_of(self.path)
        if not (there and self._edition and data_of(there) == data_of(self._edition)):
            self.check()

    def _is_as_known(self) -> bool:
        """Whether the project is the edition that is known; the file is known as it stands then."""
        assert self.path is not None
        stamp = stamp_of(self.path)
        if stamp != self._stamp and stamp is not None and self._edition and edition_of(self.path) == self._edition:
            self._stamp = stamp
        return stamp == self._stamp
