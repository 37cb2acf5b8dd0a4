"""`quality.json`: what was read, what was left out and why, what is missing; `docs/outputs.md` explains each key."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.completeness.coverage import cover
from engine.completeness.quality import by_kpi_json, suspect_json
from engine.data import Result
from engine.errors import Reason
from engine.inspection.summary import Stamps, flagged
from engine.monitor import Monitor
from engine.reports.base import When
from engine.writing.plain import write_json

VERSION = 1


class QualityJson:
    """The data-quality record of the run."""

    id: ClassVar[str] = "quality"
    filename: ClassVar[str] = "quality.json"
    label: ClassVar[str] = "Data quality (JSON)"
    when: ClassVar[When] = "always"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the object. Raises OutputError, Cancelled."""
        monitor.step(0.0, Reason("stage_report", {"name": self.filename}))
        quality, panel = result.quality, result.panel
        coverage = cover(panel, result.settings.gaps, monitor.part(0.0, 0.5))
        stamps = Stamps(panel).utc
        dropped: dict[str, int] = {}
        for one in quality.dropped:
            dropped[one.reason.code] = dropped.get(one.reason.code, 0) + one.rows
        content = {
            "version": VERSION,
            "run_id": result.record.run_id,
            "format": quality.format,
            "mapping": quality.mapping,
            "rows_read": quality.rows_read,
            "rows_kept": quality.rows_kept,
            "dropped": dropped,
            "dropped_details": [
                {"reason": one.reason, "rows": one.rows, "example": one.example} for one in quality.dropped
            ],
            "notes": quality.notes,
            "duplicates": quality.duplicates,
            "clock_jumps": quality.clock_jumps,
            "cells": len(panel.cells),
            "kpis": [kpi.id for kpi in panel.kpis],
            "start_utc": stamps[0] if stamps else None,
            "end_utc": stamps[-1] if stamps else None,
            "period_s": panel.period_s,
            "zone": panel.zone,
            "missing_share": quality.missing_share,
            "flagged_points": {str(flag.name).lower(): count for flag, count in flagged(result).items()},
            "excluded_share": coverage.excluded_share,
            "by_kpi": by_kpi_json(coverage, result.settings.gaps),
            "suspect_periods": suspect_json(coverage, panel),
            "suspect_stretches": coverage.suspect_stretches,
            "unknown_cells": quality.unknown_cells,
            "unused_cells": quality.unused_cells,
            "per_cell": [
                {"cell": cell.id, "completeness": complete, "gaps": gaps}
                for cell, complete, gaps in zip(
                    panel.cells, quality.completeness.tolist(), quality.gaps.tolist(), strict=True
                )
            ],
        }
        write_json(path, content)
