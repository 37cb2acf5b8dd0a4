"""Windows of patches, drawn at random from maps: what a model of the grid family is trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from grid_sources import Map

from engine.convlstm.architecture import Architecture
from engine.convlstm.frames import FARTHEST_SEEN, WARM_UP, forecasts, look
from engine.convlstm.windows import squash
from engine.finetuning.training import Batch

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PATCH = 6
"""Rows and columns of a patch at most; what lies beyond its edge is missing to the model, as at the edge of a map."""

CITY_WEIGHT = 2.0
"""How much more simulated cities count than any other network: they alone have sites, sectors and ratios."""


class GridMaterial:
    """Maps from which windows are drawn: the part learned from, or (held) the part after it."""

    def __init__(self, maps: Sequence[Map], architecture: Architecture, held: bool = False) -> None:
        self.maps = maps
        self.steps = architecture.steps
        self.parts = []
        for one in maps:
            first, last = (one.learned, one.feed.shape[1]) if held else (0, one.learned)
            if last - first > self.steps:
                seen = look(one.feed[:, first:last], one.layout, one.period_s)
                self.parts.append((one.name, seen))
        weights = [math.sqrt(seen[:, 0].size) for name, seen in self.parts]
        shares = {
            name: sum(w for (n, _), w in zip(self.parts, weights, strict=True) if n == name) for name, _ in self.parts
        }
        odds = [
            w / shares[name] * (CITY_WEIGHT if name == "simulator" else 1.0)
            for (name, _), w in zip(self.parts, weights, strict=True)
        ]
        self.odds = np.array(odds) / sum(odds)

    def draw(self, rng: np.random.Generator, count: int, turned: bool) -> Batch:
        """`count` windows of one map. turned: mirrored, upside down and a little larger or smaller at random."""
        _, seen = self.parts[rng.choice(len(self.parts), p=self.odds)]
        size = [min(PATCH, side) for side in seen.shape[2:]]
        windows = []
        for _ in range(count):
            at = int(rng.integers(len(seen) - self.steps))
            up, left = (int(rng.integers(whole - side + 1)) for whole, side in zip(seen.shape[2:], size, strict=True))
            window = seen[at : at + self.steps + 1, :, up : up + size[0], left : left + size[1]]
            if turned:
                window = window[..., :: rng.choice([-1, 1]), :: rng.choice([-1, 1])].copy()
                window[:, 0] *= rng.choice([-1.0, 1.0]) * rng.uniform(0.8, 1.2)
            windows.append(window)
        whole = np.stack(windows)
        y, w = whole[:, 1:, :1].copy(), whole[:, 1:, 1:2].copy()
        w[:, : WARM_UP - 1] = 0.0
        return np.ascontiguousarray(whole[:, :-1]), y, w


def held_errors(session: InferenceSession, maps: Sequence[Map], steps: int) -> dict[str, float]:
    """Mean squared error on the periods never learned from, by network: the model's, and what needs none.

    On the squashed scale that the model is trained on: "usual" forecasts that nothing deviates, "last" that the
    deviation stays, "week" that it is that of the week before (where there is one).
    """
    sums: dict[str, list[tuple[float, int]]] = {}
    for one in maps:
        if one.learned == one.feed.shape[1]:
            continue
        seen = squash(np.clip(one.feed, -FARTHEST_SEEN, FARTHEST_SEEN))
        said = squash(forecasts(session, one.feed, one.layout, one.period_s, steps))
        first, week = max(one.learned, WARM_UP), 7 * 86_400 // one.period_s
        ways = {"model": said[:, first:], "usual": np.zeros_like(seen[:, first:]), "last": seen[:, first - 1 : -1]}
        if first >= week:
            ways["week"] = seen[:, first - week : -week]
        for way, expected in ways.items():
            error = np.square(seen[:, first:] - expected, dtype=np.float64)
            known = np.isfinite(error)
            sums.setdefault(f"{one.name.replace(' ', '_')}_{way}", []).append((error[known].sum(), int(known.sum())))
    return {
        name: round(float(sum(total for total, _ in parts) / max(1, sum(n for _, n in parts))), 4)
        for name, parts in sums.items()
    }
