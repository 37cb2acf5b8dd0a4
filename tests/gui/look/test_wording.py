"""How the window says times, budgets, margins and shares."""

from __future__ import annotations

import math

import pytest

from engine.data import Association, Result
from engine.errors import Reason
from gui.look.wording import (
    budget,
    cause_label,
    cell_label,
    cells_label,
    detector_label,
    format_label,
    lasting,
    margin,
    moment,
    moment_iso,
    odds_numbers,
    share,
    term_label,
)


def test_times_are_local_and_full_in_the_tooltip(result: Result) -> None:
    assert moment(result.panel, 0) == "Thu 02 Mar 01:00"
    assert moment_iso(result.panel, 0) == "2017-03-02T01:00:00+01:00"
    assert lasting(result.panel, 3) == "3 h"


def test_a_moment_after_the_end_is_the_last_one(result: Result) -> None:
    last = len(result.panel.times) - 1
    assert moment(result.panel, last + 7) == moment(result.panel, last)


@pytest.mark.parametrize(
    ("alarms", "words"),
    [(2.0, "2 a week per cell"), (1.0, "1 a week per cell"), (0.5, "1 per cell in 2 weeks"), (0.03, "weeks")],
)
def test_a_budget_is_said_in_words(alarms: float, words: str) -> None:
    assert words in budget(alarms)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (0.00001, "under 0.01 %"),
        (0.0004, "0.04 %"),
        (0.031, "3.1 %"),
        (0.5, "50 %"),
        (0.9996, "99.96 %"),
        (0.999999, "over 99.99 %"),
        (1.0, "100 %"),
        (math.nan, "unknown"),
    ],
)
def test_a_share_is_honest_at_its_ends(value: float, text: str) -> None:
    assert share(value) == text


def test_a_margin_is_a_multiple_and_nan_is_no_opinion() -> None:
    assert margin(2.44) == "2.4 ×"
    assert margin(240.4) == "240 ×"
    assert (margin(0.949), margin(0.951), margin(0.9999), margin(1.0)) == ("0.9 ×", "0.95 ×", "0.99 ×", "1.0 ×")
    assert margin(math.nan) == "no opinion"


def test_cells_are_called_by_name_and_the_rest_is_counted(result: Result) -> None:
    assert cell_label(result.panel, 1) == "Città 1"
    assert cells_label(result.panel, (1,)) == "Città 1"
    assert cells_label(result.panel, (1, 2, 3)) == "Città 1 +2"
    assert cells_label(result.panel, ()) == ""


def test_unknown_ids_of_a_later_version_are_shown_as_they_are() -> None:
    assert cause_label("gremlins_at_work") == "gremlins at work"
    assert detector_label("oracle") == "oracle"
    assert term_label("moon_phase") == "moon phase"


def test_known_ids_have_names() -> None:
    assert cause_label("outage") == "Outage"
    assert detector_label("baseline") == "Seasonal baseline"
    assert term_label("weekday_0") == "Monday"


@pytest.mark.parametrize(
    ("ratio", "low", "high", "p", "text"),
    [
        (2.1, 1.4, 3.02, 0.003, "2.1 (1.4 to 3), p = 0.003"),
        (0.0046, 0.00004, 9.83, 0.38, "0.0046 (under 0.001 to 9.8), p = 0.38"),
        (math.inf, 0.0, math.inf, math.nan, "over 1,000 (under 0.001 to over 1,000)"),
    ],
)
def test_odds_as_numbers(ratio: float, low: float, high: float, p: float, text: str) -> None:
    association = Association("calls", "night", 0.0, ratio, low, high, p, 10, 2, Reason("no_opinion"))
    assert odds_numbers(association) == text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("csv-long", "CSV or TSV table, a row per cell and time"),
        ("parquet-wide", "Parquet table, a column per cell"),
        ("pm-xml", "3GPP or Nokia performance file"),
        ("from-elsewhere", "from elsewhere"),
    ],
)
def test_a_format_is_called_by_its_readers_name(found: str, said: str) -> None:
    assert format_label(found) == said
