"""Whether labels can be read off single values: a data set that does so proves nothing about detection.

It happens when anomalous and ordinary rows went through different hands: other rounding, another scale, another
export. Then the exact value tells the label, though its neighbours on the number line have the other one. A learner
trained on such rows looks brilliant and knows nothing.

The test: half of the cells (or of the times) say which label each exact value has; the other half is judged by it, and
by the labels of the nearest *other* values as well. What is truly unusual (a zero, a huge load) is told as well by its
neighbours as by itself; only a leak is told by the exact value alone. A single value that many anomalies share (the
zero of a silence) stands for itself and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, Labels, Panel
from engine.errors import Reason

FEWEST = 30
"""Anomalous points in each half without which nothing is said."""

GIVEN_AWAY, MORE_THAN_NEIGHBOURS = 0.8, 0.25

SHARED = 0.05
"""Share of all anomalous points from which on one value stands for itself."""


@dataclass(frozen=True)
class Leak:
    """F1 on the unseen half by the exact value, and by the neighbouring values; 0..1, NaN where nothing can be said."""

    by_value: float
    by_neighbours: float

    @property
    def gives_away(self) -> bool:
        """Whether single values give the label away."""
        return self.by_value >= GIVEN_AWAY and self.by_value - self.by_neighbours >= MORE_THAN_NEIGHBOURS


def look_for_leak(values: npt.NDArray[Any], anomalous: BoolArray, half: BoolArray) -> Leak:
    """How far values (n,) tell `anomalous` (n,) by their digits; `half` (n,) chooses what the look-up learns from."""
    finite = np.isfinite(values)
    distinct, place = np.unique(values[finite], return_inverse=True)
    often = np.bincount(place, weights=anomalous[finite], minlength=len(distinct)) > SHARED * anomalous[finite].sum()
    used = np.flatnonzero(finite)[~often[place]]
    values, anomalous, half = values[used], anomalous[used], half[used]
    if min(np.count_nonzero(anomalous & half), np.count_nonzero(anomalous & ~half)) < FEWEST:
        return Leak(float("nan"), float("nan"))
    known, place = np.unique(values[half], return_inverse=True)
    count = np.bincount(place)
    bad = np.bincount(place, weights=anomalous[half])
    asked, truth = values[~half], anomalous[~half]
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    exact = known[at] == asked
    below = np.where(exact, at - 1, at - (known[at] > asked))
    above = below + 1 + exact
    sides = [(np.clip(side, 0, len(known) - 1), (side >= 0) & (side < len(known))) for side in (below, above)]
    beside = sum(np.where(fits, bad[side], 0.0) for side, fits in sides)
    around = sum(np.where(fits, count[side], 0) for side, fits in sides)
    return Leak(
        _f1(exact & (bad[at] > 0.5 * count[at]), truth), _f1(np.asarray(beside) > 0.5 * np.asarray(around), truth)
    )


def warnings(panel: Panel, labels: Labels, training: BoolArray) -> tuple[Reason, ...]:
    """One sentence per KPI whose labels can be read off its values. training (T,): the periods labels are used of."""
    found = []
    for kpi in panel.kpis:
        used = (labels[kpi.id] >= 0) & training
        cell, time = np.nonzero(used)
        half = cell % 2 == 0 if panel.shape[0] > 1 else time < panel.shape[1] // 2
        leak = look_for_leak(panel.values[kpi.id][used], labels[kpi.id][used] == 1, half)
        if leak.gives_away:
            found.append(
                Reason(
                    "labels_leak",
                    {"kpi": kpi.id, "f1": round(leak.by_value, 2), "beside": round(leak.by_neighbours, 2)},
                )
            )
    return tuple(found)


def _f1(told: BoolArray, truth: BoolArray) -> float:
    hit = int(np.count_nonzero(told & truth))
    return 2 * hit / max(int(np.count_nonzero(told)) + int(np.count_nonzero(truth)), 1)
