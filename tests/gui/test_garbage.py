"""Circular garbage is taken apart in the window's thread, and in no other."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import Reason
from engine.monitor import Monitor
from gui import garbage
from gui.garbage import Garbage
from gui.job import Job


class Knot:
    """Holds itself, and notes in which thread it went."""

    def __init__(self, went: list[str]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: went.append(threading.current_thread().name))


@pytest.fixture
def works() -> list[bool]:
    return []


@pytest.fixture
def looking(works: list[bool]) -> Iterator[Garbage]:
    """As in the program; what was there before is not looked through."""
    made = Garbage(lambda: bool(works))
    made.start()
    yield made
    made.stop()
    gc.disable()
    gc.freeze()


def many(monitor: Monitor) -> list[list[int]]:
    """What Python would look for garbage after."""
    monitor.step(0.1, Reason("stage_done"))
    return [[i] for i in range(50_000)]


def test_what_a_worker_makes_starts_no_search_in_it(looking: Garbage, qtbot: QtBot) -> None:
    went: list[str] = []
    Knot(went)
    job = Job(many)
    with qtbot.waitSignal(job.done):
        job.start()
    assert went == []
    looking.look_through()
    assert went == [threading.current_thread().name]


def test_new_garbage_goes_at_the_next_look(looking: Garbage, qtbot: QtBot) -> None:
    went: list[str] = []
    Knot(went)
    qtbot.waitUntil(lambda: went == [threading.current_thread().name], timeout=10_000)


def test_while_a_worker_makes_very_many_objects_nobody_looks(looking: Garbage, works: list[bool]) -> None:
    works.append(True)
    held = [[i] for i in range(garbage._MANY + 1000)]
    went: list[str] = []
    Knot(went)
    looking.look()
    assert went == []
    works.clear()
    looking.look()
    assert went
    assert held


def test_all_is_looked_through_when_nobody_has_touched_anything_for_a_while(
    looking: Garbage, works: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[str] = []
    old = Knot(went)
    gc.freeze()
    del old
    monkeypatch.setattr(garbage, "_OLD_EVERY_S", 0.0)
    looking.look()  # notes where the pointer is
    assert went == []
    monkeypatch.setattr(garbage, "_AT_REST_S", -1.0)
    works.append(True)
    looking.look()
    assert went == []
    works.clear()
    looking.look()
    assert went


def test_what_a_worker_brought_is_not_looked_through_with_what_is_new(looking: Garbage, qtbot: QtBot) -> None:
    gc.collect()
    before = gc.get_freeze_count()
    brought: list[object] = []
    job = Job(many)
    job.done.connect(brought.append)
    with qtbot.waitSignal(job.done):
        job.start()
    assert brought
    assert gc.get_freeze_count() >= before + 50_000


def test_python_looks_by_itself_again_in_the_end(looking: Garbage) -> None:
    assert not gc.isenabled()
    looking.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_job_that_failed_lets_go_of_what_was_at_work(qtbot: QtBot) -> None:
    class Held:
        pass

    def fail(_monitor: Monitor) -> None:
        held.append(Held())
        known.append(weakref.ref(held[0]))
        mine = held.pop()
        raise ValueError(type(mine).__name__)

    held: list[Held] = []
    known: list[weakref.ref[Held]] = []
    job = Job(fail)
    with qtbot.waitSignal(job.failed):
        job.start()
    assert job.wait(5)
    del job
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: known[0]() is None, timeout=5_000)
