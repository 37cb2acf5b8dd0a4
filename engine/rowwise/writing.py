"""`rows.csv`, `associations.csv` and `rows.json`: what was found in rows that stand for themselves."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.monitor import Monitor
from engine.rowwise.judged import Judged
from engine.rowwise.learner import Judgement, Learned
from engine.rowwise.table import UNLABELLED
from engine.text import say
from engine.writing.output import whole_file
from engine.writing.spreadsheet import Value, write_csv

ROWS = (
    *("file", "line", "time", "cell", "label", "anomalous", "learner_score", "kmeans_strange", "kmeans_score"),
    *("farthest_kpi", "farthest_value", "quartile_ranges_away", "unit"),
)
ASSOCIATIONS = (
    *("label", "term", "odds_ratio", "or_ci_low", "or_ci_high", "p_value", "n", "events"),
    *("sentence", "warnings"),
)


def write_rows(judged: Judged, folder: Path, monitor: Monitor) -> None:
    """Write the three files into an existing folder. Raises OutputError, Cancelled."""
    write_csv(folder / "rows.csv", ROWS, _rows(judged), monitor)
    write_csv(folder / "associations.csv", ASSOCIATIONS, _associations(judged), monitor)
    with whole_file(folder / "rows.json") as part:
        text = json.dumps(as_json(judged), indent=2, ensure_ascii=False, allow_nan=False)
        part.write_text(text + "\n", "utf-8")


def _rows(judged: Judged) -> Iterator[list[Value]]:
    table = judged.table
    learned = judged.learned if isinstance(judged.learned, Learned) else None
    for k in range(len(table.lines)):
        score = float(learned.score[k]) if learned else math.nan
        strange = int(judged.clusters.cluster[k])
        far = int(judged.outlying[k])
        yield [
            str(table.files[k]),
            int(table.lines[k]),
            str(table.times[k]),
            str(table.cells[k]),
            None if table.labels[k] == UNLABELLED else int(table.labels[k]),
            None if math.isnan(score) else score >= 1,
            score,
            strange,
            float(judged.clusters.score[k]),
            table.kpis[far],
            float(table.values[k, far]),
            float(judged.away[k]),
            table.units[table.kpis[far]].symbol if table.kpis[far] in table.units else "",
        ]


def _associations(judged: Judged) -> Iterator[list[Value]]:
    for one in judged.associations:
        yield [
            one.kpi,
            one.term,
            one.odds_ratio,
            one.low,
            one.high,
            one.p_value,
            one.n,
            one.events,
            say(one.sentence),
            " ".join(say(warning) for warning in one.warnings),
        ]


def as_json(judged: Judged) -> dict[str, Any]:
    """The whole as plain JSON values."""
    table, learned = judged.table, judged.learned
    return {
        "rows": len(table.lines),
        "kpis": list(table.kpis),
        "units": {kpi: unit.symbol for kpi, unit in table.units.items()},
        "cells": len(set(table.cells.tolist())),
        "labelled": int(table.labelled.sum()),
        "anomalous": int((table.labels == 1).sum()),
        "dropped": {d.reason.code: d.rows for d in table.dropped},
        "unreadable": {kpi: count for kpi, (count, _) in table.unreadable.items()},
        "kmeans": {
            "silhouette": _plain(judged.clusters.silhouette),
            "strange_share": _plain(float((judged.clusters.cluster == 1).mean())),
        },
        "learner": None
        if not isinstance(learned, Learned)
        else {
            "stations": learned.stations,
            "labels_leak": learned.leaks,
            "held_out": _judgement(learned.sharp),
            "held_out_blurred": _judgement(learned.blurred),
        },
        "notes": [say(note) for note in judged.notes],
    }


def _judgement(found: Judgement) -> dict[str, Any]:
    return {name: _plain(value) for name, value in dataclasses.asdict(found).items()}


def _plain(value: float) -> float | int | None:
    return None if math.isnan(value) else value if isinstance(value, int) else round(value, 6)
