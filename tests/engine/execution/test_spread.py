"""Work on an executor stops within a piece, not only between two, where it is cancelled."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from engine.errors import Reason
from engine.execution.spread import spread
from engine.monitor import Cancelled, Monitor, heed

ENDLESS_S = 60.0


@pytest.mark.parametrize("threads", [0, 2])
def test_a_piece_that_heeds_stops_in_its_middle(threads: int) -> None:
    monitor, begun, stopped = Monitor(), threading.Event(), []

    def work(piece: int) -> int:
        begun.set()
        until = time.monotonic() + ENDLESS_S
        try:
            while time.monotonic() < until:
                heed()
                time.sleep(0.001)
        except Cancelled:
            stopped.append(piece)
            raise
        return piece

    def all_pieces(executor: Executor | None) -> None:
        with pytest.raises(Cancelled):
            list(spread(work, range(8), 8, executor, 2, lambda _piece: Reason("stage_detect"), monitor))

    canceller = threading.Thread(target=lambda: (begun.wait(10), monitor.cancel()))
    canceller.start()
    with ThreadPoolExecutor(threads) if threads else nullcontext() as executor:
        all_pieces(executor)
    canceller.join(10)
    assert 1 <= len(stopped) <= max(threads, 1)
