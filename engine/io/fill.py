"""Puts typed rows into the arrays of a panel, chunk by chunk in file order, and counts what happens to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, Flag, FlagArray, FloatArray, IntArray
from engine.errors import Reason
from engine.execution.arrays import blocks, no_flags, unknown
from engine.execution.scratch import release
from engine.io.base import Table
from engine.io.first_rows import FirstRows, first_rows, firsts
from engine.io.grid import Grid
from engine.io.session import Session
from engine.monitor import Monitor

CHUNK_ROWS = 800_000
MISSING_LABEL = -1

ToClock = Callable[[IntArray, IntArray], tuple[IntArray, BoolArray]]
"""(stamps of a table, their row ids) -> (seconds on the grid's clock, which of them do not exist on it)."""


@dataclass
class Count:
    """Rows with one fate, and the first of them: table and row id."""

    rows: int = 0
    table: Table | None = None
    row: int = -1

    def add(self, table: Table, ids: IntArray, weights: IntArray) -> None:
        """Count these rows."""
        if not len(ids):
            return
        if self.table is None:
            self.table, self.row = table, int(ids[0])
        self.rows += int(weights.sum())


@dataclass
class Counts:
    """What happened to the rows that could be read."""

    kept: int = 0
    duplicate: Count = field(default_factory=Count)
    stray: Count = field(default_factory=Count)
    skipped_hour: Count = field(default_factory=Count)
    off_grid: Count = field(default_factory=Count)
    clock_jumps: int = 0


class _Places(Enum):
    """What is known of the places of some rows: nothing; that no two are the same; nor was anything put there yet."""

    ANY = 0
    DISTINCT = 1
    FREE = 2


class Filler:
    """The arrays of a panel while rows are put in.

    cells and kpis give the order of the axes. values[k] (C, T) float32, NaN where nothing was put yet. fine_s: the
    granularity of the rows where it is finer than the grid: their values are then added up, and `average` makes means
    of the sums that are to be means.
    """

    def __init__(
        self,
        session: Session,
        grid: Grid,
        cells: Sequence[str],
        kpi_ids: Sequence[str],
        *,
        with_labels: bool,
        fine_s: int | None,
    ) -> None:
        self._session = session
        self._grid = grid
        self._cells = {c: k for k, c in enumerate(cells)}
        self._kpis = {k: i for i, k in enumerate(kpi_ids)}
        self.fine_s = fine_s
        self.shape = (len(cells), grid.count)
        self.values: list[FloatArray] = unknown(len(kpi_ids), self.shape)
        self.flags: list[FlagArray] = [no_flags(self.shape) for _ in kpi_ids]
        self.labels: list[npt.NDArray[np.int8]] | None = (
            [np.full(self.shape, MISSING_LABEL, np.int8) for _ in kpi_ids] if with_labels else None
        )
        self.counts = Counts()
        self.periods_seen = np.zeros(grid.count, bool)
        self._terms = [np.zeros(self.shape, np.uint32) for _ in kpi_ids] if fine_s else None
        self._seen: dict[tuple[str, ...], FirstRows] = {}

    def fill(self, table: Table, to_clock: ToClock, monitor: Monitor, reason: Reason) -> None:
        """Put all good rows of a table in. Raises Cancelled."""
        total = max((p.last for p in table.parts), default=0)
        select = self._select(table)
        begins = np.array([p.first for p in table.parts], np.int64)
        order = _Order(self.shape[0] * (len(self._kpis) if table.tall else 1))
        places = {
            axis: np.array([of.get(name, -1) for name in names], np.int64)
            for axis, of, names in (
                ("cell", self._cells, table.cell_names),
                ("kpi", self._kpis, table.kpi_names if table.tall else None),
            )
            if names is not None
        }
        lows = range(0, total, CHUNK_ROWS)
        pieces = (f"{select} AND r.rowid >= {low} AND r.rowid < {low + CHUNK_ROWS}" for low in lows)
        with closing(self._session.each(pieces)) as chunks:
            for low, chunk in zip(lows, chunks, strict=True):
                self._session.at(monitor, low / max(total, 1), reason)
                chunk |= {axis: of[chunk[axis]] for axis, of in places.items()}
                if table.tall:
                    chosen = np.flatnonzero(chunk["kpi"] >= 0)
                    chunk = {k: v[chosen] for k, v in chunk.items()}
                if len(chunk["id"]):
                    self._in_order(table, chunk, begins, order, to_clock)

    def _in_order(
        self,
        table: Table,
        chunk: dict[str, npt.NDArray[Any]],
        begins: IntArray,
        order: _Order,
        to_clock: ToClock,
    ) -> None:
        """Put a chunk in, its rows as they stand in the files, which begin at the row ids `begins`."""
        if bool((np.diff(chunk["id"]) < 0).any()):
            rows = np.argsort(chunk["id"], kind="stable")
            chunk = {k: v[rows] for k, v in chunk.items()}
        chunk["part"] = np.searchsorted(begins, chunk["id"], side="right")
        self._chunk(table, chunk, order, to_clock)

    def average(self, kpis: Sequence[int]) -> None:
        """Turn the sums of finer rows into means for these KPIs (by their place); does nothing else."""
        for kpi in kpis if self._terms is not None else ():
            assert self._terms is not None
            for rows in blocks(self.shape):
                self.values[kpi][rows] /= np.maximum(self._terms[kpi][rows], 1)

    def _select(self, table: Table) -> str:
        columns = [
            "r.rowid AS id",
            "r.t AS t",
            "CAST(r.n AS BIGINT) AS n" if table.weighted else "CAST(1 AS BIGINT) AS n",
        ]
        joins = ""
        for axis, names, given in (
            ("cell", list(self._cells), table.cell_names),
            *([("kpi", list(self._kpis), table.kpi_names)] if table.tall else []),
        ):
            columns.append(f"r.{axis} AS {axis}" if given is not None else f"{axis}_at.place AS {axis}")
            if given is None:
                joins += f" JOIN {self._names(axis, names)} {axis}_at ON {axis}_at.name = r.{axis}"
        chosen = [k for k in range(table.width) if table.tall or table.kpis[k] in self._kpis]
        columns += [f"coalesce(r.v{k}, 'nan'::FLOAT) AS v{k}" for k in chosen]
        if table.labelled and self.labels is not None:
            columns.append(f"coalesce(r.label, {MISSING_LABEL}) AS label")
        if table.suspects:
            columns.append("coalesce(r.suspect, false) AS suspect")
        return f"SELECT {', '.join(columns)} FROM {table.name} r{joins} WHERE r.problem = 0"

    def _names(self, axis: str, names: Sequence[str]) -> str:
        """A table of the session with the place of every name on its axis."""
        table = f"{axis}_places"
        if not self._session.rows(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{table}'"):
            columns = f"unnest($1::VARCHAR[]) AS name, unnest(range({len(names)}))::BIGINT AS place"
            self._session.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns}", [list(names)])
        return table

    def _chunk(self, table: Table, chunk: dict[str, npt.NDArray[Any]], order: _Order, to_clock: ToClock) -> None:
        seconds, unreal = to_clock(chunk["t"], chunk["id"])
        self.counts.skipped_hour.add(table, chunk["id"][unreal], chunk["n"][unreal])
        stray = ~unreal & ((seconds < self._grid.low) | (seconds > self._grid.high))
        self.counts.stray.add(table, chunk["id"][stray], chunk["n"][stray])
        good = ~(unreal | stray)
        if not good.all():
            chunk, seconds = {k: v[good] for k, v in chunk.items()}, seconds[good]
        if not len(seconds):
            return
        chunk["t"] = seconds
        if table.ordered:
            series = chunk["cell"] * len(self._kpis) + chunk["kpi"] if table.tall else chunk["cell"]
            self.counts.clock_jumps += order.jumps(chunk["part"], series, seconds)
        off = (seconds - self._grid.first) % (self.fine_s or self._grid.period_s) != 0
        self.counts.off_grid.add(table, chunk["id"][off], chunk["n"][off])
        self.periods_seen[self._grid.indices(seconds)] = True
        self._put(table, chunk)

    def _put(self, table: Table, chunk: Mapping[str, npt.NDArray[Any]]) -> None:
        """Put rows in; of rows with the same place the first stays."""
        place = chunk["cell"] * self._grid.count + self._grid.indices(chunk["t"])
        once = place
        count = self._grid.count
        if self.fine_s is not None:
            count = self._grid.count * self._grid.period_s // self.fine_s + 1
            once = chunk["cell"] * count + (chunk["t"] - self._grid.first) // self.fine_s
        if table.tall:
            once = chunk["kpi"] * (self.shape[0] * count) + once
        if table.kpis not in self._seen:
            size = self.shape[0] * count * (len(self._kpis) if table.tall else 1)
            self._seen[table.kpis] = first_rows(size, sum(part.last - part.first for part in table.parts))
        new = self._seen[table.kpis].first_ever(once)
        places = (_Places.FREE if len(self._seen) == 1 else _Places.DISTINCT) if bool(new.all()) else _Places.ANY
        if table.tall:
            order = np.argsort(chunk["kpi"], kind="stable")
            for rows in np.split(order, np.flatnonzero(np.diff(chunk["kpi"][order])) + 1):
                part = {k: v[rows] for k, v in chunk.items()}
                new[rows] |= self._place(int(part["kpi"][0]), place[rows], part["v0"], part, new[rows], places)
        else:
            for k, kpi_id in enumerate(table.kpis):
                if kpi_id in self._kpis:
                    new |= self._place(self._kpis[kpi_id], place, chunk[f"v{k}"], chunk, new, places)
        self.counts.kept += int(chunk["n"][new].sum())
        self.counts.duplicate.add(table, chunk["id"][~new], chunk["n"][~new])

    def _place(
        self,
        kpi: int,
        at: IntArray,
        values: FloatArray,
        chunk: Mapping[str, npt.NDArray[Any]],
        new: BoolArray,
        places: _Places,
    ) -> BoolArray:
        """Put values where there is none yet, or add finer ones that are `new` up. Returns which were put."""
        flat = self.values[kpi].reshape(-1)
        put: BoolArray
        if self._terms is not None:
            put = new & ~np.isnan(values)
            terms = self._terms[kpi].reshape(-1)
            flat[at[put & (terms[at] == 0)]] = 0.0
            np.add.at(flat, at[put], values[put])
            np.add.at(terms, at[put], 1)
        elif places is _Places.FREE:
            put = ~np.isnan(values)
            flat[at] = values
        else:
            put = np.isnan(flat[at]) & ~np.isnan(values)
            if places is _Places.ANY:
                rows = np.flatnonzero(put)
                put[rows] = firsts(at[rows])
            flat[at[put]] = values[put]
        if self.labels is not None and "label" in chunk:
            labels = self.labels[kpi].reshape(-1)
            free = np.flatnonzero(labels[at] == MISSING_LABEL) if self._terms is None else np.arange(len(at))
            free = free[firsts(at[free])] if self._terms is None else free
            np.maximum.at(labels, at[free], chunk["label"][free].astype(np.int8))
        if "suspect" in chunk and (chunk["suspect"] & put).any():
            if not self.flags[kpi].flags.writeable:
                self.flags[kpi] = np.zeros(self.shape, np.uint8)
            self.flags[kpi].reshape(-1)[at[chunk["suspect"] & put]] |= np.uint8(Flag.SUSPECT)
        release([self.values[kpi]])  # rows that come in any order touch all of it
        return put


class _Order:
    """Counts how often time goes back within a series of one file, chunk by chunk."""

    def __init__(self, series: int) -> None:
        self._last = np.full(series, np.iinfo(np.int64).min, np.int64)
        self._part = -1

    def jumps(self, part: IntArray, series: IntArray, seconds: IntArray) -> int:
        """The jumps in these rows, which are in file order; part: the file of each, ascending."""
        if part[0] != self._part:
            self._last[:] = np.iinfo(np.int64).min
        order = np.lexsort((series, part))
        file, key, at = part[order], series[order], seconds[order]
        begins = np.concatenate([[True], (key[1:] != key[:-1]) | (file[1:] != file[:-1])])
        before = np.concatenate([[0], at[:-1]])
        carried = begins & (file == part[0])
        before[carried] = self._last[key[carried]]
        before[begins & ~carried] = np.iinfo(np.int64).min
        if part[0] != part[-1]:
            self._last[:] = np.iinfo(np.int64).min
        ends = np.concatenate([begins[1:], [True]]) & (file == part[-1])
        self._last[key[ends]] = at[ends]
        self._part = int(part[-1])
        return int((at < before).sum())
