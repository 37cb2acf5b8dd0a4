"""What would become of files, tried on their beginning: columns with their roles, the first rows as read, the effect.

Nothing is raised for what is wrong with the files: the preview holds it as a reason, beside everything that could be
found out nevertheless, so that a person can put it right and try again.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from engine import io
from engine.calendar.zones import local_seconds
from engine.data import Dropped, Panel
from engine.errors import InputError, Reason
from engine.io import excerpt, layout, raw, tables
from engine.io.base import LoadOptions
from engine.io.dialect import Dialect, Sample, is_missing
from engine.io.layout import INTERVALS, WIDE, Layout
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S, Stamps
from engine.monitor import Monitor

ROWS = 50
COLUMNS = 60
ROLES = ("time", "date", "cell", "kpi", "value", "label")
"""What a column may be; "" = not used."""

_TABLES = ("csv", "xlsx", "parquet")
_CUT_SHORT = ("one_moment",)
"""What is wrong with a beginning and need not be with the whole file."""


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


@dataclass(frozen=True)
class Effect:
    """What loading would bring. start, stop: begin of the first and of the last period, UTC. kpis: the chosen ones."""

    rows_read: int
    rows_kept: int
    dropped: tuple[Dropped, ...]
    cells: int
    kpis: int
    start: np.datetime64
    stop: np.datetime64
    period_s: int
    zone: str


@dataclass(frozen=True)
class Preview:
    """What was found out of files.

    files: how many are meant. whole: the beginning that was tried is all there is. format: "" if unknown; why: what was
    recognised and what was assumed. columns: at most `COLUMNS`, of `column_count`. kpis: all that may be chosen.
    dates_open, zone_open: day and month, or the zone, are not told by the files. problem: why they cannot be loaded so.
    """

    files: int = 0
    whole: bool = True
    format: str = ""
    why: tuple[Reason, ...] = ()
    header: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    column_count: int = 0
    rows: int = 0
    kpis: tuple[str, ...] = ()
    dates_open: bool = False
    zone_open: bool = False
    effect: Effect | None = None
    problem: Reason | None = None
    options: LoadOptions = field(default_factory=LoadOptions)


def preview(paths: Sequence[str | Path], options: LoadOptions | None = None, monitor: Monitor | None = None) -> Preview:
    """Look at the beginning of files as `options` say, about a second however large they are. Raises Cancelled."""
    options, monitor = options or LoadOptions(), monitor or Monitor()
    with tempfile.TemporaryDirectory(prefix="cellwarden-") as folder:
        try:
            begin = excerpt.take([Path(p) for p in paths], Path(folder), monitor.part(0.0, 0.3))
        except InputError as error:
            return Preview(problem=error.reason, options=options)
        seen = Preview(files=begin.files, whole=begin.whole, options=options)
        telling = _telling([Path(p) for p in paths], begin.paths, options)
        seen = _recognised(seen, telling[0], options)
        return _tried(seen, telling, options, monitor.part(0.3, 1.0))


def assign(seen: Preview, index: int, role: str) -> LoadOptions:
    """The options with which one column plays another role; "" = not used."""
    options, column = seen.options, seen.columns[index]
    mapping = {r: c for r, c in options.mapping.items() if c not in (column.key, column.name)}
    values = [c.name for c in seen.columns if c.role == "value" and c.name != column.name]
    chosen = options.kpis
    if role == "value":
        known = {name.lower() for name in seen.kpis}
        if column.name.lower() in known and "value" not in mapping:
            chosen = tuple(k for k in seen.kpis if k in values or k == column.name)
        else:
            mapping["value"], chosen = column.key, ()
    elif role:
        mapping[role] = column.key
        chosen = tuple(k for k in chosen if k != column.name)
    else:
        chosen = tuple(k for k in seen.kpis if k in values)
    if set(chosen) == set(seen.kpis):
        chosen = ()
    return replace(options, mapping=mapping, kpis=chosen)


# -- what it is


def _telling(given: Sequence[Path], paths: Sequence[Path], options: LoadOptions) -> tuple[Path, ...]:
    """The files that hold measurements, of a folder or archive that may hold other things too; all where none does."""
    if not any(path.is_dir() or path.suffix.lower() == ".zip" for path in given):
        return tuple(paths)
    kept = []
    for path in paths:
        try:
            io.recognise(path, options)
        except InputError as error:
            if error.reason.code in io.FOREIGN:
                continue
        kept.append(path)
    return tuple(kept or paths)


def _recognised(seen: Preview, path: Path, options: LoadOptions) -> Preview:
    """Format, reasons and columns of the first file."""
    sample = None
    try:
        sample = raw.first_rows(path)
        reader, claim = io.recognise(path, options)
    except InputError as error:
        seen = replace(seen, problem=error.reason, dates_open=error.reason.code.startswith("date_ambiguous"))
        return seen if sample is None else _with_table(seen, sample, options, None)
    seen = replace(seen, format=claim.format, why=(claim.why,))
    if sample is None:
        return seen
    if reader.id not in _TABLES:
        return _with_fixed(seen, sample, claim.mapping)
    try:
        found = layout.find(sample, path.name, tables.stem(path), options)
    except InputError:
        return _with_table(seen, sample, options, None)
    seen = _with_table(replace(seen, why=(claim.why, *found.notes)), sample, options, found)
    return replace(seen, dates_open=options.day_first is not None and _is_open(sample, path, options))


def _is_open(sample: Sample, path: Path, options: LoadOptions) -> bool:
    """Whether the order of day and month is known only because the options say so."""
    try:
        layout.find(sample, path.name, tables.stem(path), replace(options, day_first=None))
    except InputError as error:
        return error.reason.code.startswith("date_ambiguous")
    return False


def _with_table(seen: Preview, sample: Sample, options: LoadOptions, found: Layout | None) -> Preview:
    """The columns of a table; without a layout they show what the options or the problem say of them."""
    names, rows = sample.dialect.names, sample.rows[:ROWS]
    keys = [n if n and names.count(n) == 1 else str(k + 1) for k, n in enumerate(names)]
    roles = _roles(names, keys, seen.problem, options, found)
    shown = min(len(names), COLUMNS)
    columns = []
    for k in range(shown):
        texts = [row[k].strip() for row in rows]
        filled = [t for t in texts if not is_missing(t)]
        numeric = bool(filled) and 2 * sum(sample.dialect.number(t) is not None for t in filled) >= len(filled)
        fields = _fields(roles[k], texts, sample.dialect, found)
        may = _may_be(roles[k], roles, found, numeric=numeric)
        columns.append(Column(names[k] or str(k + 1), keys[k], roles[k], may, fields, numeric))
    if found is not None and 0 <= found.time < shown:
        stamps = [f"{row[found.date]} {row[found.time]}" if found.date is not None else row[found.time] for row in rows]
        own = columns[found.time]
        read = _times([s.strip() for s in stamps], [f.raw for f in own.fields], found.stamps, options.zone)
        columns[found.time] = replace(own, fields=read)
    if found is not None and found.cell is not None and found.subscribers and found.cell < shown:
        own = columns[found.cell]
        columns[found.cell] = replace(own, fields=tuple(replace(f, raw=_masked(f.raw)) for f in own.fields))
    header = names if sample.dialect.header else ()
    return replace(seen, header=header, columns=tuple(columns), column_count=len(names), rows=len(rows))


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
    for role, index in (("label", found.label), ("kpi", found.kpi), ("cell", found.cell), ("date", found.date)):
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


# -- how it is read


def _fields(role: str, texts: Sequence[str], dialect: Dialect, found: Layout | None) -> tuple[Field, ...]:
    if role == "value":
        return tuple(_number(text, dialect) for text in texts)
    if role in ("cell", "kpi") and found is not None:
        return tuple(Field(t, problem=None if t else Reason("preview_no_name")) for t in texts)
    return tuple(Field(t) for t in texts)


def _number(text: str, dialect: Dialect) -> Field:
    value = dialect.number(text)
    if value is None:
        missing = is_missing(text)
        return Field(text, problem=None if missing else Reason("preview_no_number", {"value": text[:80]}))
    plain = text.replace(".", "", 1).lstrip("+-").isdigit()
    return Field(text, "" if plain else f"{value:,.10g}")


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
            fields.append(Field(text, _moment(int(second), zone if written.utc else "")))
    return tuple(fields)


def _moment(second: int, zone: str) -> str:
    if zone:
        with contextlib.suppress(InputError):  # an unknown zone is told once, by the effect
            second = int(local_seconds(np.array([second]).astype("datetime64[s]"), zone)[0])
    return f"{datetime.fromtimestamp(second, UTC):%a %d %b %Y %H:%M}"


def _masked(text: str) -> str:
    """Numbers of people are nobody's business on a screen."""
    return "\u2022" * 6 + text[-2:] if text else ""


def _with_fixed(seen: Preview, sample: Sample, mapping: object) -> Preview:
    """The columns of a format that leaves no choice."""
    names = sample.dialect.names
    told = {str(v): str(k) for k, v in dict(mapping).items()} if isinstance(mapping, dict) else {}
    columns = []
    for k, name in enumerate(names[:COLUMNS]):
        called = told.get(f"column {k + 1}", name)
        role = called if called in ROLES else ""
        fields = tuple(Field(row[k].strip()) for row in sample.rows[:ROWS])
        columns.append(Column(called, str(k + 1), role, (role,), fields))
    return replace(seen, columns=tuple(columns), column_count=len(names), rows=min(len(sample.rows), ROWS))


# -- what it would bring


def _tried(seen: Preview, paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> Preview:
    """The beginning loaded with all KPIs."""
    if seen.problem is not None and len(paths) == 1:
        return seen
    try:
        loaded = io.load(paths, replace(options, kpis=()), monitor)
    except InputError as error:
        open_ = seen.dates_open or error.reason.code.startswith("date_ambiguous")
        if error.reason.code in _CUT_SHORT and not seen.whole:
            return replace(seen, why=(*seen.why, Reason("preview_too_short")))
        return replace(seen, problem=error.reason, dates_open=open_)
    panel, quality = loaded.panel, loaded.quality
    kpis = tuple(k.id for k in panel.kpis)
    chosen = {k.lower() for k in options.kpis}
    strange = sorted(chosen - {k.lower() for k in kpis})
    problem = None
    if strange and seen.whole:
        problem = Reason("no_such_kpi", {"kpi": strange[0], "kpis": ", ".join(kpis)[:500]})
    effect = Effect(
        rows_read=quality.rows_read,
        rows_kept=quality.rows_kept,
        dropped=quality.dropped,
        cells=len(panel.cells),
        kpis=len([k for k in kpis if not chosen or k.lower() in chosen]),
        start=panel.times[0],
        stop=panel.times[-1],
        period_s=panel.period_s,
        zone=panel.zone,
    )
    told = (*seen.why, *(note for note in quality.notes if note not in seen.why))
    zone_open = bool(options.zone) and _zone_open(seen, paths[0], options)
    seen = replace(
        seen,
        format=quality.format,
        why=tuple(note for note in told if note.code != "zone_assumed"),
        kpis=kpis,
        effect=effect,
        problem=problem,
        zone_open=zone_open or any(note.code == "zone_assumed" for note in told),
    )
    return seen if seen.columns else _of_panel(seen, panel)


def _zone_open(seen: Preview, path: Path, options: LoadOptions) -> bool:
    """Whether the zone is known only because the options say so."""
    if seen.format.split("-")[0] not in _TABLES:
        return False
    sample = raw.first_rows(path)
    if sample is None:
        return False
    try:
        return not layout.find(sample, path.name, tables.stem(path), options).stamps.utc
    except InputError:
        return False


def _of_panel(seen: Preview, panel: Panel) -> Preview:
    """The first values as they were read, for files that are no table."""
    shown = panel.kpis[: COLUMNS - 2]
    places = [(c, t) for t in range(len(panel.times)) for c in range(min(len(panel.cells), ROWS))][:ROWS]
    zone = panel.zone
    times = tuple(Field(_moment(int(panel.times[t].astype(np.int64)), zone)) for _, t in places)
    columns = [
        Column("time", "", "time", ("time",), times),
        Column("cell", "", "cell", ("cell",), tuple(Field(panel.cells[c].id) for c, _ in places)),
    ]
    for kpi in shown:
        values = panel.values[kpi.id]
        fields = tuple(Field("" if np.isnan(values[p]) else f"{values[p]:,.6g}") for p in places)
        columns.append(Column(kpi.id, "", "value", ("value",), fields, numeric=True))
    return replace(seen, columns=tuple(columns), column_count=len(panel.kpis) + 2, rows=len(places))
