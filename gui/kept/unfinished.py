"""Fine-tunings that a crash, a power cut or leaving the program cut off, in the user's data folder.

Every training has a folder there with what it is to do and where it stood after the last whole epoch, locked as long as
it runs. A training that ends, or that its user cancels, takes its folder away; what is left and not locked was cut off.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from engine.convlstm.registry import own_folder
from engine.finetuning.halfway import epochs_done
from engine.writing.output import in_own_folder, make_folder, whole_file
from gui.kept.folder_lock import left_behind, locked
from gui.kept.plan import Plan

_PLAN, _STATE = "plan.json", "finetune.state"


@dataclass(frozen=True)
class Unfinished:
    """A training that was cut off. data: the files it learned from; epochs: how many were done; begun: the day, UTC."""

    folder: Path
    plan: Plan
    data: tuple[Path, ...]
    epochs: int
    begun: str

    def remove(self) -> None:
        """Give it up."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def gone(self) -> tuple[Path, ...]:
        """Files that it needs and that are not there any more."""
        needed = (*self.data, *([self.plan.label_file] if self.plan.label_file is not None else []))
        return tuple(file for file in needed if not file.exists())


class Place:
    """Where one training keeps what it takes to be gone on with. The user gave it up: `given_up`."""

    def __init__(self, old: Unfinished | None = None) -> None:
        self._folder = None if old is None else old.folder
        self._lock: QLockFile | None = None
        self.given_up = False

    def open(self, plan: Plan, data: Sequence[Path]) -> Path:
        """Write down what is to be done and return the file for the state. Raises OutputError."""
        root = _root()
        with in_own_folder(root):
            make_folder(root)
            folder = self._folder or Path(tempfile.mkdtemp(dir=root))
            make_folder(folder)
        self._folder, self._lock = folder, locked(folder)
        told = {
            "plan": plan.to_json(),
            "data": [str(path.absolute()) for path in data],
            "begun": datetime.now(UTC).strftime("%Y-%m-%d"),
        }
        with whole_file(folder / _PLAN) as part:
            part.write_text(json.dumps(told), "utf-8")
        return folder / _STATE

    def close(self, *, ended: bool) -> None:
        """Let go of it; what ended or was given up needs no state any more."""
        if self._lock is not None:
            self._lock.unlock()
        if self._folder is not None and (ended or self.given_up):
            shutil.rmtree(self._folder, ignore_errors=True)


def find() -> Unfinished | None:
    """The training that was cut off last; None if there is none. Clears away what cannot be gone on with."""
    found = []
    for folder in left_behind(_root()):
        one = _read(folder)
        if one is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(one)
    return max(found, key=lambda one: (one.folder / _STATE).stat().st_mtime_ns, default=None)


def _read(folder: Path) -> Unfinished | None:
    epochs = epochs_done(folder / _STATE)
    if not epochs:
        return None
    try:
        told = json.loads((folder / _PLAN).read_text("utf-8"))
        data = tuple(Path(str(path)) for path in told["data"])
        return Unfinished(folder, Plan.from_json(told["plan"]), data, epochs, str(told["begun"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _root() -> Path:
    return own_folder().parent / "tuning"
