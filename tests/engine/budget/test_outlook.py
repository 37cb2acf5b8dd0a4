"""A glance at the short lists gives what the full vote gives, to the last point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.budget.outlook import Outlook
from engine.calendar import make_clock
from engine.completeness.quality import measured_again
from engine.data import Evidence, Flag, Result, Verdict
from engine.settings import VOTES, Settings
from engine.simulate import city
from tests.engine.result_factory import make_result


@pytest.fixture(scope="module")
def result() -> Result:
    """A week of a simulated city with gaps, silences, maintenance, points without an opinion, and noisy opinions."""
    made = city(cells=40, days=7, kpis=("calls", "cssr"), seed=5)
    rng, panel = np.random.default_rng(7), made.panel
    values = {kpi: panel.values[kpi].copy() for kpi in panel.values}
    flags = {kpi: panel.flags[kpi].copy() for kpi in panel.flags}
    values["calls"][3, 60:75], values["calls"][4, 60:75] = 0.0, np.nan
    values["calls"][5, 90:99:2], values["calls"][6, -3:] = np.nan, 0.0
    flags["calls"][7, 40:80] = Flag.MAINTENANCE
    evidence: dict[str, dict[str, Evidence]] = {}
    for kpi in values:
        usual = np.nan_to_num(np.broadcast_to(np.nanmedian(values[kpi], axis=1, keepdims=True), panel.shape), nan=1.0)
        evidence[kpi] = {}
        for name in ("baseline", "garch", "kmeans", "nnar"):
            burst = np.repeat(rng.random((panel.shape[0], panel.shape[1] // 6)) < 0.15, 6, axis=1)
            score = rng.exponential(0.6, panel.shape) + burst * rng.exponential(2.5, panel.shape)
            score[rng.random(panel.shape) < 0.15] = np.nan
            score[:, 100:104] = np.nan
            score = score.astype(np.float32)
            expected = usual.astype(np.float32)
            evidence[kpi][name] = Evidence(name, expected, expected, expected, score, (None,) * panel.shape[0])
    panel = replace(panel, values=values, flags=flags)
    clock = make_clock(panel.times, panel.period_s, panel.zone)
    like = make_result(cells=2, periods=30, kpis=1)
    settings = replace(Settings(), min_deviation=0.05)
    levels = {kpi: dict.fromkeys(("vote", *of), 1.0) for kpi, of in evidence.items()}
    made_of = replace(
        like,
        panel=panel,
        clock=clock,
        quality=measured_again(like.quality, panel),
        settings=settings,
        evidence=evidence,
        thresholds=levels,
        diagnoses=(),
    )
    return pipeline.revote(made_of, settings, associations=False)


def alarms(verdict: Verdict) -> list[tuple[int, int, int]]:
    cell, time = np.nonzero(np.diff(np.pad(verdict.alarm, ((0, 0), (1, 1))).astype(np.int8), axis=1))
    return [(int(c), int(a), int(b)) for c, a, b in zip(cell[::2], time[::2], time[1::2], strict=True)]


def counts(result: Result, settings: Settings, moved: pipeline.Overrides | None = None) -> dict[str, int]:
    """How many anomalies a full vote finds under every rule, and under that of the settings."""
    found = {}
    for rule in (*VOTES, settings.vote):
        voted = pipeline.revote(result, replace(settings, vote=rule), moved, associations=False)
        found[rule] = sum(len(alarms(verdict)) for verdict in voted.verdicts.values())
    return found


CHANGES = [
    {},
    {"hold": 1.0},
    {"hold": 0.5},
    {"budget": 0.02},
    {"budget": 1.0},
    {"min_duration": 3},
]


@pytest.fixture(scope="module")
def outlook(result: Result) -> Outlook:
    return Outlook.of(result)


@pytest.mark.parametrize("vote", [*VOTES, "2", "9"])
@pytest.mark.parametrize("changes", CHANGES)
def test_a_glance_is_the_full_vote_to_the_last_point(result, outlook, vote, changes):
    settings = replace(result.settings, vote=vote, **changes)
    full = pipeline.revote(result, settings, associations=False)
    found = outlook.glance(settings, pipeline.levels_by_vote(result, settings))
    for kpi, verdict in full.verdicts.items():
        runs = found.runs[kpi]
        assert list(zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True)) == alarms(verdict)
    assert found.counts == counts(result, settings)
    assert sum(found.counts.values()) > 100


def test_dragged_thresholds_count_too(result, outlook):
    moved = {"calls": {"vote": 0.9, "garch": 5.0, "nnar": 2.5}}
    full = pipeline.revote(result, result.settings, moved, associations=False)
    found = outlook.glance(result.settings, pipeline.levels_by_vote(result, result.settings, moved))
    assert len(found.runs["calls"]) == len(alarms(full.verdicts["calls"]))
    assert found.counts == counts(result, result.settings, moved)


def test_a_list_holds_a_part_of_the_points_only(result, outlook):
    lists = outlook.lists
    assert all(len(one.place) < 0.9 * result.panel.values["calls"].size for one in lists.values())


@pytest.mark.parametrize("changes", [{"min_deviation": 0.3}, {"budget": 20.0}, {"hold": 0.1}])
def test_what_the_lists_cannot_answer_is_left_to_the_full_vote(result, outlook, changes):
    settings = replace(result.settings, **changes)
    assert outlook.glance(settings, pipeline.levels_by_vote(result, settings)) is None


def test_an_outlook_serves_the_result_it_was_made_of_and_its_votes(result, outlook):
    assert outlook.serves(replace(result, settings=replace(result.settings, vote="any")))
    assert not outlook.serves(replace(result, evidence=dict(result.evidence)))


def test_points_that_were_filled_in_are_left_out_as_in_the_full_vote(result):
    rng, panel = np.random.default_rng(3), result.panel
    flags = {kpi: f | np.where(rng.random(f.shape) < 0.1, np.uint8(Flag.IMPUTED), 0) for kpi, f in panel.flags.items()}
    settings = replace(result.settings, gaps=("calls=hold:3", "cssr=interpolate:3"))
    filled = replace(result, panel=replace(panel, flags=flags), settings=settings)
    full = pipeline.revote(filled, settings, associations=False)
    found = Outlook.of(filled).glance(settings, pipeline.levels_by_vote(filled, settings))
    for kpi, verdict in full.verdicts.items():
        runs = found.runs[kpi]
        assert list(zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True)) == alarms(verdict)
    assert len(full.anomalies) != len(result.anomalies)
