"""What was measured: cells, KPIs, and their values on one grid of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag, StrEnum

import numpy as np
import numpy.typing as npt

from engine.data.arrays import DoubleArray, FlagArray, FloatArray, IntArray, TimeArray
from engine.errors import Reason


class KpiKind(StrEnum):
    """How a KPI may be summed: counts add up, ratios are ratios of sums, gauges are averaged."""

    COUNT = "count"
    RATIO = "ratio"
    GAUGE = "gauge"


class Direction(StrEnum):
    """Which way a value deviates, or which way is bad for a KPI (`BOTH`: either)."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class Flag(IntFlag):
    """What is known about one measured point besides its value; stored as uint8."""

    SUSPECT = 1  # the file itself marks the measurement as unreliable
    IMPUTED = 2  # filled by the gap policy, not measured
    MAINTENANCE = 4  # inside a maintenance window: shown, never alarmed, never learned from


TRAITS = ("sector", "technology", "band", "frequency", "region", "cluster", "vendor")
"""The fields of a cell that say what it is like, beside where it is; in the order in which they are told."""


EQUIPMENT = ("technology", "band", "frequency", "vendor")
"""Those of them that say what stands there, not where."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An entity with a series: a cell, an area (square, LAC/TAC) or a pseudonymised subscriber.

    lat, lon: WGS84 degrees. row, col: position on a regular grid, row 0 = south, col 0 = west. area: location or
    tracking area (LAC, TAC). azimuth: where the antenna points, degrees clockwise from north. sector to vendor: as the
    operator writes them, "" = not known; frequency: or the channel number, such as an EARFCN.
    """

    id: str
    name: str = ""
    site: str = ""
    lat: float | None = None
    lon: float | None = None
    row: int | None = None
    col: int | None = None
    area: str = ""
    azimuth: float | None = None
    sector: str = ""
    technology: str = ""
    band: str = ""
    frequency: str = ""
    region: str = ""
    cluster: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A measured quantity.

    unit: as people write it, "" for plain counts. kind: how it is summed. bad: the direction that hurts (drop of a
    success rate, rise of a drop rate). denominator: the KPI that a ratio is of, where the network's own dictionary
    says so, else "".
    """

    id: str
    unit: str = ""
    kind: KpiKind = KpiKind.COUNT
    bad: Direction = Direction.BOTH
    denominator: str = ""


@dataclass(frozen=True, eq=False)
class Panel:
    """The measured data on one regular UTC grid.

    times (T,) begin of each granularity period, UTC; period_s its length in seconds; zone the IANA name of the zone
    people read times in. values[kpi.id] (C, T) float32, NaN = missing; flags[kpi.id] (C, T) uint8 of `Flag`.
    Arrays may be memory-mapped and are never written to.
    """

    times: TimeArray
    period_s: int
    zone: str
    cells: tuple[Cell, ...]
    kpis: tuple[Kpi, ...]
    values: Mapping[str, FloatArray]
    flags: Mapping[str, FlagArray]

    def __post_init__(self) -> None:
        shape = (len(self.cells), len(self.times))
        for kpi in self.kpis:
            if self.values[kpi.id].shape != shape or self.flags[kpi.id].shape != shape:
                raise ValueError(f"{kpi.id}: {self.values[kpi.id].shape} does not fit {shape}")

    @property
    def shape(self) -> tuple[int, int]:
        """(number of cells, number of periods)"""
        return len(self.cells), len(self.times)

    def kpi(self, kpi_id: str) -> Kpi:
        """The KPI of that id. Raises KeyError."""
        return {kpi.id: kpi for kpi in self.kpis}[kpi_id]


Labels = Mapping[str, npt.NDArray[np.int8]]
"""Per KPI id (C, T): 1 = anomalous, 0 = normal, -1 = not labelled. Never seen by a detector unless asked for."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that were not used, for one reason, with the first place where it happened (file:line, value)."""

    reason: Reason
    rows: int
    example: str = ""


@dataclass(frozen=True, eq=False)
class Quality:
    """What was read and what was wrong with it. All counts are of the given files.

    completeness (C,) share of the grid measured per cell over all KPIs; duplicates: rows that repeated a cell and time;
    clock_jumps: places where time went back; gaps: runs of missing periods, per cell (C,). unknown_cells: ids of cells
    that have data and do not stand in the cell table, unused_cells: the other way round; both None without a table.
    """

    format: str
    mapping: Mapping[str, str]
    rows_read: int
    rows_kept: int
    dropped: tuple[Dropped, ...]
    notes: tuple[Reason, ...]
    duplicates: int
    clock_jumps: int
    missing_share: float
    completeness: DoubleArray
    gaps: IntArray
    unknown_cells: tuple[str, ...] | None = None
    unused_cells: tuple[str, ...] | None = None
