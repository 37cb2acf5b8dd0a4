"""Rules hide what they were made for and nothing larger, in files, projects, reports and the command line alike."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from engine import project
from engine.data import Anomaly, AnomalyType, Direction, Result
from engine.errors import InputError
from engine.monitor import Monitor
from engine.reports import write_all
from engine.rules import Facts, Rule, hidden, read_rules, rule_of, sentence, without_hidden, write_rules
from tests.engine.result_factory import empty_result, make_result

RULE = Rule("r1", 30.0)


@pytest.fixture(scope="module")
def result() -> Result:
    """A result whose incidents consist of one anomaly each, all 20 % below what was expected."""
    made = make_result(cells=6, kpis=2, anomalies=12)
    anomalies = tuple(
        dataclasses.replace(one, actual=80.0, expected=100.0, type=AnomalyType.DIP, direction=Direction.DOWN)
        for one in made.anomalies
    )
    first = made.incidents[0]
    incidents = tuple(
        dataclasses.replace(first, id=n, anomalies=(one.id,), start=one.start, stop=one.stop, cells=(one.cell,))
        for n, one in enumerate(anomalies)
    )
    return dataclasses.replace(made, anomalies=anomalies, incidents=incidents)


def hides(result: Result, rule: Rule) -> set[int]:
    return set(Facts.of(result).hidden([rule]))


def expected(result: Result, wanted) -> set[int]:
    return {n for n, one in enumerate(result.anomalies) if wanted(one)}


def test_a_rule_without_parts_hides_all_up_to_its_limit(result: Result) -> None:
    assert hides(result, RULE) == set(range(len(result.incidents)))
    assert hides(result, dataclasses.replace(RULE, largest=19.9)) == set()


def test_each_part_narrows_a_rule(result: Result) -> None:
    one: Anomaly = result.anomalies[3]
    hour, weekday = int(result.clock.hour[one.start]), int(result.clock.weekday[one.start])
    cell = result.panel.cells[one.cell].id
    hour_of, weekday_of = result.clock.hour, result.clock.weekday
    parts = (
        ({"cells": (cell, "unknown")}, lambda a: a.cell == one.cell),
        ({"kpi": one.kpi}, lambda a: a.kpi == one.kpi),
        ({"type": "spike"}, lambda _a: False),
        ({"kpi": (one.kpi, "unknown")}, lambda a: a.kpi == one.kpi),
        ({"kpi": ("unknown", "none")}, lambda _a: False),
        ({"direction": ("up", "down")}, lambda _a: True),
        ({"direction": "down"}, lambda _a: True),
        ({"hours": (hour, hour + 1)}, lambda a: hour_of[a.start] == hour),
        ({"hours": (22, 6)}, lambda a: hour_of[a.start] >= 22 or hour_of[a.start] < 6),
        ({"weekdays": (weekday,)}, lambda a: weekday_of[a.start] == weekday),
    )
    for part, wanted in parts:
        assert hides(result, dataclasses.replace(RULE, **part)) == expected(result, wanted), part


def test_a_rule_of_unknown_cells_hides_nothing(result: Result) -> None:
    assert hides(result, dataclasses.replace(RULE, cells=("nobody",))) == set()


def test_a_rule_expires_after_its_last_local_day(result: Result) -> None:
    from engine.calendar import iso_local

    days = [iso_local(result.panel.times[a.start], result.panel.zone)[:10] for a in result.anomalies]
    last = sorted(days)[len(days) // 2]
    found = hides(result, dataclasses.replace(RULE, until=last))
    assert found == {n for n, day in enumerate(days) if day <= last}
    assert len(found) < len(days)


@pytest.mark.parametrize(("actual", "usual"), [(0.0, 100.0), (5.0, 0.0), (5.0, np.nan)])
def test_an_outage_and_what_cannot_be_measured_are_never_hidden_by_a_rule_for_a_small_dip(
    result: Result, actual: float, usual: float
) -> None:
    silent = dataclasses.replace(result.anomalies[0], actual=actual, expected=usual, type=AnomalyType.SILENCE)
    other = dataclasses.replace(result, anomalies=(silent, *result.anomalies[1:]))
    assert hides(other, RULE) == set(range(1, len(result.incidents)))


def test_an_incident_with_one_anomaly_that_no_rule_covers_stays(result: Result) -> None:
    first, second = result.anomalies[:2]
    both = dataclasses.replace(result.incidents[0], anomalies=(first.id, second.id))
    far = dataclasses.replace(second, actual=1.0)
    other = dataclasses.replace(result, anomalies=(first, far, *result.anomalies[2:]), incidents=(both,))
    assert hides(other, RULE) == set()
    assert Facts.of(other).hidden([RULE, dataclasses.replace(RULE, identity="r2", largest=99.5)]) == {0: ("r1", "r2")}


def of_levels(result: Result, expected: float, actual: float) -> Result:
    """The result with a KPI in dBm whose anomalies are all off by the same."""
    level, *others = result.panel.kpis
    kpis = (dataclasses.replace(level, unit="dBm"), *others)
    anomalies = tuple(
        dataclasses.replace(a, actual=actual, expected=expected) if a.kpi == level.id else a for a in result.anomalies
    )
    return dataclasses.replace(result, panel=dataclasses.replace(result.panel, kpis=kpis), anomalies=anomalies)


def test_levels_are_compared_in_decibels_and_the_others_in_percent(result: Result) -> None:
    level = result.panel.kpis[0].id
    off = of_levels(result, -100.0, -94.0)
    of_level, all_of_them = expected(off, lambda a: a.kpi == level), set(range(len(off.incidents)))
    assert 0 < len(of_level) < len(all_of_them)
    assert hides(off, dataclasses.replace(RULE, largest_db=6.0)) == all_of_them
    assert hides(off, dataclasses.replace(RULE, largest_db=5.9)) == all_of_them - of_level
    assert hides(off, dataclasses.replace(RULE, kpi=level, largest=1.0, largest_db=6.0)) == of_level
    assert hides(of_levels(result, 0.0, 3.0), dataclasses.replace(RULE, kpi=level, largest_db=3.0)) == of_level


def test_a_rule_saved_before_levels_had_a_limit_hides_what_it_hid(result: Result) -> None:
    level = result.panel.kpis[0].id
    saved = rule_of({"identity": "old", "largest": 6.5, "kpi": level}, "rules.json", 1)
    assert hides(of_levels(result, -100.0, -94.0), saved) == expected(result, lambda a: a.kpi == level)
    assert hides(of_levels(result, -100.0, -93.0), saved) == set()


def test_a_rule_says_the_unit_of_its_limit(result: Result) -> None:
    level, other = (kpi.id for kpi in result.panel.kpis[:2])
    panel = of_levels(result, -100.0, -94.0).panel
    both = dataclasses.replace(RULE, largest_db=6.0)
    assert "up to 30 % (levels 6 dB) off" in sentence(both, panel)
    assert "up to 6 dB off" in sentence(dataclasses.replace(both, kpi=level), panel)
    assert "up to 30 % off" in sentence(dataclasses.replace(both, kpi=other), panel)
    assert "up to 30 % (levels 6 dB) off" in sentence(dataclasses.replace(both, kpi=level))


def test_nothing_found_and_no_rules_hide_nothing(result: Result) -> None:
    assert hidden(dataclasses.replace(empty_result(), rules=(RULE,))) == {}
    assert without_hidden(result) is result


def test_a_rule_is_worded_with_all_its_parts() -> None:
    rule = Rule("r", 30, ("a", "b", "c", "d"), "calls", "dip", "down", (22, 6), (0, 4), "2026-12-31")
    assert sentence(rule) == (
        "Hide dips downwards up to 30 % off what was expected, of calls, in a, b, c and 1 cell more, beginning on "
        "Mon, Fri, beginning from 22:00 to 06:00, until 2026-12-31."
    )
    assert sentence(RULE) == "Hide anomalies of every type up to 30 % off what was expected, without an end."


def test_a_rule_of_several_kpis_types_and_directions_is_worded() -> None:
    rule = Rule("r", 120, (), ("a", "b", "c", "d", "e"), ("spike", "dip", "silence"), ("up", "down"))
    assert sentence(rule) == (
        "Hide spikes, dips or silences upwards or downwards up to 120 % off what was expected, of a, b, c and 2 KPIs "
        "more, without an end."
    )


FULL = Rule(
    "r", 30.5, ("a",), "calls", "dip", "down", (22, 6), (0, 4), "2026-12-31", "m.rossi", "2026-11-26", "Łukasz", 6.0
)


def test_rules_come_back_from_file_and_project(result: Result, tmp_path: Path) -> None:
    many = dataclasses.replace(FULL, kpi=("calls", "drops"), type=("dip", "spike"), direction=("up", "down"))
    for rules in ((FULL, RULE), (many,)):
        write_rules(tmp_path / "rules.json", rules)
        assert read_rules(tmp_path / "rules.json") == rules
        project.save(result, tmp_path / "several.cellwarden", rules=rules)
        assert project.read_rules(tmp_path / "several.cellwarden") == rules
    path = tmp_path / "city.cellwarden"
    project.save(result, path, rules=[FULL, RULE])
    assert project.read_rules(path) == (FULL, RULE)
    project.save(result, path)
    assert project.read_rules(path) == (FULL, RULE)
    other = dataclasses.replace(RULE, why="another")
    project.set_rules(path, [other], gone=[FULL.identity, "never there"])
    assert project.read_rules(path) == (other,)
    project.set_rules(path, [FULL])
    assert project.read_rules(path) == (other, FULL)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("largest", 0),
        ("largest", True),
        ("largest", None),
        ("largest_db", 0),
        ("largest_db", "6"),
        ("identity", ""),
        ("type", "outage"),
        ("direction", "left"),
        ("hours", [1]),
        ("hours", [1, 25]),
        ("weekdays", [7]),
        ("cells", "a"),
        ("until", "soon"),
        ("why", 3),
        ("unknown", 1),
    ],
)
def test_a_part_that_cannot_be_is_named(part: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"version": 1, "rules": [{**FULL.to_json(), part: value}]}), "utf-8")
    with pytest.raises(InputError, match=rf"Rule 1 in rules\.json: {part} "):
        read_rules(path)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "rules": []}', '{"version": 1}', "\ufeff\x00"])
def test_what_is_no_file_of_rules_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"rules\.json"):
        read_rules(path)


def test_hidden_incidents_are_marked_in_the_tables_and_counted(result: Result, tmp_path: Path) -> None:
    rule = dataclasses.replace(RULE, kpi=result.anomalies[0].kpi)
    ruled = dataclasses.replace(result, rules=(rule,))
    write_all(ruled, tmp_path, False, Monitor())
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    marked = {int(row["incident_id"]) for row in rows if row["hidden_by"] == "r1"}
    assert marked == set(hidden(ruled))
    assert 0 < len(marked) < len(rows) == len(result.incidents)
    told = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert told["figures"]["incidents_hidden"] == len(marked)
    assert told["rules"][0]["identity"] == "r1"
