"""A proposed rule hides the incident it was made from, and nothing much larger."""

from __future__ import annotations

import dataclasses

from engine.calendar import iso_local
from engine.data import Anomaly, AnomalyType, Direction, Incident, Result
from engine.data.rule import several
from engine.rules import Facts, draft
from tests.engine.result_factory import make_result


def of(result: Result, incident: Incident) -> list[Anomaly]:
    return [one for one in result.anomalies if one.id in incident.anomalies]


def test_a_proposed_rule_covers_the_incident_and_names_what_its_anomalies_share() -> None:
    result = make_result(cells=6, kpis=2, anomalies=12)
    incident = result.incidents[0]
    known = tuple(
        dataclasses.replace(one, actual=70.0, expected=100.0) if one.id in incident.anomalies else one
        for one in result.anomalies
    )
    result = dataclasses.replace(result, anomalies=known)
    rule = draft(result, incident, of(result, incident), "r", "m.rossi", "2026-11-26T16:00:00Z")
    assert rule.largest == 33.0
    assert rule.cells == tuple(result.panel.cells[cell].id for cell in incident.cells)
    assert set(several(rule.kpi)) == {one.kpi for one in of(result, incident)}
    assert rule.until > iso_local(result.panel.times[-1], result.panel.zone)[:10]
    assert incident.id in Facts.of(result).hidden([rule])


def test_a_rule_from_a_small_dip_does_not_hide_the_outage_of_its_cell() -> None:
    result = make_result(cells=6, kpis=2, anomalies=12)
    incident = dataclasses.replace(result.incidents[0], anomalies=result.incidents[0].anomalies[:1])
    name = incident.anomalies[0]
    dip = tuple(
        dataclasses.replace(one, actual=80.0, expected=100.0, type=AnomalyType.DIP) if one.id == name else one
        for one in result.anomalies
    )
    before = dataclasses.replace(result, anomalies=dip)
    rule = draft(before, incident, of(before, incident), "r", "", "")
    silent = tuple(dataclasses.replace(one, actual=0.0) if one.id == name else one for one in dip)
    after = dataclasses.replace(result, anomalies=silent, incidents=(incident,))
    assert Facts.of(after).hidden([dataclasses.replace(rule, type="", direction="")]) == {}


def test_a_rule_from_a_level_is_limited_in_decibels() -> None:
    result = make_result(cells=6, kpis=2, anomalies=12)
    level, other = result.panel.kpis[:2]
    panel = dataclasses.replace(result.panel, kpis=(dataclasses.replace(level, unit="dBm"), other))
    first, *_ = (one for one in result.anomalies if one.kpi == level.id)
    off = dataclasses.replace(first, actual=-88.0, expected=-100.0)
    incident = dataclasses.replace(result.incidents[0], anomalies=(off.id,))
    result = dataclasses.replace(result, panel=panel, anomalies=(off,), incidents=(incident,))
    rule = draft(result, incident, [off], "r", "", "")
    assert (rule.kpi, rule.largest_db) == (level.id, 14.0)
    assert incident.id in Facts.of(result).hidden([rule])
    further = dataclasses.replace(result, anomalies=(dataclasses.replace(off, actual=-85.0),))
    assert Facts.of(further).hidden([rule]) == {}


def test_a_rule_from_several_kpis_covers_those_and_no_other() -> None:
    result = make_result(cells=6, kpis=3, anomalies=12)
    kinds = ((AnomalyType.SPIKE, Direction.UP), (AnomalyType.LEVEL_SHIFT, Direction.UP))
    ids = [kpi.id for kpi in result.panel.kpis]
    first, second, third, fourth = (
        dataclasses.replace(one, cell=0, kpi=kpi, actual=190.0, expected=100.0, type=kind, direction=way)
        for one, kpi, (kind, way) in zip(
            result.anomalies, (*ids, ids[0]), (*kinds, kinds[0], (AnomalyType.DIP, Direction.DOWN)), strict=False
        )
    )
    incident = dataclasses.replace(
        result.incidents[0], anomalies=(first.id, second.id), cells=(0,), kpis=tuple(ids[:2])
    )
    others = tuple(
        dataclasses.replace(incident, id=incident.id + n, anomalies=(one.id,)) for n, one in ((1, third), (2, fourth))
    )
    result = dataclasses.replace(result, anomalies=(first, second, third, fourth), incidents=(incident, *others))
    rule = draft(result, incident, of(result, incident), "r", "", "")
    assert (rule.kpi, rule.type, rule.direction) == (tuple(ids[:2]), ("spike", "level_shift"), "up")
    assert set(Facts.of(result).hidden([rule])) == {incident.id}


def test_nothing_falls_by_more_than_all_of_it() -> None:
    result = make_result(cells=6, kpis=2, anomalies=12)
    incident = dataclasses.replace(result.incidents[0], anomalies=result.incidents[0].anomalies[:1])
    (one,) = of(result, incident)
    for actual, limit in ((0.0, 100.0), (40.0, 66.0), (-50.0, 165.0)):
        fall = dataclasses.replace(one, actual=actual, expected=100.0, direction=Direction.DOWN)
        assert draft(result, incident, [fall], "r", "", "").largest == limit
