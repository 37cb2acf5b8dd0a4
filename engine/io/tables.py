"""What all readers of tables share: files of the same columns go into one table, cells are named after their file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.errors import InputError, Reason
from engine.io import squares
from engine.io.base import LoadOptions, Measurements, Refused
from engine.io.layout import INTERVALS, Layout
from engine.io.peek import unreadable
from engine.io.rows import Fillings, Source
from engine.io.session import Session, as_input_error
from engine.monitor import Monitor

NETWORK = "network"
"""The one entity of tables whose rows name a KPI and no cell."""

_PACKED = (".gz", ".zip")


def stem(path: Path) -> str:
    """The name of a file without its folder and its suffixes: what a series is called that has no other name."""
    name = path.name
    for suffix in _PACKED:
        name = name.removesuffix(suffix)
    return Path(name).stem or name


def each(paths: Sequence[Path], monitor: Monitor) -> Iterator[tuple[Path, Monitor]]:
    """Every file with the slice of the progress that its size deserves."""
    sizes = [max(path.stat().st_size if path.exists() else 1, 1) for path in paths]
    done, total = 0, sum(sizes)
    for path, size in zip(paths, sizes, strict=True):
        yield path, monitor.part(done / total, (done + size) / total)
        done += size


class Tables:
    """The tables of one data set while its files are read."""

    def __init__(self, session: Session, container: str, options: LoadOptions) -> None:
        self._session = session
        self._container = container
        self._fillings = Fillings(session, with_labels=options.with_labels)
        self._layouts: list[Layout] = []
        self._names: dict[str, Path] = {}
        self._refused: list[Refused] = []
        self._notes: list[Reason] = []

    def add(self, source: Source, layout: Layout, monitor: Monitor) -> None:
        """Read one file.

        Raises InputError where its layout differs from that of the files before it, Cancelled, and duckdb's errors.
        """
        if self._layouts and self._layouts[0].kind != layout.kind:
            first, other = f"{self._container}-{self._layouts[0].kind}", f"{self._container}-{layout.kind}"
            raise InputError(Reason("mixed_formats", {"formats": f"{first}, {other}", "file": source.name}))
        self._layouts.append(layout)
        self._notes += layout.notes
        reason = Reason("stage_load", {"name": source.name})
        cell = NETWORK if layout.kind == INTERVALS else self._cell_of(source.path)
        self._fillings.of(layout).add(source, layout, cell, monitor, reason)

    def refuse(self, refused: Sequence[Refused]) -> None:
        """Count rows that never reached a table."""
        self._refused += refused

    def note(self, reason: Reason) -> None:
        """Tell the user something that was assumed."""
        self._notes.append(reason)

    def measurements(self) -> Measurements:
        """Everything that was read."""
        first = self._layouts[0]
        columns = [t.cell for t in first.targets if t.cell is not None]
        cell_column = first.mapping.get("cell")
        grid = squares.is_grid(first.mapping["time"], cell_column, columns)
        tables = self._fillings.tables()
        ids = (
            columns
            if cell_column is None
            else [
                str(row[0])
                for t in tables
                for row in self._session.rows(f"SELECT DISTINCT cell FROM {t.name} WHERE problem = 0")
            ]
        )
        return Measurements(
            session=self._session,
            format=f"{self._container}-{first.kind}",
            tables=tables,
            zone=squares.ZONE if grid else "",
            refused=tuple(self._refused),
            mapping=first.mapping,
            notes=tuple(dict.fromkeys(self._notes)),
            cells=squares.squares(ids) if grid else {},
        )

    def _cell_of(self, path: Path) -> str:
        """The name of the one entity of a file: its stem, with its folder in front where two files share one."""
        name = stem(path)
        if name in self._names and self._names[name] != path:
            name = f"{path.parent.name}/{name}"
        self._names[name] = path
        return name


_REFUSALS = {
    "MISSING COLUMNS": "row_short",
    "TOO MANY COLUMNS": "row_long",
    "UNQUOTED VALUE": "row_quote",
    "LINE SIZE OVER MAXIMUM": "row_huge",
    "INVALID ENCODING": "row_encoding",
}


def refused_rows(session: Session, file: str) -> list[Refused]:
    """The lines that are no row of the table, by reason; forgets duckdb's own record of them."""
    if not session.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
        return []
    # One broken quote swallows the lines up to the next one: all of them are lost, so all are counted.
    found = session.rows(
        "SELECT error_type, sum(1 + length(text) - length(replace(text, e'\\n', ''))), min(line_no),"
        " arg_min(left(text, 60), line_no) FROM (SELECT any_value(error_type) AS error_type, line AS line_no,"
        " trim(any_value(coalesce(csv_line, '')), e'\\n\\r') AS text FROM reject_errors GROUP BY line)"
        " GROUP BY error_type ORDER BY 1"
    )
    session.connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return [
        Refused(Reason(_REFUSALS.get(str(kind), "row_broken")), int(rows), f"{file}:{int(line)}, {str(text).strip()!r}")
        for kind, rows, line, text in found
    ]


def failed(path: Path, error: Exception) -> InputError:
    """Why duckdb could not read a file, as something a person can act on."""
    return as_input_error(error, path.name) if path.exists() else unreadable(path, FileNotFoundError())
