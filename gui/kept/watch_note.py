"""What a project holds of a watched folder, noted in the user's data folder, so that a watch goes on after a restart.

A note belongs to a project as it was saved with what was taken: when anything else has saved it since, there is none,
and the files come in again, which changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from pathlib import Path

from engine.continuation.watched_folder import Held, Seen
from engine.writing.output import in_own_folder, make_folder


@dataclass(frozen=True)
class Note:
    """Where it is noted what a project, as a run left it, holds of a folder."""

    project: Path
    folder: Path
    run_id: str

    @property
    def file(self) -> Path:
        """The file of the note."""
        import platformdirs

        told = "\n".join(astuple(Held.of(self.project, self.folder, self.run_id)))
        root = platformdirs.user_data_path("cellwarden", appauthor=False) / "watched"
        return root / f"{hashlib.sha256(told.encode()).hexdigest()[:24]}.json"

    def read(self) -> Seen:
        """What was taken; nothing where there is no note."""
        return Seen.read(self.file)

    def write(self, seen: Seen, instead_of: Note | None) -> None:
        """Note what was taken; an earlier note goes. Raises OutputError."""
        with in_own_folder(self.file.parent):
            make_folder(self.file.parent)
            Seen(seen.taken).write(self.file)
            if instead_of is not None and instead_of != self:
                instead_of.file.unlink(missing_ok=True)
