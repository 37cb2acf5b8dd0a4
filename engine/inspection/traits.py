"""What cells are like, in words."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data import TRAITS, Cell
from engine.text import tell


def traits_of(cells: Sequence[Cell]) -> str:
    """What all of some cells are like, as far as they agree: "technology LTE, band 20, region North"; "" = nothing."""
    said = []
    for trait in TRAITS:
        values = {getattr(cell, trait) for cell in cells}
        if len(values) == 1 and (value := next(iter(values))):
            said.append(tell(f"trait_{trait}_is", value=value))
    return ", ".join(said)
