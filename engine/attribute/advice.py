"""What to check first, by what an incident is associated with; advice for a person, never a diagnosis."""

from __future__ import annotations

from engine.data import Incident
from engine.text import tell

KINDS = 2
"""Causes that are looked at; those further down the list are too unlikely to send anybody out."""


def checks(incident: Incident) -> list[str]:
    """Short steps, those for the likeliest cause first."""
    kinds = [cause.kind for cause in incident.causes[:KINDS]] or ["unknown"]
    steps: dict[str, None] = {}
    for kind in kinds:
        steps.update(dict.fromkeys(tell(f"check_{kind}").split("\n")))
    return list(steps)
