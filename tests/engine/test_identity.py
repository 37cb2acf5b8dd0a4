"""Runs are told apart by everything that decides their results, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.convlstm import registry
from engine.convlstm.record import WEIGHTS_FILE, read_record
from engine.data import Cell, KpiKind, Models
from engine.execution import arrays
from engine.identity import identity
from engine.monitor import Cancelled, Monitor
from engine.settings import Settings
from tests.engine.result_factory import make_result

RESULT = make_result(cells=3, periods=60, kpis=2, anomalies=0)
LABELS = {kpi.id: np.zeros(RESULT.panel.shape, np.int8) for kpi in RESULT.panel.kpis}
MODELS = Models(40, 60, "1", "", {"calls": {"garch": {"a": np.ones((1, 4))}}}, {})
INPUTS = (("a.csv", 10, "00"),)

Given = dict[str, Any]


def given() -> Given:
    return {
        "inputs": INPUTS,
        "settings": Settings(),
        "panel": RESULT.panel,
        "clock": RESULT.clock,
        "labels": LABELS,
        "models": MODELS,
    }


def id_of(told: Given) -> str:
    return identity(**told, monitor=Monitor())


def of_panel(**changed: Any) -> Given:
    return {**given(), "panel": replace(RESULT.panel, **changed)}


def another(array: np.ndarray) -> np.ndarray:
    changed = array.copy()
    changed[-1, -1] += 1
    return changed


CHANGES: dict[str, Callable[[], Given]] = {
    "a file": lambda: {**given(), "inputs": (("a.csv", 10, "01"),)},
    "a setting": lambda: {**given(), "settings": Settings(budget=0.7)},
    "a value": lambda: of_panel(values={**RESULT.panel.values, "calls": another(RESULT.panel.values["calls"])}),
    "a flag, such as that of maintenance": lambda: of_panel(
        flags={**RESULT.panel.flags, "calls": another(RESULT.panel.flags["calls"])}
    ),
    "where a cell lies": lambda: of_panel(cells=(replace(RESULT.panel.cells[0], lat=1.5), *RESULT.panel.cells[1:])),
    "the name of a cell": lambda: of_panel(cells=(*RESULT.panel.cells[:-1], Cell("x"))),
    "what a KPI is": lambda: of_panel(kpis=(replace(RESULT.panel.kpis[0], kind=KpiKind.GAUGE), *RESULT.panel.kpis[1:])),
    "the zone": lambda: of_panel(zone="Asia/Tehran"),
    "the calendar": lambda: {**given(), "clock": replace(RESULT.clock, holiday=~RESULT.clock.holiday)},
    "a label": lambda: {**given(), "labels": {**LABELS, "calls": another(LABELS["calls"])}},
    "no labels": lambda: {**given(), "labels": None},
    "models": lambda: {
        **given(),
        "models": replace(MODELS, taught={"calls": {"garch": {"a": np.full((1, 4), 2.0)}}}),
    },
    "no models": lambda: {**given(), "models": None},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_a_result_changes_the_id(name: str) -> None:
    assert id_of(CHANGES[name]()) != id_of(given())


def test_other_weights_of_the_model_in_use_are_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {**given(), "settings": Settings(detectors=("baseline", "convlstm"))}
    before, record = id_of(told), read_record(registry.folder_of(registry.active()))
    files = {**record.files, WEIGHTS_FILE: replace(record.files[WEIGHTS_FILE], sha256="0" * 64)}
    monkeypatch.setattr("engine.identity.read_record", lambda _: replace(record, files=files))
    assert id_of(told) != before


def test_a_model_that_is_not_there_is_no_error_yet() -> None:
    missing = Settings(detectors=("baseline", "convlstm"), model="nowhere")
    assert id_of({**given(), "settings": missing}) != id_of(given())


def test_how_arrays_are_held_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = {kpi.id: np.zeros(RESULT.panel.shape, np.uint8) for kpi in RESULT.panel.kpis}
    repeated = {kpi: np.broadcast_to(np.uint8(0), held.shape) for kpi, held in zeros.items()}
    values = {kpi: np.asfortranarray(held) for kpi, held in RESULT.panel.values.items()}
    stored = id_of(of_panel(flags=zeros))
    monkeypatch.setattr(arrays, "BLOCK_POINTS", 70)
    assert id_of(of_panel(flags=repeated, values=values)) == stored


def test_a_cancel_is_answered() -> None:
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        identity(**given(), monitor=monitor)
