"""Files that ship with the program. `path(name)` is the only way to reach them, from source and frozen alike."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent

SAMPLE = "sample/city.parquet"
"""The measurements of the sample."""


def path(name: str) -> Path:
    """The absolute path of a bundled file or folder, e.g. `path("sample")`. Raises FileNotFoundError."""
    found = _ROOT / name
    if not found.exists():
        raise FileNotFoundError(name)
    return found
