from __future__ import annotations

import numpy as np

from engine.calendar import make_clock
from engine.data import Clock, Kpi, KpiKind
from engine.diagnose.arima import MODELS, arima_verdict
from engine.text import say

LOAD = Kpi("load", "%", KpiKind.GAUGE)


def clock_of(points: int) -> Clock:
    times = np.datetime64("2023-03-01", "s") + np.arange(points) * np.timedelta64(3600, "s")
    return make_clock(times, 3600, "UTC")


def test_the_model_that_made_a_series_suits_it(rng: np.random.Generator) -> None:
    row = rng.normal(size=800)
    for t in range(2, 800):
        row[t] += 0.5 * row[t - 1] + 0.2 * row[t - 2]
    found = {v.test: v for v in arima_verdict(row, clock_of(800), LOAD)}
    assert list(found) == list(MODELS)
    assert found["AR(2)"].verdict.code == "arima_model_fits"
    assert found["MA(2)"].verdict.code in ("arima_model_structure", "arima_model_both")
    assert "AR(2) is suitable" in say(found["AR(2)"].verdict)


def test_changing_variance_makes_every_model_unsuitable_alone(rng: np.random.Generator) -> None:
    row, variance = np.empty(1200), 1.0
    for t in range(1200):
        row[t] = np.sqrt(variance) * rng.normal()
        variance = 0.05 + 0.4 * row[t] ** 2 + 0.58 * variance
    codes = {v.verdict.code for v in arima_verdict(row, clock_of(1200), LOAD)}
    assert codes <= {"arima_model_volatile", "arima_model_both"}


def test_a_series_that_is_too_short_or_does_not_vary_says_so() -> None:
    for row in (np.arange(30.0), np.full(500, 3.0), np.full(500, np.nan)):
        verdicts = arima_verdict(row, clock_of(len(row)), LOAD)
        assert {v.verdict.code for v in verdicts} == {"arima_too_short"}
        assert all(np.isnan(v.statistic) for v in verdicts)
        assert say(verdicts[0].verdict)


def test_gaps_are_bridged(rng: np.random.Generator) -> None:
    row = rng.normal(size=600)
    row[100:130] = np.nan
    assert all(np.isfinite(v.p_value) for v in arima_verdict(row, clock_of(600), LOAD))
