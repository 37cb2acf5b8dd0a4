"""What was said of files is found again by their header, and nothing that happens to the file does any harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.io import LoadOptions
from engine.io.mappings import MOST, Found, find, fingerprint, remember
from engine.text import say

SAID = LoadOptions(zone="Asia/Tehran", mapping={"time": "when"}, kpis=("calls",), day_first=True, encoding="cp1250")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "mappings.json"


def test_what_was_said_is_found_again(path: Path) -> None:
    remember("a", SAID, path)
    found = find("a", path)
    assert found.options == SAID
    assert found.note is not None
    assert "last time" in say(found.note)
    assert find("b", path) == Found()
    assert find("", path) == Found()


def test_what_was_said_before_encodings_could_be_is_found_again(path: Path) -> None:
    remember("a", SAID, path)
    kept = json.loads(path.read_text())
    del kept["mappings"]["a"]["encoding"]
    path.write_text(json.dumps(kept))
    assert find("a", path).options == replace(SAID, encoding="")


def test_secrets_are_not_kept(path: Path) -> None:
    remember("a", LoadOptions(zone="UTC", key=b"secret"), path)
    assert "secret" not in path.read_text()
    assert find("a", path).options == LoadOptions(zone="UTC")


def test_saying_nothing_forgets(path: Path) -> None:
    remember("a", SAID, path)
    remember("a", LoadOptions(), path)
    assert find("a", path) == Found()


def test_the_oldest_goes_when_there_are_too_many(path: Path) -> None:
    for number in range(MOST + 1):
        remember(str(number), SAID, path)
    assert find("0", path).options is None
    assert find(str(MOST), path).options == SAID


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 9, "mappings": {}}', '{"version": 1, "mappings": []}', "["]
)
def test_a_damaged_file_is_ignored_with_a_note_and_written_anew(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    found = find("a", path)
    assert found.options is None
    assert found.note is not None
    assert str(path) in say(found.note)
    remember("a", SAID, path)
    assert find("a", path).options == SAID


@pytest.mark.parametrize(
    "entry", [None, 1, {}, {"zone": 1, "mapping": {}, "kpis": [], "period_s": None, "day_first": None}]
)
def test_a_damaged_entry_is_ignored_with_a_note(path: Path, entry: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "mappings": {"a": entry}}))
    found = find("a", path)
    assert found.options is None
    if entry is not None:
        assert found.note is not None


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "mappings.json"
    path.mkdir()
    with pytest.raises(OutputError):
        remember("a", SAID, path)
    assert [p.name for p in tmp_path.iterdir()] == ["mappings.json"]


def test_the_fingerprint_is_that_of_the_columns() -> None:
    assert fingerprint("csv-long", ["Start Time", "cellId"]) == fingerprint("csv-wide", ["start_time", "cell_id"])
    assert fingerprint("csv", ["a", "b"]) != fingerprint("csv", ["b", "a"])
    assert fingerprint("csv", ["a", "b"]) != fingerprint("xlsx", ["a", "b"])
    assert fingerprint("csv", []) == ""
