"""The contract of a detector; `tests/engine/detectors/test_contract.py` holds every entry of DETECTORS to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol, Self

import numpy as np

from engine.data import Block, Clock, Evidence, FloatArray, Kpi
from engine.errors import Reason
from engine.settings import Settings

Scope = Literal["block", "panel"]


class Detector(Protocol):
    """One way to find strange points. Immutable; everything it learns is in the record that `learn` returns.

    id: stable, stored in projects. label: what a person reads. scope: "block" = works on any some hundreds of cells;
    "panel" = needs all cells of the KPI at once (neighbours, peers).
    """

    id: ClassVar[str]
    label: ClassVar[str]
    scope: ClassVar[Scope]

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """This detector with a run's settings."""
        ...

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:
        """Why the detector cannot work on series of this cadence with `points` measured points; None if it can."""
        ...

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:
        """This detector with whatever it learns once per KPI from a sample of cells; itself if there is nothing."""
        ...

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:
        """Score every point of the block; (C, T), higher = stranger, NaN = no opinion, with a Reason per silent cell.

        Works cell by cell in the sense that a cell's scores depend neither on which other cells share the block nor on
        their order. Never writes to the block. A cell it cannot judge gets NaN throughout and a Reason; it does not raise.
        """
        ...


def unknown(block: Block) -> FloatArray:
    """A (C, T) array of NaN: the start of every score and of every band that does not exist."""
    return np.full(block.shape, np.nan, np.float32)


def silent_cells(
    score: FloatArray, reason: Reason, known: Sequence[Reason | None] | None = None
) -> tuple[Reason | None, ...]:
    """Per cell of `score` (C, T): `reason` where it holds no opinion at all (or the one already `known`), else None."""
    silent: list[bool] = (~np.isfinite(score).any(axis=1)).tolist()
    return tuple(
        ((known[i] if known is not None else None) or reason) if quiet else None for i, quiet in enumerate(silent)
    )
