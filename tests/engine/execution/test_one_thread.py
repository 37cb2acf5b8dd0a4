"""Linear algebra keeps to one thread for as long as anybody asks for it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from engine.execution.one_thread import in_one_thread, single_threaded_libraries


def threads(_: object = None) -> set[int]:
    """Of the linear algebra of this process."""
    assert np.eye(2).sum() == 2
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def _two_threads():
    with threadpool_limits(limits=2, user_api="blas"):
        yield


def test_the_limit_lasts_until_the_last_of_several_threads_is_done():
    began, may_end = Event(), Event()

    def other() -> None:
        with single_threaded_libraries():
            began.set()
            assert may_end.wait(60)

    beside = Thread(target=other)
    with single_threaded_libraries():
        beside.start()
        assert began.wait(60)
        assert threads() == {1}
    assert threads() == {1}, "the other one is still at work"
    may_end.set()
    beside.join()
    assert threads() == {2}


def test_the_limit_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError):
        in_one_thread(lambda zero: 1 // zero, 0)
    assert threads() == {2}


def test_a_worker_in_another_process_has_one_thread():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(in_one_thread, threads, None).result() == {1}
