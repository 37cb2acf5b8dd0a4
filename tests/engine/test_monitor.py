"""Progress and cancelling."""

from __future__ import annotations

import pytest

from engine.errors import Reason
from engine.monitor import Cancelled, Monitor, Progress

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
