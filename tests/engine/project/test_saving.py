"""Saving a project: whatever happens meanwhile, the old file or the new one is whole."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine import project
from engine.data import Result
from engine.data.event import Event
from engine.errors import InputError, OutputError
from engine.monitor import Cancelled, Monitor
from engine.project.access import changing, reading
from engine.project.writing import Blobs
from tests.engine.project.half_way import CHANGING, SLOW_BLOBS, half_way, kill_half_way
from tests.engine.project.said import set_reviews
from tests.engine.result_factory import make_result
from tests.engine.same import difference


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "città 'a\".cellwarden"


# --- crashes and cancels ---------------------------------------------------------------------------------------------

SAVING = (
    SLOW_BLOBS.format(blobs=20)
    + """
from tests.engine.result_factory import make_result

project.save(make_result(seed=2), Path(sys.argv[1]))
"""
)


def test_a_kill_while_saving_leaves_the_old_project_and_the_next_save_tidies_up(path: Path) -> None:
    old = make_result(seed=1)
    project.save(old, path)
    kill_half_way(SAVING, path)
    assert difference(old, project.open_project(path)) == ""
    left = [p for p in path.parent.iterdir() if p != path]
    assert left
    for one in left:
        os.utime(one, (1, 1))
    fresh = path.with_name(f".{path.name}.others.part")
    fresh.write_text("of a program that is still at it")
    new = make_result(seed=3)
    project.save(new, path)
    fresh.unlink()
    assert difference(new, project.open_project(path)) == ""
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_kill_while_changing_undoes_the_change(path: Path) -> None:
    result = make_result()
    project.save(result, path)
    review = project.Review("c1", "calls", result.panel.times[1], result.panel.times[4], "false", "")
    set_reviews(path, [review])
    kill_half_way(CHANGING, path)
    assert project.read_reviews(path) == (review,)
    assert difference(result, project.open_project(path)) == ""


def test_cancelling_leaves_the_old_project(path: Path) -> None:
    old = make_result(seed=1)
    project.save(old, path)
    monitor = Monitor(lambda progress: monitor.cancel() if progress.fraction > 0.5 else None)
    with pytest.raises(Cancelled):
        project.save(make_result(seed=2), path, monitor=monitor)
    assert difference(old, project.open_project(path)) == ""
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_full_disk_leaves_the_old_project(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_result(seed=1)
    project.save(old, path)

    def full(*_: object) -> None:
        raise duckdb.IOException("Could not write file: No space left on device")

    monkeypatch.setattr(Blobs, "add", full)
    with pytest.raises(OutputError) as caught:
        project.save(make_result(seed=2), path)
    assert caught.value.reason.code == "output_disk_full"
    assert difference(old, project.open_project(path)) == ""


def test_a_project_that_another_program_writes_to_is_said_to_be_in_use(path: Path) -> None:
    project.save(make_result(), path)
    with half_way(CHANGING, path), pytest.raises(InputError) as caught:
        project.open_project(path)
    assert caught.value.reason.code == "project_in_use"
    assert project.open_project(path).anomalies


def test_a_cancel_at_the_last_moment_leaves_the_old_project(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_result(seed=1)
    project.save(old, path)
    monitor = Monitor()
    keep = project._keep

    def cancelled_meanwhile(*given: Any) -> None:
        keep(*given)
        monitor.cancel()

    monkeypatch.setattr(project, "_keep", cancelled_meanwhile)
    with pytest.raises(Cancelled):
        project.save(make_result(seed=2), path, monitor=monitor)
    assert difference(old, project.open_project(path)) == ""
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
def test_a_project_is_written_where_a_link_leads_to(path: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "city.cellwarden"
    link.symlink_to(path)
    for begin in (lambda: project.save(make_result(), link), lambda: project.Draft(link, "run")):
        with pytest.raises(OutputError, match="is a link to"):
            begin()
    project.save(make_result(seed=1), path)
    with project.Draft(link, "run"):
        assert list(link.parent.iterdir()) == [link]
    new = make_result(seed=2)
    project.save(new, link)
    assert link.is_symlink()
    assert difference(new, project.open_project(path)) == ""
    assert list(link.parent.iterdir()) == [link]


# --- several at once -------------------------------------------------------------------------------------------------


class HalfSaved:
    """A save of `result`, under way in another thread, that waits at its end until it may go on."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
        self.result = make_result(seed=1)
        under_way, self._go_on, keep = threading.Event(), threading.Event(), project._keep

        def slow(connection: Any, kept: Any, result: Result) -> None:
            keep(connection, kept, result)
            if result is self.result:
                under_way.set()
                assert self._go_on.wait(60)

        monkeypatch.setattr(project, "_keep", slow)
        self._pool = ThreadPoolExecutor()
        self._saving = self._pool.submit(project.save, self.result, path, **more)
        assert under_way.wait(60)

    def end(self) -> None:
        """Let it go on; raises what it raises."""
        self._go_on.set()
        self._pool.shutdown()
        self._saving.result()


def test_a_save_does_not_replace_what_another_saved_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saving, second = HalfSaved(path, monkeypatch), make_result(seed=2)
    project.save(second, path)
    with pytest.raises(OutputError, match="was changed by another window or program"):
        saving.end()
    assert difference(second, project.open_project(path)) == ""
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_another_window_says_while_a_result_is_saved_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_result(seed=3)
    project.save(old, path)
    saving = HalfSaved(path, monkeypatch)
    review = project.Review("c1", "calls", old.panel.times[1], old.panel.times[4], "false", "")
    event = Event(datetime(2024, 1, 2), datetime(2024, 1, 3), "match")
    set_reviews(path, [review])
    project.change_events(path, [event], [])
    saving.end()
    assert project.read_reviews(path) == (review,)
    assert project.read_events(path) == (event,)
    saved = project.open_project(path)
    assert difference(saving.result.evidence, saved.evidence) == ""
    assert saved.record == saving.result.record


def test_a_save_does_not_replace_a_review_that_another_window_wrote_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_result(seed=3)
    project.save(old, path)
    saving = HalfSaved(path, monkeypatch, reviews=())
    review = project.Review("c1", "calls", old.panel.times[1], old.panel.times[4], "false", "")
    set_reviews(path, [review])
    with pytest.raises(OutputError, match="was changed by another window or program"):
        saving.end()
    assert project.read_reviews(path) == (review,)


def test_a_save_does_not_replace_a_project_that_another_program_is_writing_to(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.save(make_result(seed=3), path)
    saving = HalfSaved(path, monkeypatch)
    with half_way(CHANGING, path), pytest.raises(OutputError) as caught:
        saving.end()
    assert caught.value.reason.code == ("output_in_use" if sys.platform == "win32" else "project_in_use")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_was_read_before_another_saved_does_not_replace_that(path: Path) -> None:
    known = project.save(make_result(seed=1), path)
    known = project.save(make_result(seed=2), path, since=known)
    project.save(later := make_result(seed=3), path)
    with pytest.raises(OutputError, match="was changed by another window or program"):
        project.save(make_result(seed=4), path, since=known)
    project.save(make_result(seed=4), path.with_name("elsewhere"), since=known)
    assert difference(later, project.open_project(path)) == ""


def test_threads_that_want_the_same_project_wait_for_each_other(path: Path) -> None:
    result = make_result(cells=2, periods=40, kpis=1, anomalies=1)
    project.save(result, path)
    times = result.panel.times
    reviews = [project.Review("c1", "calls", times[n], times[n + 2], "fault", "") for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        with changing(path):
            asked = [pool.submit(set_reviews, path, [review]) for review in reviews]
            read = [pool.submit(project.open_project, path) for _ in range(4)]
            time.sleep(0.2)
            assert not any(one.done() for one in (*asked, *read))
        for one in asked:
            one.result()
        assert all(difference(result, one.result()) == "" for one in read)
    assert project.read_reviews(path) == tuple(reviews)


def test_a_thread_that_has_a_project_open_is_told_so_when_it_opens_it_in_another_way(path: Path) -> None:
    project.save(make_result(cells=2, periods=40, kpis=1, anomalies=1), path)
    with changing(path), pytest.raises(InputError) as caught:
        project.read_reviews(path)
    assert caught.value.reason.code == "project_in_use"
    with reading(path), pytest.raises(OutputError) as refused:
        set_reviews(path, [])
    assert refused.value.reason.code == "project_in_use"
