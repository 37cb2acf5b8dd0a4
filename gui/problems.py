"""The one place where errors come to the user: a sentence on the surface, the details for whoever mends it.

An `AppError` brings its own sentence (what happened, where, what to do). Anything else is a defect of the program:
it is worded as one, logged with its trace, and nothing of the user's data is given up for it. A cancel is no error.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from engine.errors import AppError
from engine.monitor import Cancelled
from engine.text import tell

LOG = logging.getLogger("cellwarden")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.ERROR,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
"""Qt's warnings are logged as errors: each of them is a defect of the window."""


HARMLESS = "This plugin does not support "
"""How Qt begins what it says of a platform without a window manager, which we can do nothing about."""


@dataclass(frozen=True)
class Problem:
    """What the user is told (`sentence`) and what "copy details" copies."""

    sentence: str
    details: str


def describe(error: BaseException) -> Problem:
    """Word an exception."""
    where = f"Cellwarden, Python {platform.python_version()}, {platform.platform()}"
    if isinstance(error, AppError):
        params = "\n".join(f"{k}: {v}" for k, v in error.reason.params.items())
        sentence = str(error)
        return Problem(sentence, f"{sentence}\n\n{error.reason.code}\n{params}\n\n{where}")
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError):
        return Problem(tell("problem_memory"), f"{trace}\n{where}")
    return Problem(tell("problem_internal", error=f"{type(error).__name__}: {error}"[:300]), f"{trace}\n{where}")


class Problems(QObject):
    """Collects what goes wrong anywhere in the window; `raised(Problem)` arrives in the window's thread."""

    raised = Signal(object)

    def report(self, error: BaseException) -> None:
        """Log the error and tell the user; a cancel passes silently. May be called from any thread."""
        if isinstance(error, Cancelled | KeyboardInterrupt):
            return
        problem = describe(error)
        if isinstance(error, AppError):
            LOG.warning("%s", problem.sentence)
        else:
            LOG.error("%s", problem.details)
        self.raised.emit(problem)

    def install(self) -> None:
        """Catch what nobody caught: in slots, in threads and in Qt's own log."""

        def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
            self.report(error)

        def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                self.report(args.exc_value)

        sys.excepthook = uncaught
        threading.excepthook = uncaught_in_thread
        qInstallMessageHandler(log_qt)


def log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's messages in our log."""
    level = logging.DEBUG if message.startswith(HARMLESS) else _LEVELS[kind]
    LOG.log(level, "Qt %s: %s", context.category or "default", message)
