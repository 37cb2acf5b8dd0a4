"""Reading files: what was recognised, dropped or refused."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
