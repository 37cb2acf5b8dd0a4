"""Statistical tests and what they mean for the detectors."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
