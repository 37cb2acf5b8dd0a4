"""What a shift hands over: which incidents, in which section, with what was said of them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest

from engine.data import Result
from engine.data.review import Review
from engine.data.since import Since
from engine.inspection.handover import SECTIONS, Handover, hand_over, in_lines, said_of, span_text
from tests.engine.result_factory import empty_result, make_result

END = 24 * 21
"""Periods of an hour; the shift of eight hours begins at END - 8."""

SPANS = {
    "long over": (10, 20),
    "ended as it began": (END - 20, END - 8),
    "ended in it": (END - 20, END - 7),
    "began and ended in it": (END - 6, END - 2),
    "began with it": (END - 8, END),
    "began before it": (END - 9, END),
    "began in the last hour": (END - 1, END),
}


@pytest.fixture(scope="module")
def result() -> Result:
    """One incident per span, in their order."""
    made = make_result(anomalies=2 * len(SPANS))
    incidents = tuple(
        dataclasses.replace(incident, start=start, stop=stop)
        for incident, (start, stop) in zip(made.incidents, SPANS.values(), strict=True)
    )
    return dataclasses.replace(made, incidents=incidents)


def shift_of(result: Result, since: Since | None = None) -> Handover:
    found = hand_over(result, since or Since())
    assert found is not None
    return found


def names(shift: Handover, result: Result) -> dict[str, set[str]]:
    by_id = {incident.id: name for incident, name in zip(result.incidents, SPANS, strict=True)}
    return {section: {by_id[incident.id] for incident in shift.section(section)} for section in SECTIONS}


def test_every_incident_of_the_shift_is_in_one_section(result: Result) -> None:
    assert names(shift_of(result), result) == {
        "new": {"began with it", "began in the last hour"},
        "standing": {"began before it"},
        "cleared": {"ended in it", "began and ended in it"},
    }


def test_the_worst_come_first(result: Result) -> None:
    ranks = [list(type(i.severity)).index(i.severity) for i in shift_of(result, Since(3600 * 24 * 30)).new]
    assert len(ranks) == 3
    assert ranks == sorted(ranks)


def test_a_moment_is_on_the_clock_of_the_network(result: Result) -> None:
    """The data end on Wed 22 Mar 2017 at 24:00 UTC, 01:00 in Rome."""
    by_clock = shift_of(result, Since(moment=datetime(2017, 3, 22, 17)))
    in_utc = shift_of(result, Since(moment=datetime(2017, 3, 22, 16, tzinfo=UTC)))
    assert by_clock.since == in_utc.since == np.datetime64("2017-03-22T16:00:00")
    assert names(by_clock, result) == names(shift_of(result), result)
    assert span_text(result.panel, by_clock) == "Wed 22 Mar 17:00 to Thu 23 Mar 01:00 (8 h)"


def test_a_shift_is_never_shorter_than_a_period(result: Result) -> None:
    """Of daily figures the last eight hours are the last day."""
    times = np.datetime64("2017-03-01", "s") + np.arange(END) * np.timedelta64(1, "D")
    daily = dataclasses.replace(result, panel=dataclasses.replace(result.panel, times=times, period_s=86_400))
    shift = shift_of(daily)
    assert shift.since == times[-1]
    assert names(shift, daily)["new"] == {"began in the last hour"}
    assert names(shift, daily)["standing"] == {"began with it", "began before it"}
    assert shift_of(daily, Since(8 * 86_400)).since == times[-8]


def test_a_shift_that_begins_after_the_data_has_only_what_stands(result: Result) -> None:
    shift = shift_of(result, Since(moment=datetime(2018, 1, 1)))
    assert (len(shift.new), len(shift.standing), len(shift.cleared)) == (0, 3, 0)
    assert "(0 s)" in span_text(result.panel, shift)


def test_without_measurements_there_is_nothing_to_hand_over() -> None:
    assert hand_over(empty_result(), Since()) is None


def reviewed(result: Result, tag: str, comment: str) -> tuple[Result, int]:
    """The incident that stands, with a review of its worst anomaly."""
    standing = shift_of(result).standing[0]
    anomaly = {a.id: a for a in result.anomalies}[standing.anomalies[0]]
    panel = result.panel
    place = (panel.cells[anomaly.cell].id, anomaly.kpi, panel.times[anomaly.start], panel.times[anomaly.stop - 1])
    stop = place[3] + np.timedelta64(3600, "s")
    return dataclasses.replace(result, reviews=(Review(*place[:3], stop, tag, comment),)), standing.id


def test_owner_and_who_has_seen_it_go_with_it_too(result: Result) -> None:
    told, standing = reviewed(result, "fault", "")
    (review,) = told.reviews
    owned = dataclasses.replace(review, owner="Kim", acknowledged_by="Lee", acknowledged=np.datetime64("2017-03-22"))
    shift = shift_of(dataclasses.replace(told, reviews=(owned,)))
    incident = next(i for i in shift.standing if i.id == standing)
    assert said_of(shift, incident) == "Fault; owner Kim; seen by Lee"


@pytest.mark.parametrize(
    ("tag", "comment", "said"),
    [
        ("fault", "rectifier replaced", "Fault: rectifier replaced"),
        ("check", "", "To check"),
        ("", "ask the site owner", "ask the site owner"),
        ("of_a_later_version", "", "of_a_later_version"),
    ],
)
def test_state_and_comment_go_with_an_incident(result: Result, tag: str, comment: str, said: str) -> None:
    told, standing = reviewed(result, tag, comment)
    shift = shift_of(told)
    incident = next(i for i in shift.standing if i.id == standing)
    assert said_of(shift, incident) == said
    assert [line for line in in_lines(told, shift) if line.endswith(f"[{said}]")]
    assert all(said_of(shift, other) == "" for other in (*shift.new, *shift.cleared) if other.id not in shift.said)


def test_a_false_alarm_is_not_handed_over_but_counted(result: Result) -> None:
    told, standing = reviewed(result, "false", "checked")
    shift = shift_of(told)
    assert standing not in names(shift, told)["standing"]
    assert (len(shift.standing), shift.false) == (0, 1)
    assert in_lines(told, shift)[-1] == "  Left out: 1 incident judged to be a false alarm."


def test_lines_count_what_they_do_not_list(result: Result) -> None:
    lines = in_lines(result, shift_of(result), most=1)
    assert lines[0] == "Shift Wed 22 Mar 17:00 to Thu 23 Mar 01:00 (8 h): 2 new, 1 open from before, 2 cleared."
    assert [line.split()[0] for line in lines[1:]] == ["new", "new", "open", "cleared", "cleared"]
    assert lines[2].endswith("and 1 more")
