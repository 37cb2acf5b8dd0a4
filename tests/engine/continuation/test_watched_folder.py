"""Which files of a folder are ready, what is left alone, and what is known of them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.continuation.watched_folder import Held, Outcome, Seen, Watched, marks_in, take_in
from engine.errors import InputError, OutputError, Reason


def write(folder: Path, name: str, text: str = "x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_is_ready_when_two_looks_find_it_the_same(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    write(tmp_path, "a.csv")
    assert not watched.look().ready
    write(tmp_path, "deep/b.csv")
    found = watched.look()
    assert [*found.ready] == ["a.csv"]
    assert found.growing, "the other one is new"
    write(tmp_path, "a.csv", "longer")
    found = watched.look()
    assert [*found.ready] == ["deep/b.csv"]
    watched.seen.note(Outcome(("deep/b.csv",)), found.ready)
    found = watched.look()
    assert [*found.ready] == ["a.csv"]
    assert not found.growing


def test_hidden_empty_and_unfinished_files_and_the_programs_own_are_left_alone(tmp_path: Path) -> None:
    for name in (".hidden", "~lock.csv", "a.csv.part", "b.TMP", ".deep/c.csv", "own/report.csv", "own.cellwarden"):
        write(tmp_path, name)
    write(tmp_path, "empty.csv", "")
    write(tmp_path, "data.csv")
    assert [*(marks_in(tmp_path, (tmp_path / "own", tmp_path / "own.cellwarden")) or {})] == ["data.csv"]


def test_a_folder_that_is_away_is_told_from_an_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    watched = Watched(folder)
    assert not watched.look().there
    folder.mkdir()
    assert watched.look().there
    write(folder, "a.csv")
    watched.look()
    away = folder.rename(tmp_path / "away")
    assert not watched.look().there
    away.rename(folder)
    assert not watched.look().ready, "it may have changed while nobody saw it"
    assert [*watched.look().ready] == ["a.csv"]


def test_a_refused_file_is_tried_again_when_it_changes_and_forgotten_when_it_goes(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    path = write(tmp_path, "broken.csv")
    watched.look()
    ready = watched.look().ready
    watched.seen.note(Outcome(refused={"broken.csv": "no table"}), ready)
    assert not watched.look().ready
    write(tmp_path, "broken.csv", "mended")
    watched.look()
    assert [*watched.look().ready] == ["broken.csv"]
    path.unlink()
    watched.look()
    assert not watched.seen.refused


def refusing(*broken: str) -> tuple[list[list[str]], list[str]]:
    """Attempts and what was taken, of files of which some cannot be read."""
    tried: list[list[str]] = []
    taken: list[str] = []

    def take(files: Sequence[Path]) -> None:
        names = [file.name for file in files]
        if bad := [name for name in names if name in broken]:
            raise InputError(Reason("file_not_read", {"file": bad[0], "detail": "torn"}))
        taken.extend(names)

    outcome = take_in(Path("spool"), list("abcdefgh"), take, lambda names: tried.append([*names]))
    assert {*outcome.taken} == {*taken}
    assert {*outcome.refused} == {*broken}
    assert not outcome.not_now
    return tried, taken


def test_files_that_came_together_are_taken_together() -> None:
    tried, taken = refusing()
    assert tried == [list("abcdefgh")]
    assert taken == list("abcdefgh")


def test_a_broken_file_keeps_no_other_out() -> None:
    _, taken = refusing("c", "h")
    assert taken == list("abdefg")


@pytest.mark.parametrize(
    "error",
    [
        OutputError(Reason("file_unreadable", {"file": "x", "detail": "full"})),
        InputError(Reason("project_in_use", {"file": "x"})),
        InputError(Reason("machine_no_room", {"file": "a", "folder": "/tmp"})),
    ],
    ids=["disk", "project", "room"],
)
def test_what_is_no_files_fault_blames_none(error: InputError | OutputError) -> None:
    def take(_files: Sequence[Path]) -> None:
        raise error

    outcome = take_in(Path("spool"), ["a", "b"], take, lambda _names: None)
    assert outcome == Outcome(not_now=str(error))


@pytest.mark.parametrize(
    ("error", "said"), [(MemoryError(), "memory"), (OSError(5, "Input/output error"), "Input/output error")]
)
def test_a_machine_that_has_nothing_left_blames_no_file(error: Exception, said: str) -> None:
    def take(_files: Sequence[Path]) -> None:
        raise error

    outcome = take_in(Path("spool"), ["a", "b"], take, lambda _names: None)
    assert said in outcome.not_now
    assert not outcome.refused


def test_files_that_go_while_they_are_taken_are_not_refused_and_keep_no_other_out(tmp_path: Path) -> None:
    for name in "abcd":
        write(tmp_path, name)
    taken: list[str] = []

    def take(files: Sequence[Path]) -> None:
        (tmp_path / "b").unlink(missing_ok=True)
        for file in files:
            if not file.exists():
                raise InputError(Reason("file_missing", {"file": str(file)}))
        taken.extend(file.name for file in files)

    outcome = take_in(tmp_path, list("abcd"), take, lambda _names: None)
    assert outcome.taken == ("a", "c", "d")
    assert taken == ["a", "c", "d"]
    assert not outcome.refused
    assert "There is no file" in outcome.not_now


def test_a_file_that_cannot_be_read_through_is_tried_again_and_keeps_no_other_out(tmp_path: Path) -> None:
    for name in "abcd":
        write(tmp_path, name)

    def take(files: Sequence[Path]) -> None:
        if tmp_path / "c" in files:
            raise InputError(Reason("file_unreadable", {"file": "c", "detail": "Input/output error"}))

    outcome = take_in(tmp_path, list("abcd"), take, lambda _names: None)
    assert outcome.taken == ("a", "b", "d")
    assert not outcome.refused
    assert "Input/output error" in outcome.not_now


def test_a_file_that_cannot_be_opened_is_withheld_until_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(tmp_path)
    write(tmp_path, "a.csv")
    write(tmp_path, "b.csv")
    watched.look()
    really = Path.open

    def forbidden(self: Path, *arguments: Any, **named: Any) -> Any:
        if self.name == "b.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return really(self, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", forbidden)
        found = watched.look()
    assert [*found.ready] == ["a.csv"]
    assert not found.growing
    assert "may not be read" in found.withheld["b.csv"]
    watched.seen.note(Outcome(("a.csv",)), found.ready)
    found = watched.look()
    assert [*found.ready] == ["b.csv"], "nothing of it has changed but that it may be read"
    assert not found.withheld


def test_what_was_seen_comes_back_from_its_file_and_a_damaged_one_is_nothing(tmp_path: Path) -> None:
    held = Held.of(tmp_path / "p.cellwarden", tmp_path, "5e1f")
    seen = Seen({"a.csv": (3, 5)}, {"b.csv": ((1, 2), "no table")}, held=held)
    file = tmp_path / "watch.json"
    seen.write(file)
    assert Seen.read(file) == seen
    assert Seen.read(file, "other options") == Seen(seen.taken, {}, "other options", held)
    file.write_text("{")
    assert Seen.read(file) == Seen()
