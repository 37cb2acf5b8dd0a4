"""Numbers as a person writes them, with the noun they count."""

from __future__ import annotations

import math

import pytest

from engine.text import numbers_apart, tell, times, with_unit


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1.0, "calls", "1 call"),
        (2.0, "calls", "2 calls"),
        (0.0, "calls", "0 calls"),
        (1.04, "calls", "1.04 calls"),
        (1.0, "Mbps", "1 Mbps"),
        (1.0, "ms", "1 ms"),
        (1.0, "%", "1 %"),
        (1.0, "", "1"),
    ],
)
def test_one_of_what_is_counted_is_no_plural(value: float, unit: str, said: str) -> None:
    assert with_unit(value, unit) == said


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("change_points_more", "points"),
        ("explore_now", "alarms"),
        ("quality_kpis_more", "more"),
        ("report_budget", "budget"),
        ("report_more_kpis", "more"),
        ("score_few_events", "events"),
        ("score_points", "points"),
    ],
)
def test_sentences_tell_one_from_several(code: str, counted: str) -> None:
    budget = {} if counted == "budget" else {"budget": "2"}
    one, several = (tell(code, **{**budget, counted: value}) for value in (1, 5))
    assert one != several.replace("5", "1")


@pytest.mark.parametrize("name", ["تهران 12", "אב-3"])
def test_a_name_that_is_read_from_the_right_is_set_apart_in_a_sentence(name: str) -> None:
    assert tell("stage_load", name=name) == f"Reading \u2068{name}\u2069"
    assert tell("stage_load", name="Kraków 12") == "Reading Kraków 12"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.0912, "0.091"),
        (1e-5, "under 0.001"),
        (12.4, "12"),
        (9.96, "10"),
        (5000.0, "over 1,000"),
        (1.0, "1"),
        (float("nan"), "unknown"),
    ],
)
def test_factors_are_rounded_for_a_person(ratio: float, text: str) -> None:
    assert times(ratio) == text


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (0.5, 0.4, ("0.5", "0.4")),
        (1.0278, 1.0312, ("1.028", "1.031")),
        (1.03001, 1.03002, ("1.03001", "1.03002")),
        (12345.21, 12345.24, ("12,345.21", "12,345.24")),
        (1.03, 1.03, ("1.03", "1.03")),
        (1.0300000001, 1.03, ("1.03", "1.03")),
    ],
)
def test_numbers_to_be_compared_have_the_decimals_that_tell_them_apart(
    one: float, other: float, said: tuple[str, str]
) -> None:
    assert numbers_apart(one, other) == said
    assert numbers_apart(math.nan, math.nan) == ("unknown", "unknown")
