"""Errors are a sentence on the surface with details to copy; a cancel is none."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from engine.errors import InputError, Reason
from engine.monitor import Cancelled
from gui.problems import HARMLESS, LOG, Problem, Problems, describe, log_qt

BAD = InputError(Reason("setting_bounds", {"setting": "budget", "value": 99, "low": 0, "high": 50}))


def test_an_input_error_is_its_own_sentence() -> None:
    problem = describe(BAD)
    assert problem.sentence == str(BAD)
    assert "setting_bounds" in problem.details
    assert "value: 99" in problem.details


def test_a_defect_is_worded_without_its_trace_and_carries_it_in_the_details() -> None:
    try:
        _ = {}["not there"]
    except KeyError as error:
        problem = describe(error)
    assert "Traceback" not in problem.sentence
    assert "KeyError" in problem.sentence
    assert "Traceback" in problem.details
    assert "test_problems.py" in problem.details


def test_running_out_of_memory_says_what_to_do() -> None:
    assert "load fewer cells" in describe(MemoryError()).sentence


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("silent", [Cancelled(), KeyboardInterrupt()])
def test_a_cancel_is_never_shown(silent: BaseException) -> None:
    problems, raised = Problems(), []
    problems.raised.connect(raised.append)
    problems.report(silent)
    assert raised == []


@pytest.mark.usefixtures("qapp")
def test_a_problem_is_logged_and_raised_once(caplog: pytest.LogCaptureFixture) -> None:
    problems, raised = Problems(), []
    problems.raised.connect(raised.append)
    with caplog.at_level(logging.INFO, LOG.name):
        problems.report(BAD)
    assert [p.sentence for p in raised] == [str(BAD)]
    assert isinstance(raised[0], Problem)
    assert caplog.messages == [str(BAD)]


@pytest.mark.parametrize(
    ("message", "level"), [("QPainter::begin: nothing works", logging.ERROR), (HARMLESS + "raise()", logging.DEBUG)]
)
def test_warnings_of_qt_are_logged_as_errors(caplog: pytest.LogCaptureFixture, message: str, level: int) -> None:
    with caplog.at_level(logging.DEBUG, LOG.name):
        log_qt(QtMsgType.QtWarningMsg, QMessageLogContext(), message)
    assert [record.levelno for record in caplog.records] == [level]
