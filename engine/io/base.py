"""The contract of a file reader and the tables that every reader fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from engine.data import Cell, Kpi, Labels, Panel, Quality
from engine.errors import Reason
from engine.io.session import Session
from engine.monitor import Monitor
from engine.network.kpi_table import KpiTable


@dataclass(frozen=True)
class Recognition:
    """A reader's claim on a file. confidence 0..1 (1 = unmistakable); why: shown to the user; mapping: role -> column.

    format: the id shown to people and scripts, finer than the reader ("csv-wide").
    """

    reader: str
    format: str
    confidence: float
    why: Reason
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadOptions:
    """What the user says about the files. "" / None = find out from the file.

    zone: IANA name of the zone people read times in, and of stamps that carry no offset. usual_zone: the one that holds
    where neither `zone` nor the files name one. mapping: role -> column, overrides recognition; roles are "time",
    "date", "cell", "label", "kpi", "value" and "layout" ("long", "wide", "series", "intervals"), "first_time" (when the
    first row of files without times begins), and of call records "entity" ("cell", "area", "subscriber"), "call_hours"
    ("start", "split") and "call_rows" ("one", "two"). kpis: only these. period_s: granularity in seconds. day_first:
    how 3/4/2024 is meant. The label column is read as labels only when `with_labels`. key: secret of the keyed hash
    that replaces subscriber numbers, b"" = a fresh random one for every load. encoding: one of
    `engine.files.encodings.NAMES` for text that is no UTF-8. dictionary: what the user's KPI table says of KPIs, by
    their names in small letters. joins_s: granularity in seconds of the data that the files are put to, which holds for
    files whose moments lie on its grid and, unless they are few, on no longer one.
    """

    zone: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    kpis: tuple[str, ...] = ()
    period_s: int | None = None
    day_first: bool | None = None
    with_labels: bool = False
    key: bytes = b""
    dictionary: KpiTable = field(default_factory=dict)
    joins_s: int | None = None
    encoding: str = ""
    usual_zone: str = ""


@dataclass(frozen=True)
class Part:
    """Rows [first, last) of a table come from this file.

    skipped: lines before the first row (header), -1 where the file has no lines. per_line: rows that each line
    became, 0 where several lines became one row.
    """

    path: Path
    name: str
    first: int
    last: int
    skipped: int
    per_line: int = 1


@dataclass(frozen=True)
class Table:
    """Typed rows in a duckdb table of the session, in file order (duckdb's `rowid`) if `ordered`.

    kpis: what the value columns `v0`, `v1` ... measure; () = one value `v0` per row, whose KPI the row names (`tall`).

    Columns: `cell` VARCHAR, or UINTEGER into `cell_names` if there are some, `kpi` likewise if `tall`, `t BIGINT`
    seconds since 1970 (of UTC, or of the wall clock where not `utc`), `v0` ... FLOAT (NULL or NaN = not measured),
    `label TINYINT` (NULL = none) if `labelled`, `suspect BOOLEAN` if `suspects`, `n UINTEGER` rows of the file that
    were summed into this one if `weighted`, else each is one, `problem UTINYINT` (0 = good, else a `Problem`),
    `unreadable UINTEGER` values of the row that could not be read, and `offending VARCHAR` the first text that could
    not be read, NULL or "" for none.
    """

    name: str
    kpis: tuple[str, ...]
    parts: tuple[Part, ...]
    utc: bool
    labelled: bool = False
    suspects: bool = False
    weighted: bool = False
    cell_names: tuple[str, ...] | None = None
    kpi_names: tuple[str, ...] | None = None
    ordered: bool = True

    @property
    def tall(self) -> bool:
        """Whether every row names its KPI."""
        return not self.kpis

    @property
    def series(self) -> tuple[str, ...]:
        """The columns that tell which series a row belongs to."""
        return ("cell", "kpi") if self.tall else ("cell",)

    @property
    def width(self) -> int:
        """The number of value columns."""
        return max(len(self.kpis), 1)


@dataclass(frozen=True)
class Refused:
    """Rows that never reached a table, for one reason, with the first place where it happened (file:line, value)."""

    reason: Reason
    rows: int
    example: str = ""


@dataclass(frozen=True, eq=False)
class Measurements:
    """What a reader hands to `normalise`.

    zone: IANA name when the format implies one, "" else. sparse: an absent row means zero activity (CDR aggregates),
    not "missing". period_s: known granularity or None. kpis and cells: what is known of some ids. mapping: role ->
    column, shown to the user. ahead_s: by how many seconds the clocks that wrote the stamps were ahead of UTC, if these
    say so, the commonest first. units: of the KPIs whose numbers carry one in the files, "" for all others.
    """

    session: Session
    format: str
    tables: tuple[Table, ...]
    zone: str = ""
    ahead_s: tuple[int, ...] = ()
    sparse: bool = False
    period_s: int | None = None
    refused: tuple[Refused, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()
    kpis: Mapping[str, Kpi] = field(default_factory=dict)
    cells: Mapping[str, Cell] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A data set ready for work. labels: None unless asked for and present."""

    panel: Panel
    labels: Labels | None
    quality: Quality


class Reader(Protocol):
    """One file format. Stateless; `tests/engine/io/test_contract.py` holds every entry of READERS to it."""

    id: ClassVar[str]
    label: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """Look at the first bytes and say whether this is the format; None = no.

        Raises InputError where the file is of this format and cannot be used (no date in its stamps ...); raises
        nothing else on foreign content.
        """
        ...

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read files that `recognise` accepted. Raises InputError (empty, truncated, wrong column ...), Cancelled."""
        ...
