"""The contract of a file reader and the table that every reader fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

import duckdb

from engine.data import Cell, Dropped, Kpi
from engine.errors import Reason
from engine.monitor import Monitor


@dataclass(frozen=True)
class Recognition:
    """A reader's claim on a file. confidence 0..1 (1 = unmistakable); why: shown to the user; mapping: role -> column."""

    reader: str
    confidence: float
    why: Reason
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadOptions:
    """What the user says about the files. "" / None = find out from the file.

    zone: IANA name of the zone people read times in, and of stamps that carry no offset. mapping: role -> column,
    overrides recognition. kpis: only these. label_column is read as labels only when `with_labels`.
    """

    zone: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    kpis: tuple[str, ...] = ()
    period_s: int | None = None
    day_first: bool | None = None
    with_labels: bool = False


@dataclass(frozen=True, eq=False)
class Measurements:
    """What a reader hands to `normalise`: a duckdb relation that is still lazy, so that any size streams.

    `relation` has the columns `cell VARCHAR`, `time` (TIMESTAMP, begin of the period), one DOUBLE per KPI id, and
    `label TINYINT` (NULL = none) if `labelled`. `utc`: the stamps are UTC; else local in the zone of the options.
    Rows that could not be typed are not in it; they are in `dropped`. `sparse`: an absent row means zero activity
    (CDR aggregates), not "missing". period_s: known granularity or None.
    """

    connection: duckdb.DuckDBPyConnection
    relation: duckdb.DuckDBPyRelation
    kpis: tuple[Kpi, ...]
    labelled: bool
    utc: bool
    zone: str
    sparse: bool
    period_s: int | None
    rows_read: int
    dropped: tuple[Dropped, ...]
    mapping: Mapping[str, str]
    notes: tuple[Reason, ...] = ()
    cells: Mapping[str, Cell] = field(default_factory=dict)


class Reader(Protocol):
    """One file format. Stateless; `tests/engine/io/test_contract.py` holds every entry of READERS to it."""

    id: ClassVar[str]
    label: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def recognise(self, path: Path) -> Recognition | None:
        """Look at the first bytes and say whether this is the format; None = no. Raises nothing on foreign content."""
        ...

    def read(self, paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> Measurements:
        """Read files that `recognise` accepted. Raises InputError (empty, truncated, wrong column ...), Cancelled."""
        ...
