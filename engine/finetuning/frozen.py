"""Training the last layers alone: what the layers before them make of the windows is worked out once and kept.

Windows begin at random days, so those of some passes over the data are kept, and every epoch draws as many as one pass
has from them: a good part of the variety that training all layers has, without a step through the layers that stay as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.convlstm.inference import POINTS_AT_ONCE
from engine.convlstm.session import Runs
from engine.data import FloatArray
from engine.errors import ModelError, Reason
from engine.finetuning.examples import Examples
from engine.finetuning.training import Batch, Trainer
from engine.monitor import Monitor

PASSES = 3
MOST_BYTES = 128 << 20
"""Of what is kept to learn from, and as much again of what is kept to choose the epoch by; of more, a part is left out.
"""


@dataclass(frozen=True, eq=False)
class Kept:
    """Windows as the layers that are trained see them.

    whole: all of them; size: windows per step; per_epoch: windows of an epoch.
    """

    whole: Batch
    size: int
    per_epoch: int

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """As many windows as one pass has, in random order."""
        x, y, w = self.whole
        order = rng.permutation(len(x))[: self.per_epoch]
        for first in range(0, len(order), self.size):
            some = order[first : first + self.size]
            if w[some].any():
                yield x[some], y[some], w[some]


def keep_windows(examples: Examples, session: Runs, part: str, rng: np.random.Generator, monitor: Monitor) -> Kept:
    """What training `part` learns from. session: the forward graph with the weights. Raises Cancelled, ModelError."""
    made: list[Batch] = []
    per_epoch, held = 0, 0
    for number in range(PASSES):
        for count, (x, y, w) in enumerate(examples.epoch(rng)):
            if held > MOST_BYTES:
                break
            done = (number + min(count / examples.batches, 1.0)) / PASSES
            monitor.step(done, Reason("stage_features"))
            made.append((seen_by(session, x, part), y, w))
            held += made[-1][0].nbytes
            per_epoch += 0 if number else len(x)
    if not made:
        raise ModelError(Reason("finetune_nothing"))
    x, y, w = (np.concatenate(arrays) for arrays in zip(*made, strict=True))
    return Kept((x, y, w), examples.batch, per_epoch)


def keep_judged(batches: Iterable[Batch], session: Runs, part: str, channels: int, monitor: Monitor) -> list[Batch]:
    """The windows that an epoch is judged by, the same way. channels: that the trained layers see."""
    listed = list(batches)
    needed = sum(4 * y.size * channels for _, y, _ in listed)
    stride = max(1, -(-needed // MOST_BYTES))
    kept = []
    for x, y, w in listed:
        monitor.check()
        if w[::stride].any():
            kept.append((seen_by(session, x[::stride], part), y[::stride], w[::stride]))
    return kept


def seen_by(session: Runs, x: FloatArray, part: str) -> FloatArray:
    """(B, T, channels, H, W): what the layers of `part` see of windows x (B, T, inputs, H, W)."""
    steps, found = x.shape[1], []
    for some in _spans(x):
        (lying,) = session.run([part], {"x": x[some]})
        found.append(lying.reshape(steps, -1, *lying.shape[1:]).swapaxes(0, 1))
    return np.concatenate(found)


def loss_on(trainer: Trainer, batches: Iterable[Batch], monitor: Monitor) -> float:
    """The mean loss of the trainer as it stands over kept windows."""
    total = weights = 0.0
    for x, y, w in batches:
        for some in _spans(x):
            monitor.check()
            weight = float(w[some].sum())
            if weight:
                total += trainer.loss((x[some], y[some], w[some])) * weight
                weights += weight
    return total / weights


def _spans(x: FloatArray) -> Iterator[slice]:
    """A few windows at a time: what they need stays in the cache."""
    size = max(1, POINTS_AT_ONCE // max(1, x.shape[1] * x.shape[3] * x.shape[4]))
    for first in range(0, len(x), size):
        yield slice(first, first + size)
