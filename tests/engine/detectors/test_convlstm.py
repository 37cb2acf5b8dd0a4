from __future__ import annotations

import itertools
import shutil
from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline, season, simulate
from engine.calendar import cut, make_clock
from engine.convlstm.registry import bundled_folder
from engine.convlstm.trial import Trial
from engine.data import Block, Kpi
from engine.detectors.convlstm import LARGEST_DRIFT, ConvLstm
from engine.evaluate import vus_pr
from engine.settings import Settings
from engine.text import say
from tests.engine.result_factory import empty_result

RNG = np.random.default_rng(1)


def block_of(panel, kpi: str) -> Block:
    clock = make_clock(panel.times, panel.period_s, panel.zone, "IR")
    values = panel.values[kpi]
    clean = np.isfinite(values)
    usual = season.fit(values, clean, clock, panel.kpi(kpi))
    return Block(
        panel.kpi(kpi), range(len(values)), values, season.adjust(values, usual), clean, clock, usual, panel.cells
    )


CITY = simulate.city(cells=12, days=56, seed=77, incidents_per_cell_week=0.3, kpis=("calls", "drop_rate"))


@pytest.mark.parametrize("kpi", ["calls", "drop_rate"])
def test_it_ranks_the_incidents_of_an_unseen_city_better_than_distance_from_usual(kpi):
    block = block_of(CITY.panel, kpi)
    score = ConvLstm().score(block, RNG).score
    found = []
    for row, far, truth in zip(score, np.abs(block.feed), CITY.labels[kpi], strict=True):
        judged = np.isfinite(row) & (truth >= 0)
        if (truth[judged] == 1).any():
            found.append([vus_pr(s[judged].astype(float), truth[judged] == 1, 4) for s in (row, far)])
    ours, distance = np.mean(found, axis=0)
    assert ours > distance - 0.02
    assert ours > 0.15


def test_a_forecasting_model_gives_a_band_that_holds_most_of_what_is_measured():
    block = block_of(CITY.panel, "calls")
    evidence = ConvLstm(model="series-forecast").score(block, RNG)
    known = np.isfinite(evidence.expected) & np.isfinite(block.values)
    assert known[:, 48:].mean() > 0.95
    inside = (evidence.lower <= block.values) & (block.values <= evidence.upper)
    assert inside[known].mean() > 0.95


def test_it_says_why_it_cannot_work():
    day = np.datetime64("2024-01-01T00:00:00", "s")
    for period, points, code in ((86_400, 400, "convlstm_period"), (3600, 100, "not_enough_history")):
        clock = make_clock(day + np.arange(points) * np.timedelta64(period, "s"), period, "UTC")
        reason = ConvLstm().applies(clock, Kpi("x"), points)
        assert reason is not None
        assert reason.code == code
    clock = make_clock(day + np.arange(400) * np.timedelta64(3600, "s"), 3600, "UTC")
    reason = ConvLstm.configured(replace(Settings(), model="nowhere")).applies(clock, Kpi("x"), 400)
    assert reason is not None
    assert reason.code == "model_unknown"


def test_it_abstains_on_data_unlike_what_it_was_trained_on():
    block = block_of(CITY.panel, "calls")
    assert ConvLstm().learn(block, RNG).moved < 0.5
    far = replace(block, values=(block.values > 150).astype(np.float32) * 1e6, season=None)
    moved = ConvLstm().learn(far, RNG)
    assert moved.moved > LARGEST_DRIFT
    evidence = moved.score(far, RNG)
    assert not np.isfinite(evidence.score).any()
    assert {reason.code for reason in evidence.reasons if reason} == {"convlstm_drift"}


def test_it_has_no_vote_where_incidents_written_into_the_history_are_found_as_well_without_it():
    block = block_of(CITY.panel, "calls")
    tried = ConvLstm().learn(block, np.random.default_rng(1))
    assert tried.tried is not None
    assert tried.tried.passed
    assert np.isfinite(tried.score(block, RNG).score).any()
    failed = replace(tried, tried=Trial(0.50, 0.49))
    evidence = failed.score(block, RNG)
    assert not np.isfinite(evidence.score).any()
    assert {reason.code for reason in evidence.reasons if reason} == {"convlstm_no_gain"}
    assert all("0.5 against 0.49" in say(reason) for reason in evidence.reasons if reason)


def test_a_model_of_the_user_has_been_tried_on_held_out_days_and_is_not_tried_again(tmp_path):
    own = tmp_path / "own"
    shutil.copytree(bundled_folder() / "series-label", own)
    block = block_of(CITY.panel, "calls")
    assert ConvLstm(model=str(own)).learn(block, np.random.default_rng(1)).tried is None


@pytest.mark.parametrize(("days", "later"), [(9, 1), (9, 30), *itertools.product([13, 14, 15, 33, 56], [1, 30, 200])])
def test_later_hours_are_judged_by_the_days_before_them_as_if_all_had_come_at_once(days, later):
    panel = CITY.panel
    part = replace(
        panel,
        times=panel.times[: days * 24],
        values={kpi: values[:, : days * 24] for kpi, values in panel.values.items()},
        flags={kpi: flags[:, : days * 24] for kpi, flags in panel.flags.items()},
    )
    whole = block_of(part, "calls")
    begins = whole.shape[1] - later
    for model in ("series-label", "series-forecast"):
        detector = ConvLstm(model=model)
        before = replace(
            whole,
            border=begins,
            clean=whole.clean & (np.arange(whole.shape[1]) < begins),
        )
        at_once = detector.score(before, RNG)
        assert whole.season is not None
        usual = replace(whole.season, centre=whole.season.centre[:, begins:], spread=whole.season.spread[:, begins:])
        rest = replace(
            whole,
            values=whole.values[:, begins:],
            feed=whole.feed[:, begins:],
            clean=whole.clean[:, begins:],
            clock=cut(whole.clock, begins, whole.shape[1]),
            season=usual,
        )
        after = detector.resume(rest, at_once.kept)
        for name in ("score", "expected", "lower", "upper"):
            np.testing.assert_allclose(
                getattr(after, name),
                getattr(at_once, name)[:, begins:],
                rtol=2e-3,
                atol=2e-3,
                err_msg=f"{model} {name}",
            )


MAP = ConvLstm(model="grid-forecast")


def test_a_model_of_maps_reads_the_whole_network_and_says_what_each_cell_should_show():
    block = block_of(CITY.panel, "calls")
    detector = MAP.learn(block, RNG)
    assert detector.scope == "panel"
    assert not detector.resumes
    assert ConvLstm(model="series-label").learn(block, RNG).scope == "block"
    evidence = detector.score(block, RNG)
    known = np.isfinite(block.values)
    np.testing.assert_array_equal(np.isfinite(evidence.score), known)
    inside = (evidence.lower <= block.values) & (block.values <= evidence.upper)
    assert inside[known].mean() > 0.95
    error, usual = (np.abs(block.values - e) for e in (evidence.expected, season.restore(0 * block.feed, block.season)))
    assert np.nanmean(error) < np.nanmean(usual)


def test_an_outage_stands_out_on_the_map_until_its_last_hour():
    block = block_of(CITY.panel, "calls")
    values = block.values.copy()
    values[4, 700:730] = 0.0
    broken = replace(block, values=values, season=season.fit(values, block.clean, block.clock, block.kpi))
    score = MAP.learn(broken, RNG).score(broken, RNG).score
    busy = season.restore(np.zeros_like(values), broken.season)[4, 700:730] > 50
    assert (score[4, 700:730][busy] > 4).all()
    assert score[4, 729] > 0.7 * score[4, 700:730].mean()


def test_without_places_it_says_what_is_missing_and_a_single_cell_without_one_is_left_out():
    block = block_of(CITY.panel, "calls")
    nowhere = tuple(replace(cell, lat=None, lon=None) for cell in block.cells)
    evidence = MAP.learn(block, RNG).score(replace(block, cells=nowhere), RNG)
    assert {reason.code for reason in evidence.reasons if reason} == {"convlstm_no_map"}
    assert all("--cells" in say(reason) for reason in evidence.reasons if reason)
    evidence = MAP.learn(block, RNG).score(replace(block, cells=(nowhere[0], *block.cells[1:])), RNG)
    codes = [reason.code if reason else None for reason in evidence.reasons]
    assert codes == ["convlstm_no_place"] + [None] * 11
    assert not np.isfinite(evidence.score[0]).any()


def test_a_run_with_a_model_of_maps_judges_every_cell_whatever_the_blocks():
    panel = CITY.panel
    part = replace(panel, kpis=panel.kpis[:1])
    settings = replace(Settings(), detectors=("baseline", "convlstm"), model="grid-forecast", country="IR")
    evidence = pipeline.analyse(part, empty_result().quality, settings).evidence["calls"]["convlstm"]
    assert evidence.reasons == (None,) * 12
    assert np.isfinite(evidence.score).mean() > 0.95
