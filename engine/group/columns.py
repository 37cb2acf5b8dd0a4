"""Anomalies as columns, to be linked many at once."""

from __future__ import annotations

from dataclasses import dataclass

from engine.data import IntArray


@dataclass(frozen=True, eq=False)
class Table:
    """Anomalies as columns (N,): cell, number of the KPI, time indices [start, stop), side (-1 down, 1 up, 0)."""

    cell: IntArray
    kpi: IntArray
    start: IntArray
    stop: IntArray
    side: IntArray

    def __len__(self) -> int:
        return len(self.cell)
