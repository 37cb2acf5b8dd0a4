"""How much of what was measured could be judged, and what is said where it is little."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.data import Result
from engine.errors import Reason
from engine.inspection.coverage import coverage, doubt, of_result
from engine.text import say
from tests.engine.result_factory import empty_result, make_result

SHORT = Reason("not_enough_history", {"needed": 100, "points": 51})


def judged(share: float, why: Reason = SHORT) -> Result:
    """A result in which every detector but one is silent and so large a share of the points has a score."""
    result = make_result(anomalies=0)
    cells, periods = result.panel.shape
    seen = np.zeros((cells, periods), bool)
    seen[:, : round(share * periods)] = True
    verdicts = {
        kpi: dataclasses.replace(one, score=np.where(seen, np.float32(0.1), np.float32(np.nan)))
        for kpi, one in result.verdicts.items()
    }
    evidence = {
        kpi: {
            name: dataclasses.replace(one, reasons=((Reason("flatline_nothing_repeats") if not i else why),) * cells)
            for i, (name, one) in enumerate(of_kpi.items())
        }
        for kpi, of_kpi in result.evidence.items()
    }
    values = {kpi: np.ones_like(one) for kpi, one in result.panel.values.items()}
    panel = dataclasses.replace(result.panel, values=values)
    return dataclasses.replace(result, panel=panel, verdicts=verdicts, evidence=evidence)


def said(result: Result) -> str | None:
    reason = doubt(of_result(result))
    return None if reason is None else say(reason)


def test_where_hardly_anything_was_judged_the_share_and_the_commonest_reason_are_said() -> None:
    assert said(judged(0.01)) == (
        "Hardly anything could be judged, 0.99 % of what was measured, so it says little that nothing was found. "
        "Most often: Not enough history: it needs 100 usable points, there are 51."
    )


def test_where_nobody_could_judge_the_reason_is_said() -> None:
    assert (said(judged(0.0)) or "").startswith("Nothing could be judged, so nothing was found. Most often: Not enough")


def test_a_part_is_told_with_its_share_and_all_without() -> None:
    assert said(judged(0.5)) == "Nothing unusual was found in the 50 % of the measurements that could be judged."
    assert said(judged(0.97)) is None


def test_gaps_are_not_missing_from_what_was_judged() -> None:
    result = judged(0.5)
    for values in result.panel.values.values():
        values[:, values.shape[1] // 2 :] = np.nan
    assert coverage(result, result.panel.kpis[0].id).share == 1.0


@pytest.mark.parametrize("share", [0.0, 0.01])
def test_a_silence_that_no_detector_explains_is_told_without_a_reason(share: float) -> None:
    result = judged(share)
    words = said(dataclasses.replace(result, evidence={}))
    assert words is not None
    assert "Most often" not in words


def test_of_nothing_nothing_is_judged() -> None:
    assert of_result(empty_result()).share == 0.0
