"""Records as rows of text and numbers, and back, exactly.

Nested facts are JSON text; Python's own JSON keeps every float as it is, NaN and infinity too. In columns of numbers
NaN is NULL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from engine.data import (
    Anomaly,
    AnomalyType,
    Association,
    Cause,
    Cell,
    Diagnosis,
    Direction,
    Dropped,
    HypothesisTest,
    Incident,
    Kpi,
    KpiKind,
    Models,
    Quality,
    RunRecord,
    Severity,
)
from engine.errors import Reason, share
from engine.network.kpi_table import KpiEntry

Row = Sequence[Any]


def to_json(value: object) -> str:
    """Compact JSON text of plain values; numpy numbers count as numbers."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_number)


def _number(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be stored")


def number(stored: float | None) -> float:
    """A float column's value: NULL is NaN."""
    return math.nan if stored is None else float(stored)


def reason_out(reason: Reason) -> list[object]:
    """A reason as a JSON value."""
    return [reason.code, dict(reason.params)]


def reason_in(stored: Sequence[Any]) -> Reason:
    """The reason that `reason_out` was given."""
    return Reason(stored[0], stored[1])


def _reasons_out(reasons: Iterable[Reason]) -> str:
    return to_json([reason_out(reason) for reason in reasons])


def _reasons_in(stored: str) -> tuple[Reason, ...]:
    return tuple(reason_in(one) for one in json.loads(stored))


def cell_out(position: int, cell: Cell) -> Row:
    """A row of table cells."""
    return position, *(getattr(cell, field.name) for field in fields(Cell))


def cell_in(row: Row) -> Cell:
    """The cell of such a row."""
    return Cell(*row[1:])


def kpi_out(position: int, kpi: Kpi) -> Row:
    """A row of table kpis."""
    return position, kpi.id, kpi.unit, kpi.kind.value, kpi.bad.value


def kpi_in(row: Row) -> Kpi:
    """The KPI of such a row."""
    return Kpi(row[1], row[2], KpiKind(row[3]), Direction(row[4]))


def entry_out(position: int, entry: KpiEntry) -> Row:
    """A row of table dictionary; NULL for a kind or direction that it does not tell."""
    kind, bad = (None if one is None else one.value for one in (entry.kind, entry.bad))
    return position, entry.kpi, entry.unit, kind, bad, entry.numerator, entry.denominator


def entry_in(row: Row) -> KpiEntry:
    """The entry of the KPI dictionary of such a row."""
    _, kpi, unit, kind, bad, numerator, denominator = row
    told = None if kind is None else KpiKind(kind), None if bad is None else Direction(bad)
    return KpiEntry(kpi, unit, *told, numerator, denominator)


def diagnosis_out(position: int, one: Diagnosis) -> Row:
    """A row of table diagnoses."""
    tests = [[t.test, t.statistic, t.p_value, reason_out(t.verdict)] for t in one.tests]
    suits = {name: None if reason is None else reason_out(reason) for name, reason in one.suits.items()}
    seasons, measured = to_json(list(one.seasons)), one.missing_share
    return (
        position, one.cell, one.kpi, one.points, measured, seasons, one.boxcox_lambda, to_json(tests), to_json(suits),
    )  # fmt: skip


def diagnosis_in(row: Row) -> Diagnosis:
    """The diagnosis of such a row."""
    _, cell, kpi, points, missing_share, seasons, boxcox_lambda, tests, suits = row
    return Diagnosis(
        cell=cell,
        kpi=kpi,
        points=points,
        missing_share=number(missing_share),
        seasons=tuple(json.loads(seasons)),
        boxcox_lambda=number(boxcox_lambda),
        tests=tuple(HypothesisTest(t, s, p, reason_in(verdict)) for t, s, p, verdict in json.loads(tests)),
        suits={name: None if stored is None else reason_in(stored) for name, stored in json.loads(suits).items()},
    )


def anomaly_out(position: int, one: Anomaly) -> Row:
    """A row of table anomalies."""
    return (
        position, one.id, one.cell, one.kpi, one.start, one.stop, one.type.value, one.direction.value, one.actual,
        one.expected, one.lower, one.upper, one.score, to_json(dict(one.margins)), one.suspect_points,
        one.imputed_points,
    )  # fmt: skip


def anomaly_in(row: Row) -> Anomaly:
    """The anomaly of such a row."""
    _, identity, cell, kpi, start, stop, kind, direction, actual, expected, lower, upper, score, margins, *points = row
    return Anomaly(
        id=identity,
        cell=cell,
        kpi=kpi,
        start=start,
        stop=stop,
        type=AnomalyType(kind),
        direction=Direction(direction),
        actual=number(actual),
        expected=number(expected),
        lower=number(lower),
        upper=number(upper),
        score=number(score),
        margins=json.loads(margins),
        suspect_points=points[0],
        imputed_points=points[1],
    )


def incident_out(position: int, one: Incident) -> Row:
    """A row of table incidents."""
    causes = [[c.kind, c.weight, [reason_out(reason) for reason in c.evidence]] for c in one.causes]
    return (
        position, one.id, one.start, one.stop, to_json(one.anomalies), to_json(one.cells), to_json(one.kpis),
        one.severity.value, one.importance, _reasons_out(one.grouped_by), to_json(causes),
        to_json(reason_out(one.sentence)),
    )  # fmt: skip


def incident_in(row: Row, shared: dict[tuple[str, str], Reason]) -> Incident:
    """The incident of such a row. shared: facts told before, which take the place of the same ones told again."""
    _, identity, start, stop, anomalies, cells, kpis, severity, importance, grouped_by, causes, sentence = row
    return Incident(
        id=identity,
        start=start,
        stop=stop,
        anomalies=tuple(json.loads(anomalies)),
        cells=tuple(json.loads(cells)),
        kpis=tuple(json.loads(kpis)),
        severity=Severity(severity),
        importance=number(importance),
        grouped_by=_reasons_in(grouped_by),
        causes=tuple(
            Cause(kind, weight, tuple(share(reason_in(fact), shared) for fact in facts))
            for kind, weight, facts in json.loads(causes)
        ),
        sentence=reason_in(json.loads(sentence)),
    )


def association_out(position: int, one: Association) -> Row:
    """A row of table associations."""
    return (
        position, one.kpi, one.term, one.coefficient, one.odds_ratio, one.low, one.high, one.p_value, one.n, one.events,
        to_json(reason_out(one.sentence)), _reasons_out(one.warnings),
    )  # fmt: skip


def association_in(row: Row) -> Association:
    """The association of such a row."""
    _, kpi, term, coefficient, odds_ratio, low, high, p_value, n, events, sentence, warnings = row
    return Association(
        kpi=kpi,
        term=term,
        coefficient=number(coefficient),
        odds_ratio=number(odds_ratio),
        low=number(low),
        high=number(high),
        p_value=number(p_value),
        n=n,
        events=events,
        sentence=reason_in(json.loads(sentence)),
        warnings=_reasons_in(warnings),
    )


def run_out(position: int, one: RunRecord, settings: Mapping[str, Any]) -> Row:
    """A row of table runs."""
    return (
        position, one.run_id, one.started_utc, one.seconds, to_json(one.inputs), to_json(dict(one.versions)), one.seed,
        one.settings_hash, to_json(dict(settings)), one.learned_until,
    )  # fmt: skip


def run_in(row: Row) -> RunRecord:
    """The run record of such a row."""
    _, run_id, started_utc, seconds, inputs, versions, seed, settings_hash, _, learned_until = row
    return RunRecord(
        run_id=run_id,
        started_utc=started_utc,
        seconds=number(seconds),
        inputs=tuple((name, size, digest) for name, size, digest in json.loads(inputs)),
        versions=json.loads(versions),
        seed=seed,
        settings_hash=settings_hash,
        learned_until=learned_until,
    )


def models_out(one: Models | None) -> dict[str, Any] | None:
    """All of the models but their arrays, as a JSON value."""
    return None if one is None else {name: getattr(one, name) for name in ("periods", "learned", "version", "labels")}


def quality_out(one: Quality) -> str:
    """All of a quality record but its two arrays, as JSON text."""
    return to_json(
        {
            "format": one.format,
            "mapping": dict(one.mapping),
            "rows_read": one.rows_read,
            "rows_kept": one.rows_kept,
            "dropped": [[reason_out(d.reason), d.rows, d.example] for d in one.dropped],
            "notes": [reason_out(reason) for reason in one.notes],
            "duplicates": one.duplicates,
            "clock_jumps": one.clock_jumps,
            "missing_share": one.missing_share,
            "unknown_cells": one.unknown_cells,
            "unused_cells": one.unused_cells,
        }
    )


def quality_in(stored: str, completeness: Any, gaps: Any) -> Quality:  # noqa: ANN401 - arrays as they were stored
    """The quality record that `quality_out` was given, with its arrays."""
    held = json.loads(stored)
    held["dropped"] = tuple(Dropped(reason_in(reason), rows, example) for reason, rows, example in held["dropped"])
    for name in ("unknown_cells", "unused_cells"):  # files of before had none
        held[name] = tuple(held[name]) if held.get(name) is not None else None
    held["notes"] = tuple(reason_in(reason) for reason in held["notes"])
    return Quality(**held, completeness=completeness, gaps=gaps)
