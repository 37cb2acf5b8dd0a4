"""Puts typed rows into the arrays of a panel, chunk by chunk in file order, and counts what happens to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, Flag, FlagArray, FloatArray, IntArray
from engine.errors import Reason
from engine.io.arrays import no_flags, unknown
from engine.io.base import Table
from engine.io.grid import Grid
from engine.io.session import Session
from engine.monitor import Monitor

CHUNK_ROWS = 400_000
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


class Filler:
    """The arrays of a panel while rows are put in.

    cells and kpis give the order of the axes. values[k] (C, T) float32, NaN where nothing was put yet.
    """

    def __init__(
        self, session: Session, grid: Grid, cells: Sequence[str], kpi_ids: Sequence[str], *, with_labels: bool
    ) -> None:
        self._session = session
        self._grid = grid
        self._cells = {c: k for k, c in enumerate(cells)}
        self._kpis = {k: i for i, k in enumerate(kpi_ids)}
        self.shape = (len(cells), grid.count)
        self.values: list[FloatArray] = [unknown(self.shape) for _ in kpi_ids]
        self.flags: list[FlagArray] = [no_flags(self.shape) for _ in kpi_ids]
        self.labels: list[npt.NDArray[np.int8]] | None = (
            [np.full(self.shape, MISSING_LABEL, np.int8) for _ in kpi_ids] if with_labels else None
        )
        self.counts = Counts()
        self.periods_seen = np.zeros(grid.count, bool)
        self._seen: dict[tuple[str, ...], BoolArray] = {}

    def fill(self, table: Table, to_clock: ToClock, monitor: Monitor, reason: Reason) -> None:
        """Put all good rows of a table in. Raises Cancelled."""
        total = max((p.last for p in table.parts), default=0)
        select = self._select(table)
        last = np.empty(self.shape[0] * (len(self._kpis) if table.tall else 1), np.int64)
        names = table.cell_names
        place_of_number = None if names is None else np.array([self._cells.get(n, -1) for n in names], np.int64)
        for part in table.parts:
            last[:] = np.iinfo(np.int64).min
            for low in range(part.first, part.last, CHUNK_ROWS):
                self._session.at(monitor, low / max(total, 1), reason)
                high = min(low + CHUNK_ROWS, part.last)
                chunk = self._session.arrays(f"{select} AND r.rowid >= {low} AND r.rowid < {high}")
                if place_of_number is not None:
                    chunk["cell"] = place_of_number[chunk["cell"]]
                if len(chunk["id"]):
                    order = np.argsort(chunk["id"], kind="stable")
                    self._chunk(table, {k: v[order] for k, v in chunk.items()}, last, to_clock)

    def _select(self, table: Table) -> str:
        columns = [
            "r.rowid AS id",
            "r.t AS t",
            "CAST(r.n AS BIGINT) AS n" if table.weighted else "CAST(1 AS BIGINT) AS n",
        ]
        joins = ""
        if table.cell_names is not None:
            columns.append("r.cell AS cell")
        else:
            joins += f" JOIN {self._names('cell', list(self._cells))} c ON c.name = r.cell"
            columns.append("c.place AS cell")
        if table.tall:
            joins += f" JOIN {self._names('kpi', list(self._kpis))} k ON k.name = r.kpi"
            columns.append("k.place AS kpi")
        chosen = [k for k in range(table.width) if table.tall or table.kpis[k] in self._kpis]
        columns += [f"coalesce(r.v{k}, 'nan'::FLOAT) AS v{k}" for k in chosen]
        if table.labelled and self.labels is not None:
            columns.append(f"coalesce(r.label, {MISSING_LABEL}) AS label")
        if table.suspects:
            columns.append("coalesce(r.suspect, false) AS suspect")
        return f"SELECT {', '.join(columns)} FROM {table.name} r{joins} WHERE r.problem = 0"

    def _names(self, kind: str, names: Sequence[str]) -> str:
        """A table of the session with the place of every name on its axis."""
        table = f"{kind}_places"
        if not self._session.rows(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{table}'"):
            columns = f"unnest($1::VARCHAR[]) AS name, unnest(range({len(names)}))::BIGINT AS place"
            self._session.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns}", [list(names)])
        return table

    def _chunk(self, table: Table, chunk: Mapping[str, npt.NDArray[Any]], last: IntArray, to_clock: ToClock) -> None:
        ids, weights = chunk["id"], chunk["n"]
        seconds, unreal = to_clock(chunk["t"], ids)
        self.counts.skipped_hour.add(table, ids[unreal], weights[unreal])
        stray = ~unreal & ((seconds < self._grid.low) | (seconds > self._grid.high))
        self.counts.stray.add(table, ids[stray], weights[stray])
        good = ~(unreal | stray)
        if not good.all():
            chunk = {k: v[good] for k, v in chunk.items()}
            ids, weights, seconds = ids[good], weights[good], seconds[good]
        if not len(ids):
            return
        if table.ordered:
            series = chunk["cell"] if not table.tall else chunk["cell"] * len(self._kpis) + chunk["kpi"]
            self.counts.clock_jumps += _jumps(series, seconds, last)
        off = (seconds - self._grid.first) % self._grid.period_s != 0
        self.counts.off_grid.add(table, ids[off], weights[off])
        period = self._grid.indices(seconds)
        self.periods_seen[period] = True
        place = chunk["cell"] * self._grid.count + period
        if table.tall:
            place = chunk["kpi"] * (self.shape[0] * self._grid.count) + place
        self._put(table, chunk, place)

    def _put(self, table: Table, chunk: Mapping[str, npt.NDArray[Any]], place: IntArray) -> None:
        """Put rows in; of rows with the same place the first stays."""
        firsts = _firsts(place)
        size = self.shape[0] * self.shape[1]
        if table.kpis not in self._seen:
            self._seen[table.kpis] = np.zeros(len(self._kpis) * size if table.tall else size, bool)
        seen = self._seen[table.kpis]
        new = firsts & ~seen[place]
        seen[place] = True
        if table.tall:
            order = np.argsort(chunk["kpi"], kind="stable")
            ends = np.flatnonzero(np.diff(chunk["kpi"][order])) + 1
            for rows in np.split(order, ends):
                kpi = int(chunk["kpi"][rows[0]])
                part = {k: v[rows] for k, v in chunk.items()}
                new[rows] |= self._place(kpi, place[rows] - kpi * size, part["v0"], part, firsts[rows])
        else:
            for k, kpi_id in enumerate(table.kpis):
                if kpi_id in self._kpis:
                    new |= self._place(self._kpis[kpi_id], place, chunk[f"v{k}"], chunk, firsts)
        self.counts.kept += int(chunk["n"][new].sum())
        self.counts.duplicate.add(table, chunk["id"][~new], chunk["n"][~new])

    def _place(
        self, kpi: int, at: IntArray, values: FloatArray, chunk: Mapping[str, npt.NDArray[Any]], firsts: BoolArray
    ) -> BoolArray:
        """Put values where there is none yet. Returns where that changed anything."""
        flat = self.values[kpi].reshape(-1)
        put: BoolArray = np.isnan(flat[at]) & ~np.isnan(values)
        if not firsts.all():
            rows = np.flatnonzero(put)
            put = np.zeros(len(put), bool)
            put[rows[_firsts(at[rows])]] = True
        flat[at[put]] = values[put]
        if self.labels is not None and "label" in chunk:
            labels = self.labels[kpi].reshape(-1)
            free = firsts & (labels[at] == MISSING_LABEL)
            labels[at[free]] = chunk["label"][free]
        if "suspect" in chunk and (chunk["suspect"] & put).any():
            if not self.flags[kpi].flags.writeable:
                self.flags[kpi] = np.zeros(self.shape, np.uint8)
            self.flags[kpi].reshape(-1)[at[chunk["suspect"] & put]] |= np.uint8(Flag.SUSPECT)
        return put


def _firsts(place: IntArray) -> BoolArray:
    """Which rows are the first of their place."""
    if bool((np.diff(place) > 0).all()):
        return np.ones(len(place), bool)
    firsts = np.zeros(len(place), bool)
    firsts[np.unique(place, return_index=True)[1]] = True
    return firsts


def _jumps(series: IntArray, seconds: IntArray, last: IntArray) -> int:
    """How often time goes back within a series, in the order of the rows; `last` (per series) is brought up to date."""
    order = np.argsort(series, kind="stable")
    key, at = series[order], seconds[order]
    begins = np.concatenate([[True], key[1:] != key[:-1]])
    before = np.where(begins, last[key], np.concatenate([[0], at[:-1]]))
    ends = np.concatenate([begins[1:], [True]])
    last[key[ends]] = at[ends]
    return int((at < before).sum())
