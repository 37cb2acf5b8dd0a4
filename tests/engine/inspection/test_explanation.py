"""A score taken apart gives the score again, and says in words what counted."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import pipeline, simulate
from engine.calibration.thresholds import VOTE
from engine.data import Direction, Flag, Kpi, KpiKind, Quality, Result, Verdict
from engine.inspection.explanation import Explanation, Part, in_words, of_anomaly, of_stretch, seldom
from engine.settings import preset
from engine.text import say
from tests.engine.reports.tiny import tiny_result

DETECTORS = ("baseline", "garch", "kmeans", "flatline")


@pytest.fixture(scope="module")
def result() -> Result:
    city = simulate.city(cells=9, days=28, kpis=("calls", "drop_rate"), incidents_per_cell_week=0.3, seed=4)
    cells = city.panel.shape[0]
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    return pipeline.analyse(city.panel, quality, dataclasses.replace(preset("balanced"), detectors=DETECTORS))


def facts(explained: Explanation | None) -> str:
    assert explained is not None
    return " ".join(say(fact) for fact in (*explained.facts, *explained.about_vote))


@pytest.mark.parametrize("vote", ["fused", "any", "majority", "all", "2"])
def test_the_parts_and_one_give_the_score_of_every_anomaly(result: Result, vote: str) -> None:
    voted = pipeline.revote(result, dataclasses.replace(result.settings, vote=vote))
    told = [(a, e) for a in voted.anomalies if (e := of_anomaly(voted, a)) is not None]
    assert told
    for anomaly, explained in told:
        assert anomaly.start <= explained.time < anomaly.stop
        assert explained.score == pytest.approx(anomaly.score, rel=1e-5)
        assert 1.0 + sum(p.effect for p in explained.parts) == pytest.approx(anomaly.score, rel=1e-5)
        assert {p.detector for p in explained.parts} == set(DETECTORS)
        for part in explained.parts:
            assert math.isnan(part.score) == (part.silent is not None)


def test_a_moved_threshold_is_heeded_and_said(result: Result) -> None:
    moved = pipeline.revote(result, result.settings, {"calls": {VOTE: 0.8}})
    anomaly = next(a for a in moved.anomalies if a.kpi == "calls")
    explained = of_anomaly(moved, anomaly)
    assert explained is not None
    assert explained.score == pytest.approx(anomaly.score, rel=1e-5)
    assert "moved to 0.80 times" in facts(explained)


@given(st.lists(st.floats(-0.5, 40.0), min_size=1, max_size=7))
def test_what_is_shown_adds_up_to_what_is_shown(effects: list[float]) -> None:
    parts = tuple(Part(str(i), 1.0, 0.1, effect) for i, effect in enumerate(effects))
    explained = Explanation("calls", 0, 0, 1.0 + math.fsum(effects), parts)
    shown = explained.hundredths().values()
    assert round(1.0 + math.fsum(shown), 2) == round(explained.score, 2)
    assert all(abs(one - effect) < 0.01 * len(effects) for one, effect in zip(shown, effects, strict=True))


def test_the_words_of_a_silence() -> None:
    """Written by hand from the numbers of `tiny_result`: 0 where 10 was expected, twice its threshold, for 30 min."""
    tiny = tiny_result()
    explained = of_anomaly(tiny, tiny.anomalies[0])
    assert explained is not None
    assert in_words(explained) == (
        "Score 2.00 = 1.00 (threshold) +1.00 Seasonal baseline. At Sun 29 Oct 02:30 it was 0, 10 (100 %) below the"
        " expected 10. Seasonal baseline is the most surprised: extrapolated from the 1 h 30 min measured in this cell,"
        " as much begins about once in 15 weeks; its alarm threshold is what begins about once in 1 d 1 h. The score"
        " was over the threshold for all of its 30 min."
    )


def test_what_comes_back_within_the_history_is_not_called_extrapolated() -> None:
    """1.25 h were measured in the second cell, and what its last anomaly is comes back every 47 min."""
    tiny = tiny_result()
    said = facts(of_anomaly(tiny, tiny.anomalies[2]))
    assert "most surprised: in the 1 h 15 min measured in this cell, as much begins about once in 47 min;" in said


@pytest.mark.parametrize(
    ("vote", "said"),
    [
        ("fused", "half of the highest score and half of the mean of 2 detectors"),
        ("any", "the highest score, that of Seasonal baseline"),
        ("majority", "more than half of 2 detectors with an opinion reach, that of NNAR"),
        ("all", "the lowest score, that of NNAR"),
        ("2", "at least 2 detectors reach, that of NNAR"),
    ],
)
def test_how_the_vote_came_about_is_said(vote: str, said: str) -> None:
    tiny = tiny_result()
    tiny = dataclasses.replace(tiny, settings=dataclasses.replace(tiny.settings, vote=vote))
    assert said in facts(of_anomaly(tiny, tiny.anomalies[0]))


def test_a_percentage_is_off_by_points_alone() -> None:
    tiny = tiny_result()
    kpi = dataclasses.replace(tiny.panel.kpis[0], unit="%", kind=KpiKind.RATIO)
    values = {"calls": np.array(tiny.panel.values["calls"])}
    values["calls"][0, 2:4] = 8.0
    tiny = dataclasses.replace(tiny, panel=dataclasses.replace(tiny.panel, kpis=(kpi,), values=values))
    told = facts(of_anomaly(tiny, tiny.anomalies[0]))
    assert "it was 8 %, 2 percentage points below the expected 10 %." in told


@pytest.mark.parametrize(("actual", "percent"), [(0.0, "100"), (0.02, "99"), (3.83, "62"), (9.62, "3.8")])
def test_a_deviation_is_told_in_whole_per_cent_from_ten_on(actual: float, percent: str) -> None:
    tiny = tiny_result()
    values = {"calls": np.array(tiny.panel.values["calls"])}
    values["calls"][0, 2:4] = actual
    tiny = dataclasses.replace(tiny, panel=dataclasses.replace(tiny.panel, values=values))
    assert f"({percent} %) below the expected 10." in facts(of_anomaly(tiny, tiny.anomalies[0]))


def test_a_detector_without_an_opinion_counts_neither_way_and_says_why() -> None:
    tiny = tiny_result()
    evidence = dict(tiny.evidence["calls"])
    silent = evidence["baseline"].score.copy()
    silent[1] = np.nan
    evidence["baseline"] = dataclasses.replace(evidence["baseline"], score=silent)
    tiny = dataclasses.replace(tiny, evidence={"calls": evidence})
    explained = of_anomaly(tiny, tiny.anomalies[1])
    assert explained is not None
    assert {p.detector: p.weight for p in explained.parts} == {"nnar": 1.0, "baseline": 0.0}
    assert "Seasonal baseline counts neither way. Not enough history" in facts(explained)
    assert "45.5 (910 %) above the expected 5." in facts(explained)


def test_a_cell_that_was_absent_has_no_score_to_take_apart() -> None:
    tiny = tiny_result()
    evidence = {
        name: dataclasses.replace(one, score=np.full_like(one.score, np.nan))
        for name, one in tiny.evidence["calls"].items()
    }
    tiny = dataclasses.replace(tiny, evidence={"calls": evidence})
    assert of_anomaly(tiny, tiny.anomalies[0]) is None
    assert of_stretch(tiny, "calls", 0, 2, 4) is None


def test_what_makes_an_anomaly_last_below_the_threshold_is_said(result: Result) -> None:
    """4 h: one over the threshold, one held, one of nothing but zeros, one without an opinion."""
    anomaly = next(a for a in result.anomalies if a.kpi == "calls" and a.stop < 600)
    anomaly = dataclasses.replace(anomaly, stop=anomaly.start + 4)
    span = slice(anomaly.start, anomaly.stop)
    score, values = result.verdicts["calls"].score.copy(), result.panel.values["calls"].copy()
    score[anomaly.cell, span] = 1.5, 0.8, 0.2, np.nan
    values[anomaly.cell, span] = 5, 5, 0, np.nan
    changed = dataclasses.replace(
        result,
        verdicts={**result.verdicts, "calls": Verdict(score, result.verdicts["calls"].alarm)},
        panel=dataclasses.replace(result.panel, values={**result.panel.values, "calls": values}),
    )
    told = facts(of_anomaly(changed, anomaly))
    assert "over the threshold for 1 h of its 4 h." in told
    assert "For 1 h it went on because the score stayed at 0.7 or more" in told
    assert "For 1 h it went on because the value stayed 0." in told
    assert "For 1 h it went on although nothing was measured" in told


def _quiet(result: Result, kpi: str, value: float, flag: int = 0, **settings: float) -> str:
    """Why the first point of the first cell, though over the threshold, is no alarm if it had that value and flag."""
    values, flags = result.panel.values[kpi].copy(), result.panel.flags[kpi].copy()
    values[0, 0], flags[0, 0] = value, flag
    score, alarm = result.verdicts[kpi].score.copy(), result.verdicts[kpi].alarm.copy()
    score[0, :2], alarm[0, :2] = (2.0, 0.1), False
    changed = dataclasses.replace(
        result,
        settings=dataclasses.replace(result.settings, **settings),
        verdicts={**result.verdicts, kpi: Verdict(score, alarm)},
        panel=dataclasses.replace(
            result.panel,
            values={**result.panel.values, kpi: values},
            flags={**result.panel.flags, kpi: flags},
        ),
    )
    return facts(of_stretch(changed, kpi, 0, 0, 1))


def _expected(result: Result, kpi: str) -> float:
    return float(result.evidence[kpi]["baseline"].expected[0, 0])


def test_what_keeps_a_high_score_from_being_an_alarm_is_said(result: Result) -> None:
    calls, drops = _expected(result, "calls"), _expected(result, "drop_rate")
    assert "less than 20 % of what was expected" in _quiet(result, "calls", 0.9 * calls)
    assert "below 1,000,000" in _quiet(result, "calls", 0.0, min_traffic=1e6)
    assert "maintenance window" in _quiet(result, "calls", 0.0, flag=Flag.MAINTENANCE)
    assert "fewer than 1,000,000 events" in _quiet(result, "drop_rate", drops + 5, min_events=1e6)

    assert "% was expected" in _quiet(result, "drop_rate", 100.0)  # so many per cent of so little say nothing
    assert "nearer end of the scale" in _quiet(result, "drop_rate", drops, min_events=0.0)
    assert "shorter than 3 periods" in _quiet(result, "calls", 0.0, min_duration=3)


def test_a_value_on_the_good_side_is_no_alarm(result: Result) -> None:
    kpis = (Kpi("calls", "calls", KpiKind.COUNT, Direction.DOWN), result.panel.kpi("drop_rate"))
    good = dataclasses.replace(result, panel=dataclasses.replace(result.panel, kpis=kpis))
    assert "calls is better than expected" in _quiet(good, "calls", 3 * _expected(result, "calls"))


def test_a_calm_stretch_says_so_and_an_anomaly_that_it_is_one(result: Result) -> None:
    anomaly = max((a for a in result.anomalies if a.kpi == "calls"), key=lambda a: a.score)
    assert "It belongs to an anomaly." in facts(of_stretch(result, "calls", anomaly.cell, anomaly.start, anomaly.stop))
    calm = int(np.argmax(result.verdicts["calls"].score[0] < 0.5))
    assert "stayed below the threshold" in facts(of_stretch(result, "calls", 0, calm, calm + 1))


def test_how_seldom_is_said_in_a_unit_that_fits() -> None:
    assert [seldom(s) for s in (7200, 20 * 86_400, 3 * 31_557_600, 1e300)] == [
        "about once in 2 h",
        "about once in 3 weeks",
        "about once in 3 years",
        "less than once in 100 years",
    ]


def test_the_own_decision_of_a_method_has_no_rarity(result: Result) -> None:
    by_errors = dataclasses.replace(result, settings=dataclasses.replace(result.settings, threshold="min_error"))
    anomaly = result.anomalies[0]
    only = {k: {"kmeans": of["kmeans"]} for k, of in result.evidence.items()}
    told = facts(of_anomaly(dataclasses.replace(by_errors, evidence=only), anomaly))
    assert "most surprised" not in told
