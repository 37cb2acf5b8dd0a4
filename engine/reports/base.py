"""The contract of a report writer."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol

from engine.data import Result


class Writer(Protocol):
    """One output file. Deterministic: the same result gives the same bytes (dates come from the run record)."""

    id: ClassVar[str]
    filename: ClassVar[str]
    label: ClassVar[str]

    def write(self, result: Result, path: Path) -> None:
        """Write the whole file or nothing (temporary file, then replace). Raises OutputError."""
        ...
