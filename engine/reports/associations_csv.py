"""`associations.csv`: one row per term of the regressions; `docs/outputs.md` is its dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from engine.data import Result
from engine.monitor import Monitor
from engine.reports.base import When
from engine.text import say
from engine.writing.spreadsheet import Value, write_csv

COLUMNS = (
    "kpi",
    "term",
    "odds_ratio",
    "or_ci_low",
    "or_ci_high",
    "p_value",
    "coefficient",
    "n",
    "events",
    "sentence",
    "warnings",
    "settings_hash",
    "run_id",
)


class AssociationsCsv:
    """One row per KPI and circumstance."""

    id: ClassVar[str] = "associations"
    filename: ClassVar[str] = "associations.csv"
    label: ClassVar[str] = "Odds ratios (CSV)"
    when: ClassVar[When] = "asked"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the table. Raises OutputError, Cancelled."""
        write_csv(path, COLUMNS, _rows(result), monitor)


def _rows(result: Result) -> Iterator[list[Value]]:
    for one in result.associations:
        yield [
            one.kpi,
            one.term,
            one.odds_ratio,
            one.low,
            one.high,
            one.p_value,
            one.coefficient,
            one.n,
            one.events,
            say(one.sentence),
            " ".join(say(warning) for warning in one.warnings),
            result.record.settings_hash,
            result.record.run_id,
        ]
