"""What the models of single series learn from: windows of whole days, drawn at random from all sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from sources import Source

from engine.convlstm.architecture import Architecture
from engine.convlstm.windows import SLOTS, WARM_UP
from engine.data import FloatArray
from engine.finetuning.injected import with_incidents
from engine.finetuning.training import Batch

ANOMALY_WEIGHT = 4.0
"""How much more a labelled anomaly counts than a normal point: they are rare."""

SHARES: Mapping[str, Mapping[str, float]] = {
    "label": {"aiops": 4.0, "milan": 1.0},
    "forecast": {"simulator": 2.0, "milan": 2.0, "aiops": 1.0, "finland": 1.0, "taiwan": 1.0, "kazan": 1.0},
}
"""How often windows come from a data set, whatever its size. What people labelled teaches a label model most:
with incidents simulated in cities it ranked the KPIs of another company worse."""

INCIDENTS = 0.1
"""The share of windows with incidents written in, for a label model."""


def targets(source: Source, head: str) -> tuple[FloatArray, FloatArray]:
    """Target and weight (C, days, 24) of every day's output."""
    if head == "label":
        labels = source.labels
        weight = np.where(labels == 1, ANOMALY_WEIGHT, np.where(labels == 0, 1.0, 0.0)) * source.seen[:, :, 2]
        return (labels == 1).astype(np.float32), weight.astype(np.float32)
    target, weight = np.zeros((2, *source.labels.shape), np.float32)
    target[:, :-1] = source.seen[:, 1:, 0]
    weight[:, :-1] = source.seen[:, 1:, 2]
    return target, weight


class Material:
    """Sources of one kind with their targets, from which windows are drawn at random."""

    def __init__(self, sources: Sequence[Source], architecture: Architecture) -> None:
        self.steps, self._head = architecture.steps, architecture.head
        shares = SHARES[self._head]
        made = [(s.seen, *targets(s, self._head), s.name) for s in sources if s.name in shares]
        self.parts = [part for part in made if part[0].shape[1] >= self.steps and part[2].any()]
        names = np.array([part[3] for part in self.parts])
        size = np.array([math.sqrt(part[2].sum()) for part in self.parts])
        for name in set(names):  # the parts of a data set count by the root of their size
            size[names == name] *= shares[str(name)] / size[names == name].sum()
        self.odds = size / size.sum()

    def draw(self, rng: np.random.Generator, count: int, turned: bool) -> Batch:
        """`count` windows x (count, steps, 3, 1, 24), y, w (count, steps, 1, 1, 24).

        turned: half of them upside down and all a little larger or smaller; for a label model their days also begin at
        another hour, and some get incidents.
        """
        x, y, w = [], [], []
        for index in rng.choice(len(self.parts), count, p=self.odds):
            seen, target, weight, _ = self.parts[index]
            row, first = rng.integers(len(seen)), rng.integers(seen.shape[1] - self.steps + 1)
            hours = int(rng.integers(SLOTS)) if turned and self._head == "label" else 0
            for found, part in ((x, seen), (y, target), (w, weight)):
                found.append(moved(part[row, first : first + self.steps], hours))
        points, wanted, counted = (np.stack(part) for part in (x, y, w))
        counted[:, : WARM_UP - 1] = 0.0
        if turned:
            factor = rng.choice([-1.0, 1.0], (count, 1, 1)) * rng.uniform(0.75, 1.3, (count, 1, 1))
            points[:, :, :2] *= factor[..., None]
            if self._head == "forecast":
                wanted = wanted * factor
        shape = (count, self.steps, 1, 1, -1)
        batch = (
            np.ascontiguousarray(points[:, :, :, None], np.float32),
            wanted.reshape(shape).astype(np.float32),
            counted.reshape(shape).astype(np.float32),
        )
        if turned and self._head == "label":
            return with_incidents(batch, INCIDENTS, ANOMALY_WEIGHT, rng)
        return batch


def moved(days: FloatArray, hours: int) -> FloatArray:
    """(days, ..., 24) as if every day had begun so many hours earlier; what falls off the end comes first."""
    line = np.moveaxis(days, 0, -2)
    return np.moveaxis(np.roll(line.reshape(*line.shape[:-2], -1), hours, axis=-1).reshape(line.shape), -2, 0)
