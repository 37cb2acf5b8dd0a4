"""Which days are the weekend, in words."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.settings import Settings, weekend


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", None),
        ("none", frozenset()),
        ("fri", {4}),
        ("Thursday, Friday", {3, 4}),
        ("thu+fri", {3, 4}),
        ("FR SA", {4, 5}),
        ("sat,sun", {5, 6}),
        ("mon,tue,wed,thu,fri,sat", {0, 1, 2, 3, 4, 5}),
    ],
)
def test_days_are_read(text: str, days: set[int] | None) -> None:
    assert weekend.read(text) == days
    assert weekend.read(weekend.write(weekend.read(text))) == days


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("s", "weekend_unreadable"),
        ("t", "weekend_unreadable"),
        ("fri-sat", "weekend_unreadable"),
        ("7", "weekend_unreadable"),
        ("mon,tue,wed,thu,fri,sat,sun", "weekend_whole_week"),
    ],
)
def test_what_is_no_weekend_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        Settings(weekend=text).check()
    assert caught.value.reason.code == code


def test_the_setting_survives_a_project_and_takes_a_run() -> None:
    settings = Settings(weekend="thu,fri").check()
    assert Settings.from_json(settings.to_json()) == settings
    assert settings.weekend_days == {3, 4}
    assert not Settings().only_votes_differ(settings)
