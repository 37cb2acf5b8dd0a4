"""A result small enough to write its files by hand: two cells, six quarter hours around the end of summer time."""

from __future__ import annotations

import numpy as np

from engine.calendar import make_clock
from engine.data import (
    Anomaly,
    AnomalyType,
    Cause,
    Cell,
    Direction,
    Evidence,
    Flag,
    Incident,
    Kpi,
    KpiKind,
    Panel,
    Quality,
    Result,
    RunRecord,
    Severity,
    Verdict,
)
from engine.errors import Reason
from engine.settings import Settings

NAN = float("nan")


def tiny_result() -> Result:
    """Two anomalies in one incident, a third alone; names that would be formulas, commas, quotes and accents."""
    times = np.datetime64("2017-10-29T00:00:00", "s") + np.arange(6) * np.timedelta64(900, "s")
    cells = (
        Cell("=1+1", 'Città "Alta", nord', "S1", 45.5, 9.25),
        Cell("-17", "", "", None, None),
    )
    values = np.array([[10, 11, 0, 0, 12, 10], [5, np.nan, 50.5, 5, 5, 6]], np.float32)
    flags = np.zeros((2, 6), np.uint8)
    flags[1, 2] = Flag.MAINTENANCE | Flag.SUSPECT
    panel = Panel(
        times, 900, "Europe/Rome", cells, (Kpi("calls", "calls", KpiKind.COUNT),), {"calls": values}, {"calls": flags}
    )
    score = np.array([[0.5, 0.5, 4, 4, 0.5, 0.5], [0.5, np.nan, 8, 0.5, 0.5, 0.5]], np.float32)
    expected = np.array([[10, 10, 10, 10, 10, 10], [np.nan] * 6], np.float32)
    nothing = np.full((2, 6), np.nan, np.float32)
    other = np.array([[np.nan] * 6, [5] * 6], np.float32)
    silent = Reason("not_enough_history", {"needed": 336, "points": 6})
    sentence = Reason(
        "incident_silence",
        {
            "kpi": "calls",
            "cell": 'Città "Alta", nord',
            "time": "Sun 29 Oct 02:30",
            "duration": "30 min",
            "expected": "8-12",
        },
    )
    anomalies = (
        Anomaly(
            7, 0, "calls", 2, 4, AnomalyType.SILENCE, Direction.DOWN, 0.0, 20.0, 16.0, 24.0, 2.0,
            {"baseline": 2.0, "nnar": NAN}, 0, 1,
        ),
        Anomaly(
            8, 1, "calls", 2, 3, AnomalyType.SPIKE, Direction.UP, 50.5, 5.0, NAN, NAN, 4.0,
            {"baseline": 0.25, "nnar": 4.0}, 1, 0,
        ),
        Anomaly(
            9, 1, "calls", 5, 6, AnomalyType.VOLATILITY, Direction.BOTH, 6.0, 0.0, NAN, NAN, 1.0,
            {"baseline": NAN, "nnar": 1.0}, 0, 0,
        ),
    )  # fmt: skip
    incident = Incident(
        id=3,
        start=2,
        stop=4,
        anomalies=(7, 8),
        cells=(0, 1),
        kpis=("calls",),
        severity=Severity.CRITICAL,
        importance=81.25,
        grouped_by=(Reason("grouped_same_site", {"cells": 2, "sites": "S1"}),),
        causes=(
            Cause("outage", 0.625, (Reason("evidence_zero", {"kpis": "calls"}), Reason("evidence_one_cell"))),
            Cause("maintenance", 0.25, (Reason("evidence_maintenance"),)),
        ),
        sentence=sentence,
    )
    return Result(
        panel=panel,
        clock=make_clock(times, 900, "Europe/Rome"),
        quality=Quality(
            "long_csv", {"cell": "cell"}, 12, 11, (), (), 0, 0, 1 / 12, np.array([1.0, 5 / 6]), np.array([0, 1])
        ),
        settings=Settings(detectors=("baseline", "nnar"), vote="any"),
        diagnoses=(),
        evidence={
            "calls": {
                "nnar": Evidence("nnar", other, other - 1, other + 1, score / 2, (None, None)),
                "baseline": Evidence("baseline", expected, nothing, expected + 2, score, (None, silent)),
            }
        },
        thresholds={"calls": {"vote": 1.0, "baseline": 2.0, "nnar": 4.0}},
        verdicts={"calls": Verdict(score / 2, score >= 2)},
        anomalies=anomalies,
        incidents=(incident,),
        associations=(),
        record=RunRecord(
            "run1", "2017-11-01T06:00:00Z", 1.5, (("a.csv", 5, "cd" * 32),), {"python": "3.11.2"}, 1, "abc123"
        ),
    )
