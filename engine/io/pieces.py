"""Files that are pieces of one series: their names differ by a part that says so, and in time each follows another.

Names alone never join files: `cell_001` and `cell_002` may be two cells, and two halves of one. Nor does time: a cell
that was switched off may be followed by another one. Both together do, and a note says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path

from engine.errors import Reason
from engine.io.base import Table
from engine.io.rows import Problem
from engine.io.session import Session

_GOOD = int(Problem.NONE)


class Kind(IntEnum):
    """What the part of a name says. SAID: of what time or for what use the piece is. COUNTED: the how manieth of some
    pieces, by a word. NUMBER: a mere number behind the name, which may be that of a cell.
    """

    SAID = 1
    COUNTED = 2
    NUMBER = 3


@dataclass(frozen=True)
class Named:
    """A file by its name. whole: what is left without the part that tells pieces apart, "" if nothing is. place: the
    numbers in it, in order.
    """

    whole: str
    kind: Kind
    place: tuple[int, ...] = ()


_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_YEAR, _MONTH, _DAY = r"(?:19|20|13|14)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_CLOCK = rf"(?:(?![-_ ]?{_YEAR}[-_.]?{_MONTH})[T_ -]?(?:[01]\d|2[0-4])(?:[-_h]?[0-5]\d){{0,2}}Z?)"
_NAMES = "january february march april may june july august september october november december"
_MONTHS = "|".join(f"{name[:3]}|{name}" for name in _NAMES.split())
_DATES = (
    rf"{_YEAR}([-_.]?){_MONTH}\1{_DAY}{_CLOCK}?",
    rf"{_DAY}[-_.]{_MONTH}[-_.]{_YEAR}{_CLOCK}?",
    rf"{_MONTH}[-_.]{_DAY}[-_.]{_YEAR}{_CLOCK}?",
    rf"{_YEAR}[-_.]?{_MONTH}",
    rf"{_YEAR}[-_.]?(?:[QW]|KW|week|quarter)[-_.]?\d\d?",
    rf"(?:{_MONTHS}|sept)[-_.]?(?:{_YEAR})?",
    rf"{_YEAR}",
)
_USES = r"(?:train|training|test|testing|valid|validation|val|eval|evaluation|dev|holdout)"
_SAID = [re.compile(f"{_START}{one}{_END}", re.IGNORECASE) for one in (*_DATES, _USES)]
_PIECES = r"(?:part|piece|chunk|segment|seg|split|slice|file|pt|day|week|month|year|quarter|period|hour)"
_COUNTED = re.compile(rf"{_START}{_PIECES}[-_. ]?(\d{{1,6}})(?:[-_. ]?of[-_. ]?\d+)?{_END}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])(\d{3,8})$")
_GAPS = re.compile(r"[-_. ,()\[\]+]{2,}")


def named(name: str) -> Named | None:
    """What a name without its suffixes says; None where no part of it is that of a piece."""
    place: tuple[int, ...] = ()
    kind, left = None, name
    for pattern in _SAID:
        without = pattern.sub("", left)
        kind, left = (Kind.SAID if without != left else kind), without
    if (told := _COUNTED.search(left)) is not None:
        kind = max(kind or Kind.COUNTED, Kind.COUNTED)
        place, left = (int(told[1]),), left[: told.start()] + left[told.end() :]
    elif kind is None and (told := _NUMBER.search(left)) is not None:
        kind, place, left = Kind.NUMBER, (int(told[1]),), left[: told.start()]
    return None if kind is None else Named(_GAPS.sub(lambda gap: gap[0][0], left).strip("-_. ,()[]+"), kind, place)


def of_file(path: Path, stem: str) -> list[Named]:
    """What the name of a file may say, and that of its folder: "train/machine1" and "test/machine1" are pieces too."""
    folder = named(path.parent.name)
    found = [named(stem)]
    if folder is not None and not folder.whole and folder.kind is not Kind.NUMBER:
        found.append(Named(stem, folder.kind, folder.place))
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class Piece:
    """A file of one series. cell: what it is called otherwise; stem: its name without suffixes; names: what that may
    say; first, last: its moments, seconds.
    """

    cell: str
    stem: str
    names: tuple[Named, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Group:
    """Files whose names make them pieces of `whole`, in the order of time; joined: whether time does so, too."""

    whole: str
    pieces: tuple[Piece, ...]
    joined: bool


def groups(files: Sequence[Piece], step_s: int) -> list[Group]:
    """The files that are pieces of something by name. step_s: the usual distance between two moments, seconds.

    Pieces are joined if each begins after the one before has ended. Counted ones must do so in the order of their
    numbers, and those told apart by a mere number without a gap as well. A file that is called as the whole is one of
    the pieces: "X" and "X_test".
    """
    found: dict[tuple[Kind, str], list[tuple[Piece, tuple[int, ...]]]] = {}
    for file in files:
        for one in file.names:
            found.setdefault((one.kind, one.whole), []).append((file, one.place))
    made: list[Group] = []
    taken: set[str] = set()
    for (kind, whole), members in sorted(found.items(), key=lambda item: item[0]):
        called = {file.cell for file, _ in members}
        members += [(file, ()) for file in files if file.stem == whole and file.cell not in called]
        some = sorted((m for m in members if m[0].cell not in taken), key=lambda m: (m[0].first, m[0].last))
        if len(some) < 2:
            continue
        pieces = tuple(piece for piece, _ in some)
        follow = all(before.last < after.first for before, after in pairwise(pieces))
        in_order = kind is Kind.SAID or all(before < after for (_, before), (_, after) in pairwise(some))
        close = kind is not Kind.NUMBER or all(b.first - a.last <= 1.5 * step_s for a, b in pairwise(pieces))
        joined = follow and in_order and close
        if joined:
            taken |= {piece.cell for piece in pieces}
        if joined or kind is not Kind.NUMBER:
            made.append(Group(whole, pieces, joined))
    return made


def join(session: Session, tables: Sequence[Table], stems: Mapping[Path, str], network: str) -> list[Reason]:
    """Make files of one series each that are pieces of one that series; notes say which, and which were not.

    stems: the names of the files without suffixes; what the rows of each are called may have its folder in front.
    network: what a series is called whose files have no name but that of a piece. Raises Cancelled.
    """
    notes = []
    by_columns: dict[tuple[object, ...], list[Table]] = {}
    for table in tables:
        by_columns.setdefault((table.kpis, table.utc), []).append(table)
    for alike in by_columns.values():
        files, steps = [], []
        for table in alike:
            some, step_s = _files(session, table, stems)
            files += some
            steps.append(step_s)
        found = groups(files, min(steps, default=0))
        called = Counter(group.whole for group in found if group.joined)
        for group in found:
            listed = [piece.cell for piece in group.pieces]
            told: dict[str, str | int | float] = {"files": ", ".join(listed)[:300], "count": len(listed)}
            whole = group.whole or network
            if not group.joined or called[group.whole] > 1:
                notes.append(Reason("files_not_pieces", told))
                continue
            notes.append(Reason("files_are_pieces", {**told, "cell": whole}))
            for table in alike:
                session.connection.execute(
                    f"UPDATE {table.name} SET cell = $1 WHERE list_contains($2::VARCHAR[], cell)", [whole, listed]
                )
    return notes


def _files(session: Session, table: Table, stems: Mapping[Path, str]) -> tuple[list[Piece], int]:
    """The files of a table, but for those without a good row, and the usual distance between their moments."""
    found = session.rows(
        "SELECT cell, min(t), max(t), mode(t - before) FROM (SELECT rowid, cell, t, lag(t) OVER (PARTITION BY cell"
        f" ORDER BY t) AS before FROM {table.name} WHERE problem = {_GOOD}) GROUP BY cell"
    )
    spans = {str(cell): (int(first), int(last)) for cell, first, last, _ in found}
    steps = [int(step) for _, _, _, step in found if step]
    firsts = {part.first: part.path for part in table.parts if part.last > part.first}
    cells = session.rows(
        f"SELECT rowid, cell FROM {table.name} WHERE list_contains($1::BIGINT[], rowid) AND cell IS NOT NULL",
        [[*firsts]],
    )
    files = []
    for row, cell in cells:
        path = firsts[int(row)]
        if (span := spans.get(str(cell))) is not None:
            files.append(Piece(str(cell), stems[path], tuple(of_file(path, stems[path])), *span))
    return files, min(steps, default=0)
