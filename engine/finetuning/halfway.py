"""A training that was stopped between two epochs, on disk: arrays and plain JSON, whole or not there at all."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import FloatArray
from engine.finetuning.training import Epoch, Halfway
from engine.text import tell
from engine.writing.output import whole_file

LARGEST_FILE = 512 << 20

UNREADABLE = (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError)
"""What a damaged or foreign file may raise."""


def write_halfway(file: Path, mark: Mapping[str, str], halfway: Halfway) -> None:
    """Write the state of the training that `mark` tells from all others over whatever the file held.

    mark: a hash by the name of what it is of (model, choices, data ...). Raises OutputError.
    """
    told = {
        "mark": dict(mark),
        "waited": halfway.waited,
        "epochs": [[e.number, e.training, e.validation, e.best] for e in halfway.epochs],
        "randomness": halfway.randomness,
    }
    arrays = {f"optimiser_{name}": array for name, array in halfway.optimiser.items()}
    text = np.frombuffer(json.dumps(told).encode(), np.uint8)
    with whole_file(file) as part, part.open("wb") as stream:
        np.savez(stream, told=text, theta=halfway.theta, **arrays)  # type: ignore[arg-type]


def read_halfway(file: Path, mark: Mapping[str, str]) -> tuple[Halfway | None, tuple[str, ...]]:
    """The state that the training of that mark was stopped in, None if the file holds none of it; and what differs.

    What differs: names of the mark; "state" where the file is damaged or foreign; nothing where there is no file.
    """
    if not file.is_file():
        return None, ()
    try:
        if file.stat().st_size > LARGEST_FILE:
            return None, ("state",)
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            told = json.loads(bytes(stored["told"]))
            theirs = dict(told["mark"])
            if different := tuple(name for name, value in mark.items() if theirs.get(name) != value):
                return None, different
            return Halfway(
                theta=_finite(stored["theta"]),
                waited=int(told["waited"]),
                epochs=_epochs(told),
                optimiser=_optimiser(stored),
                randomness=told["randomness"],
            ), ()
    except UNREADABLE:
        return None, ("state",)  # the training begins anew, which is only slower


def epochs_done(file: Path) -> int:
    """How many epochs the training in a file had done, whichever it is; 0 if the file is none, or damaged."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            return 0
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return max(0, _epochs(json.loads(bytes(stored["told"])))[-1].number)
    except (*UNREADABLE, IndexError):
        return 0


def differences(names: Iterable[str]) -> str:
    """In words what differs, as `read_halfway` names it."""
    return ", ".join(tell(f"differs_{name}") for name in names)


def _epochs(told: Mapping[str, Any]) -> tuple[Epoch, ...]:
    return tuple(Epoch(int(n), float(t), float(v), bool(best)) for n, t, v, best in told["epochs"])


def _optimiser(stored: Mapping[str, Any]) -> dict[str, FloatArray]:
    names = [name for name in stored if name.startswith("optimiser_")]
    return {name.removeprefix("optimiser_"): _finite(stored[name]) for name in names}


def _finite(array: FloatArray) -> FloatArray:
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise ValueError(str(array.dtype))
    return array
