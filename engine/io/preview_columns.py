"""The columns of a preview: what each is, and its first fields as they stand in the file and as they were read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from engine.calendar.zones import local_seconds
from engine.data import TRAITS
from engine.data.units import Unit
from engine.errors import InputError, Reason
from engine.files.header_words import SUBSCRIBER_NAMES, is_one_of, plain
from engine.io.base import LoadOptions
from engine.io.dialect import Dialect, Sample, is_missing
from engine.io.disguise import masked
from engine.io.layout import INTERVALS, WIDE, Layout
from engine.io.people import are_numbers
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S, Stamps
from engine.io.stray_numbers import Strays
from engine.io.unit_fields import PERCENT, units_of
from engine.io.unit_fields import value as unit_value

ROWS = 50
COLUMNS = 60
ROLES = ("time", "date", "cell", "name", "within", "site", "area", *TRAITS, "kpi", "value", "label")
"""What a column may be; "" = not used."""

CALLS = "cdr-table"
"""The format of tables of calls, which do not always tell in how many rows a call stands."""

CDR_FORMATS = (CALLS, "cdr-asterisk", "cdr-ber")
CALL_ROLES = (
    "time",
    "date",
    "duration",
    "caller",
    "callee",
    "cell",
    "callee_cell",
    "lac",
    "type",
    "direction",
    "cause",
)
_PARTIES, _PLACES = ("caller", "callee"), ("cell", "callee_cell", "lac")
_PLAIN = ("time", "date", "duration", "cell", "callee_cell", "lac")


@dataclass(frozen=True)
class Field:
    """One field. raw: as it stands in the file; read: what it was read as, "" where that is the same."""

    raw: str
    read: str = ""
    problem: Reason | None = None


@dataclass(frozen=True)
class Column:
    """One column. key: how a mapping calls it. roles: what it may be made to; one alone = there is no choice."""

    name: str
    key: str
    role: str
    roles: tuple[str, ...]
    fields: tuple[Field, ...]
    numeric: bool = False


def of_table(sample: Sample, options: LoadOptions, problem: Reason | None, found: Layout | None) -> tuple[Column, ...]:
    """The columns of a table; without a layout they show what the options or the problem say of them."""
    names, rows = sample.dialect.names, sample.rows[: len(sample.lines) or ROWS]
    keys = [n if n and names.count(n) == 1 else str(k + 1) for k, n in enumerate(names)]
    roles = _roles(names, keys, problem, options, found)
    shown = min(len(names), COLUMNS)
    columns = []
    for k in range(shown):
        texts = [row[k].strip() for row in rows]
        filled = [t for t in texts if not is_missing(t)]
        numeric = bool(filled) and 2 * sum(sample.dialect.number(t) is not None for t in filled) >= len(filled)
        numeric = numeric or bool(units_of(filled, sample.dialect.number))
        fields = _fields(roles[k], texts, sample.dialect, found, found.units.get(k) if found is not None else None)
        may = _may_be(roles[k], roles, found, numeric=numeric)
        columns.append(Column(names[k] or str(k + 1), keys[k], roles[k], may, fields, numeric))
    if found is not None and 0 <= found.time < shown and problem is None:
        stamps = [f"{row[found.date]} {row[found.time]}" if found.date is not None else row[found.time] for row in rows]
        own = columns[found.time]
        read = _times(
            [s.strip() for s in stamps], [f.raw for f in own.fields], found.stamps, options.zone or options.usual_zone
        )
        columns[found.time] = replace(own, fields=read)
    for k, own in enumerate(columns):
        if is_one_of(plain(own.name), SUBSCRIBER_NAMES):  # whatever is made of it
            columns[k] = replace(own, fields=tuple(Field(masked(f.raw), problem=f.problem) for f in own.fields))
    return tuple(columns)


def _roles(
    names: Sequence[str], keys: Sequence[str], problem: Reason | None, options: LoadOptions, found: Layout | None
) -> list[str]:
    roles = [""] * len(names)
    if found is None:
        if problem is not None and (told := str(problem.params.get("column", ""))) in names:
            roles[list(names).index(told)] = "time"
        for role, wanted in options.mapping.items():
            for k, key in enumerate(keys):
                if wanted in (key, names[k]) and role in ROLES:
                    roles[k] = role
        return roles
    chosen = {kpi.lower() for kpi in options.kpis}
    named = found.kind not in (WIDE, INTERVALS)
    for k in found.values:
        roles[k] = "value" if not (named and chosen) or names[k].lower() in chosen else ""
    said = [(role, index) for role, index in found.told.items() if role in ROLES]
    owners = (*said, ("within", found.within), ("cell", found.cell))
    for role, index in (("label", found.label), ("kpi", found.kpi), *owners, ("date", found.date)):
        if index is not None:
            roles[index] = role
    if found.time >= 0:
        roles[found.time] = "time"
    return roles


def _may_be(role: str, roles: Sequence[str], found: Layout | None, *, numeric: bool) -> tuple[str, ...]:
    """The roles that a column may be given."""
    if found is not None and found.kind == WIDE and role == "value":
        return (role,)
    last = role == "value" and list(roles).count("value") == 1
    fixed = bool(role) and role != "value"
    return tuple(
        r
        for r in (*ROLES, "")
        if r == role or (r not in ("value", "label", "") or (r != "" and numeric) or (r == "" and not (last or fixed)))
    )


def _fields(
    role: str, texts: Sequence[str], dialect: Dialect, found: Layout | None, unit: Unit | None
) -> tuple[Field, ...]:
    if role == "value":
        return tuple(_number(text, dialect, unit) for text in texts)
    if role in ("cell", "kpi") and found is not None:
        return tuple(Field(t, problem=None if t else Reason("preview_no_name")) for t in texts)
    return tuple(Field(t) for t in texts)


def _number(text: str, dialect: Dialect, unit: Unit | None) -> Field:
    carried = unit is not None and unit.symbol != PERCENT
    value = unit_value(text, unit, dialect.number) if unit is not None and carried else dialect.number(text)
    if value is None:
        missing = is_missing(text)
        return Field(text, problem=None if missing else Reason("preview_no_number", {"value": text[:80]}))
    plain = text.replace(".", "", 1).lstrip("+-").isdigit()
    told = f"{value:,.10g} {unit.symbol}" if unit is not None and carried else f"{value:,.10g}"
    return Field(text, "" if plain or told == text else told)


def _times(stamps: Sequence[str], texts: Sequence[str], written: Stamps, zone: str) -> tuple[Field, ...]:
    """What the loader's own statement makes of the stamps."""
    with Session() as session:
        found = session.rows(
            f"SELECT i, {written.sql('x')} FROM (SELECT unnest($1::VARCHAR[]) AS x, unnest(range({len(stamps)})) AS i)"
            " ORDER BY i",
            [list(stamps)],
        )
    fields = []
    for (_, second), text, stamp in zip(found, texts, stamps, strict=True):
        if second is None or not EARLIEST_S <= int(second) < LATEST_S:
            fields.append(Field(text, problem=Reason("preview_no_time", {"value": stamp[:80]})))
        else:
            fields.append(Field(text, moment(int(second), zone if written.utc else "")))
    return tuple(fields)


def moment(second: int, zone: str) -> str:
    """A second as it is shown, in a zone; "" = as it is."""
    if zone:
        with contextlib.suppress(InputError):  # an unknown zone is told once, by the effect
            second = int(local_seconds(np.array([second]).astype("datetime64[s]"), zone)[0])
    return f"{datetime.fromtimestamp(second, UTC):%a %d %b %Y %H:%M}"


def of_format(sample: Sample, mapping: Mapping[str, str], name_of_format: str) -> tuple[Column, ...]:
    """The columns of a format whose layout is known; those of call records may be other ones than was found."""
    names = sample.dialect.names
    told = {column: role for role, column in mapping.items() if role not in ("time", "values")}
    numbers = [n for role in _PARTIES if mapping.get(role) in names for n in sample.column(names.index(mapping[role]))]
    columns = []
    for k, name in enumerate(names[:COLUMNS]):
        called = told.get(f"column {k + 1}", name)
        role = {"start": "time"}.get(told.get(name, called), told.get(name, called))
        role = role if role in (*ROLES, *CALL_ROLES) else ""
        may = tuple(r for r in (*CALL_ROLES, "") if r == role or r) if name_of_format == CALLS else (role,)
        texts = [row[k].strip() for row in sample.rows[: len(sample.lines) or ROWS]]
        plain = role in _PLAIN or name_of_format not in CDR_FORMATS
        hide = role in _PARTIES or (not plain and are_numbers(texts))
        stray = Strays(texts, numbers) if role in _PLACES and name_of_format in CDR_FORMATS else ()
        fields = tuple(
            Field(masked(text), problem=Reason("preview_person"))
            if text in stray
            else Field(masked(text) if hide else text)
            for text in texts
        )
        columns.append(Column(name if name_of_format == CALLS else called, name or str(k + 1), role, may, fields))
    return tuple(columns)
