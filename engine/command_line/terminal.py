"""Progress on a terminal: one line that says what is done, how far, and how long it will take; quiet elsewhere."""

from __future__ import annotations

import io
import sys
import time
from typing import TextIO

from engine.monitor import Progress
from engine.text import say, tell

_REDRAW_S = 0.2


class ProgressLine:
    """A listener for `Monitor` that keeps one line of a terminal up to date. Does nothing when it is no terminal."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._drawn = 0.0
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Redraw the line, at most five times a second."""
        now = time.monotonic()
        if not self._shown or now - self._drawn < _REDRAW_S:
            return
        self._drawn = now
        left = "" if progress.eta_s is None else "  " + tell("progress_left", time=duration(progress.eta_s))
        text = f"{progress.fraction:4.0%}  {say(progress.reason)}{left}"
        self._write("\r" + text.ljust(self._width)[:200])
        self._width = len(text)

    def clear(self) -> None:
        """Take the line away, so that what is printed next starts on a clean one."""
        if self._shown and self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal was closed; the run goes on
            self._shown = False


def show_anything(stream: TextIO) -> None:
    """Have a stream write what its encoding lacks as \\u... instead of failing: names come from all over the world, and
    results that are written already are not lost because a console cannot show one.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def duration(seconds: float) -> str:
    """Seconds as a person says them: 8 s, 3 min, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
