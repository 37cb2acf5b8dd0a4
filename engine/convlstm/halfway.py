"""A training that was stopped between two epochs, on disk: arrays and plain JSON, whole or not there at all."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.convlstm.training import Epoch, Halfway
from engine.data import FloatArray
from engine.output import whole_file

LARGEST_FILE = 512 << 20


def write_halfway(file: Path, mark: str, halfway: Halfway) -> None:
    """Write the state of the training called `mark` over whatever state the file held. Raises OutputError."""
    told = {
        "mark": mark,
        "waited": halfway.waited,
        "epochs": [[e.number, e.training, e.validation, e.best] for e in halfway.epochs],
        "randomness": halfway.randomness,
    }
    arrays = {f"optimiser_{name}": array for name, array in halfway.optimiser.items()}
    text = np.frombuffer(json.dumps(told).encode(), np.uint8)
    with whole_file(file) as part, part.open("wb") as stream:
        np.savez(stream, told=text, theta=halfway.theta, **arrays)  # type: ignore[arg-type]


def read_halfway(file: Path, mark: str) -> Halfway | None:
    """The state that the training called `mark` was stopped in; None if the file holds none of it."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            return None
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            told = json.loads(bytes(stored["told"]))
            if told["mark"] != mark:
                return None
            return Halfway(
                theta=_finite(stored["theta"]),
                waited=int(told["waited"]),
                epochs=tuple(Epoch(int(n), float(t), float(v), bool(best)) for n, t, v, best in told["epochs"]),
                optimiser=_optimiser(stored),
                randomness=told["randomness"],
            )
    except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError):
        return None  # damaged or foreign: the training begins anew, which is only slower


def _optimiser(stored: Mapping[str, Any]) -> dict[str, FloatArray]:
    names = [name for name in stored if name.startswith("optimiser_")]
    return {name.removeprefix("optimiser_"): _finite(stored[name]) for name in names}


def _finite(array: FloatArray) -> FloatArray:
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise ValueError(str(array.dtype))
    return array
