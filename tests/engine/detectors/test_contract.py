"""What every detector keeps, whatever the data: held over DETECTORS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import season
from engine.calendar import cut, make_clock
from engine.data import Block, Evidence, Kpi, KpiKind
from engine.detectors import DETECTORS, choose
from engine.detectors.base import Detector, Resuming, resuming
from engine.errors import InputError
from engine.settings import Settings, preset
from engine.text import say

HOURS = 24 * 7 * 4
FEEDS = ("adjusted", "raw")
NAN = np.float32(np.nan)


def usual_weeks(rng: np.random.Generator, hours: int = HOURS) -> np.ndarray:
    hour = np.arange(hours)
    level = 200 * (1.2 + np.sin(2 * np.pi * (hour % 24 - 9) / 24)) * np.where(hour // 24 % 7 < 5, 1.0, 0.7)
    return rng.poisson(level).astype(np.float32)


def awkward_series() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    usual = usual_weeks(rng)
    spike, gaps, infinite, huge = usual.copy(), usual.copy(), usual.copy(), usual.copy()
    spike[400] *= 20
    gaps[rng.random(HOURS) < 0.3] = NAN
    infinite[[3, 300]] = np.inf, -np.inf
    huge[100] = 1e30
    two = np.full(HOURS, NAN)
    two[[10, 11]] = 5, 7
    late = usual.copy()
    late[: HOURS // 2] = NAN
    return {
        "usual": usual,
        "constant": np.full(HOURS, 7, np.float32),
        "zero": np.zeros(HOURS, np.float32),
        "two_points": two,
        "one_spike": spike,
        "flat_with_spike": np.where(np.arange(HOURS) == 50, 100, 0).astype(np.float32),
        "gaps": gaps,
        "nothing": np.full(HOURS, NAN),
        "huge": huge,
        "all_huge": (usual * 1e30).astype(np.float32),
        "negative": -usual,
        "infinite": infinite,
        "late_start": late,
        "alternating": np.where(np.arange(HOURS) % 2, 1.0, 0.0).astype(np.float32),
    }


SERIES = awkward_series()


def block_of(values: np.ndarray, feed: str = "adjusted", kind: KpiKind = KpiKind.COUNT, period_s: int = 3600) -> Block:
    values = np.atleast_2d(np.asarray(values, np.float32))
    start = np.datetime64("2024-01-01T00:00:00", "s")
    clock = make_clock(start + np.arange(values.shape[1]) * np.timedelta64(period_s, "s"), period_s, "Europe/Rome")
    kpi, clean = Kpi("traffic", kind=kind), np.isfinite(values)
    if feed == "raw":
        return Block(kpi, range(len(values)), values, values, clean, clock, None)
    usual = season.fit(values, clean, clock, kpi)
    return Block(kpi, range(len(values)), values, season.adjust(values, usual), clean, clock, usual)


def configured(kind: type[Detector], feed: str) -> Detector:
    chosen = replace(Settings(), nnar_lags=12, nnar_hidden=4, nnar_networks=2)
    if feed == "raw":
        chosen = replace(preset("paper"), nnar_lags=12, nnar_hidden=4, nnar_networks=2)
    return kind.configured(chosen)


def labelled(block: Block) -> Block:
    """The block with labels that call every twentieth point anomalous and all others normal."""
    labels = np.where(np.arange(block.shape[1]) % 20 == 10, 1, 0).astype(np.int8)
    return replace(block, labels=np.broadcast_to(labels, block.shape))


def judge(kind: type[Detector], block: Block, feed: str, seed: int = 1) -> Evidence:
    block = labelled(block) if kind.from_labels else block
    detector = configured(kind, feed).learn(block, np.random.default_rng(seed))
    return detector.score(block, np.random.default_rng(seed + 1))


each_detector = pytest.mark.parametrize("kind", DETECTORS, ids=lambda kind: kind.id)
each_feed = pytest.mark.parametrize("feed", FEEDS)


@each_detector
@each_feed
@pytest.mark.parametrize("unit", list(KpiKind))
def test_awkward_series_give_a_score_or_a_worded_reason_and_never_infinity(kind, feed, unit):
    values = np.stack(list(SERIES.values()))
    evidence = judge(kind, block_of(values, feed, unit), feed)
    for part in (evidence.score, evidence.expected, evidence.lower, evidence.upper):
        assert part.shape == values.shape
        assert part.dtype == np.float32
        assert not np.isinf(part).any()
    assert evidence.detector == kind.id
    assert not np.isfinite(evidence.score[~np.isfinite(values)]).any()
    silent = ~np.isfinite(evidence.score).any(axis=1)
    assert [reason is not None for reason in evidence.reasons] == silent.tolist()
    assert all(say(reason) for reason in evidence.reasons if reason is not None)
    assert silent[list(SERIES).index("nothing")]
    assert silent[list(SERIES).index("two_points")]


@each_detector
@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.floats(width=32),
            st.sampled_from([0.0, 1.0, -1.0, 1e30, -1e30, float("nan"), float("inf")]),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 8),
)
def test_whatever_is_measured_gives_scores_or_reasons(kind, numbers, times):
    values = np.tile(np.array(numbers, np.float32), times)
    values[~np.isfinite(values)] = NAN  # as `make_block` hands them over
    evidence = judge(kind, block_of(values), "adjusted")
    assert evidence.score.shape == (1, len(values))
    assert not np.isinf(evidence.score).any()
    assert not np.isfinite(evidence.score[0, np.isnan(values)]).any()
    assert (evidence.reasons[0] is not None) == (not np.isfinite(evidence.score).any())


@each_detector
@each_feed
def test_ordinary_weeks_are_judged(kind, feed):
    chosen = replace(preset("paper"), kmeans_separation=0.0) if feed == "raw" else Settings(kmeans_separation=0.0)
    block = labelled(block_of(np.stack([SERIES["usual"], SERIES["gaps"]]), feed))
    detector = kind.configured(replace(chosen, nnar_networks=2)).learn(block, np.random.default_rng(1))
    score = detector.score(block, np.random.default_rng(2)).score
    if kind.calibrated:  # speaks rarely, of what it has never seen: of something here, but not in alarm
        assert np.isfinite(score).any()
        assert np.nanmax(score) < 4
        return
    assert np.isfinite(score)[:, 200:].sum() > 0.6 * score[:, 200:].size


@each_detector
@each_feed
def test_same_seed_gives_the_same_scores(kind, feed):
    block = block_of(np.stack([SERIES["usual"], SERIES["one_spike"]]), feed)
    first, second = (judge(kind, block, feed) for _ in range(2))
    np.testing.assert_array_equal(first.score, second.score)
    np.testing.assert_array_equal(first.expected, second.expected)


@each_detector
@each_feed
def test_the_block_is_not_written_to(kind, feed):
    block = block_of(np.stack([SERIES["gaps"], SERIES["one_spike"]]), feed)
    for part in (block.values, block.feed, block.clean):
        part.setflags(write=False)
    before = block.values.copy(), block.feed.copy(), block.clean.copy()
    judge(kind, block, feed)
    np.testing.assert_array_equal(block.values, before[0])
    np.testing.assert_array_equal(block.feed, before[1])
    np.testing.assert_array_equal(block.clean, before[2])


@each_detector
@each_feed
def test_a_cell_does_not_depend_on_its_block_mates(kind, feed):
    names = ("usual", "huge", "gaps", "one_spike", "zero", "usual", "late_start")
    block = labelled(block_of(np.stack([SERIES[name] for name in names]), feed))
    detector = configured(kind, feed).learn(block, np.random.default_rng(1))
    together = detector.score(block, np.random.default_rng(2)).score
    order = [3, 0, 2]
    usual = block.season
    part = replace(
        block,
        rows=range(len(order)),
        values=block.values[order],
        feed=block.feed[order],
        clean=block.clean[order],
        season=None if usual is None else season.Season(usual.transform, usual.centre[order], usual.spread[order]),
    )
    apart = detector.score(part, np.random.default_rng(2)).score
    np.testing.assert_allclose(apart, together[order], rtol=2e-3, atol=2e-3)


@each_detector
@pytest.mark.parametrize(
    ("period_s", "points"), [(3600, 1), (3600, 5), (3600, 30), (60, 3000), (900, 700), (86400, 40)]
)
def test_short_and_fine_series_do_not_raise(kind, period_s, points):
    values = usual_weeks(np.random.default_rng(3), points)[None]
    evidence = judge(kind, block_of(values, period_s=period_s), "adjusted")
    assert evidence.score.shape == values.shape


@each_detector
def test_too_few_points_are_refused_beforehand_in_words(kind):
    block = block_of(SERIES["usual"])
    reason = kind.configured(Settings()).applies(block.clock, block.kpi, 3)
    assert reason is not None
    assert say(reason)
    assert kind.configured(Settings()).applies(block.clock, block.kpi, HOURS) is None


def test_detectors_are_chosen_in_display_order_and_ids_are_unique():
    ids = [kind.id for kind in DETECTORS]
    assert len(set(ids)) == len(ids)
    chosen = choose(list(reversed(ids)), Settings())
    assert [detector.id for detector in chosen] == ids


def test_an_unknown_detector_is_refused_by_name():
    with pytest.raises(InputError, match="abracadabra"):
        choose(["abracadabra"], Settings())


def history(block: Block, periods: int) -> Block:
    """The block with nothing to learn from behind `periods`; its season is learned from what is before."""
    clean = block.clean & (np.arange(block.shape[1]) < periods)
    usual = season.fit(block.values, clean, block.clock, block.kpi, learned=periods)
    feed = block.values if block.feed is block.values else season.adjust(block.values, usual)
    return replace(block, clean=clean, season=usual, feed=feed)


def piece(block: Block, start: int, stop: int) -> Block:
    """The same cells in the periods [start, stop) alone."""
    usual = block.season
    if usual is not None:
        usual = season.Season(usual.transform, usual.centre[:, start:stop], usual.spread[:, start:stop], usual.kept)
    axis = {name: getattr(block, name)[:, start:stop] for name in ("values", "feed", "clean")}
    return replace(block, **axis, clock=cut(block.clock, start, stop), season=usual)


def able(kind: type[Detector], feed: str, pool: Block) -> Resuming | None:
    detector = configured(kind, feed).learn(pool, np.random.default_rng(1))
    return detector if resuming(detector) else None


@each_detector
@each_feed
@pytest.mark.parametrize("later", [1, 30, 100])
def test_later_points_get_the_scores_of_a_run_that_did_not_learn_from_them(kind, feed, later):
    begins = HOURS - later
    ends_flat = SERIES["usual"].copy()
    ends_flat[begins - 3 : begins + 2] = ends_flat[begins - 3]  # a run of repeats, across the border
    values = np.stack([SERIES["usual"], SERIES["one_spike"], SERIES["gaps"], SERIES["nothing"], ends_flat])
    whole = history(block_of(values, feed), begins)
    before = piece(whole, 0, begins)
    detector = able(kind, feed, before)
    if detector is None:
        pytest.skip("it cannot score later points")
    if kind.id == "kmeans" and feed == "raw":
        pytest.skip("as in the paper it clusters all that was measured")
    at_once = detector.score(whole, np.random.default_rng(2))
    kept = detector.score(before, np.random.default_rng(2)).kept
    again = configured(kind, feed)
    assert resuming(again)
    after = again.recalled(detector.taught()).resume(piece(whole, begins, HOURS), kept)
    for name in ("score", "expected", "lower", "upper"):
        expected, got = getattr(at_once, name)[:, begins:], getattr(after, name)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected), err_msg=name)
        same = np.isclose(got, expected, rtol=2e-4, atol=2e-4, equal_nan=True)
        assert same.mean() >= 0.98  # NNAR settles what to believe by steps, which may end a little otherwise
        np.testing.assert_allclose(got, expected, rtol=0.2, atol=0.1, err_msg=name)
    assert after.reasons == (None,) * len(values)


@each_detector
@each_feed
def test_what_is_kept_at_a_border_gives_the_scores_from_there_on_again(kind, feed):
    border = HOURS - 30
    flat = SERIES["usual"].copy()
    flat[border - 2 : border + 3] = flat[border]
    whole = block_of(np.stack([SERIES["usual"], SERIES["one_spike"], SERIES["gaps"], flat]), feed)
    whole = replace(history(whole, HOURS), border=border)
    detector = able(kind, feed, whole)
    if detector is None:
        pytest.skip("it cannot score later points")
    found = detector.score(whole, np.random.default_rng(2))
    again = detector.resume(piece(whole, border, HOURS), found.kept)
    for name in ("score", "expected", "lower", "upper"):
        expected, got = getattr(found, name)[:, border:], getattr(again, name)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected), err_msg=name)
        np.testing.assert_allclose(got, expected, rtol=0.2, atol=0.1, err_msg=name)
        if kind.id != "flatline":  # it leaves the run that is judged out of what was counted
            assert np.isclose(got, expected, rtol=2e-4, atol=2e-4, equal_nan=True).mean() >= 0.94


@each_detector
@each_feed
def test_a_cell_that_could_not_be_judged_is_not_judged_later_either(kind, feed):
    whole = history(block_of(np.stack(list(SERIES.values())), feed), HOURS - 24)
    detector = able(kind, feed, piece(whole, 0, HOURS - 24))
    if detector is None:
        pytest.skip("it cannot score later points")
    before = detector.score(piece(whole, 0, HOURS - 24), np.random.default_rng(2))
    after = detector.resume(piece(whole, HOURS - 24, HOURS), before.kept)
    silent = [reason is not None and reason.code != "flatline_nothing_repeats" for reason in before.reasons]
    assert not np.isfinite(after.score[silent]).any()
    for part in (after.score, after.expected, after.lower, after.upper):
        assert part.shape == (len(SERIES), 24)
        assert part.dtype == np.float32
        assert not np.isinf(part).any()
