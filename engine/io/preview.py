"""What would become of files, tried on their beginning: columns with their roles, the first rows as read, the effect.

Nothing is raised for what is wrong with the files: the preview holds it as a reason, beside everything that could be
found out nevertheless, so that a person can put it right and try again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from engine import io
from engine.calendar import local_seconds, offset_text
from engine.data import Dropped, Panel, Quality
from engine.errors import InputError, Reason
from engine.execution.leftovers import WorkingFolder
from engine.io import excerpt, layout, raw, tables
from engine.io.archives import is_archive
from engine.io.base import LoadOptions
from engine.io.dialect import Sample
from engine.io.layout import Layout
from engine.io.offending import lines_told, rows_at
from engine.io.preview_columns import CALLS, COLUMNS, ROWS, Column, Field, moment, of_format, of_table
from engine.monitor import Monitor

_TABLES = ("csv", "workbook", "parquet")
_CUT_SHORT = ("one_moment",)
"""What is wrong with a beginning and need not be with the whole file."""


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
    recognised and what was assumed. columns: at most `COLUMNS`, of `column_count`, with the first rows and those that
    are given as examples of what is wrong; lines: where these stand in the file, () if that is not known. kpis: all
    that may be chosen. subscribers: a column holds their numbers. dates_open, zone_open: day and month, or the zone,
    are not told by the files; ahead: what they tell of the zone, offsets from UTC, "" if nothing. encoding: of the
    first file, "" if it is no text. problem: why they cannot be loaded so.
    """

    files: int = 0
    whole: bool = True
    format: str = ""
    why: tuple[Reason, ...] = ()
    header: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    column_count: int = 0
    rows: int = 0
    lines: tuple[int, ...] = ()
    kpis: tuple[str, ...] = ()
    dates_open: bool = False
    zone_open: bool = False
    ahead: str = ""
    subscribers: bool = False
    encoding: str = ""
    effect: Effect | None = None
    problem: Reason | None = None
    options: LoadOptions = field(default_factory=LoadOptions)

    @property
    def questions(self) -> tuple[Reason, ...]:
        """What the files do not tell and nobody has said yet: to be asked before they are loaded."""
        asked = []
        known = self.options.zone or self.options.usual_zone
        if self.dates_open and self.options.day_first is None:
            asked.append(Reason("ask_dates"))
        if self.zone_open and not known:
            asked.append(Reason("ask_zone"))
        if self.ahead and not known:
            asked.append(Reason("ask_zone_ahead", {"offsets": self.ahead}))
        if self.format == CALLS and "call_rows" not in self.options.mapping:
            asked.append(Reason("ask_calls"))
        return tuple(asked)


def preview(paths: Sequence[str | Path], options: LoadOptions | None = None, monitor: Monitor | None = None) -> Preview:
    """Look at the beginning of files as `options` say, about a second however large they are. Raises Cancelled."""
    options, monitor = options or LoadOptions(), monitor or Monitor()
    with WorkingFolder() as folder:
        try:
            begin = excerpt.take([Path(p) for p in paths], folder.path, monitor.part(0.0, 0.3), options)
        except InputError as error:
            return Preview(problem=error.reason, options=options)
        seen = Preview(files=begin.files, whole=begin.whole, encoding=begin.encoding, options=options)
        telling = _telling([Path(p) for p in paths], begin.paths, options)
        seen = _recognised(seen, telling[0], options)
        tried, told = _tried(seen, telling, options, monitor.part(0.3, 1.0))
        return _with_offending(tried, telling[0], told, options)


def is_open(paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> bool:
    """Whether files leave something to say that loading would assume. Raises Cancelled."""
    if options.zone or options.usual_zone:
        try:
            if paths[0].is_dir() or io.recognise(paths[0], options)[1].format != CALLS:
                return False
        except InputError:
            return False  # loading says what is wrong
    return bool(preview(paths, options, monitor).questions)


def agrees(seen: Preview, zone: str) -> bool:
    """Whether the files may have been written by clocks of a zone: the offsets in them, if any, are its own."""
    if not seen.ahead or seen.effect is None:
        return True
    moments = np.array([seen.effect.start, seen.effect.stop], "datetime64[s]")
    own = local_seconds(moments, zone) - moments.astype(np.int64)
    return {*seen.ahead.split(", ")} <= {offset_text(int(seconds)) for seconds in own}


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
    if not any(path.is_dir() or is_archive(path) for path in given):
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


def _recognised(seen: Preview, path: Path, options: LoadOptions, rows: Sample | None = None) -> Preview:
    """Format, reasons and columns of the first file; rows: those that are shown, if not its first."""
    sample = None
    try:
        sample = rows or _first(raw.first_rows(path, options.encoding))
        reader, claim = io.recognise(path, options)
    except InputError as error:
        seen = replace(seen, problem=error.reason, dates_open=error.reason.code.startswith("date_ambiguous"))
        return seen if sample is None else _with_table(seen, sample, options, _either_way(seen, sample, path, options))
    seen = replace(seen, format=claim.format, why=(claim.why,))
    if sample is None:
        return seen
    if reader.id not in _TABLES:
        return _with(seen, sample, of_format(sample, claim.mapping, claim.format))
    try:
        found = layout.find(sample, path.name, tables.stem(path), options)
    except InputError:
        return _with_table(seen, sample, options, None)
    seen = _with_table(replace(seen, why=(claim.why, *found.notes)), sample, options, found)
    return replace(seen, dates_open=options.day_first is not None and _is_open(sample, path, options))


def _with_table(seen: Preview, sample: Sample, options: LoadOptions, found: Layout | None) -> Preview:
    seen = replace(seen, header=sample.dialect.names if sample.dialect.header else ())
    if found is not None and found.cell is not None:
        seen = replace(seen, subscribers=found.subscribers)
    return _with(seen, sample, of_table(sample, options, seen.problem, found))


def _with(seen: Preview, sample: Sample, columns: tuple[Column, ...]) -> Preview:
    rows = len(columns[0].fields) if columns else 0
    return replace(seen, columns=columns, column_count=len(sample.dialect.names), rows=rows, lines=sample.lines)


def _either_way(seen: Preview, sample: Sample, path: Path, options: LoadOptions) -> Layout | None:
    """The layout of a table of which only the order of day and month is open."""
    with contextlib.suppress(InputError):
        if seen.dates_open:
            return layout.find(sample, path.name, tables.stem(path), replace(options, day_first=True))
    return None


def _first(sample: Sample | None) -> Sample | None:
    return None if sample is None else replace(sample, lines=sample.lines[:ROWS])


def _is_open(sample: Sample, path: Path, options: LoadOptions) -> bool:
    """Whether the order of day and month is known only because the options say so."""
    try:
        layout.find(sample, path.name, tables.stem(path), replace(options, day_first=None))
    except InputError as error:
        return error.reason.code.startswith("date_ambiguous")
    return False


# -- what it would bring


def _with_offending(seen: Preview, path: Path, told: Quality | None, options: LoadOptions) -> Preview:
    """The same with the rows that the report names and that are not among the first."""
    if told is None or not seen.lines:
        return seen
    beyond = [line for line in lines_told(told, path.name) if line not in seen.lines]
    sample = raw.first_rows(path, options.encoding) if beyond else None
    if sample is None:
        return seen
    more = rows_at(path, beyond, sample)
    first, lines = sample.rows[:ROWS], sample.lines[:ROWS]
    rows = replace(sample, rows=(*first, *(fields for _, fields in more)), lines=(*lines, *(line for line, _ in more)))
    again = _recognised(replace(seen, columns=()), path, options, rows)
    return replace(seen, columns=again.columns, rows=again.rows, lines=again.lines)


def _tried(
    seen: Preview, paths: Sequence[Path], options: LoadOptions, monitor: Monitor
) -> tuple[Preview, Quality | None]:
    """The beginning loaded with all KPIs, and the report of that."""
    if seen.problem is not None and len(paths) == 1:
        return seen, None
    try:
        loaded = io.load(paths, replace(options, kpis=()), monitor)
    except InputError as error:
        open_ = seen.dates_open or error.reason.code.startswith("date_ambiguous")
        if error.reason.code in _CUT_SHORT and not seen.whole:
            return replace(seen, why=(*seen.why, Reason("preview_too_short"))), None
        return replace(seen, problem=error.reason, dates_open=open_), None
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
    others = [*seen.why[1:], *(note for note in quality.notes if note not in seen.why)]
    others.sort(key=lambda note: note.code != "dates_as_usual")  # it may move everything by months
    told = (*seen.why[:1], *others)
    zone_open = bool(options.zone or options.usual_zone) and _zone_open(seen, paths[0], options)
    seen = replace(
        seen,
        format=quality.format,
        why=tuple(note for note in told if note.code not in ("zone_assumed", "clocks_ahead")),
        kpis=kpis,
        effect=effect,
        problem=problem,
        zone_open=zone_open or any(note.code == "zone_assumed" for note in told),
        ahead=next((str(note.params["offsets"]) for note in told if note.code == "clocks_ahead"), ""),
    )
    return (seen if seen.columns else _of_panel(seen, panel)), quality


def _zone_open(seen: Preview, path: Path, options: LoadOptions) -> bool:
    """Whether the zone is known only because the options say so."""
    if seen.format.split("-")[0] not in _TABLES:
        return False
    sample = raw.first_rows(path, options.encoding)
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
    times = tuple(Field(moment(int(panel.times[t].astype(np.int64)), zone)) for _, t in places)
    columns = [
        Column("time", "", "time", ("time",), times),
        Column("cell", "", "cell", ("cell",), tuple(Field(panel.cells[c].id) for c, _ in places)),
    ]
    for kpi in shown:
        values = panel.values[kpi.id]
        fields = tuple(Field("" if np.isnan(values[p]) else f"{values[p]:,.6g}") for p in places)
        columns.append(Column(kpi.id, "", "value", ("value",), fields, numeric=True))
    return replace(seen, columns=tuple(columns), column_count=len(panel.kpis) + 2, rows=len(places))
