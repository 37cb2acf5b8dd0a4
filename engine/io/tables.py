"""What all readers of tables share: files of the same columns go into one table, cells are named after their file."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.data import TRAITS, Cell
from engine.data.units import Unit
from engine.errors import InputError, Reason
from engine.io import pieces, squares, unit_fields
from engine.io.base import LoadOptions, Measurements, Refused
from engine.io.dialect import Dialect
from engine.io.disguise import shown
from engine.io.layout import INTERVALS, SERIES, WIDE, Layout
from engine.io.peek import unreadable
from engine.io.rows import MANY_KPIS, OWNED, Fillings, Source, column_names
from engine.io.session import NOTHING_GUESSED, Session, as_input_error, file_literal
from engine.monitor import Monitor
from engine.text import tell
from engine.writing.statement import literal

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


def text_source(
    path: Path, name: str, plain: Path, dialect: Dialect, compression: str, encoding: str = "utf-8"
) -> Source:
    """A delimited text file (`plain`) as SQL; `path` and `name` say where its rows come from."""
    count = len(dialect.names)
    columns = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(count))
    relation = (
        f"read_csv({file_literal(plain)}, {NOTHING_GUESSED}, skip={dialect.skipped}"
        f", delim={literal(dialect.separator)}, quote='\"', escape='\"', compression='{compression}'"
        f", encoding='{encoding}'"
        f", columns={{{columns}}}, store_rejects=true, strict_mode={{strict}})"
    )
    return Source(path, name, relation, column_names(count), dialect.skipped, dialect.decimal, dialect.thousands)


def kept_source(path: Path, name: str, table: str, dialect: Dialect) -> Source:
    """A table of the session that holds the rows of a file as texts."""
    columns = column_names(len(dialect.names))
    return Source(path, name, table, columns, dialect.skipped, dialect.decimal, dialect.thousands)


def split_source(path: Path, name: str, plain: Path, dialect: Dialect, compression: str) -> Source:
    """The same of a file without quotes, taken line by line: thousands of columns at once are too much for duckdb."""
    relation = (
        f"(SELECT str_split(line, {literal(dialect.separator)}) AS fields FROM read_csv({file_literal(plain)}"
        f", {NOTHING_GUESSED}, skip={dialect.skipped}, delim='\x01', quote='', escape=''"
        f", compression='{compression}', columns={{'line': 'VARCHAR'}}, store_rejects=true, strict_mode={{strict}}))"
    )
    columns = tuple(f"fields[{k + 1}]" for k in range(len(dialect.names)))
    return Source(path, name, relation, columns, dialect.skipped, dialect.decimal, dialect.thousands, split=True)


def _once(notes: Sequence[Reason]) -> list[Reason]:
    """The notes, those that say the same of several files in one."""
    files: dict[tuple[str, tuple[tuple[str, str | int | float], ...]], list[str]] = {}
    for note in notes:
        rest = tuple(sorted((k, v) for k, v in note.params.items() if k != "file"))
        files.setdefault((note.code, rest), []).append(str(note.params.get("file", "")))
    found = []
    for (code, rest), names in files.items():
        others = len(set(names)) - 1
        file = {"file": f"{names[0]} (and {others} more files)" if others else names[0]} if names[0] else {}
        found.append(Reason(code, {**dict(rest), **file}))
    return found


class Tables:
    """The tables of one data set while its files are read."""

    def __init__(self, session: Session, container: str, options: LoadOptions) -> None:
        self._session = session
        self._container = container
        self._chosen = options.kpis
        self._fillings = Fillings(session, with_labels=options.with_labels, key=options.key or secrets.token_bytes(32))
        self._layouts: list[Layout] = []
        self._names: dict[str, Path] = {}
        self._stems: dict[Path, str] = {}
        self._told: dict[str, dict[str, str]] = {}
        self._units: dict[str, tuple[Unit | None, str]] = {}
        self._refused: list[Refused] = []
        self._notes: list[Reason] = []

    def add(self, source: Source, layout: Layout, monitor: Monitor) -> None:
        """Read one file.

        Raises InputError where its layout differs from that of the files before it, Cancelled, and duckdb's errors.
        """
        if self._layouts and self._layouts[0].kind != layout.kind:
            both = "; ".join(tell(f"layout_{kind}") for kind in (self._layouts[0].kind, layout.kind))
            raise InputError(Reason("mixed_formats", {"formats": both, "file": source.name}))
        self._layouts.append(layout)
        self._notes += layout.notes
        reason = Reason("stage_load", {"name": source.name})
        layout = self._only_chosen(self._in_known_units(layout, source))
        source = _in_units(source, layout)
        cell = NETWORK if layout.kind == INTERVALS else self._cell_of(source.path)
        filling = self._fillings.of(layout)
        filling.add(source, layout, cell, monitor.part(0.0, 0.8 if layout.told else 1.0), reason)
        refused = refused_rows(self._session, source.name, people=layout.people)
        if layout.told:
            for role, said in filling.told(source, layout, monitor.part(0.8, 1.0), reason).items():
                self._told[role] = {**said, **self._told.get(role, {})}
            refused_rows(self._session, source.name)  # what is no row was counted already
        if refused and layout.counted is not None:
            raise InputError(Reason("first_time_broken", {"file": source.name, "line": refused[0].example}))
        self._refused += refused

    def _in_known_units(self, layout: Layout, source: Source) -> Layout:
        """The layout with the units that its KPIs have in the files before it.

        Raises InputError where they are of another quantity, or nobody knows the unit there.
        """
        units: dict[int, Unit] = {}
        for k, column in enumerate(layout.values):
            kpi = "" if layout.kind == INTERVALS else layout.kpis[0 if layout.kind == WIDE else k]
            own = layout.units.get(column)
            known, file = self._units.setdefault(kpi, (own, source.name))
            if own is not None and own.symbol != unit_fields.PERCENT and own.quantity != (known and known.quantity):
                told = {"file": source.name, "kpi": kpi or layout.mapping["values"], "unit": own.symbol, "other": file}
                if known is None:
                    raise InputError(Reason("units_in_some_files", told))
                raise InputError(Reason("units_of_files", {**told, "known": known.symbol}))
            if known is not None:
                units[column] = known
        return replace(layout, units=units)

    def _only_chosen(self, layout: Layout) -> Layout:
        """Of very many KPI columns only those that were asked for, if any of them is among these."""
        wanted = {kpi.lower() for kpi in self._chosen}
        chosen = [k for k, name in enumerate(layout.kpis) if name.lower() in wanted]
        if layout.kind == WIDE or len(layout.kpis) <= MANY_KPIS or not chosen:
            return layout
        return replace(
            layout, values=tuple(layout.values[k] for k in chosen), kpis=tuple(layout.kpis[k] for k in chosen)
        )

    def note(self, reason: Reason) -> None:
        """Tell the user something that was assumed."""
        self._notes.append(reason)

    def measurements(self) -> Measurements:
        """Everything that was read."""
        first = self._layouts[0]
        if first.kind == SERIES and len(self._stems) > 1:
            self._notes += pieces.join(self._session, self._fillings.tables(), self._stems, NETWORK)
        self._join_series()
        cell_column = first.mapping.get("cell")
        grid = squares.is_grid(first.mapping["time"], cell_column, first.cells)
        tables = self._fillings.tables()
        owned = any(layout.within is not None for layout in self._layouts)
        ids: set[str] = set()
        for table in tables if grid or owned else ():
            found = self._session.rows(f"SELECT DISTINCT cell FROM {table.name} WHERE problem = 0")
            ids |= set(table.cell_names or (str(row[0]) for row in found))
        return Measurements(
            session=self._session,
            format=f"{self._container}-{first.kind}",
            tables=tables,
            zone=squares.ZONE if grid else "",
            ahead_s=tuple(dict.fromkeys(s for layout in self._layouts for s in layout.stamps.ahead_s)),
            refused=tuple(self._refused),
            mapping=first.mapping,
            notes=tuple(_once(self._notes)),
            cells=squares.squares(ids) if grid else self._cells(ids),
            units={kpi: unit.symbol for kpi, (unit, _) in self._units.items() if unit is not None},
        )

    def _cells(self, owned: Set[str]) -> dict[str, Cell]:
        """What is known of cells: names that one cell alone has, sites, areas, traits, places; what owns a cell is its
        site.
        """
        called = self._told.get("name", {})
        times = Counter(called.values())
        names = {cell: name for cell, name in called.items() if times[name] == 1 and name != cell}
        sites = {**self._told.get("site", {}), **{cell: cell.rpartition(OWNED)[0] for cell in owned}}
        places = self._places()
        said = {name: self._told.get(name, {}) for name in ("area", *TRAITS)}
        found = {}
        for one in dict.fromkeys((*names, *sites, *(cell for of in said.values() for cell in of), *places)):
            lat, lon = places.get(one, (None, None))
            cell = Cell(one, names.get(one, ""), sites.get(one, ""), lat, lon)
            like: dict[str, Any] = {name: of.get(one, "") for name, of in said.items()}
            found[one] = replace(cell, **like)
        return found

    def _places(self) -> dict[str, tuple[float, float]]:
        """Latitude and longitude of the cells that have both."""
        found = {}
        latitudes, longitudes = self._told.get("lat", {}), self._told.get("lon", {})
        for cell in latitudes.keys() & longitudes.keys():
            lat, lon = _degrees(latitudes[cell], 90), _degrees(longitudes[cell], 180)
            if lat is not None and lon is not None and (lat, lon) != (0.0, 0.0):  # zeros are no place, but not known
                found[cell] = lat, lon
        return found

    def _join_series(self) -> None:
        """Make files that each hold other KPIs of one entity one cell: files of several cells share their KPIs."""
        tables = self._fillings.tables()
        if (
            self._layouts[0].kind != SERIES
            or len(tables) < 2
            or any(len({p.path for p in t.parts}) > 1 for t in tables)
        ):
            return
        kpi_ids = [kpi for table in tables for kpi in table.kpis]
        if len(set(kpi_ids)) < len(kpi_ids):
            return
        for table in tables:
            self._session.connection.execute(f"ALTER TABLE {table.name} DROP COLUMN cell")
            self._session.connection.execute(f"ALTER TABLE {table.name} ADD COLUMN cell VARCHAR DEFAULT '{NETWORK}'")
        self._notes.append(Reason("files_are_kpis", {"count": len(tables), "cell": NETWORK}))

    def _cell_of(self, path: Path) -> str:
        """The name of the one entity of a file: its stem, with its folder in front where two files share one."""
        name = stem(path)
        if name in self._names and self._names[name] != path:
            name = f"{path.parent.name}/{name}"
        self._names[name] = path
        self._stems[path] = stem(path)
        return name


def _in_units(source: Source, layout: Layout) -> Source:
    """A source whose columns of text with units are brought to those of the layout."""
    columns = list(source.columns)
    for column, unit in layout.units.items():
        if column not in source.numeric:
            columns[column] = unit_fields.sql(columns[column], unit, source.decimal, source.thousands)
    return replace(source, columns=tuple(columns))


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= most else None


_REFUSALS = {
    "MISSING COLUMNS": "row_short",
    "TOO MANY COLUMNS": "row_long",
    "UNQUOTED VALUE": "row_quote",
    "LINE SIZE OVER MAXIMUM": "row_huge",
    "INVALID ENCODING": "row_encoding",
}


def refused_rows(session: Session, file: str, *, people: bool = False) -> list[Refused]:
    """The lines that are no row of the table, by reason; forgets duckdb's own record of them.

    people: they hold numbers of people, so their places alone are told; else what may be one is masked.
    """
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
        Refused(
            Reason(_REFUSALS.get(str(kind), "row_broken")),
            int(rows),
            f"{file}:{int(line)}{'' if people else f', {shown(str(text).strip())!r}'}",
        )
        for kind, rows, line, text in found
    ]


def failed(path: Path, error: Exception) -> InputError:
    """Why duckdb could not read a file, as something a person can act on."""
    return as_input_error(error, path.name) if path.exists() else unreadable(path, FileNotFoundError())
