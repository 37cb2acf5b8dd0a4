"""Workbooks, web pages and JSON: every sheet with a table like the best one is one part of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import ClassVar

from engine.calendar import duration_text
from engine.errors import InputError, Reason
from engine.files.header_words import is_of_people
from engine.io import book, layout, sheet_rows, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Sample
from engine.io.later_rows import with_later_rows
from engine.io.layout import INTERVALS, LONG, SERIES, WIDE, Layout
from engine.io.peek import Peek, peek
from engine.io.session import Session
from engine.io.unfolding import unfolded
from engine.monitor import Monitor

_KINDS = (LONG, INTERVALS, WIDE, SERIES)
"""The kinds of tables, what tells most first."""


class Workbook:
    """Tables in the sheets of a workbook, in web pages and JSON; formulas count as their last result."""

    id: ClassVar[str] = "workbook"
    label: ClassVar[str] = "workbook, web page or JSON"
    suffixes: ClassVar[tuple[str, ...]] = (
        ".xlsx",
        ".xlsm",
        ".xls",
        ".ods",
        ".html",
        ".htm",
        ".json",
        ".jsonl",
        ".ndjson",
    )

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """By what is in the file. Raises InputError where no sheet holds a usable table."""
        seen = peek(path, options.encoding)
        if not book.kind(seen):
            return None
        found, problem = _chosen(seen, options)
        if found is None and problem is None and seen.is_text:
            return None  # a page or a document without any table
        if found is None:
            raise problem or InputError(Reason("workbook_empty", {"file": path.name}))
        told = {"file": path.name, "layout": found.layout.kind, "written": found.layout.stamps.label}
        why = Reason("recognised_table", told)
        return Recognition(self.id, f"workbook-{found.layout.kind}", 1.0, why, found.layout.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read all sheets that hold a table like the best one. Raises InputError, Cancelled."""
        collected, parts = tables.Tables(session, self.id, options), 0
        best: _Found | None = None
        for path, part in tables.each(paths, monitor):
            seen = peek(path, options.encoding)
            best = best or _chosen(seen, options)[0]
            if best is None:
                raise InputError(Reason("file_changed", {"file": path.name}))
            with book.opened(seen) as sheets:
                for sheet in sheets:
                    name = f"{path.name} [{sheet.title}]"
                    first, read = sheet_rows.begin(sheet.rows)
                    if read is None:
                        continue
                    sample, folding = unfolded(read, tables.stem(path))
                    try:
                        found = layout.find(sample, name, tables.stem(path), options)
                    except InputError as error:
                        collected.note(Reason("sheet_left_out", {"sheet": name, "reason": str(error)}))
                        continue
                    if (other := best.unlike(_Found(found, _step(session, sample, found)), name)) is not None:
                        collected.note(other)
                        continue
                    reason, plain, kept = Reason("stage_load", {"name": name}), session.new_file(".csv"), ""
                    if found.subscribers:
                        kept = sheet_rows.keep(session, first, sheet.rows, read, part, reason)
                        source = tables.kept_source(path, name, kept, read.dialect)
                    else:
                        people = {k for k, column in enumerate(read.dialect.names) if is_of_people(column)}
                        sheet_rows.write(chain(first, sheet.rows), plain, people, part, reason)
                        source = tables.text_source(path, name, plain, read.dialect, "none")
                    if folding is not None:
                        source = folding.source(source)
                        collected.note(folding.told(name))
                    more, source = with_later_rows(sample, source, session, part)
                    if more is not sample:
                        found = layout.find(more, name, tables.stem(path), options)
                    collected.add(source, found, part)
                    plain.unlink(missing_ok=True)
                    if kept:  # what is of people is held in memory: only as long as need be
                        session.connection.execute(f"DROP TABLE {kept}")
                    parts += 1
        if not parts:
            raise InputError(Reason("file_changed", {"file": paths[0].name}))
        return collected.measurements()


@dataclass(frozen=True)
class _Found:
    """A sheet with a table. step: seconds between its moments, 0 where the first rows do not tell."""

    layout: Layout
    step: int

    def unlike(self, other: _Found, sheet: str) -> Reason | None:
        """Why another sheet is left out: a workbook may have sums of the network, or of days, beside the cells."""
        if other.layout.kind != self.layout.kind:
            return Reason("sheet_other_kind", {"sheet": sheet, "kind": other.layout.kind, "read": self.layout.kind})
        if self.step and other.step >= 2 * self.step:
            longer, read = duration_text(other.step), duration_text(self.step)
            return Reason("sheet_other_period", {"sheet": sheet, "period": longer, "read": read})
        return None


def _chosen(seen: Peek, options: LoadOptions) -> tuple[_Found | None, InputError | None]:
    """The sheet that tells most: of single cells, and with the shortest periods; else what is wrong with them."""
    found: list[_Found] = []
    problem: InputError | None = None
    stem = tables.stem(seen.path)
    with Session() as session, book.opened(seen, glance=True) as sheets:
        for sheet in sheets:
            _, sample = sheet_rows.begin(sheet.rows)
            if sample is None:
                continue
            sample, _ = unfolded(sample, stem)
            try:
                one = layout.find(sample, f"{seen.path.name} [{sheet.title}]", stem, options)
            except InputError as error:
                if problem is None or error.reason.code.startswith("date_"):
                    problem = error  # a sheet with dates is what is meant
                continue
            if book.kind(seen) != book.JSON or _goes_on(sample, one):
                found.append(_Found(one, _step(session, sample, one)))
    best = min(found, key=lambda one: (_KINDS.index(one.layout.kind), one.step), default=None)
    return best, problem


def _step(session: Session, sample: Sample, found: Layout) -> int:
    if found.time < 0:
        return 0
    stamps = [row[found.time] if found.date is None else f"{row[found.date]} {row[found.time]}" for row in sample.rows]
    sql = found.stamps.sql("stamp")
    rows = session.rows(f"SELECT DISTINCT {sql} AS t FROM (SELECT unnest($1) AS stamp) ORDER BY t", [stamps])
    moments = [int(t) for (t,) in rows if t is not None]
    return min((later - earlier for earlier, later in pairwise(moments)), default=0)


def _goes_on(sample: Sample, found: Layout) -> bool:
    """Whether a table is one of measurements over time: much of what is written in JSON is anything else."""
    return found.kind != WIDE and (found.time < 0 or len({row[found.time] for row in sample.rows}) > 1)
