"""From scores to what a person deals with: points become anomalies, anomalies become incidents."""

from __future__ import annotations

from engine.group.alarms import find_alarms, reporting
from engine.group.anomalies import anomalies
from engine.group.incidents import incidents
from engine.group.packed import Anomalies

__all__ = ["Anomalies", "anomalies", "find_alarms", "incidents", "reporting"]
