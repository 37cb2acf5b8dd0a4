"""Headings and sentences of the CSV and PDF."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
