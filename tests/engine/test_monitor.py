"""Progress and cancelling."""

from __future__ import annotations

import threading

import pytest

from engine.errors import Reason
from engine.monitor import Cancelled, Monitor, Progress, heed, heeding

WORK = Reason("stage_vote")


def test_a_part_maps_onto_its_slice_of_the_whole() -> None:
    seen: list[Progress] = []
    part = Monitor(seen.append).part(0.2, 0.6).part(0.5, 1.0)
    part.step(0.0, WORK)
    part.step(1.0, WORK)
    assert [p.fraction for p in seen] == pytest.approx([0.4, 0.6])


def test_cancelling_the_whole_stops_a_part_at_its_next_step() -> None:
    monitor = Monitor()
    part = monitor.part(0.0, 0.5)
    part.step(0.1, WORK)
    monitor.cancel()
    assert part.cancelled
    with pytest.raises(Cancelled):
        part.step(0.2, WORK)


def test_cancelling_a_part_stops_the_whole() -> None:
    monitor = Monitor()
    monitor.part(0.0, 0.5).cancel()
    with pytest.raises(Cancelled):
        monitor.step(0.1, WORK)


def test_cancelled_passes_every_handler_of_errors() -> None:
    assert not issubclass(Cancelled, Exception)


def test_fractions_beyond_the_ends_are_cut() -> None:
    seen: list[Progress] = []
    monitor = Monitor(seen.append)
    monitor.step(-0.5, WORK)
    monitor.step(1.5, WORK)
    assert [p.fraction for p in seen] == [0.0, 1.0]


def test_the_time_left_is_unknown_at_the_start() -> None:
    seen: list[Progress] = []
    Monitor(seen.append).step(0.01, WORK)
    assert seen[0].eta_s is None


def test_the_time_left_is_told_by_the_pace_of_what_is_like_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("engine.monitor.time.monotonic", lambda: now[0])
    seen: list[Progress] = []
    monitor = Monitor(seen.append)
    loading, judging = monitor.part(0.0, 0.2, paced=False), monitor.part(0.2, 1.0)
    now[0] = 2.0
    loading.part(0.0, 0.5).step(1.0, WORK)
    loading.step(1.0, WORK)
    assert [p.eta_s for p in seen] == [None, None], "a fast load says nothing of the detectors"
    now[0] = 3.0
    judging.step(0.01, WORK)
    assert seen[-1].eta_s is None, "too early to tell"
    now[0] = 42.0
    judging.step(0.25, WORK)
    assert seen[-1].eta_s == pytest.approx(120.0)


def test_a_paused_run_waits_at_its_next_step_and_goes_on() -> None:
    monitor, seen, began = Monitor(), [], threading.Event()
    part = monitor.part(0.0, 0.5)

    def work() -> None:
        began.set()
        part.step(0.1, WORK)
        seen.append("went on")

    part.pause()
    assert monitor.paused
    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    thread.join(0.05)
    assert seen == []
    monitor.resume()
    thread.join(10)
    assert seen == ["went on"]
    assert not part.paused


def test_a_paused_run_can_be_cancelled() -> None:
    monitor, ended = Monitor(), []

    def work() -> None:
        try:
            monitor.check()
        except Cancelled:
            ended.append("cancelled")

    monitor.pause()
    thread = threading.Thread(target=work)
    thread.start()
    monitor.cancel()
    thread.join(10)
    assert ended == ["cancelled"]


def test_a_pause_does_not_count_for_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("engine.monitor.time.monotonic", lambda: now[0])
    seen: list[Progress] = []
    monitor = Monitor(seen.append)
    now[0] = 10.0
    monitor.pause()
    now[0] = 500.0
    monitor.resume()
    monitor.step(0.5, WORK)
    assert seen[0].eta_s == pytest.approx(10.0)


def test_long_arithmetic_heeds_the_monitor_of_its_thread_alone() -> None:
    cancelled, other, seen = Monitor(), Monitor(), []
    cancelled.cancel()
    heed()  # nobody is there to be heeded
    with heeding(other):
        heed()
        with heeding(cancelled.part(0.2, 0.4)), pytest.raises(Cancelled):
            heed()
        heed()
    with heeding(cancelled):
        thread = threading.Thread(target=lambda: seen.append(heed()))
        thread.start()
        thread.join(10)
    assert seen == [None]
