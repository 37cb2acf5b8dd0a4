"""What became of rows that could not be used, by reason, with the first place of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.calendar import duration_text
from engine.data import Dropped
from engine.errors import InputError, Reason
from engine.io.base import Measurements
from engine.io.fill import Count, Counts
from engine.io.places import place
from engine.io.rows import Problem
from engine.text import say

_PROBLEMS = {
    Problem.BLANK: "row_blank",
    Problem.TIME: "row_time",
    Problem.RANGE: "row_time_impossible",
    Problem.CELL: "row_cell",
    Problem.VALUE: "row_value",
    Problem.PERIOD: "row_other_period",
    Problem.FIELDS: "row_fields",
}


def by_reader(measured: Measurements) -> list[Dropped]:
    """Rows that the reader refused or could not type."""
    dropped: dict[str, Dropped] = {}
    for refused in measured.refused:
        _count(dropped, refused.reason, refused.rows, refused.example)
    for table in measured.tables:
        weight = "sum(n)" if table.weighted else "count(*)"
        found = measured.session.rows(
            f"SELECT problem, {weight}, min(rowid), arg_min(coalesce(offending, ''), rowid) FROM {table.name}"
            " WHERE problem > 0 GROUP BY problem ORDER BY problem"
        )
        for problem, rows, row, text in found:
            _count(dropped, Reason(_PROBLEMS[Problem(problem)]), int(rows), place(table, int(row), str(text)))
    return list(dropped.values())


def on_the_way(counts: Counts, unchosen: int) -> list[Dropped]:
    """Rows that found no place on the grid; unchosen: rows of KPIs that were not asked for."""
    dropped: dict[str, Dropped] = {}
    for code, count in (
        ("row_duplicate", counts.duplicate),
        ("row_stray_time", counts.stray),
        ("row_skipped_hour", counts.skipped_hour),
    ):
        _count(dropped, Reason(code), count.rows, _example(count))
    _count(dropped, Reason("row_kpi_not_chosen"), unchosen, "")
    return list(dropped.values())


def _count(dropped: dict[str, Dropped], reason: Reason, rows: int, example: str) -> None:
    if rows:
        before = dropped.get(reason.code)
        dropped[reason.code] = replace(before, rows=before.rows + rows) if before else Dropped(reason, rows, example)


def _example(count: Count) -> str:
    return place(count.table, count.row, "") if count.table is not None else ""


def bent(measured: Measurements, counts: Counts, period_s: int) -> list[Reason]:
    """What was bent to fit, with numbers."""
    notes = []
    off = counts.off_grid
    if off.rows:
        notes.append(
            Reason("rows_off_grid", {"rows": off.rows, "period": duration_text(period_s), "example": _example(off)})
        )
    for table in measured.tables:
        found = measured.session.rows(
            f"SELECT sum(unreadable), min(rowid), arg_min(offending, rowid) FROM {table.name}"
            " WHERE problem = 0 AND unreadable > 0"
        )
        if found and found[0][0]:
            values, row, text = found[0]
            notes.append(
                Reason("values_unreadable", {"values": int(values), "example": place(table, int(row), str(text))})
            )
    return notes


def nothing_left(measured: Measurements, dropped: Sequence[Dropped] = (), read: int = 0) -> InputError:
    """No row could be used: the commonest reason says why."""
    dropped = dropped or by_reader(measured)
    read = read or sum(d.rows for d in dropped)
    names = ", ".join(dict.fromkeys(p.name for t in measured.tables for p in t.parts))[:200]
    if not dropped:
        return InputError(Reason("no_values_at_all" if read else "no_rows", {"files": names, "rows": read}))
    worst = max(dropped, key=lambda d: d.rows)
    return InputError(
        Reason("nothing_left", {"files": names, "rows": read, "reason": say(worst.reason), "example": worst.example})
    )
