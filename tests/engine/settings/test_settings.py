"""Settings: bounds hold, presets are valid, stored settings come back."""

from __future__ import annotations

import dataclasses

import pytest

from engine.errors import InputError
from engine.settings import PRESETS, Settings, preset


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_valid_and_says_its_name(name: str) -> None:
    assert preset(name).check().preset == name


@pytest.mark.parametrize("name", PRESETS)
def test_stored_settings_come_back_equal(name: str) -> None:
    assert Settings.from_json(preset(name).to_json()) == preset(name)


def test_settings_of_an_older_program_take_the_defaults_for_what_is_new() -> None:
    assert Settings.from_json({"budget": 2.0, "gone_since": 1}) == dataclasses.replace(Settings(), budget=2.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": 0.0},
        {"budget": float("nan")},
        {"vote": "most"},
        {"vote": "0"},
        {"feed": "log"},
        {"detectors": ()},
        {"train_share": 1.5},
    ],
)
def test_a_value_out_of_bounds_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        dataclasses.replace(Settings(), **changes).check()


@pytest.mark.parametrize("vote", ["any", "majority", "all", "fused", "1", "3"])
def test_named_votes_and_whole_numbers_are_votes(vote: str) -> None:
    assert dataclasses.replace(Settings(), vote=vote).check().vote == vote


def test_every_setting_has_a_label() -> None:
    assert all(field.metadata["label"] for field in dataclasses.fields(Settings))


def test_the_digest_follows_the_settings() -> None:
    assert Settings().digest() == Settings().digest() != preset("paper").digest()


def test_an_unknown_preset_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="noisy"):
        preset("noisy")


@pytest.mark.parametrize("name", PRESETS)
def test_labels_are_used_only_where_something_that_works_by_them_was_chosen(name: str) -> None:
    assert preset(name).learns_from_labels == (name == "paper"), "it sets its thresholds by labels"
    assert dataclasses.replace(preset(name), detectors=("baseline", "boosting")).learns_from_labels
