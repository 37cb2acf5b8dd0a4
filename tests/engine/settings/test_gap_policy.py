"""What a person writes of gaps: read, written again, refused with the reason."""

from __future__ import annotations

import dataclasses

import pytest

from engine.errors import InputError
from engine.settings import Settings, gap_policy
from engine.settings.gap_policy import GapPolicy


@pytest.mark.parametrize(
    ("text", "kpi", "policy"),
    [
        ("calls=zero", "calls", GapPolicy("zero")),
        ("calls=hold:4", "calls", GapPolicy("hold", 4)),
        ("calls=Interpolate", "calls", GapPolicy("interpolate", 3)),
        ("a=b, c =missing", "a=b, c", GapPolicy()),
        ("*=hold:1", "*", GapPolicy("hold", 1)),
    ],
)
def test_a_policy_is_read(text: str, kpi: str, policy: GapPolicy) -> None:
    assert gap_policy.parse(text) == (kpi, policy)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["calls"], "gap_policy"),
        (["calls=often"], "gap_policy"),
        (["=zero"], "gap_policy"),
        (["calls=zero:3"], "gap_policy"),
        (["calls=hold:0"], "gap_length"),
        (["calls=hold:-1"], "gap_length"),
        (["calls=hold:many"], "gap_length"),
        (["calls=hold:1000000"], "gap_length"),
        (["calls=hold", "calls=zero"], "gap_twice"),
    ],
)
def test_what_is_no_policy_is_refused(texts: list[str], code: str) -> None:
    with pytest.raises(InputError) as refused:
        dataclasses.replace(Settings(), gaps=tuple(texts)).check()
    assert refused.value.reason.code == code
    assert "calls" in str(refused.value) or "=zero" in str(refused.value)


def test_a_gap_stays_a_gap_unless_something_is_said() -> None:
    assert gap_policy.policy_of("calls", ()) == GapPolicy("missing")
    assert gap_policy.policy_of("calls", ("drops=zero",)) == GapPolicy("missing")


def test_the_star_stands_for_all_that_are_not_named() -> None:
    texts = ("*=zero", "drops=missing")
    assert gap_policy.policy_of("calls", texts).kind == "zero"
    assert gap_policy.policy_of("drops", texts).kind == "missing"


def test_what_is_written_is_read_again() -> None:
    policies = {"a": GapPolicy("hold", 2), "b": GapPolicy(), "c=d": GapPolicy("zero")}
    assert gap_policy.write(policies) == ("a=hold:2", "c=d=zero")
    starred = {"*": GapPolicy("zero"), "b": GapPolicy()}
    assert gap_policy.read(gap_policy.write(starred)) == starred


def test_settings_with_policies_survive_a_project_file() -> None:
    settings = dataclasses.replace(Settings(), gaps=("calls=hold:3", "drops=zero"))
    assert Settings.from_json(settings.to_json()) == settings
    assert settings.digest() != Settings().digest()
    assert not settings.only_votes_differ(Settings())
