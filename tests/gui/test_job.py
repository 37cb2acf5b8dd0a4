"""A job answers once, in the window's thread, and never after it was cancelled."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from engine.errors import InputError, Reason
from engine.monitor import Cancelled, Monitor, Progress
from gui.job import Job, running, stop_all

STEP = Reason("stage_vote")


def heard_of(job: Job) -> list[tuple[str, object]]:
    heard: list[tuple[str, object]] = []
    job.done.connect(lambda value: heard.append(("done", value)))
    job.failed.connect(lambda error: heard.append(("failed", error)))
    job.cancelled.connect(lambda: heard.append(("cancelled", None)))
    return heard


def test_the_result_arrives_in_the_windows_thread(qtbot: QtBot) -> None:
    threads = []
    job = Job(lambda _monitor: threading.get_ident())
    job.done.connect(lambda worker: threads.append((worker, QThread.currentThread().isMainThread())))
    with qtbot.waitSignal(job.done):
        job.start()
    assert job.wait(5.0)
    assert threads == [(threads[0][0], True)]
    assert threads[0][0] != threading.get_ident()
    assert not running()


def test_an_error_arrives_as_it_was_raised(qtbot: QtBot) -> None:
    error = InputError(STEP)

    def fail(_monitor: Monitor) -> None:
        raise error

    job = Job(fail)
    heard = heard_of(job)
    with qtbot.waitSignal(job.failed):
        job.start()
    assert heard == [("failed", error)]


def test_a_cancel_is_answered_at_once_and_what_comes_later_is_dropped(qtbot: QtBot) -> None:
    release = threading.Event()
    job = Job(lambda _monitor: release.wait(20.0))
    heard = heard_of(job)
    job.start()
    job.cancel()
    assert heard == [("cancelled", None)]
    assert not job.active
    release.set()
    qtbot.waitUntil(lambda: not running(), timeout=5000)
    assert heard == [("cancelled", None)]


def test_what_a_job_that_writes_came_to_is_answered_whenever_it_was_cancelled(qtbot: QtBot) -> None:
    release = threading.Event()

    def write(monitor: Monitor) -> str:
        release.wait(20.0)
        return "written"  # past the last step that could have stopped it

    job = Job(write, writes=True)
    heard = heard_of(job)
    job.start()
    job.cancel()
    assert heard == []
    assert job.active
    with qtbot.waitSignal(job.done):
        release.set()
    assert heard == [("done", "written")]
    job.cancel()
    assert heard == [("done", "written")]


def test_a_job_that_writes_answers_cancelled_when_its_worker_has_stopped(qtbot: QtBot) -> None:
    release = threading.Event()

    def write(monitor: Monitor) -> None:
        release.wait(20.0)
        monitor.check()

    job = Job(write, writes=True)
    heard = heard_of(job)
    job.start()
    job.cancel()
    with qtbot.waitSignal(job.cancelled):
        release.set()
    assert heard == [("cancelled", None)]
    assert not running()


def test_a_cancel_stops_the_worker_at_its_next_step(qtbot: QtBot) -> None:
    stopped = threading.Event()

    def step_forever(monitor: Monitor) -> None:
        try:
            while True:
                monitor.step(0.5, STEP)
        except Cancelled:
            stopped.set()
            raise

    job = Job(step_forever)
    heard = heard_of(job)
    job.start()
    job.cancel()
    qtbot.waitUntil(stopped.is_set, timeout=5000)
    qtbot.waitUntil(lambda: not running(), timeout=5000)
    assert heard == [("cancelled", None)]


def test_a_worker_that_cancels_itself_is_no_error(qtbot: QtBot) -> None:
    def give_up(_monitor: Monitor) -> None:
        raise Cancelled

    job = Job(give_up)
    heard = heard_of(job)
    with qtbot.waitSignal(job.cancelled):
        job.start()
    assert heard == [("cancelled", None)]


def test_progress_is_thinned_out(qtbot: QtBot) -> None:
    seen: list[Progress] = []

    def many_steps(monitor: Monitor) -> None:
        for i in range(20_000):
            monitor.step(i / 20_000, STEP)

    job = Job(many_steps)
    job.progressed.connect(seen.append)
    with qtbot.waitSignal(job.done, timeout=20_000):
        job.start()
    assert 1 <= len(seen) < 1000
    assert all(b.fraction >= a.fraction for a, b in itertools.pairwise(seen))


@pytest.mark.parametrize("count", [0, 3])
def test_leaving_stops_every_worker(qtbot: QtBot, count: int) -> None:
    def step_forever(monitor: Monitor) -> None:
        while True:
            monitor.step(0.5, STEP)

    jobs = [Job(step_forever).start() for _ in range(count)]
    assert stop_all(10.0)
    assert all(not job.active for job in jobs)
    qtbot.waitUntil(lambda: not running(), timeout=5000)


def test_a_job_that_has_answered_is_gone_with_what_it_held(qtbot: QtBot) -> None:
    """Without the collector of garbage: a job may hold a gigabyte."""

    class Held:
        pass

    held = Held()
    known = weakref.ref(held)
    job = Job(lambda monitor, held=held: monitor.step(0.5, Reason("stage_done")))
    del held
    with qtbot.waitSignal(job.done):
        job.start()
    assert job.wait(5)
    del job
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: known() is None, timeout=5_000)
