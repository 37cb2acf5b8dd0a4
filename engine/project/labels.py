"""Labels in a project file: stretches of time per cell and KPI, so that they outlive a reload and can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.data import Cell, Labels, Panel
from engine.numerics.runs import find_runs
from engine.project.access import changing, reading
from engine.project.loading import read_panel_axes
from engine.project.writing import insert

if TYPE_CHECKING:
    import duckdb

Stretch = tuple[str, str, str, str, int]
"""KPI, cell id, start and stop (UTC, ISO), value."""

_STRETCHES = "SELECT kpi, cell, epoch(start_utc)::BIGINT, epoch(stop_utc)::BIGINT, value FROM labels"


def insert_labels(connection: duckdb.DuckDBPyConnection, panel: Panel, labels: Labels) -> None:
    """Add the labels of a panel to an open project."""
    insert(connection, "labels", list(stretches(panel, panel.cells, labels)))


def change_label_rows(
    path: Path, panel: Panel, rows: Mapping[tuple[str, int], tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]]
) -> None:
    """Label single series of a project otherwise than before, in one transaction: where nothing is other than before
    the project keeps what it says, as others may have labelled it meanwhile.

    rows: by KPI id and row of `panel` the labels before and after, (T,) int8 both; -1 = not labelled. Raises
    InputError, OutputError.
    """
    with changing(path) as connection:
        for (kpi, cell), (before, after) in rows.items():
            name = panel.cells[cell].id
            found = connection.execute(f"{_STRETCHES} WHERE kpi = ? AND cell = ?", [kpi, name]).fetchall()
            row = _marked(found, [name], panel.times).get(kpi)
            row = after if row is None else np.where(before == after, row[0], after)
            begin, stop = _ends(panel)
            outside = [(kpi, name, _stamp(a), _stamp(min(b, begin)), value) for _, _, a, b, value in found if a < begin]
            outside += [(kpi, name, _stamp(max(a, stop)), _stamp(b), value) for _, _, a, b, value in found if b > stop]
            connection.execute("DELETE FROM labels WHERE kpi = ? AND cell = ?", [kpi, name])
            inside = stretches(panel, panel.cells[cell : cell + 1], {kpi: row[None, :]})
            insert(connection, "labels", [*outside, *inside])


def _ends(panel: Panel) -> tuple[int, int]:
    """When a panel begins and ends, in seconds since 1970."""
    first, last = (int(time.astype("datetime64[s]").astype(np.int64)) for time in panel.times[[0, -1]])
    return first, last + panel.period_s


def _stamp(second: int) -> str:
    return str(np.datetime64(second, "s"))


def set_labels(path: Path, panel: Panel, labels: Labels | None) -> None:
    """Replace all labels of a project, in one transaction. Raises InputError, OutputError."""
    with changing(path) as connection:
        connection.execute("DELETE FROM labels")
        insert_labels(connection, panel, labels or {})


def stretches(panel: Panel, cells: Sequence[Cell], labels: Labels) -> Iterator[Stretch]:
    """The labelled stretches of the rows `cells` of a panel; labels[kpi] has a row (T,) for each of them."""
    step = np.timedelta64(panel.period_s, "s")
    edges = np.concatenate([panel.times, panel.times[-1:] + step]).astype("datetime64[s]").astype(str).tolist()
    for kpi, marks in labels.items():
        for value in (0, 1):
            runs = find_runs(marks == value)
            for cell, start, stop in zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True):
                yield kpi, cells[cell].id, edges[start], edges[stop], value


def read_labels(path: Path, panel: Panel | None = None) -> Labels | None:
    """The labels of a project per KPI that has any; None if there are none at all.

    On the cells and times of `panel`, or else on those of the project. Raises InputError as `open_project`.
    """
    with reading(path) as connection:
        return labels_in(connection, panel)


def labels_in(connection: duckdb.DuckDBPyConnection, panel: Panel | None = None) -> Labels | None:
    """`read_labels` of an open project."""
    rows = connection.execute(_STRETCHES).fetchall()
    cells, times = read_panel_axes(connection) if panel is None else ([c.id for c in panel.cells], panel.times)
    return _marked(rows, cells, times) if rows else None


def labels_of(panel: Panel, found: Iterable[Stretch]) -> Labels:
    """The labels of a panel from what `stretches` gave for it, or for another one with some of its cells and times."""
    rows = [(kpi, cell, _second(start), _second(stop), value) for kpi, cell, start, stop, value in found]
    return _marked(rows, [cell.id for cell in panel.cells], panel.times)


def _second(stamp: str) -> int:
    return int(np.datetime64(stamp, "s").astype(np.int64))


def _marked(
    rows: Iterable[tuple[str, str, int, int, int]], cells: Sequence[str], times: npt.NDArray[np.datetime64]
) -> Labels:
    """Labels from KPI, cell, start, stop (seconds since 1970) and value; cells that are not there are left out."""
    position = {name: i for i, name in enumerate(cells)}
    begin = times.astype("datetime64[s]").astype(np.int64)
    labels: dict[str, npt.NDArray[np.int8]] = {}
    for kpi, cell, start, stop, value in rows:
        marks = labels.setdefault(kpi, np.full((len(cells), len(times)), -1, np.int8))
        if cell in position:
            first, last = np.searchsorted(begin, [start, stop])
            marks[position[cell], first:last] = value
    return labels
