"""Results for tests: real frozen records with real arrays, seeded, independent of the pipeline."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.calendar import make_clock
from engine.data import (
    Anomaly,
    AnomalyType,
    Association,
    Cause,
    Cell,
    Diagnosis,
    Direction,
    Dropped,
    Evidence,
    Flag,
    HypothesisTest,
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

KPIS = (
    Kpi("calls", "calls", KpiKind.COUNT, Direction.BOTH),
    Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP),
    Kpi("prb", "%", KpiKind.GAUGE, Direction.UP),
)
FACT = Reason(
    "incident_strange",
    {
        "kpi": "calls",
        "cell": "Città 1",
        "time": "Thu 02 Mar 17:00",
        "duration": "3 h",
        "actual": "612",
        "expected": "420-560",
    },
)
SILENT = Reason("not_enough_history", {"needed": 336, "points": 216})


def make_panel(
    cells: int = 6, periods: int = 24 * 21, kpis: int = 2, seed: int = 1, zone: str = "Europe/Rome"
) -> Panel:
    """Daily profiles with noise and gaps, hourly from Thu 2017-03-02 00:00 UTC on."""
    rng = np.random.default_rng(seed)
    times = np.datetime64("2017-03-02T00:00:00", "s") + np.arange(periods) * np.timedelta64(3600, "s")
    day = 1.3 - np.cos((np.arange(periods) % 24 - 3) / 24 * 2 * np.pi)
    values, flags = {}, {}
    for kpi in KPIS[:kpis]:
        level = rng.uniform(20, 400, (cells, 1)) if kpi.kind is KpiKind.COUNT else rng.uniform(1, 4, (cells, 1))
        series = (level * day * rng.normal(1, 0.08, (cells, periods))).astype(np.float32)
        series[rng.random((cells, periods)) < 0.01] = np.nan
        if periods > 60:
            series[0, 30:52] = np.nan
        marks = np.zeros((cells, periods), np.uint8)
        marks[rng.random((cells, periods)) < 0.004] = Flag.SUSPECT
        values[kpi.id], flags[kpi.id] = series, marks
    return Panel(
        times=times,
        period_s=3600,
        zone=zone,
        cells=tuple(
            Cell(id=f"c{i}", name=f"Città {i}", site=f"site {i // 3}", lat=45.0 + i / 100, lon=None if i % 2 else 9.0)
            for i in range(cells)
        ),
        kpis=KPIS[:kpis],
        values=values,
        flags=flags,
    )


def make_result(
    cells: int = 6,
    periods: int = 24 * 21,
    kpis: int = 2,
    seed: int = 1,
    anomalies: int = 14,
    detectors: tuple[str, ...] = ("baseline", "garch", "kmeans", "nnar"),
    zone: str = "Europe/Rome",
) -> Result:
    """A full result. anomalies = 0 gives one in which nothing was found."""
    rng = np.random.default_rng(seed)
    panel = make_panel(cells, periods, kpis, seed, zone)
    evidence = {kpi.id: _evidence(panel, kpi.id, detectors, rng) for kpi in panel.kpis}
    thresholds = {
        kpi.id: {"vote": 1.0} | {name: 2.5 + 0.25 * i for i, name in enumerate(detectors)} for kpi in panel.kpis
    }
    found = _anomalies(panel, anomalies, detectors, rng) if cells and periods > 4 else ()
    verdicts = {kpi.id: _verdict(panel, kpi.id, found, rng) for kpi in panel.kpis}
    settings = Settings(detectors=detectors, zone=zone, country="IT")
    return Result(
        panel=panel,
        clock=make_clock(panel.times, panel.period_s, zone, "IT"),
        quality=_quality(panel),
        settings=settings,
        diagnoses=_diagnoses(panel, detectors),
        evidence=evidence,
        thresholds=thresholds,
        verdicts=verdicts,
        anomalies=found,
        incidents=_incidents(found),
        associations=_associations(panel) if found else (),
        record=RunRecord(
            run_id="5f0c2a9b7d31",
            started_utc="2017-04-03T06:00:00Z",
            seconds=12.5,
            inputs=(("città 2017-03.csv.gz", 1_234_567, "ab" * 32),),
            versions={"python": "3.11.2", "numpy": "2.4.6", "duckdb": "1.5.6"},
            seed=seed,
            settings_hash=settings.digest(),
        ),
        notes=(FACT,),
    )


def empty_result() -> Result:
    """A result in which there is nothing at all: no cell, no period, no KPI."""
    full = make_result(cells=1, periods=24, kpis=1, anomalies=0)
    panel = dataclasses.replace(full.panel, times=full.panel.times[:0], cells=(), kpis=(), values={}, flags={})
    return dataclasses.replace(
        full,
        panel=panel,
        clock=make_clock(panel.times, panel.period_s, panel.zone),
        quality=_quality(panel),
        diagnoses=(),
        evidence={},
        thresholds={},
        verdicts={},
        notes=(),
    )


def _evidence(panel: Panel, kpi: str, detectors: tuple[str, ...], rng: np.random.Generator) -> dict[str, Evidence]:
    shape, found = panel.shape, {}
    for name in detectors:
        score = rng.exponential(0.434, shape).astype(np.float32)
        score[~np.isfinite(panel.values[kpi])] = np.nan
        expected = np.full(shape, np.nan, np.float32)
        lower, upper = expected.copy(), expected.copy()
        if name != "kmeans" and shape[1]:
            profile = np.nanmean(np.where(np.isfinite(panel.values[kpi]), panel.values[kpi], np.nan), axis=1)
            day = 1.3 - np.cos((np.arange(shape[1]) % 24 - 3) / 24 * 2 * np.pi)
            expected[:] = profile[:, None] * day / day.mean()
            lower[:], upper[:] = expected * 0.8, expected * 1.25
        reasons: list[Reason | None] = [None] * shape[0]
        if name == "nnar" and shape[0] > 1:
            score[-1], expected[-1], lower[-1], upper[-1] = np.nan, np.nan, np.nan, np.nan
            reasons[-1] = SILENT
        found[name] = Evidence(name, expected, lower, upper, score, tuple(reasons))
    return found


def _anomalies(panel: Panel, count: int, detectors: tuple[str, ...], rng: np.random.Generator) -> tuple[Anomaly, ...]:
    cells, periods = panel.shape
    found = []
    for i in range(count):
        start = int(rng.integers(0, periods - 3))
        kind = list(AnomalyType)[i % len(AnomalyType)]
        margins = {name: float(np.round(rng.uniform(0.2, 3.0), 4)) for name in detectors}
        if i % 5 == 4:
            margins[detectors[-1]] = float("nan")
        found.append(
            Anomaly(
                id=i,
                cell=int(rng.integers(cells)),
                kpi=panel.kpis[i % len(panel.kpis)].id,
                start=start,
                stop=min(periods, start + int(rng.integers(1, 12))),
                type=kind,
                direction=Direction.UP if i % 2 else Direction.DOWN,
                actual=float("nan") if kind is AnomalyType.SILENCE else float(np.round(rng.uniform(0, 500), 3)),
                expected=float(np.round(rng.uniform(50, 500), 3)),
                lower=float(np.round(rng.uniform(10, 50), 3)),
                upper=float(np.round(rng.uniform(500, 700), 3)),
                score=float(np.round(rng.uniform(1.0, 4.0), 4)),
                margins=margins,
                suspect_points=i % 3,
                imputed_points=i % 2,
            )
        )
    return tuple(found)


def _incidents(anomalies: tuple[Anomaly, ...]) -> tuple[Incident, ...]:
    found = []
    for i, pair in enumerate(zip(anomalies[::2], anomalies[1::2], strict=False)):
        found.append(
            Incident(
                id=i,
                start=min(a.start for a in pair),
                stop=max(a.stop for a in pair),
                anomalies=tuple(a.id for a in pair),
                cells=tuple(dict.fromkeys(a.cell for a in pair)),
                kpis=tuple(dict.fromkeys(a.kpi for a in pair)),
                severity=list(Severity)[i % 4],
                importance=round(95.0 - 7.5 * i, 2),
                grouped_by=(FACT,),
                causes=(Cause("outage", 0.6, (FACT, SILENT)), Cause("surge", 0.25, (FACT,))) if i % 3 else (),
                sentence=FACT,
            )
        )
    return tuple(found)


def _verdict(panel: Panel, kpi: str, anomalies: tuple[Anomaly, ...], rng: np.random.Generator) -> Verdict:
    score = np.minimum(rng.exponential(0.2, panel.shape), 0.99).astype(np.float32)
    score[~np.isfinite(panel.values[kpi])] = np.nan
    alarm = np.zeros(panel.shape, bool)
    for anomaly in anomalies:
        if anomaly.kpi == kpi:
            alarm[anomaly.cell, anomaly.start : anomaly.stop] = True
            score[anomaly.cell, anomaly.start : anomaly.stop] = anomaly.score
    return Verdict(score, alarm)


def _quality(panel: Panel) -> Quality:
    cells = panel.shape[0]
    rng = np.random.default_rng(7)
    return Quality(
        format="long_csv",
        mapping={"cell": "cell", "time": "time", "calls": "calls"},
        rows_read=10_000,
        rows_kept=9_985,
        dropped=(Dropped(FACT, 12, "città.csv:17, 2017-13-40"), Dropped(SILENT, 3)),
        notes=(FACT,),
        duplicates=4,
        clock_jumps=1,
        missing_share=0.0123 if cells else float("nan"),
        completeness=rng.uniform(0.7, 1.0, cells),
        gaps=rng.integers(0, 9, cells),
    )


def _diagnoses(panel: Panel, detectors: tuple[str, ...]) -> tuple[Diagnosis, ...]:
    return tuple(
        Diagnosis(
            cell=cell,
            kpi=kpi.id,
            points=panel.shape[1] - cell,
            missing_share=0.01 * cell,
            seasons=(24, 168) if cell % 2 else (),
            boxcox_lambda=float("nan") if cell == 0 else 0.25,
            tests=(
                HypothesisTest("levene", 12.5, 0.001, FACT),
                HypothesisTest("adf", float("nan"), float("nan"), SILENT),
            ),
            suits={name: SILENT if name == "garch" and cell % 2 else None for name in detectors},
        )
        for kpi in panel.kpis
        for cell in range(panel.shape[0])
    )


def _associations(panel: Panel) -> tuple[Association, ...]:
    terms = (("night", 1.2, 0.3, 40), ("weekend", 0.1, 0.2, 55), ("holiday", -2.1, 0.9, 3), ("traffic", 0.8, 0.05, 120))
    found = [
        Association(
            kpi=kpi.id,
            term=term,
            coefficient=b,
            odds_ratio=float(np.exp(b)),
            low=float(np.exp(b - 1.96 * se)),
            high=float(np.exp(b + 1.96 * se)),
            p_value=0.03,
            n=1000,
            events=events,
            sentence=FACT,
            warnings=(SILENT,) if events < 10 else (),
        )
        for kpi in panel.kpis
        for term, b, se, events in terms
    ]
    found.append(
        dataclasses.replace(
            found[0], term="eve", low=0.0, high=float("inf"), odds_ratio=float("inf"), p_value=float("nan")
        )
    )
    return tuple(found)
