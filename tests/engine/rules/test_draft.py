"""A proposed rule hides the incident it was made from, and nothing much larger."""

from __future__ import annotations

import dataclasses

from engine.calendar import iso_local
from engine.data import Anomaly, AnomalyType, Incident, Result
from engine.rules import Facts, draft
from tests.engine.result_factory import make_result


def of(result: Result, incident: Incident) -> list[Anomaly]:
    return [one for one in result.anomalies if one.id in incident.anomalies]


def test_a_proposed_rule_covers_the_incident_and_names_what_its_anomalies_share() -> None:
    result = make_result(cells=6, kpis=2, anomalies=12)
    incident = result.incidents[0]
    members = {one.id: one for one in result.anomalies}
    known = tuple(
        dataclasses.replace(one, actual=70.0, expected=100.0) if one.id in incident.anomalies else one
        for one in result.anomalies
    )
    result = dataclasses.replace(result, anomalies=known)
    rule = draft(result, incident, of(result, incident), "r", "m.rossi", "2026-11-26T16:00:00Z")
    assert rule.largest == 33.0
    assert rule.cells == tuple(result.panel.cells[cell].id for cell in incident.cells)
    kpis = {members[name].kpi for name in incident.anomalies}
    assert rule.kpi == (kpis.pop() if len(kpis) == 1 else "")
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
