"""How the window was left goes into a project without making it another one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine import project
from engine.errors import OutputError
from engine.project import schema
from engine.project.access import edition_of
from engine.project.screen import MOST
from tests.engine.project.said import set_reviews
from tests.engine.project.test_schema import BEFORE_SCREENS
from tests.engine.result_factory import make_result

SCREEN = {"tab": "quality", "selected": {"cell": "città 'a\""}, "timeline": {"from": "2024-01-02T00:00:00"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "city.cellwarden"
    project.save(make_result(), path)
    return path


def test_what_was_noted_last_is_told_and_nothing_where_nothing_was(path: Path) -> None:
    assert project.open_whole(path).screen == {}
    project.set_screen(path, {"tab": "incidents"})
    project.set_screen(path, SCREEN)
    assert project.open_whole(path).screen == SCREEN


def test_a_result_that_is_saved_over_it_leaves_it_unless_another_is_given(path: Path) -> None:
    project.set_screen(path, SCREEN)
    project.save(make_result(), path)
    assert project.open_whole(path).screen == SCREEN
    project.save(make_result(), path, screen={"tab": "diagnosis"})
    assert project.open_whole(path).screen == {"tab": "diagnosis"}


def test_who_knows_the_project_may_save_it_after_another_window_was_left(path: Path) -> None:
    known = project.Known.now(path)
    project.set_screen(path, SCREEN)
    known.check()
    project.save(make_result(), path, since=known)
    assert project.open_whole(path).screen == SCREEN


@pytest.mark.parametrize(
    "change",
    [
        lambda path: set_reviews(path, [dataclasses.replace(REVIEW)]),
        lambda path: project.save(make_result(), path),
        lambda path: project.Draft(path, "run").__exit__(None, None, None),
    ],
)
def test_what_others_said_or_saved_is_noticed_also_behind_a_screen(path: Path, change: Callable[[Path], None]) -> None:
    known = project.Known.now(path)
    change(path)
    project.set_screen(path, SCREEN)
    with pytest.raises(OutputError, match="changed by another window or program"):
        known.check()


def test_what_is_written_here_after_another_window_was_left_is_known(path: Path) -> None:
    known = project.Known.now(path)
    project.set_screen(path, SCREEN)
    with known.writing():
        set_reviews(path, [REVIEW])
    known.check()
    project.set_screen(path, {})
    known.check()
    set_reviews(path, [])
    with pytest.raises(OutputError, match="changed by another window or program"):
        known.check()


def test_a_project_of_an_older_program_is_not_brought_up_to_date_by_looking_at_it(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(BEFORE_SCREENS)
    before = path.read_bytes()
    project.set_screen(path, SCREEN)
    assert path.read_bytes() == before
    assert project.open_whole(path).screen == {}
    assert edition_of(path) == ""
    set_reviews(path, [REVIEW])
    project.set_screen(path, SCREEN)
    assert project.open_whole(path).screen == SCREEN
    assert len(edition_of(path)) > 9


@pytest.mark.parametrize("told", ["", "[1, 2]", "{", "[" * 50_000, '"' + "x" * MOST + '"'])
def test_what_is_no_screen_is_none(path: Path, told: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO screen VALUES (?)", [told])
    assert project.open_whole(path).screen == {}


def test_a_file_that_is_no_project_has_no_edition(tmp_path: Path) -> None:
    foreign = tmp_path / "other.cellwarden"
    assert edition_of(foreign) == ""
    foreign.write_text("no project, but long enough to look at")
    assert edition_of(foreign) == ""


def test_every_new_project_is_an_edition_of_its_own(tmp_path: Path, path: Path) -> None:
    project.save(make_result(), tmp_path / "other.cellwarden")
    assert edition_of(path) != edition_of(tmp_path / "other.cellwarden")
    assert schema.KEPT[-1] == "screen"


REVIEW = project.Review("c1", "calls", make_result().panel.times[1], make_result().panel.times[4], "false", "again")
