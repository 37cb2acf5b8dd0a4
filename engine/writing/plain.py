"""Records as plain JSON: NaN and infinity become null, a Reason keeps its code and params beside its sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import Reason
from engine.text import say
from engine.writing.output import whole_file


def plain(value: object) -> Any:  # noqa: ANN401 - JSON holds values of every type
    """`value` as dicts, lists, strings, numbers, booleans and None. Raises TypeError for what has no plain form."""
    if isinstance(value, Reason):
        return {"code": value.code, "params": plain(value.params), "text": say(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, Sequence):
        return [plain(held) for held in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def write_json(path: Path, content: object) -> None:
    """Write one indented JSON object in UTF-8, the whole file or nothing. Raises OutputError."""
    with whole_file(path) as part:
        part.write_text(
            json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8", newline="\n"
        )
