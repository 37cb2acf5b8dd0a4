"""What is written beside a model's weights: what it is, what it was trained on, and the hash of every file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.convlstm.architecture import TRAINABLE, Architecture
from engine.convlstm.session import WEIGHTS_FILE
from engine.errors import ModelError, Reason

FORMAT = 1
RECORD_FILE, GRAPH_FILE, FORWARD_FILE = "model.json", "infer.onnx", "forward.onnx"
TRAINING_FILES = {part: f"train_{part}.onnx" for part in TRAINABLE}
FILES = (GRAPH_FILE, FORWARD_FILE, *TRAINING_FILES.values(), WEIGHTS_FILE)
NEWER_FILES = frozenset({FORWARD_FILE})
"""Those that models of earlier versions lack."""

LARGEST_RECORD = 1 << 20
LARGEST_NUMBER = 1e300
MOST_ENTRIES, LONGEST_TEXT = 200, 4000
"""Of each table of the record, and of each text in it: a card is to be read by people."""
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True)
class FileMark:
    """How a file is known again: its SHA-256 in hexadecimal and its length in bytes."""

    sha256: str
    length: int


@dataclass(frozen=True)
class ModelRecord:
    """A model's card and identity.

    id: stable, lower case. version: 1 for a bundled one, one more with every tuning. parent: id of the model it was
    tuned from, "" for a bundled one. trained_part: "all", "last" or "head". data: what it was trained on (names;
    SHA-256 of the data for tuned ones). edges: the nine inner decile edges of what it saw (`windows.squash`ed feed),
    from which drift is judged. metrics: plain numbers by name. card: sentences by heading (data, licence, limits ...).
    """

    id: str
    architecture: Architecture
    files: Mapping[str, FileMark]
    edges: tuple[float, ...]
    created_utc: str
    parent: str = ""
    trained_part: str = "all"
    seed: int = 1
    data: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    card: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

    @property
    def worse(self) -> bool:
        """Whether it was tuned and did not do better on held-out days than its parent, as far as was measured."""
        before, after = (self.metrics.get(f"held_out_{when}") for when in ("before", "after"))
        return bool(self.parent) and (before is None or after is None or after >= before)

    @property
    def weights(self) -> str:
        """The SHA-256 of its weights in hexadecimal: which model it is, whatever it is called."""
        return self.files[WEIGHTS_FILE].sha256

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "format": FORMAT,
            "id": self.id,
            "version": self.version,
            "architecture": self.architecture.to_json(),
            "architecture_sha256": self.architecture.digest(),
            "files": {name: {"sha256": mark.sha256, "bytes": mark.length} for name, mark in self.files.items()},
            "edges": list(self.edges),
            "created_utc": self.created_utc,
            "parent": self.parent,
            "trained_part": self.trained_part,
            "seed": self.seed,
            "data": dict(self.data),
            "metrics": dict(self.metrics),
            "card": dict(self.card),
        }


def read_record(folder: Path) -> ModelRecord:
    """The record in a model's folder, every field checked. Raises ModelError that says what is wrong with it."""
    file = folder / RECORD_FILE
    try:
        if file.is_symlink() or not file.is_file():
            raise ModelError(Reason("model_missing", {"folder": str(folder), "file": RECORD_FILE}))
        if file.stat().st_size > LARGEST_RECORD:
            raise ModelError(Reason("model_too_large", {"file": RECORD_FILE, "folder": str(folder)}))
        stored = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ModelError(Reason("model_missing", {"folder": str(folder), "file": RECORD_FILE})) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(folder, "JSON") from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise _wrong(folder, "format")
    try:
        architecture = Architecture.from_json(stored["architecture"])
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(folder, "architecture") from error
    if stored.get("architecture_sha256") != architecture.digest():
        raise _wrong(folder, "architecture_sha256")
    identity = stored.get("id")
    if not isinstance(identity, str) or not ID.fullmatch(identity):
        raise _wrong(folder, "id")
    return ModelRecord(
        id=identity,
        architecture=architecture,
        files=_marks(stored.get("files"), folder),
        edges=_edges(stored.get("edges"), folder),
        created_utc=_text(stored.get("created_utc"), "created_utc", folder),
        parent=_text(stored.get("parent"), "parent", folder),
        trained_part=_text(stored.get("trained_part"), "trained_part", folder),
        seed=int(_number(stored.get("seed"), "seed", folder)),
        version=int(min(max(_number(stored.get("version", 1), "version", folder), 1), 1_000_000)),
        data={k: _text(v, "data", folder) for k, v in _table(stored.get("data"), "data", folder).items()},
        metrics={k: _number(v, "metrics", folder) for k, v in _table(stored.get("metrics"), "metrics", folder).items()},
        card={k: _text(v, "card", folder) for k, v in _table(stored.get("card"), "card", folder).items()},
    )


def _wrong(folder: Path, field_name: str) -> ModelError:
    return ModelError(Reason("model_record_wrong", {"folder": str(folder), "field": field_name}))


def _marks(stored: object, folder: Path) -> dict[str, FileMark]:
    table = _table(stored, "files", folder)
    if set(table) | NEWER_FILES != set(FILES):
        raise _wrong(folder, "files")
    marks = {}
    for name, mark in table.items():
        if not isinstance(mark, dict) or not isinstance(mark.get("sha256"), str) or type(mark.get("bytes")) is not int:
            raise _wrong(folder, "files")
        marks[name] = FileMark(mark["sha256"], mark["bytes"])
    return marks


def _edges(stored: object, folder: Path) -> tuple[float, ...]:
    if not isinstance(stored, list) or len(stored) != 9:
        raise _wrong(folder, "edges")
    edges = tuple(_number(edge, "edges", folder) for edge in stored)
    if any(a > b for a, b in pairwise(edges)):
        raise _wrong(folder, "edges")
    return edges


def _table(stored: object, name: str, folder: Path) -> dict[str, Any]:
    if not isinstance(stored, dict) or len(stored) > MOST_ENTRIES or any(len(key) > LONGEST_TEXT for key in stored):
        raise _wrong(folder, name)
    return stored


def _text(stored: object, name: str, folder: Path) -> str:
    if not isinstance(stored, str) or len(stored) > LONGEST_TEXT:
        raise _wrong(folder, name)
    return stored


def _number(stored: object, name: str, folder: Path) -> float:
    if isinstance(stored, bool) or not isinstance(stored, int | float) or not abs(stored) < LARGEST_NUMBER:
        raise _wrong(folder, name)
    return stored
