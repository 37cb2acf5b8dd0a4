from __future__ import annotations

import numpy as np
import pytest

from engine.calendar import make_clock
from engine.data import Clock, Kpi, KpiKind
from engine.detectors import DETECTORS
from engine.diagnose import abstentions, describe, diagnose, opinions
from engine.diagnose.verdicts import TESTS, worded
from engine.settings import preset
from engine.text import say

CALLS = Kpi("calls", "calls")


def clock_of(points: int) -> Clock:
    times = np.datetime64("2023-03-01", "s") + np.arange(points) * np.timedelta64(3600, "s")
    return make_clock(times, 3600, "Europe/Rome", "IT")


def traffic(rng: np.random.Generator, clock: Clock, cells: int = 3) -> np.ndarray:
    mean = np.exp(4 + np.sin(2 * np.pi * clock.hour / 24) + 0.3 * clock.weekend)
    shocks, spread = np.empty((cells, len(mean))), np.full(cells, 0.1)
    for t in range(len(mean)):
        shocks[:, t] = spread * rng.normal(size=cells)
        spread = np.sqrt(0.002 + 0.25 * shocks[:, t] ** 2 + 0.6 * spread**2)
    return rng.poisson(mean * np.exp(shocks)).astype(np.float32)


def test_a_series_as_in_the_paper_is_read_as_in_the_paper(rng: np.random.Generator) -> None:
    clock = clock_of(2160)
    values = traffic(rng, clock)
    values[:, 1000:1400] *= 1.6
    values[:, 1000:1400:3] = 0
    found = diagnose(values, clock, CALLS, range(5, 8), ())[0]
    codes = {test.test: test.verdict.code for test in found.tests}
    assert (found.cell, found.kpi, found.points, found.missing_share) == (5, "calls", 2160, 0.0)
    assert found.seasons[:1] == (24,)
    assert codes["levene"] == "levene_unequal"
    assert codes["anova"] == "anova_unequal"
    assert codes["arch_lm"] == "arch_found"
    assert codes["arima"] == "arima_unsuitable"
    sentences = [say(reason) for reason in describe(found, clock)]
    assert sentences[0] == "2,160 measured points over 90 days."
    assert [s for s in sentences if "GARCH" in s] == [
        "GARCH is suitable: its band widens in restless hours, and those come in clusters."
    ]
    assert any("AR, MA, ARMA and ARIMA are not suitable" in s for s in sentences)


def test_even_noise_does_not_ask_for_garch(rng: np.random.Generator) -> None:
    clock = clock_of(2160)
    values = rng.normal(50, 2, (40, 2160)).astype(np.float32)
    found = diagnose(values, clock, Kpi("load", "%", KpiKind.GAUGE), range(40), ())
    even = [d for d in found if {t.verdict.code for t in d.tests} >= {"levene_equal", "arch_none", "arima_suitable"}]
    assert len(even) > 25
    assert "GARCH is not needed: there is no changing variance" in " ".join(say(r) for r in describe(even[0], clock))


SURE, NOT = (9.0, 0.001), (0.1, 0.8)
UNKNOWN = (float("nan"), float("nan"))


@pytest.mark.parametrize(
    ("levene", "boxcox", "arch", "code"),
    [
        (SURE, NOT, SURE, "garch_clusters"),
        (NOT, NOT, SURE, "garch_clusters"),
        (SURE, SURE, NOT, "garch_spread"),
        (SURE, UNKNOWN, NOT, "garch_spread"),
        (SURE, NOT, NOT, "garch_after_boxcox"),
        (NOT, NOT, NOT, "garch_constant"),
        (UNKNOWN, UNKNOWN, NOT, "garch_constant"),
        (UNKNOWN, UNKNOWN, UNKNOWN, "garch_unknown"),
    ],
)
def test_whatever_the_tests_find_there_is_one_conclusion_on_each_method(
    levene: tuple[float, float], boxcox: tuple[float, float], arch: tuple[float, float], code: str
) -> None:
    results = dict.fromkeys(TESTS, NOT) | {"levene": levene, "levene_boxcox": boxcox, "arch_lm": arch}
    tests = worded(results, 0.3)
    assert {one.test: one.verdict.code for one in tests}["garch"] == code
    words = [say(one.verdict) for one in tests]
    assert sum("GARCH" in text for text in words) == 1
    assert sum("ARIMA" in text for text in words) == 1


def test_a_cell_is_diagnosed_alike_whatever_stands_beside_it(rng: np.random.Generator) -> None:
    clock = clock_of(800)
    values = traffic(rng, clock, 200)
    values[3, 100:200] = np.nan
    together = diagnose(values, clock, CALLS, range(200), ())
    for cell in (0, 3, 199):
        alone = diagnose(values[cell : cell + 1], clock, CALLS, [cell], ())[0]
        assert alone.seasons == together[cell].seasons
        assert alone.boxcox_lambda == pytest.approx(together[cell].boxcox_lambda, nan_ok=True)
        for one, other in zip(alone.tests, together[cell].tests, strict=True):
            assert one.statistic == pytest.approx(other.statistic, rel=1e-9, nan_ok=True)
            assert one.verdict.code == other.verdict.code


@pytest.mark.parametrize(
    "row",
    [
        np.full(500, np.nan),
        np.zeros(500),
        np.full(500, 7.0),
        np.r_[1.0, 2.0, np.full(498, np.nan)],
        np.r_[np.zeros(499), 1e30],
        np.full(500, -5.0) + np.arange(500) % 3,
        np.r_[np.inf, np.arange(499.0)],
    ],
    ids=["missing", "zero", "constant", "two points", "one huge spike", "negative", "infinite"],
)
def test_every_odd_series_gets_a_diagnosis_in_words(row: np.ndarray) -> None:
    clock = clock_of(len(row))
    detectors = tuple(d.configured(preset("balanced")) for d in DETECTORS)
    for kind in KpiKind:
        found = diagnose(row[None].astype(np.float32), clock, Kpi("k", "", kind), range(1), detectors)[0]
        assert found.points == np.isfinite(row.astype(np.float32)).sum()
        assert len(found.suits) == len(DETECTORS)
        sentences = [say(reason) for reason in describe(found, clock)]
        assert len(sentences) >= 8
        assert "nan" not in " ".join(sentences)


def test_missing_points_are_counted_and_named(rng: np.random.Generator) -> None:
    clock = clock_of(500)
    values = traffic(rng, clock, 1)
    values[0, :50] = np.nan
    found = diagnose(values, clock, CALLS, range(1), ())[0]
    assert found.missing_share == pytest.approx(0.1)
    assert "10 % of the points are missing." in [say(r) for r in describe(found, clock)]


def test_a_detector_that_cannot_work_says_why_and_one_that_can_is_named() -> None:
    clock = clock_of(5)
    detectors = tuple(d.configured(preset("balanced")) for d in DETECTORS)
    found = diagnose(np.ones((1, 5), np.float32), clock, CALLS, range(1), detectors)[0]
    assert all(reason is not None for reason in found.suits.values())
    long = clock_of(2160)
    found = diagnose(np.ones((1, 2160), np.float32), long, CALLS, range(1), detectors)[0]
    assert found.suits["baseline"] is None
    assert "baseline judges this series." in [say(r) for r in opinions(abstentions(found, {}), {})]


def test_the_series_are_not_written_to(rng: np.random.Generator) -> None:
    clock = clock_of(300)
    values = traffic(rng, clock)
    before = values.copy()
    diagnose(values, clock, CALLS, range(3), ())
    assert (values == before).all()
