"""Detectors, votes, anomaly types and why a detector has no opinion."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
