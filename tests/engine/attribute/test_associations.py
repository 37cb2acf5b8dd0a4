from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import statsmodels.api as sm

from engine.attribute import associations
from engine.attribute.associations import sentence
from engine.calendar import make_clock
from engine.data import Association, Cell, Clock, Kpi, KpiKind, Panel, Verdict
from engine.text import say

CALLS, DROPS = Kpi("calls", "calls"), Kpi("drop_rate", "%", KpiKind.RATIO)


def scene(cells: int = 8, days: int = 84, country: str = "IR") -> tuple[Panel, Clock]:
    rng = np.random.default_rng(0)
    axis = np.datetime64("2016-12-31T20:30", "s") + np.arange(days * 24) * np.timedelta64(3600, "s")
    clock = make_clock(axis, 3600, "Asia/Tehran", country)
    level = 100 * (1.5 - np.cos(2 * np.pi * clock.hour / 24))
    values = rng.poisson(level, (cells, len(axis))).astype(np.float32)
    flags = np.zeros(values.shape, np.uint8)
    panel = Panel(
        times=axis,
        period_s=3600,
        zone="Asia/Tehran",
        cells=tuple(Cell(str(i)) for i in range(cells)),
        kpis=(CALLS, DROPS),
        values={"calls": values, "drop_rate": values / 50},
        flags={"calls": flags, "drop_rate": flags},
    )
    return panel, clock


def verdicts(panel: Panel, probability: np.ndarray, seed: int = 1) -> dict[str, Verdict]:
    rng = np.random.default_rng(seed)
    alarm = rng.random(panel.shape) < probability
    none = Verdict(np.zeros(panel.shape, np.float32), np.zeros(panel.shape, bool))
    return {"calls": Verdict(alarm.astype(np.float32), alarm), "drop_rate": none}


def by_term(found: tuple[Association, ...]) -> dict[str, Association]:
    assert {a.kpi for a in found} == {"calls"}
    return {a.term: a for a in found}


def test_fewer_anomalies_on_fridays_are_told_as_in_the_paper() -> None:
    panel, clock = scene()
    odds = 0.08 * np.where(clock.weekday == 4, np.exp(-2.397), 1.0)
    found = by_term(associations(panel, clock, verdicts(panel, odds / (1 + odds))))
    friday = found["weekday_4"]
    assert friday.low < np.exp(-2.397) < friday.high
    assert friday.p_value < 0.001
    assert say(friday.sentence).startswith("On Fridays the odds of an anomaly are 0.")
    assert "times those of other days (95 % interval 0.0" in say(friday.sentence)
    assert found["weekend"].odds_ratio == pytest.approx(friday.odds_ratio, rel=0.05)
    assert say(found["weekend"].sentence).startswith("At the weekend (Friday) the odds of an anomaly are 0.")
    assert "may be chance" in say(found["weekday_1"].sentence)


def test_every_hour_is_set_against_the_others_and_night_against_day() -> None:
    panel, clock = scene()
    found = by_term(associations(panel, clock, verdicts(panel, np.where(clock.hour == 17, 0.10, 0.02))))
    assert found["hour_17"].odds_ratio == pytest.approx(0.1 / 0.9 / (0.02 / 0.98), rel=0.25)
    assert "Between 17:00 and 18:00" in say(found["hour_17"].sentence)
    assert sum("may be chance" not in say(found[f"hour_{h}"].sentence) for h in range(24)) == 1
    assert len([t for t in found if t.startswith("hour_")]) == 24
    nightly = by_term(associations(panel, clock, verdicts(panel, np.where(clock.hour < 6, 0.06, 0.02))))
    assert nightly["night"].odds_ratio == pytest.approx(0.06 / 0.94 / (0.02 / 0.98), rel=0.25)
    assert "those by day" in say(nightly["night"].sentence)


def test_independent_points_give_the_regression_of_statsmodels() -> None:
    panel, clock = scene()
    given = verdicts(panel, np.where(clock.holiday, 0.05, 0.02))
    found = by_term(associations(panel, clock, given))
    columns = [clock.hour < 6, clock.weekend, clock.holiday, clock.eve]
    design = np.column_stack([np.ones(panel.shape[1]), *columns]).astype(float)
    events = given["calls"].alarm.sum(axis=0)
    counts = np.column_stack([events, panel.shape[0] - events])
    model = sm.GLM(counts, design, family=sm.families.Binomial()).fit(tol=1e-12)
    for k, term in enumerate(("night", "weekend", "holiday", "eve"), start=1):
        assert found[term].coefficient == pytest.approx(model.params[k], abs=1e-7)
        assert np.log(found[term].high) >= model.conf_int()[k, 1] - 1e-9


def test_one_long_outage_is_no_proof_against_a_weekday() -> None:
    panel, clock = scene(cells=4)
    alarm = np.zeros(panel.shape, bool)
    alarm[:, 24 * 20 + 2 : 24 * 20 + 20] = True
    given = {
        "calls": Verdict(alarm.astype(np.float32), alarm),
        "drop_rate": Verdict(alarm.astype(np.float32), alarm & False),
    }
    found = by_term(associations(panel, clock, given))
    struck = found[f"weekday_{clock.weekday[24 * 20 + 5]}"]
    assert struck.odds_ratio > 5
    assert struck.p_value > 0.05
    assert "association_spells" in [w.code for w in struck.warnings]


def test_what_limits_a_ratio_is_said_with_it() -> None:
    panel, clock = scene()
    found = by_term(associations(panel, clock, verdicts(panel, np.where(clock.weekday == 4, 0.0, 0.03))))
    codes = {term: [w.code for w in a.warnings] for term, a in found.items()}
    assert codes["weekday_4"][0] == "association_never"
    assert "association_never" not in codes["weekday_1"]
    assert codes["traffic_high"][-1] == "association_circular"
    rare = by_term(associations(panel, clock, verdicts(panel, np.full(panel.shape[1], 0.0008))))
    assert "association_rare" in [w.code for w in rare["night"].warnings]
    for association in (*found.values(), *rare.values()):
        assert all(say(w) for w in association.warnings)


def test_the_level_of_what_is_judged_is_no_traffic() -> None:
    panel, clock = scene()
    given = verdicts(panel, np.full(panel.shape[1], 0.03))
    ratio = dataclasses.replace(panel, kpis=(DROPS,))
    found = associations(ratio, clock, {"drop_rate": given["calls"]})
    assert "weekday_1" in {a.term for a in found}
    assert not [a.term for a in found if a.term.startswith("traffic")]


def test_neighbours_count_where_places_are_known() -> None:
    panel, clock = scene()
    rng = np.random.default_rng(3)
    alarm = rng.random(panel.shape) < 0.01
    alarm |= np.roll(alarm, 1, axis=0) & (rng.random(panel.shape) < 0.5)
    given = {
        "calls": Verdict(alarm.astype(np.float32), alarm),
        "drop_rate": Verdict(alarm.astype(np.float32), alarm & False),
    }
    assert "neighbours" not in by_term(associations(panel, clock, given))
    placed = dataclasses.replace(panel, cells=tuple(Cell(c.id, row=0, col=i) for i, c in enumerate(panel.cells)))
    found = by_term(associations(placed, clock, given))["neighbours"]
    assert found.low > 5
    assert "When a neighbouring cell is anomalous" in say(found.sentence)


def test_a_handful_of_anomalies_makes_nothing_clear() -> None:
    panel, clock = scene()
    placed = dataclasses.replace(panel, cells=tuple(Cell(c.id, row=0, col=i) for i, c in enumerate(panel.cells)))
    alarm = np.zeros(panel.shape, bool)
    alarm[[0, 2, 3, 5, 6, 7], [100, 400, 777, 1200, 1500, 1900]] = True
    given = {
        "calls": Verdict(alarm.astype(np.float32), alarm),
        "drop_rate": Verdict(alarm.astype(np.float32), alarm & False),
    }
    found = by_term(associations(placed, clock, given))
    assert found["neighbours"].events == 0
    assert all(a.sentence.code.endswith("_unclear") for a in found.values())
    assert not any(term.startswith(("hour_", "weekday_")) for term in found)


def test_kpis_without_an_anomaly_and_days_that_do_not_occur_are_left_out() -> None:
    panel, clock = scene(days=4, country="")
    found = by_term(associations(panel, clock, verdicts(panel, np.full(panel.shape[1], 0.05))))
    assert {t for t in found if t.startswith("weekday")} == {"weekday_6", "weekday_0", "weekday_1", "weekday_2"}
    assert "holiday" not in found
    everywhere = np.ones(panel.shape, bool)
    verdict = Verdict(everywhere.astype(np.float32), everywhere)
    assert associations(panel, clock, {"calls": verdict, "drop_rate": verdict}) == ()


def test_counts_say_how_much_lies_behind_a_ratio() -> None:
    panel, clock = scene()
    given = verdicts(panel, np.full(panel.shape[1], 0.02))
    found = by_term(associations(panel, clock, given))
    friday = clock.weekday == 4
    assert found["weekday_4"].n == friday.sum() * panel.shape[0]
    assert found["weekday_4"].events == given["calls"].alarm[:, friday].sum()


def test_hardly_anything_is_clear_where_nothing_is_associated() -> None:
    panel, clock = scene()
    clear = total = 0
    for seed in range(8):
        found = associations(panel, clock, verdicts(panel, np.full(panel.shape[1], 0.02), seed))
        total += len(found)
        clear += sum(not a.sentence.code.endswith("_unclear") for a in found)
    assert clear / total < 0.03


def test_every_term_has_its_name_and_both_sentences() -> None:
    panel, clock = scene()
    placed = dataclasses.replace(panel, cells=tuple(Cell(c.id, row=0, col=i) for i, c in enumerate(panel.cells)))
    found = associations(placed, clock, verdicts(placed, np.full(panel.shape[1], 0.02)))
    terms = {a.term for a in found}
    assert len(terms) == 4 + 7 + 24 + 2 + 1
    for term in terms:
        for clear in (True, False):
            assert "times those" in say(sentence(term, 0.5, (0.2, 0.8), 0.01, clear=clear))
