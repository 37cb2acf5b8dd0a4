"""Progress and cancelling: one object that every long stage is handed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.errors import Reason

_LEAST_SHARE, _LEAST_S = 0.05, 0.5
"""How much must be done, and for how long, before its pace says anything of the rest."""


class Cancelled(BaseException):
    """The user cancelled. Not an error: derives from BaseException so that no `except Exception` swallows it."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    fraction: 0..1 of the whole run. reason: what is being done. eta_s: seconds left, None while unknown.
    """

    fraction: float
    reason: Reason
    eta_s: float | None


class Monitor:
    """Reports progress to a listener and answers a cancel or a pause at the next step. Thread-safe; no Qt.

    `part(low, high)` gives a stage its own 0..1 that maps onto a slice of the whole. The time left is what the rest
    takes at the pace of what is done, without the parts whose pace says nothing of it.
    """

    def __init__(self, listener: Callable[[Progress], None] | None = None) -> None:
        self._listener = listener
        self._cancel = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._started, self._base = time.monotonic(), 0.0
        self._paused_at = 0.0

    def cancel(self) -> None:
        """Ask the run to stop; the next `step` in any thread raises `Cancelled`, a paused one too."""
        self._cancel.set()
        self._going.set()

    def begin(self) -> None:
        """Count the time left from now on: another run begins under the same monitor."""
        self._started, self._base = time.monotonic(), 0.0

    def pause(self) -> None:
        """Make the next `step` in any thread wait until `resume` or `cancel`. The time it waits counts for no ETA."""
        if self._going.is_set():
            self._paused_at = time.monotonic()
            self._going.clear()

    def resume(self) -> None:
        """Let a paused run go on."""
        if not self._going.is_set():
            self._started += time.monotonic() - self._paused_at
            self._going.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancel.is_set()

    @property
    def paused(self) -> bool:
        """Whether `pause` was called and neither `resume` nor `cancel` since."""
        return not self._going.is_set()

    def check(self) -> None:
        """Wait while paused, without reporting anything. Raises Cancelled when `cancel` was called."""
        self._going.wait()
        if self._cancel.is_set():
            raise Cancelled

    def step(self, fraction: float, reason: Reason) -> None:
        """Report that `fraction` (0..1) is done and that `reason` is under way; wait while paused.

        Raises Cancelled when `cancel` was called.
        """
        self._report(fraction, reason, paced=True)

    def part(self, low: float, high: float, *, paced: bool = True) -> Monitor:
        """A monitor for one stage: its 0..1 is low..high of this one; cancelling is shared.

        paced: whether how long it takes says anything of how long the rest does.
        """
        return _Part(self, low, high, paced)

    def _report(self, fraction: float, reason: Reason, *, paced: bool) -> None:
        self.check()
        if self._listener is None:
            return
        now, fraction = time.monotonic(), min(max(fraction, 0.0), 1.0)
        if not paced:
            self._started, self._base = now, fraction
        elapsed, done = now - self._started, fraction - self._base
        eta = elapsed * (1.0 - fraction) / done if done > _LEAST_SHARE and elapsed > _LEAST_S else None
        self._listener(Progress(fraction, reason, eta))


class _Heeded(threading.local):
    """The monitor of the work that a thread is at."""

    monitor: Monitor | None = None


_HEEDED = _Heeded()


@contextmanager
def heeding(monitor: Monitor) -> Iterator[None]:
    """While this thread is at the work of a monitor: what has no other hold of it asks `heed`."""
    before, _HEEDED.monitor = _HEEDED.monitor, monitor
    try:
        yield
    finally:
        _HEEDED.monitor = before


def heed() -> None:
    """Between two pieces of long arithmetic, of a tenth of a second or so: wait while the work of this thread is
    paused. Raises Cancelled when it was cancelled; without anybody to heed it does nothing.
    """
    if _HEEDED.monitor is not None:
        _HEEDED.monitor.check()


class _Part(Monitor):
    def __init__(self, whole: Monitor, low: float, high: float, paced: bool) -> None:
        self._whole, self._low, self._high, self._paced = whole, low, high, paced

    def cancel(self) -> None:
        self._whole.cancel()

    def pause(self) -> None:
        self._whole.pause()

    def resume(self) -> None:
        self._whole.resume()

    @property
    def cancelled(self) -> bool:
        return self._whole.cancelled

    @property
    def paused(self) -> bool:
        return self._whole.paused

    def check(self) -> None:
        self._whole.check()

    def _report(self, fraction: float, reason: Reason, *, paced: bool) -> None:
        within = self._low + (self._high - self._low) * min(max(fraction, 0.0), 1.0)
        self._whole._report(within, reason, paced=paced and self._paced)
