"""The whole run on a simulated city: what it finds, that it repeats, and that another vote costs no detection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from engine import pipeline, simulate
from engine.calibration.thresholds import VOTE
from engine.data import Flag, Panel, Quality, Result
from engine.data.event import Event
from engine.monitor import Cancelled, Monitor, Progress
from engine.settings import VOTES, Settings, preset
from engine.text import say


def quality(panel: Panel) -> Quality:
    cells = panel.shape[0]
    return Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))


@pytest.fixture(scope="module")
def city() -> simulate.Simulated:
    return simulate.city(cells=12, days=42, kpis=("calls", "sms"), incidents_per_cell_week=0.25, seed=4)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return replace(preset("balanced"), detectors=("baseline", "garch", "kmeans"), country="IR")


@pytest.fixture(scope="module")
def result(city: simulate.Simulated, settings: Settings) -> Result:
    return pipeline.analyse(city.panel, quality(city.panel), settings)


def same(one: Result, other: Result) -> None:
    """Equal to the last bit; repr, because NaN differs from itself."""
    assert list(map(repr, one.anomalies)) == list(map(repr, other.anomalies))
    assert list(map(repr, one.incidents)) == list(map(repr, other.incidents))
    for kpi, evidence in one.evidence.items():
        for name, piece in evidence.items():
            np.testing.assert_array_equal(piece.score, other.evidence[kpi][name].score)
        np.testing.assert_array_equal(one.verdicts[kpi].score, other.verdicts[kpi].score)


def test_it_finds_every_outage_and_sleeping_cell_and_little_else(city: simulate.Simulated, result: Result) -> None:
    for kpi, labels in city.labels.items():
        alarm = result.verdicts[kpi].alarm
        assert alarm[labels == 0].mean() < 0.005
        for happening in city.incidents:
            if kpi in happening.kpis and happening.kind in ("outage", "area", "sleeping"):
                assert alarm[list(happening.cells), happening.start : happening.stop].any()


def test_every_alarm_lies_in_one_anomaly_and_every_anomaly_in_one_incident(result: Result) -> None:
    for kpi, verdict in result.verdicts.items():
        covered = np.zeros(verdict.alarm.shape, int)
        for anomaly in result.anomalies:
            if anomaly.kpi == kpi:
                covered[anomaly.cell, anomaly.start : anomaly.stop] += 1
        np.testing.assert_array_equal(covered > 0, verdict.alarm)
        assert covered.max() == 1
    grouped = [a for incident in result.incidents for a in incident.anomalies]
    assert sorted(grouped) == sorted(a.id for a in result.anomalies)


def test_every_incident_can_be_told(result: Result) -> None:
    for incident in result.incidents:
        assert say(incident.sentence)
        for cause in incident.causes:
            assert [say(fact) for fact in cause.evidence]
            assert 0 <= cause.weight <= 1


def test_the_same_input_gives_the_same_output_with_any_number_of_workers(
    city: simulate.Simulated, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.blocks.POINTS_PER_BLOCK", 3 * city.panel.shape[1])
    alone = pipeline.analyse(city.panel, quality(city.panel), settings)
    with ThreadPoolExecutor(2) as executor:
        again = pipeline.analyse(city.panel, quality(city.panel), settings, executor=executor, workers=2)
    same(again, alone)
    assert again.record.run_id == alone.record.run_id


def test_the_size_of_the_blocks_changes_no_score_beyond_rounding(
    city: simulate.Simulated, settings: Settings, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.blocks.POINTS_PER_BLOCK", 5 * city.panel.shape[1])
    other = pipeline.analyse(city.panel, quality(city.panel), settings)
    for kpi, evidence in result.evidence.items():
        for name, piece in evidence.items():
            np.testing.assert_allclose(other.evidence[kpi][name].score, piece.score, rtol=1e-5, atol=1e-5)


def test_a_re_vote_equals_a_run_with_those_settings(
    city: simulate.Simulated, settings: Settings, result: Result
) -> None:
    other = replace(settings, vote="all", budget=2.0)
    same(pipeline.revote(result, other), pipeline.analyse(city.panel, quality(city.panel), other))


def test_a_moved_threshold_raises_fewer_alarms_and_goes_back(result: Result) -> None:
    higher = pipeline.revote(result, result.settings, {"calls": {VOTE: 3.0}})
    assert higher.verdicts["calls"].alarm.sum() < result.verdicts["calls"].alarm.sum()
    np.testing.assert_array_equal(higher.verdicts["sms"].alarm, result.verdicts["sms"].alarm)
    same(pipeline.revote(higher, result.settings), result)


@pytest.mark.parametrize("budget", [0.1, 2.0])
def test_the_levels_of_every_vote_are_those_of_a_re_vote(result: Result, budget: float) -> None:
    overrides = {kpi.id: {VOTE: 1.7} for kpi in result.panel.kpis}
    settings = replace(result.settings, budget=budget, vote="2")
    levels = pipeline.levels_by_vote(result, settings, overrides)
    assert set(levels) == {*VOTES, "2"}
    for rule, of_rule in levels.items():
        assert pipeline.revote(result, replace(settings, vote=rule), overrides).thresholds == of_rule


@pytest.mark.parametrize("budget", [0.1, 2.0])
def test_what_was_moved_in_a_result_is_moved_under_every_vote(result: Result, budget: float) -> None:
    settings = replace(result.settings, budget=budget)
    overrides = {"calls": {VOTE: 3.0, "garch": 9.0}}
    moved = pipeline.revote(result, settings, overrides)
    assert pipeline.levels_in_force(moved) == pipeline.levels_by_vote(result, settings, overrides)
    assert pipeline.levels_in_force(result)[result.settings.vote] == result.thresholds


def test_a_larger_budget_never_finds_fewer(result: Result) -> None:
    found = [
        pipeline.revote(result, replace(result.settings, budget=b)).verdicts["calls"].alarm.sum()
        for b in (0.01, 0.1, 1.0)
    ]
    assert found == sorted(found)


def work_during(city: simulate.Simulated, result: Result) -> tuple[Event, tuple[list[int], slice]]:
    """A maintenance window over the outage that was found most of, and its points."""
    found = result.verdicts["calls"].alarm
    outages = [h for h in city.incidents if h.kind == "outage"]
    outage = max(outages, key=lambda h: int(found[list(h.cells), h.start : h.stop].sum()))
    begin, end = (at.astype(datetime) for at in city.panel.times[[outage.start, outage.stop]])
    cells = tuple(city.panel.cells[cell].id for cell in outage.cells)
    work = Event(begin, end, "New power supply", "maintenance", cells, utc=True)
    return work, ([*outage.cells], slice(outage.start, outage.stop))


def test_maintenance_is_shown_and_never_alarmed(city: simulate.Simulated, settings: Settings, result: Result) -> None:
    work, where = work_during(city, result)
    few = replace(settings, detectors=("baseline",))
    found = pipeline.analyse(city.panel, quality(city.panel), few, events=[work])
    assert found.events == (work,)
    assert (found.panel.flags["calls"][where] == Flag.MAINTENANCE).all()
    assert not found.verdicts["calls"].alarm[where].any()
    assert np.isfinite(found.verdicts["calls"].score[where]).any()
    again = pipeline.analyse(found.panel, quality(city.panel), few)
    assert not again.panel.flags["calls"].any(), "a run goes by its own calendar, not by that of an earlier one"


def test_maintenance_that_is_told_later_holds_for_the_past_without_learning_anew(
    city: simulate.Simulated, result: Result
) -> None:
    work, where = work_during(city, result)
    assert result.verdicts["calls"].alarm[where].any()
    planned = pipeline.reschedule(result, [work])
    assert planned is not None
    assert not planned.verdicts["calls"].alarm[where].any()
    assert planned.evidence is result.evidence
    np.testing.assert_array_equal(planned.verdicts["calls"].score, result.verdicts["calls"].score)
    back = pipeline.reschedule(planned, [])
    assert back is not None
    same(back, result)


def test_another_holiday_takes_a_run(city: simulate.Simulated, result: Result) -> None:
    day = city.panel.times[24 * 9].astype(datetime)
    assert pipeline.reschedule(result, [Event(day, day + timedelta(days=1), "Feast", "holiday")]) is None
    match = pipeline.reschedule(result, [Event(day, day + timedelta(days=1), "Match")])
    assert match is not None
    assert "Match" in match.clock.event


def test_the_paper_without_labels_says_that_the_budget_decides(city: simulate.Simulated) -> None:
    literal = replace(preset("paper"), detectors=("garch", "kmeans"))
    result = pipeline.analyse(city.panel, quality(city.panel), literal)
    assert "threshold_without_labels" in {note.code for note in result.notes}


def test_the_paper_with_labels_sets_each_threshold_at_the_fewest_errors(city: simulate.Simulated) -> None:
    literal = replace(preset("paper"), detectors=("garch", "kmeans"))
    result = pipeline.analyse(city.panel, quality(city.panel), literal, labels=city.labels)
    training = round(0.7 * city.panel.shape[1])
    for kpi, labels in city.labels.items():
        score = result.evidence[kpi]["garch"].score[:, :training]
        truth = labels[:, :training]
        judged = np.isfinite(score) & (truth >= 0)

        def errors(level: float, score: np.ndarray = score, truth: np.ndarray = truth, on: np.ndarray = judged) -> int:
            return int(((score >= level) != (truth == 1))[on].sum())

        chosen = result.thresholds[kpi]["garch"]
        levels = np.unique(score[judged])
        assert errors(chosen) <= min(errors(level) for level in levels[:: max(1, len(levels) // 400)])
        assert result.thresholds[kpi]["kmeans"] == 1.0


@pytest.mark.parametrize(
    "literal",
    [
        replace(preset("paper"), detectors=("garch", "kmeans")),
        replace(preset("balanced"), detectors=("baseline", "boosting"), train_share=0.7),
    ],
    ids=["paper", "boosting"],
)
def test_labels_of_the_test_part_change_nothing_before_the_vote(city: simulate.Simulated, literal: Settings) -> None:
    training = round(0.7 * city.panel.shape[1])
    shuffled = {k: v.copy() for k, v in city.labels.items()}
    for labels in shuffled.values():
        labels[:, training:] = 1 - np.abs(labels[:, training:])
    one = pipeline.analyse(city.panel, quality(city.panel), literal, labels=city.labels)
    other = pipeline.analyse(city.panel, quality(city.panel), literal, labels=shuffled)
    same(one, other)


def test_labels_teach_a_detector_and_without_them_it_says_that_there_are_none(city: simulate.Simulated) -> None:
    wanted = replace(preset("balanced"), detectors=("baseline", "boosting"))
    taught = pipeline.analyse(city.panel, quality(city.panel), wanted, labels=city.labels)
    for kpi, labels in city.labels.items():
        score = taught.evidence[kpi]["boosting"].score
        assert np.nanmean(score[labels == 1]) > 3 * np.nanmean(score[labels == 0])
    alone = pipeline.analyse(city.panel, quality(city.panel), wanted)
    reasons = {reason.code for evidence in alone.evidence.values() for reason in evidence["boosting"].reasons if reason}
    assert reasons == {"boosting_no_labels"}
    assert len(alone.anomalies) > 0


def test_progress_only_grows_and_ends_at_one(city: simulate.Simulated, settings: Settings) -> None:
    seen: list[Progress] = []
    pipeline.analyse(city.panel, quality(city.panel), settings, monitor=Monitor(seen.append))
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(say(p.reason) for p in seen)


def test_a_cancelled_run_raises_cancelled(city: simulate.Simulated, settings: Settings) -> None:
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        pipeline.analyse(city.panel, quality(city.panel), settings, monitor=monitor)


@pytest.mark.parametrize("fill", [np.nan, 0.0, 5.0, 1e30, -3.0])
def test_a_cell_without_life_is_no_traceback_and_not_called_normal(fill: float, settings: Settings) -> None:
    panel = simulate.city(cells=3, days=21, kpis=("calls",), incidents_per_cell_week=0.0).panel
    values = panel.values["calls"].copy()
    values[1] = fill
    odd = replace(panel, values={"calls": values})
    result = pipeline.analyse(odd, quality(odd), settings)
    assert not result.verdicts["calls"].alarm[1].any()
    if np.isnan(fill):
        assert np.isnan(result.verdicts["calls"].score[1]).all()
        assert all(evidence.reasons[1] is not None for evidence in result.evidence["calls"].values())


@pytest.mark.parametrize("hours", [1, 2, 20])
def test_a_short_history_has_reasons_instead_of_opinions(hours: int, settings: Settings) -> None:
    panel = simulate.city(cells=2, days=2, kpis=("calls",), incidents_per_cell_week=0.0).panel
    short = replace(
        panel,
        times=panel.times[:hours],
        values={"calls": panel.values["calls"][:, :hours]},
        flags={"calls": panel.flags["calls"][:, :hours]},
    )
    result = pipeline.analyse(short, quality(short), settings)
    assert not result.anomalies
    for evidence in result.evidence["calls"].values():
        assert [say(reason) for reason in evidence.reasons if reason is not None]
        assert np.isnan(evidence.score).all()
