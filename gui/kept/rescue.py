"""What was said of data that no project holds, in the user's data folder until it is saved or given up.

A crash or a power cut must not take an afternoon of reviews with it. Whoever leaves the program is asked whether to
save, and the folder goes away then; a folder that is there when the program starts, and that no running program has
locked, is of one that ended otherwise. The data themselves are not copied: their files are read again.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QLockFile

from engine.data.event import Event
from engine.data.rule import Rule
from engine.errors import AppError
from engine.settings import Settings
from engine.text import tell
from engine.writing.output import in_own_folder, make_folder, whole_file
from gui.kept.folder_lock import left_behind, locked

if TYPE_CHECKING:
    from engine.project import Review, Stretch
    from gui.kept.keeping import Keeper
    from gui.state import AppState

_SAID = "said.json"


@dataclass(frozen=True)
class Said:
    """What a person said of the data in some files. labels: KPI, cell, start, stop (UTC, ISO) and value of stretches;
    when: UTC, ISO.
    """

    paths: tuple[str, ...]
    settings: Settings
    reviews: tuple[Review, ...]
    rules: tuple[Rule, ...]
    labels: tuple[Stretch, ...]
    when: str
    events: tuple[Event, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "paths": self.paths,
            "settings": self.settings.to_json(),
            "reviews": [{name: _plain(value) for name, value in asdict(review).items()} for review in self.reviews],
            "rules": [rule.to_json() for rule in self.rules],
            "labels": self.labels,
            "when": self.when,
            "events": [event.to_json() for event in self.events],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Said:
        """The same again. Raises AppError, and what wrong types and missing names raise."""
        from engine.rules import rule_of

        return cls(
            tuple(map(str, told["paths"])),
            Settings.from_json(told["settings"]),
            tuple(map(_review, told["reviews"])),
            tuple(rule_of(one, _SAID, number) for number, one in enumerate(told["rules"], start=1)),
            tuple((str(kpi), str(cell), str(a), str(b), int(value)) for kpi, cell, a, b, value in told["labels"]),
            str(told["when"]),
            tuple(Event.from_json(one) for one in told.get("events", ())),
        )


@dataclass(frozen=True)
class Unsaved:
    """What a program that ended unasked had written down."""

    folder: Path
    said: Said

    def remove(self) -> None:
        """Give it up."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def put_to(self, state: AppState, keeper: Keeper, *, whole: bool = True) -> str:
        """Put it to the data of the same files, which are open now; how much of it has a place there, in a sentence.

        whole: whether all the files are open, so that it is not needed any more when it is on disk again.
        """
        from engine.project import labels_of
        from gui.kept.stored import placed

        assert state.source is not None
        panel = state.source.panel
        reviews = placed(panel, self.said.reviews)
        state.set_settings(self.said.settings)
        state.ruling.load(self.said.rules)
        state.planning.load(self.said.events)
        state.reviews.load(reviews)
        if self.said.labels:
            state.labelling.replace(labels_of(panel, self.said.labels), tell("rescue_undo"))

        def kept() -> None:
            keeper.kept.disconnect(kept)
            self.remove()

        if whole:
            keeper.kept.connect(kept)  # not before it is on disk again
        keeper.keep_anew()
        return tell("rescue_told", placed=len(reviews), all=len(self.said.reviews))


class Rescue:
    """Where this program writes down what is said. Its methods are called one after the other, from any thread."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock: QLockFile | None = None

    def write(self, said: Said) -> None:
        """Write all of it in the place of what was written before. Raises OutputError."""
        if self._folder is None:
            root = _root()
            with in_own_folder(root):
                make_folder(root)
                self._folder = Path(tempfile.mkdtemp(dir=root))
            self._lock = locked(self._folder)
        with whole_file(self._folder / _SAID) as part:
            part.write_text(json.dumps(said.to_json()), "utf-8")

    def clear(self) -> None:
        """Nothing is unsaved any more."""
        if self._lock is not None:
            self._lock.unlock()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = self._lock = None


def find() -> Unsaved | None:
    """What was written down last by a program that is no longer there; None if there is nothing.

    Clears away what cannot be read.
    """
    found = []
    for folder in left_behind(_root()):
        said = _read(folder)
        if said is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(Unsaved(folder, said))
    return max(found, key=lambda one: one.said.when, default=None)


def _read(folder: Path) -> Said | None:
    try:
        return Said.from_json(json.loads((folder / _SAID).read_text("utf-8")))
    except (OSError, AppError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _review(told: Mapping[str, Any]) -> Review:
    from engine.project import Review

    start, stop = (np.datetime64(str(told[name]), "s") for name in ("start", "stop"))
    cell, kpi, tag, comment, owner, by = (
        str(told[name]) for name in ("cell", "kpi", "tag", "comment", "owner", "acknowledged_by")
    )
    at = told["acknowledged"]
    return Review(cell, kpi, start, stop, tag, comment, owner, by, None if at is None else np.datetime64(str(at), "s"))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, np.datetime64) else value


def _root() -> Path:
    import platformdirs

    return platformdirs.user_data_path("cellwarden", appauthor=False) / "unsaved"
