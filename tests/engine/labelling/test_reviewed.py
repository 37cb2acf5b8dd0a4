"""What people said of incidents becomes labels, and nothing else does."""

from __future__ import annotations

import numpy as np

from engine.data import Flag
from engine.labelling.reviewed import marked, reviewed
from engine.project import Review
from tests.engine.result_factory import make_result

RESULT = make_result(cells=20, periods=24 * 60, kpis=2, anomalies=18)


def said(incident, tag):
    """A review that meets the worst anomaly of an incident by its last period only."""
    worst = next(a for a in RESULT.anomalies if a.id == incident.anomalies[0])
    times, period = RESULT.panel.times, np.timedelta64(RESULT.panel.period_s, "s")
    start = times[worst.stop - 1]
    return Review(RESULT.panel.cells[worst.cell].id, worst.kpi, start, start + period, tag)


def points(of_kpi, incident):
    by_id = {a.id: a for a in RESULT.anomalies}
    found = [of_kpi[a.kpi][a.cell, a.start : a.stop] for a in (by_id[i] for i in incident.anomalies)]
    return set(np.concatenate(found).tolist())


def test_every_tag_says_what_its_incident_was():
    tags = ("fault", "planned", "event", "data", "false", "check", "solved")
    incidents = RESULT.incidents[: len(tags)]
    assert len(incidents) == len(tags)
    found = reviewed(RESULT, [said(i, tag) for i, tag in zip(incidents, tags, strict=True)])
    expected = {"fault": 1, "event": 1, "solved": 1, "false": 0, "planned": -1, "data": -1, "check": -1}
    flags = {"planned": Flag.MAINTENANCE, "data": Flag.SUSPECT, "check": Flag.SUSPECT}
    for incident, tag in zip(incidents, tags, strict=True):
        assert points(found.labels, incident) == {expected[tag]}, tag
        assert points(found.flags, incident) == {flags.get(tag, 0)}, tag
    assert found.incidents == 3


def test_what_nobody_judged_is_neither_usual_nor_anomalous():
    found = reviewed(RESULT, [Review("no such cell", "x", RESULT.panel.times[0], RESULT.panel.times[5], "fault")])
    assert found.incidents == 0
    for incident in RESULT.incidents:
        assert points(found.labels, incident) == {-1}
        assert points(found.flags, incident) == {int(Flag.SUSPECT)}
    anywhere = np.zeros(RESULT.panel.shape, bool)
    for anomaly in RESULT.anomalies:
        if anomaly.kpi == RESULT.panel.kpis[0].id:
            anywhere[anomaly.cell, anomaly.start : anomaly.stop] = True
    assert (found.labels[RESULT.panel.kpis[0].id][~anywhere] == 0).all()


def test_flags_are_added_to_those_of_the_panel_and_the_panel_stays_as_it_was():
    panel, kpi = RESULT.panel, RESULT.panel.kpis[0].id
    flags = {k.id: np.full(panel.shape, -1, np.int8) for k in panel.kpis}
    flags[kpi][0, 3] = int(Flag.MAINTENANCE)
    before = panel.flags[kpi].copy()
    after = marked(panel, flags)
    np.testing.assert_array_equal(panel.flags[kpi], before)
    assert after.flags[kpi][0, 3] == before[0, 3] | Flag.MAINTENANCE
    changed = after.flags[kpi] != before
    changed[0, 3] = False
    assert not changed.any()
