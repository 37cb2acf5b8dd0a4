"""One stretch of time for a group of plots."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.plots.time_window import NARROWEST, TimeWindow


def window(length: int = 1000) -> TimeWindow:
    made = TimeWindow()
    made.reset(length)
    return made


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("pan"), st.floats(-5000, 5000)),
        st.tuples(st.just("zoom"), st.floats(0.01, 50)),
        st.tuples(st.just("show"), st.floats(-2000, 3000), st.floats(0, 4000)),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2000), MOVES)
def test_no_move_leads_outside_the_series(length: int, moves: list[tuple]) -> None:
    shown = window(length)
    for move in moves:
        if move[0] == "pan":
            shown.pan(move[1])
        elif move[0] == "zoom":
            shown.zoom(move[1])
        else:
            shown.show(move[1], move[1] + move[2])
        assert -1e-6 <= shown.start <= shown.stop <= length + 1e-6
        assert shown.span >= min(NARROWEST, length) - 1e-6


def test_zoom_keeps_the_sample_under_the_pointer() -> None:
    shown = window()
    shown.show(200, 600)
    before = (300 - shown.start) / shown.span
    shown.zoom(0.5, at=300)
    assert shown.span == pytest.approx(200)
    assert (300 - shown.start) / shown.span == pytest.approx(before)


def test_panning_against_the_end_keeps_the_zoom() -> None:
    shown = window()
    shown.show(900, 950)
    shown.pan(500)
    assert (shown.start, shown.stop) == (950, 1000)


def test_home_shows_everything() -> None:
    shown = window()
    shown.show(10, 20)
    shown.show_all()
    assert shown.whole
    assert (shown.start, shown.stop) == (0, 1000)


def test_revealing_what_is_in_sight_does_not_move() -> None:
    shown = window()
    shown.show(0, 200)
    shown.reveal(50, 60, context=100)
    assert (shown.start, shown.stop) == (0, 200)


def test_revealing_what_is_elsewhere_shows_it_in_context() -> None:
    shown = window()
    shown.show(0, 100)
    shown.reveal(700, 710, context=200)
    assert shown.start < 700 < 710 < shown.stop
    assert shown.span == pytest.approx(200)


def test_revealing_what_is_too_narrow_to_see_zooms_in() -> None:
    shown = window(100_000)
    shown.reveal(700, 705, context=300)
    assert shown.span == pytest.approx(300)


def test_only_real_moves_are_announced() -> None:
    shown, told = window(), []
    shown.changed.connect(lambda: told.append(1))
    shown.show_all()
    shown.pan(100)
    assert told == []
    shown.zoom(0.5)
    assert told == [1]
