"""What `finetune` takes for labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import project
from engine.command_line.model_commands import _labels
from engine.data import Flag
from engine.labelling.labels import Interval, write_intervals
from engine.monitor import Monitor
from tests.engine.result_factory import make_result

RESULT = make_result(cells=6, kpis=1, anomalies=6)
PANEL = RESULT.panel
KPI = PANEL.kpis[0].id


def test_of_a_project_what_was_said_of_its_incidents(tmp_path: Path) -> None:
    file = tmp_path / "night.cellwarden"
    worst = [next(a for a in RESULT.anomalies if a.id == i.anomalies[0]) for i in RESULT.incidents[:2]]
    period = np.timedelta64(PANEL.period_s, "s")
    said = [
        project.Review(PANEL.cells[a.cell].id, a.kpi, PANEL.times[a.start], PANEL.times[a.stop - 1] + period, tag)
        for a, tag in zip(worst, ("fault", "planned"), strict=True)
    ]
    project.save(RESULT, file, reviews=said)
    later = replace(
        PANEL,
        times=PANEL.times[24:],
        values={KPI: PANEL.values[KPI][:, 24:]},
        flags={KPI: PANEL.flags[KPI][:, 24:]},
    )
    panel, labels = _labels(file, later, Monitor())
    fault, planned = worst
    assert fault.start >= 24
    assert (labels[KPI][fault.cell, fault.start - 24 : fault.stop - 24] == 1).all()
    assert (labels[KPI] == 0).any()
    begin = max(planned.start - 24, 0)
    assert (panel.flags[KPI][planned.cell, begin : planned.stop - 24] & Flag.MAINTENANCE).all()


def test_of_any_other_file_its_intervals(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    write_intervals(file, [Interval(PANEL.cells[1].id, KPI, PANEL.times[3], PANEL.times[5], "outage")])
    panel, labels = _labels(file, PANEL, Monitor())
    assert panel is PANEL
    assert np.argwhere(labels[KPI] == 1).tolist() == [[1, 3], [1, 4]]
