"""`run.json`: what makes the run repeatable, and what it came to; `docs/outputs.md` explains each key."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import ClassVar

from engine.data import Result
from engine.errors import Reason
from engine.inspection.summary import alarms_per_cell_week, cells_affected, severity_counts
from engine.monitor import Monitor
from engine.reports.base import When
from engine.rules import hidden
from engine.text import say
from engine.writing.plain import write_json

VERSION = 1


class RunJson:
    """The run record with settings, thresholds, abstentions and the figures of the result."""

    id: ClassVar[str] = "run"
    filename: ClassVar[str] = "run.json"
    label: ClassVar[str] = "Run record (JSON)"
    when: ClassVar[When] = "always"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the object. Raises OutputError, Cancelled."""
        monitor.step(0.0, Reason("stage_report", {"name": self.filename}))
        record, (cells, periods) = result.record, result.panel.shape
        content = {
            "version": VERSION,
            "run_id": record.run_id,
            "started_utc": record.started_utc,
            "seconds": record.seconds,
            "inputs": [{"name": name, "bytes": size, "sha256": digest} for name, size, digest in record.inputs],
            "versions": record.versions,
            "learned_until": record.learned_until,
            "seed": record.seed,
            "settings": result.settings.to_json(),
            "settings_hash": record.settings_hash,
            "thresholds": result.thresholds,
            "error_curves": _curves(result),
            "abstentions": _abstentions(result),
            "figures": {
                "cells": cells,
                "periods": periods,
                "kpis": len(result.panel.kpis),
                "anomalies": len(result.anomalies),
                "incidents": len(result.incidents),
                "incidents_hidden": len(hidden(result)),
                "incidents_by_severity": {k.value: n for k, n in severity_counts(result).items()},
                "cells_affected": cells_affected(result),
                "alarms_per_cell_week": alarms_per_cell_week(result),
            },
            "calendar": [event.to_json() for event in result.events],
            "rules": [rule.to_json() for rule in result.rules],
            "notes": result.notes,
        }
        write_json(path, content)


def _curves(result: Result) -> dict[str, dict[str, object]]:
    """Per KPI and detector the share of wrongly judged labelled points against the threshold, where labels chose it."""
    return {
        kpi: {
            detector: {
                "thresholds": curve.thresholds.tolist(),
                "errors": curve.errors.tolist(),
                "best": curve.best,
                "points": curve.points,
                "anomalous": curve.anomalous,
            }
            for detector, curve in of_kpi.items()
        }
        for kpi, of_kpi in result.curves.items()
    }


def _abstentions(result: Result) -> list[dict[str, object]]:
    """Which detector had no opinion on how many cells, once per kind of reason with the words of the first."""
    found: list[dict[str, object]] = []
    for kpi, evidence in result.evidence.items():
        for detector, one in evidence.items():
            first: dict[str, Reason] = {}
            counted: Counter[str] = Counter()
            for reason in one.reasons:
                if reason is not None:
                    counted[reason.code] += 1
                    first.setdefault(reason.code, reason)
            found += [
                {"kpi": kpi, "detector": detector, "cells": cells, "reason": code, "text": say(first[code])}
                for code, cells in counted.most_common()
            ]
    return found
