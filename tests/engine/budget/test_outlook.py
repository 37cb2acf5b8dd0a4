"""A glance at the short lists gives what the full vote gives, to the last point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from engine import pipeline
from engine.budget.outlook import Glance, Outlook
from engine.calendar import make_clock
from engine.completeness.quality import measured_again
from engine.data import Evidence, Flag, Result
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


def anomalies(result: Result, kpi: str) -> list[tuple[int, int, int]]:
    return sorted((one.cell, one.start, one.stop) for one in result.anomalies if one.kpi == kpi)


def glanced(found: Glance | None, kpi: str) -> list[tuple[int, int, int]]:
    assert found is not None
    runs = found.runs[kpi]
    return list(zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True))


def counts(result: Result, settings: Settings, moved: pipeline.Overrides | None = None) -> dict[str, int]:
    """How many anomalies a full vote finds under every rule, and under that of the settings."""
    rules = (*VOTES, settings.vote)
    full = {r: pipeline.revote(result, replace(settings, vote=r), moved, associations=False) for r in rules}
    return {rule: len(voted.anomalies) for rule, voted in full.items()}


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
    for kpi in full.verdicts:
        assert glanced(found, kpi) == anomalies(full, kpi)
    assert found.counts == counts(result, settings)
    assert sum(found.counts.values()) > 100


def test_dragged_thresholds_count_too(result, outlook):
    moved = {"calls": {"vote": 0.9, "garch": 5.0, "nnar": 2.5}}
    full = pipeline.revote(result, result.settings, moved, associations=False)
    found = outlook.glance(result.settings, pipeline.levels_by_vote(result, result.settings, moved))
    assert len(found.runs["calls"]) == len(anomalies(full, "calls"))
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
    for kpi in full.verdicts:
        assert glanced(found, kpi) == anomalies(full, kpi)
    assert len(full.anomalies) != len(result.anomalies)


def network(seed: int) -> Result:
    """A few cells with silences that a crowd comes before or after, changes of level, gaps and maintenance."""
    rng = np.random.default_rng(seed)
    cells, days = int(rng.integers(3, 7)), 4
    like = make_result(cells=cells, periods=24 * days, kpis=int(rng.integers(1, 4)))
    panel, shape = like.panel, like.panel.shape
    values, flags, evidence = {}, {}, {}
    for kpi in panel.kpis:
        usual = np.nan_to_num(panel.values[kpi.id], nan=1.0) * rng.uniform(0.97, 1.03, shape).astype(np.float32)
        measured, marks = panel.values[kpi.id].copy(), panel.flags[kpi.id].copy()
        for _ in range(rng.integers(2, 13)):
            cell, start, length = rng.integers(cells), rng.integers(shape[1]), rng.integers(1, 20)
            there = cell, slice(start, start + length)
            around = cell, slice(max(0, start - 3), start + length + 3)
            match rng.choice(["silence", "crowd", "gap", "level", "maintenance"]):
                case "silence":
                    measured[there] = 0
                case "crowd":
                    measured[around] *= 3
                    measured[there] = 0
                case "gap":
                    measured[there] = np.nan
                case "level":
                    measured[cell, start:] *= rng.choice([0.4, 1.7])
                case _:
                    marks[there] |= np.uint8(Flag.MAINTENANCE)
        evidence[kpi.id] = {}
        with np.errstate(invalid="ignore"):
            off = np.abs(measured - usual) / np.maximum(np.abs(usual), 1e-6)
        for name in ("baseline", "garch", "nnar"):
            score = 6 * off * rng.uniform(0.2, 1.5, shape) + rng.exponential(0.3, shape)
            score[rng.random(shape) < 0.1] = np.nan
            score = score.astype(np.float32)
            evidence[kpi.id][name] = Evidence(name, usual, usual, usual, score, (None,) * cells)
        values[kpi.id], flags[kpi.id] = measured, marks
    panel = replace(panel, values=values, flags=flags)
    levels = {kpi: dict.fromkeys(("vote", *of), 1.0) for kpi, of in evidence.items()}
    chosen = replace(Settings(), min_duration=int(rng.integers(1, 4)), vote=str(rng.choice(VOTES)))
    quality = measured_again(like.quality, panel)
    told = {"settings": chosen, "evidence": evidence, "thresholds": levels, "diagnoses": ()}
    clock = make_clock(panel.times, panel.period_s, panel.zone)
    return pipeline.revote(replace(like, panel=panel, clock=clock, quality=quality, **told), chosen, associations=False)


@trials(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.1, 0.4, 1.0]), st.none() | st.floats(0.8, 4.0))
def test_what_is_counted_for_a_vote_is_what_the_vote_then_finds(seed, budget, moved):
    result = network(seed)
    settings = replace(result.settings, budget=budget)
    over = None if moved is None else {kpi: {"vote": moved} for kpi in result.evidence}
    levels = pipeline.levels_by_vote(result, settings, over)
    found = Outlook.of(result).glance(settings, levels)
    assume(found is not None)  # so low are thresholds that the lists do not reach
    assert found.counts == counts(result, settings, over)
    full = pipeline.revote(result, settings, over, associations=False)
    for kpi in full.verdicts:
        assert glanced(found, kpi) == anomalies(full, kpi)
