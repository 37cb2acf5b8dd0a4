"""Incidents are explained some at a time, near ones together, and come back as they were asked for."""

from __future__ import annotations

import sys

import pytest

from tests.engine.attribute.scene import COUNTS, Network

NOON = 9 * 24 + 12


def test_how_many_incidents_are_looked_at_together_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network()
    for n, cell in enumerate((60, 3, 31, 12, 45, 0, 74)):
        network.change(COUNTS[: 1 + n % 3], (cell,), NOON + 26 * n, NOON + 26 * n + 3, 0.1 if n % 2 else 3.0)
    together = network.explained()
    assert len(together) == 7
    assert [incident.start for incident in together] == sorted(incident.start for incident in together)
    assert all(incident.causes for incident in together)
    for many in (1, 2, 5):
        monkeypatch.setattr(sys.modules["engine.attribute.explain"], "ANOMALIES_AT_ONCE", many)
        assert network.explained() == together
