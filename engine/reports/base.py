"""The contract of a report writer."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal, Protocol

from engine.data import Result
from engine.monitor import Monitor

When = Literal["always", "scores", "asked"]


class Writer(Protocol):
    """One output file. Deterministic: the same result gives the same bytes (dates come from the run record).

    id: stable. filename: what `write_all` calls it. label: what a person reads. when: written by every
    analysis, only together with scores, or only when somebody asks for it (export).
    """

    id: ClassVar[str]
    filename: ClassVar[str]
    label: ClassVar[str]
    when: ClassVar[When]

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the whole file or nothing (temporary file, then replace). Raises OutputError, Cancelled."""
        ...
