"""Cause classes, their evidence and the regression's sentences."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
