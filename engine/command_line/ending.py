"""How the program ends: at the word of the system as in order, and whether or not anybody takes what it prints."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from types import FrameType, TracebackType
from typing import Any, Self, TextIO, cast

from engine.text import tell

CANCELLED = 130

CODES = {"SIGINT": CANCELLED, "SIGBREAK": CANCELLED, "SIGTERM": 143, "SIGHUP": 129}
"""Signals that ask a program to end (Ctrl+C, Ctrl+Break on Windows, a scheduler, a terminal that is closed) -> the exit
code afterwards.
"""

_BY_HAND = ("SIGINT", "SIGBREAK")


class Asked:
    """While entered, each of these signals calls `cancel`, so that a run ends by itself and clears up behind it.

    One that was to be ignored, as nohup has it for SIGHUP, is ignored; Ctrl+C never is.
    """

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._name = "SIGINT"
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in CODES:
            number = getattr(signal, name, None)
            if number is not None and (name == "SIGINT" or signal.getsignal(number) not in (signal.SIG_IGN, None)):
                self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        self._name = signal.Signals(number).name
        self._cancel()

    @property
    def code(self) -> int:
        """The exit code of a run that was cancelled."""
        return CODES[self._name]

    @property
    def sentence(self) -> str:
        """What is said of a run that was cancelled."""
        return tell("cancelled") if self._name in _BY_HAND else tell("ended_by", signal=self._name)


class NotPrintedError(Exception):
    """Standard output does not take what is printed. gone: because its reader has gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.gone = isinstance(error, BrokenPipeError)


class _Output:
    """A stream that says of what it cannot write that it was that, and nothing else, which could not be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            raise NotPrintedError(error) from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise NotPrintedError(error) from error

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def telling_output() -> Iterator[None]:
    """While entered, printing raises NotPrintedError in place of OSError, and so does the end of the block."""
    if sys.stdout is None:  # there is none, as in a program without a console
        yield
        return
    with redirect_stdout(cast("TextIO", _Output(sys.stdout))):
        yield
        sys.stdout.flush()


def print_if_possible(text: str) -> None:
    """Print a line at once. What nobody takes (the reader is gone, the disk of the log is full) is lost."""
    with suppress(OSError, NotPrintedError):
        print(text, flush=True)  # noqa: T201 - the command's output


def let_go() -> None:
    """Drop what was printed and nobody takes: Python would complain of it at the very end, by another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
