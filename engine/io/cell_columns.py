"""Which columns of a table say of which cell a row is, and what it is like: its name, site, area and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.files.header_words import (
    AREA_NAMES,
    CELL_NAMES,
    CELL_TITLES,
    LABEL_NAMES,
    LOCAL_NAMES,
    PATH_NAMES,
    SITE_NAMES,
    SUBSCRIBER_NAMES,
    TRAIT_NAMES,
    is_one_of,
)
from engine.io.base import LoadOptions
from engine.io.columns import Column, Columns
from engine.io.dialect import is_missing

_REPEATED, _LEFT = 0.05, 0.1
"""Names of cells do not tell rows apart where more than the first share of them repeat; what they belong to does where
it leaves less than the other share of these."""

_TITLES = tuple(name for name in CELL_TITLES if name not in LABEL_NAMES)


def of_cells(columns: Columns) -> Column | None:
    """The column that is called after cells; the path of each, where there is one that tells as many apart."""
    called, path = columns.named(CELL_NAMES), columns.named(PATH_NAMES, numeric=False)
    if called is None or path is None:
        return called
    return path if len({*path.fields}) >= len({*called.fields}) else called


def owner(
    columns: Columns, cell: Column, keys: Sequence[Column | None], rows: Sequence[Sequence[str]]
) -> Column | None:
    """The column of what cells belong to, if they are numbered in it or their names repeat in several of it: cell 1 of
    every base station.

    keys: what else tells rows apart. None where the names of cells are enough, or nothing helps.
    """
    told = [column.index for column in (*keys, cell) if column is not None]

    def repeated(*more: int) -> int:
        return len(rows) - len({tuple(row[k] for k in (*told, *more)) for row in rows})

    alone = repeated()
    owners = [column for column in columns.all_named(SITE_NAMES) if column.filled]
    if not owners:
        return None
    if is_one_of(cell.plain, LOCAL_NAMES):
        return owners[0]
    if alone < _REPEATED * len(rows):
        return None
    best = min(owners, key=lambda column: repeated(column.index))
    return best if repeated(best.index) < _LEFT * alone else None


def of_people(column: Column | None) -> bool:
    """Whether a column holds numbers of people."""
    return column is not None and is_one_of(column.plain, SUBSCRIBER_NAMES)


def identifies(column: Column, cell: Column | None) -> bool:
    """Whether a column of numbers is another identifier, not a measurement."""
    if column.plain.endswith("_id") or is_one_of(column.plain, (*CELL_NAMES, *SITE_NAMES, *SUBSCRIBER_NAMES)):
        return True
    if cell is None or not cell.plain:
        return False
    return column.plain.startswith(cell.plain) and column.plain != cell.plain


def _is_trait(column: Column, cell: Sequence[Column], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column says the same of a cell in all of its rows; a measurement may be called "frequency" as well."""
    said = [
        (tuple(row[key.index] for key in cell), row[column.index].strip())
        for row in rows
        if not is_missing(row[column.index])
    ]
    cells = {of for of, _ in said}
    return 0 < len(cells) == len({*said}) and (len(cells) < len(said) or not column.numeric)


def told(
    columns: Columns,
    cell: Column | None,
    within: Column | None,
    place: Mapping[str, Column | None],
    rows: Sequence[Sequence[str]],
    options: LoadOptions,
) -> dict[str, Column]:
    """The columns that say what the cells are like, by role; they are free no more.

    within: that of what cells of one name belong to. place: those of latitude and longitude. rows: of the sample.
    Nothing is told of people: a name or a site would say whose number it is.
    """
    if cell is None or of_people(cell):
        return {}
    in_it = not is_one_of(cell.plain, (*SITE_NAMES, *AREA_NAMES))
    sites = [column for column in columns.all_named(SITE_NAMES) if column.filled] if in_it else []
    chosen = {
        "name": columns.asked("name", options) or columns.named(_TITLES, numeric=False),
        "site": columns.asked("site", options) or min(sites, key=lambda column: column.numeric, default=None),
        "area": columns.asked("area", options) or (columns.named(AREA_NAMES) if in_it else None),
    }
    found = {role: columns.take(None if of_people(column) else column) for role, column in chosen.items()}
    keys = [column for column in (cell, within) if column is not None]
    traits = {
        role: columns.asked(role, options)
        or next((c for c in columns.all_named(names) if _is_trait(c, keys, rows)), None)
        for role, names in TRAIT_NAMES.items()
    }
    found |= {role: columns.take(None if of_people(column) else column) for role, column in traits.items()}
    return {role: column for role, column in {**found, **place}.items() if column is not None}
