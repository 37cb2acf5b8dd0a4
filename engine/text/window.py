"""The desktop window: labels, hints, empty views."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
