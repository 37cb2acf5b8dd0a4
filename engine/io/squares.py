"""The Milan grid of the Telecom Italia Big Data Challenge: 100 x 100 squares, counted west to east, south to north.

Barlacchi et al., A multi-source dataset of urban life in the city of Milan and the Province of Trentino, Sci. Data
2:150055 (2015).
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.data import Cell

SIDE = 100
ZONE = "Europe/Rome"
KPIS = ("sms_in", "sms_out", "call_in", "call_out", "internet")


def square(cell_id: str) -> Cell | None:
    """The square of that number with its row (0 = south) and column (0 = west); None for anything else."""
    number = int(cell_id) if cell_id.isdecimal() else 0
    if not 1 <= number <= SIDE * SIDE:
        return None
    row, col = divmod(number - 1, SIDE)
    return Cell(cell_id, name=f"Square {cell_id}", row=row, col=col)


def squares(cell_ids: Iterable[str]) -> dict[str, Cell]:
    """The squares among the ids; empty when any of them is none."""
    found = {cell_id: square(cell_id) for cell_id in cell_ids}
    return {k: v for k, v in found.items() if v is not None} if all(found.values()) else {}


def is_grid(time_column: str, cell_column: str | None, cell_ids: Iterable[str]) -> bool:
    """Whether a table is of this grid: `time_ms` with `square_id`, or with one column per square."""
    if time_column != "time_ms":
        return False
    return cell_column == "square_id" or (cell_column is None and bool(squares(cell_ids)))
