"""Others who change the open project are noticed; what this window writes itself is not taken for theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import OutputError
from gui.kept.standing import Standing, stamp_of


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
    open_one = Standing(project, stamp_of(project))
    open_one.check(project)
    write(project, "later days")
    with pytest.raises(OutputError, match=r"city\.cellwarden was changed by another window or program"):
        open_one.check(project)


def test_what_is_written_here_is_known_also_where_writing_failed(project: Path) -> None:
    open_one = Standing(project, stamp_of(project))

    def fail() -> None:
        with open_one.writing():
            write(project, "a review, and then no room for the rest")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    open_one.check(project)


def test_what_is_written_here_after_others_does_not_hide_them(project: Path) -> None:
    open_one = Standing(project, stamp_of(project))
    write(project, "later days")
    with open_one.writing():
        write(project, "later days and a review")
    with pytest.raises(OutputError):
        open_one.check(project)


def test_another_file_and_one_that_is_gone_may_be_written(project: Path, tmp_path: Path) -> None:
    open_one = Standing(project, stamp_of(project))
    write(project, "later days")
    (tmp_path / "other.cellwarden").write_text("another project")
    open_one.check(tmp_path / "other.cellwarden")
    Standing().check(project)
    project.unlink()
    open_one.check(project)
