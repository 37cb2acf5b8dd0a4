"""A small network with known expectations, into which a test writes its own incident; all else is the real engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import group
from engine.attribute import explain
from engine.calendar import make_clock
from engine.data import (
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
    Verdict,
)
from engine.settings import Settings
from engine.text import say

KPIS = (
    Kpi("calls", "calls"),
    Kpi("sms", "messages"),
    Kpi("data_mb", "MB"),
    Kpi("prb_utilisation", "%", KpiKind.GAUGE, Direction.UP),
    Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP),
)
COUNTS = ("calls", "sms", "data_mb")
WIDE, DAYS = 5, 21


class Network:
    """25 sites of three sectors, 600 m apart, over three weeks; values are what was expected, give or take 3 %.

    kpis: those that are measured.
    """

    kpis: tuple[Kpi, ...] = KPIS

    def __init__(self, country: str = "", start: str = "2023-01-02", seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.times = np.datetime64(start, "s") + np.arange(DAYS * 24) * np.timedelta64(3600, "s")
        self.clock = make_clock(self.times, 3600, "UTC", country)
        self.cells = tuple(
            Cell(f"S{n}-{sector}", site=f"S{n}", lat=45 + 0.0054 * (n // WIDE), lon=9 + 0.0076 * (n % WIDE))
            for n in range(WIDE * WIDE)
            for sector in "ABC"
        )
        day = 1.6 - np.cos(2 * np.pi * (self.clock.hour - 3) / 24)
        level = {"calls": 100.0, "sms": 40.0, "data_mb": 900.0, "prb_utilisation": 20.0, "drop_rate": 0.4}
        shape = (len(self.cells), len(self.times))
        self.expected = {
            k.id: np.broadcast_to(level[k.id] * (1.0 if k.id == "drop_rate" else day), shape).astype(np.float32)
            for k in KPIS
        }
        self.values = {k: (v * rng.normal(1, 0.03, shape)).astype(np.float32) for k, v in self.expected.items()}
        self.alarm = {k.id: np.zeros(shape, bool) for k in KPIS}
        self.flags = {k.id: np.zeros(shape, np.uint8) for k in KPIS}

    def change(self, kpis: Sequence[str], cells: Sequence[int], start: int, stop: int, factor: float) -> Network:
        """Multiply what was measured and mark it anomalous."""
        for kpi in kpis:
            self.values[kpi][list(cells), start:stop] *= np.float32(factor)
            self.alarm[kpi][list(cells), start:stop] = True
        return self

    def put(self, kpis: Sequence[str], cells: Sequence[int], start: int, stop: int, value: float) -> Network:
        """Write one value (NaN = missing) and mark it anomalous."""
        for kpi in kpis:
            self.values[kpi][list(cells), start:stop] = value
            self.alarm[kpi][list(cells), start:stop] = True
        return self

    def flag(self, cells: Sequence[int], start: int, stop: int, flag: Flag) -> Network:
        """Mark points of all KPIs."""
        for flags in self.flags.values():
            flags[list(cells), start:stop] |= np.uint8(flag)
        return self

    def result(self) -> Result:
        """Group what is marked anomalous into incidents, look for their causes, and put it all together."""
        panel = Panel(self.times, 3600, "UTC", self.cells, self.kpis, self.values, self.flags)
        nothing: tuple[None, ...] = (None,) * len(self.cells)
        evidence, verdicts, anomalies = {}, {}, []
        for kpi in self.kpis:
            due, alarm = self.expected[kpi.id], self.alarm[kpi.id]
            score = np.where(alarm, np.float32(3.0), np.float32(0.1))
            score[np.isnan(self.values[kpi.id])] = np.nan
            evidence[kpi.id] = {"baseline": Evidence("baseline", due, 0.8 * due, 1.2 * due, score, nothing)}
            verdicts[kpi.id] = Verdict(score, alarm)
            anomalies += group.anomalies(
                panel, kpi, verdicts[kpi.id], evidence[kpi.id], {"baseline": 1.0}, self.clock, len(anomalies)
            )
        incidents = group.incidents(panel, anomalies, self.clock)
        count = len(self.cells)
        return Result(
            panel=panel,
            clock=self.clock,
            quality=Quality("", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(count), np.zeros(count, np.int64)),
            settings=Settings(),
            diagnoses=(),
            evidence=evidence,
            thresholds={kpi.id: {"vote": 1.0, "baseline": 1.0} for kpi in self.kpis},
            verdicts=verdicts,
            anomalies=tuple(anomalies),
            incidents=explain(incidents, anomalies, panel, self.clock, verdicts, evidence, ()),
            associations=(),
            record=RunRecord("", "", 0.0, (), {}, 0, ""),
        )

    def explained(self) -> tuple[Incident, ...]:
        """The incidents with their causes."""
        return self.result().incidents

    def causes(self) -> tuple[Cause, ...]:
        """The causes of the one incident there is."""
        (incident,) = self.explained()
        return incident.causes


def words(cause: Cause) -> str:
    """The evidence as a person reads it."""
    return " ".join(say(reason) for reason in cause.evidence)
