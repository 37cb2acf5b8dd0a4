"""What the columns of a table mean: time, cell, KPIs, label; found from names and a sample of the fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.calendar import duration_text
from engine.data.units import Unit
from engine.errors import InputError, Reason
from engine.files.header_words import (
    END_NAMES,
    GRANULARITY_NAMES,
    KPI_NAMES,
    LABEL_NAMES,
    LATITUDE_NAMES,
    LONGITUDE_NAMES,
    SUBSCRIBER_NAMES,
    TIME_NAMES,
    is_one_of,
)
from engine.io import kpis, stamps, time_columns
from engine.io.base import LoadOptions
from engine.io.cell_columns import identifies, of_cells, of_people, owner, told
from engine.io.columns import Column, Columns
from engine.io.dialect import Sample
from engine.io.disguise import shown
from engine.io.stamps import Stamps
from engine.io.unit_fields import unit_of

LONG, WIDE, SERIES, INTERVALS = "long", "wide", "series", "intervals"

UNNAMED = re.compile(r"|column\d+|unnamed:? ?\d+|index|row|row_?id|nr|no")

FIRST_TIME = "first_time"
"""The mapping role that is no column: when the first row of files without time stamps begins."""


@dataclass(frozen=True)
class Layout:
    """Which column (by index) plays which part.

    kind: LONG (time, cell, KPIs), WIDE (time, one column per cell), SERIES (time, KPIs of the one entity that is the
    file), INTERVALS (time, value, and a column that names the KPI). date: a second column with the calendar date when
    `time` holds the clock time only. within: of what the cell is one where its name is that of one in each. values: the
    columns of numbers; kpis: what each measures, () where the column `kpi` says so, one for all where `cells` names the
    cell of each (WIDE). told: what columns say of the cells ("name", "site", "area", "lat", "lon"). units: of
    the columns whose numbers carry one, to which they are brought. subscribers: the
    cells are numbers of people. people: there are columns of such numbers, whatever becomes of them. counted: (second
    of the first row, seconds between rows) where rows carry no time and the user says when they begin; `time` is then
    -1. mapping: role -> column name.
    """

    kind: str
    stamps: Stamps
    time: int
    date: int | None
    cell: int | None
    within: int | None
    kpi: int | None
    values: tuple[int, ...]
    kpis: tuple[str, ...]
    cells: tuple[str, ...]
    label: int | None
    told: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[int, Unit] = field(default_factory=dict)
    subscribers: bool = False
    people: bool = False
    counted: tuple[int, int] | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()


def find(sample: Sample, file: str, stem: str, options: LoadOptions) -> Layout:
    """The layout of a table. Raises InputError where it has no usable time, no value, or no names of its columns."""
    columns = Columns(sample, file)
    placed = columns.named(LATITUDE_NAMES, numeric=True) is not None and columns.named(LONGITUDE_NAMES) is not None
    if placed and not any(is_one_of(c.plain, TIME_NAMES) for c in columns.all):
        raise InputError(Reason("cell_table", {"file": file}))
    if not sample.rows:
        raise InputError(Reason("header_only", {"file": file, "columns": ", ".join(sample.dialect.names)[:200]}))
    notes: list[Reason] = []
    counted = _counted(file, options)
    time, date, found = (None, None, counted[1]) if counted else time_columns.find(columns, options)
    if counted:
        notes.append(
            Reason("time_counted", {"file": file, "first": found.example, "period": duration_text(counted[0][1])})
        )
    for column in columns.all:
        named = is_one_of(column.plain, TIME_NAMES)
        may_be = named or not column.numeric
        if is_one_of(column.plain, END_NAMES) or (may_be and stamps.is_time(column.fields[:50])):
            columns.take(column)
    label = columns.take(columns.asked("label", options) or columns.named(LABEL_NAMES, numeric=True))
    place = {
        "lat": columns.take(columns.named(LATITUDE_NAMES, numeric=True)),
        "lon": columns.take(columns.named(LONGITUDE_NAMES, numeric=True)),
    }
    _drop_row_number(columns)
    for column in columns.all_named(GRANULARITY_NAMES):
        if len({columns.number(f) for f in column.fields} - {None}) <= 1:  # a row of units below the header has none
            columns.take(column)
    cell = columns.take(columns.asked("cell", options) or of_cells(columns) or columns.named(SUBSCRIBER_NAMES))
    asked_within = columns.asked("within", options)
    subscribers = cell is not None and any(of_people(column) for column in (cell, asked_within))
    if subscribers:
        notes.append(Reason("subscribers_hashed", {"file": file, "column": cell.name if cell else ""}))
    asked_value = columns.asked("value", options)
    kpi = columns.take(columns.asked("kpi", options) or columns.named(KPI_NAMES, numeric=None))
    if kpi is not None and kpi.numeric and options.mapping.get("kpi") is None and len(set(kpi.fields)) > 200:
        columns.free.append(kpi)
        kpi = None
    within = columns.take(asked_within)
    if within is None and cell is not None and "cell" not in options.mapping:
        within = columns.take(owner(columns, cell, [time, date, kpi], sample.rows))
        if within is not None:
            said = {"file": file, "column": cell.name, "within": within.name}
            notes.append(Reason("cells_named_within", said))
    if cell is None and kpi is None and columns.header:
        cell = columns.take(_text_column(columns))
        if cell is not None:
            notes.append(Reason("cell_column_taken", {"file": file, "column": cell.name}))
    described = {} if subscribers else told(columns, cell, within, place, sample.rows, options)
    numbers = [asked_value] if asked_value else [c for c in columns.free if c.numeric and not identifies(c, cell)]
    numbers.sort(key=lambda c: c.index)
    used = {c.index for c in numbers}
    ignored = [c.name or f"column {c.index + 1}" for c in columns.free if c.index not in used]
    if ignored:
        notes.append(Reason("columns_ignored", {"file": file, "columns": ", ".join(ignored)[:300]}))
    if not numbers:
        raise InputError(
            Reason("no_value_column", {"file": file, "columns": ", ".join(c.name for c in columns.all)[:300]})
        )
    if not columns.header and len(numbers) > 1 and not options.mapping:
        line = shown(", ".join(sample.rows[0]))[:120]
        raise InputError(Reason("header_missing", {"file": file, "columns": len(columns.all), "line": line}))
    kind, ids = _kind(columns, cell, kpi, numbers, stem, options, notes)
    units = _units(numbers, file, notes, together=kind == WIDE)
    mapping = {"time": time.name if time else "row number", "written": found.label}
    for role, chosen in (
        ("date", date),
        ("cell", cell),
        *described.items(),
        ("within", within),
        ("kpi", kpi),
        ("label", label),
    ):
        if chosen is not None:
            mapping[role] = chosen.name
    mapping["values"] = ", ".join(c.name for c in numbers)[:500]
    return Layout(
        kind=kind,
        stamps=found,
        time=time.index if time else -1,
        date=date.index if date else None,
        cell=cell.index if cell else None,
        within=within.index if within and cell else None,
        kpi=kpi.index if kpi else None,
        values=tuple(c.index for c in numbers),
        kpis=(kpi_of_file(stem),) if kind == WIDE else () if kind == INTERVALS else ids,
        cells=ids if kind == WIDE else (),
        label=label.index if label else None,
        told={role: column.index for role, column in described.items()},
        units=units,
        subscribers=subscribers,
        people=any(map(of_people, columns.all)),
        counted=counted[0] if counted else None,
        mapping=mapping,
        notes=tuple(notes),
    )


def _counted(file: str, options: LoadOptions) -> tuple[tuple[int, int], Stamps] | None:
    """((second of the first row, seconds between rows), stamps) where the user says when rows without a time begin.

    Raises InputError: the moment cannot be read, or the granularity period is not said.
    """
    text = options.mapping.get(FIRST_TIME, "").strip()
    if not text:
        return None
    found = stamps.moment(text)
    if found is None:
        raise InputError(Reason("first_time_unreadable", {"value": text}))
    if not options.period_s:
        raise InputError(Reason("first_time_needs_period", {"file": file}))
    second, utc = found
    return (second, options.period_s), Stamps("counted from the first row", utc, lambda text: text, text)


def _drop_row_number(columns: Columns) -> None:
    """Take the running number of the rows out, which exports of data frames put into the first column."""
    first = columns.all[0]
    if (
        first in columns.free
        and first.numeric
        and UNNAMED.fullmatch(first.plain)
        and columns.header
        and len(columns.free) > 1
    ):
        numbers = [columns.number(f) for f in first.fields[:200]]
        steps = [b - a for a, b in pairwise(numbers) if a is not None and b is not None]
        if steps and all(step == 1 for step in steps):
            columns.take(first)


def _text_column(columns: Columns) -> Column | None:
    """The one column of names that repeat or differ, in a table without a column that is called cell."""
    texts = [c for c in columns.free if not c.numeric and c.filled]
    return texts[0] if len(texts) == 1 else None


def _kind(
    columns: Columns,
    cell: Column | None,
    kpi: Column | None,
    numbers: Sequence[Column],
    stem: str,
    options: LoadOptions,
    notes: list[Reason],
) -> tuple[str, tuple[str, ...]]:
    """(the kind of layout, the names of the number columns, each once)."""
    names = [c.name or f"column{c.index + 1}" for c in numbers]
    distinct = _distinct(names)
    if kpi is not None:
        return INTERVALS, distinct
    wanted = options.mapping.get("layout", "")
    if wanted not in ("", LONG, WIDE, SERIES, INTERVALS):
        raise InputError(Reason("no_such_layout", {"layout": wanted}))
    if cell is not None and wanted != WIDE:
        return LONG, distinct
    if len(numbers) == 1 and wanted != WIDE:
        return SERIES, distinct
    quantities = {unit.quantity for column in numbers for unit in column.units}
    if wanted == WIDE or (not wanted and len(quantities) <= 1 and not _are_kpis(names)):
        kpi_id = kpi_of_file(stem)
        notes.append(Reason("columns_are_cells", {"file": columns.file, "columns": len(numbers), "kpi": kpi_id}))
        return WIDE, distinct
    notes.append(Reason("columns_are_kpis", {"file": columns.file, "columns": len(numbers), "cell": stem}))
    return SERIES, distinct


def _units(numbers: Sequence[Column], file: str, notes: list[Reason], *, together: bool) -> dict[int, Unit]:
    """The units of the columns that carry some; where columns are of one KPI `together`, one for all of them.

    Raises InputError where such columns are of several quantities.
    """
    carrying = [column for column in numbers if column.units]
    if not together:
        found = {column.index: unit_of(column.units) for column in carrying}
    else:
        every = tuple(unit for column in carrying for unit in column.units)
        if len({unit.quantity for unit in every}) > 1:
            names = ", ".join(dict.fromkeys(unit.symbol for unit in every))
            raise InputError(Reason("units_of_columns", {"file": file, "units": names}))
        found = {column.index: unit_of(every) for column in numbers} if every else {}
    for column in carrying:
        unit = found[column.index]
        if set(column.units) != {unit}:
            written = ", ".join(one.symbol for one in column.units)
            told = {"file": file, "column": column.name, "written": written, "unit": unit.symbol}
            notes.append(Reason("units_converted", told))
    return found


def _are_kpis(names: Sequence[str]) -> bool:
    """Whether several number columns are KPIs of one entity rather than cells: enough of them have a KPI's name."""
    recognised = sum(kpis.known(n) is not None for n in names)
    alike = len({re.sub(r"\d+", "#", n) for n in names}) <= max(1, len(names) // 4)
    return recognised >= max(1, 0.3 * len(names)) and not (alike and len(names) > 3)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, a repeated one with a running number behind it."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(result)


def kpi_of_file(stem: str) -> str:
    """What a file of one column per cell measures, by its name without dates and numbers."""
    parts = [p for p in re.split(r"[_\-. ]+", stem) if p and not re.fullmatch(r"[\d:TZ]+|\d+\w{1,4}", p)]
    for part in parts:
        if kpis.is_exact(part):
            return part.lower()
    return "_".join(parts) or "value"
