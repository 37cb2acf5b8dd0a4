"""Others who change the open project are noticed; what this window writes itself is not taken for theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.writing.standing import Standing


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "city.cellwarden"
    path.write_text("as it was opened")
    return path


def write(path: Path, text: str) -> None:
    """Write, surely at another time: some file systems know seconds only."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 2_000_000_000, before + 2_000_000_000))


def test_what_others_put_there_is_not_written_over(project: Path) -> None:
    open_one = Standing.now(project)
    open_one.check()
    write(project, "later days")
    with pytest.raises(OutputError, match=r"city\.cellwarden was changed by another window or program"):
        open_one.check()


def test_what_is_written_here_is_known_also_where_writing_failed(project: Path) -> None:
    open_one = Standing.now(project)

    def fail() -> None:
        with open_one.writing():
            write(project, "a review, and then no room for the rest")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    open_one.check()


def test_what_is_written_here_after_others_does_not_hide_them(project: Path) -> None:
    open_one = Standing.now(project)
    write(project, "later days")
    with open_one.writing():
        write(project, "later days and a review")
    with pytest.raises(OutputError):
        open_one.check()


def test_a_file_that_is_gone_may_be_written_and_one_that_others_made_may_not(project: Path, tmp_path: Path) -> None:
    open_one = Standing.now(project)
    project.unlink()
    open_one.check()
    Standing().check()
    new = Standing.now(tmp_path / "new.cellwarden")
    new.check()
    (tmp_path / "new.cellwarden").write_text("made by others")
    with pytest.raises(OutputError):
        new.check()


def test_a_file_is_known_by_every_way_that_leads_to_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Standing.now(project).is_of(Path("city.cellwarden"))
    assert Standing.now(tmp_path / "new").is_of(Path("new"))
    assert not Standing.now(project).is_of(tmp_path / "new")
    assert not Standing().is_of(project)
