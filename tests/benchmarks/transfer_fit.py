"""Training a model on windows that were cut in time order, the way every row of the transfer tables is made."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.convlstm.record import GRAPH_FILE, TRAINING_FILES
from engine.convlstm.session import open_graph
from engine.convlstm.training import Batch, Trainer, fit, loss_of, start_parameters
from engine.convlstm.verify import Verified
from engine.data import FloatArray
from engine.monitor import Monitor

RATE = {"all": 1e-3, "head": 5e-3}
SCRATCH_RATE = 3e-3


@dataclass(frozen=True, eq=False)
class Graphs:
    """What is needed to train and run one architecture, whatever its weights."""

    architecture: Architecture
    infer: bytes
    train: Mapping[str, bytes]

    @classmethod
    def of(cls, model: Verified) -> Graphs:
        """The graphs of a bundled model."""
        train = {part: model.graphs[name] for part, name in TRAINING_FILES.items()}
        return cls(model.record.architecture, model.graphs[GRAPH_FILE], train)

    def fresh(self, seed: int) -> FloatArray:
        """Parameters that have learned nothing."""
        return start_parameters(self.architecture, np.random.default_rng(seed))

    def outputs(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        """z of windows x."""
        return run_windows(open_graph(self.infer, theta), x)


@dataclass(frozen=True, eq=False)
class Split:
    """Windows x, targets y and weights w to train on, to choose the epoch by, and to be judged by."""

    train: Batch
    stop: Batch
    held: Batch


def learn(
    graphs: Graphs,
    theta: FloatArray,
    split: Split,
    epochs: int,
    seed: int,
    part: str = "all",
    rate: float | None = None,
    size: int = 16,
    most_batches: int = 10_000,
) -> tuple[FloatArray, float]:
    """The parameters of the epoch that was best on the windows to choose by, and the CPU seconds that it took.

    most_batches: steps per epoch at most; a large target is sampled anew every epoch.
    """
    rng = np.random.default_rng(seed)
    x, y, w = split.train

    def batches() -> Iterator[Batch]:
        order = rng.permutation(len(x))[: size * most_batches]
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            if w[chosen].any():
                yield x[chosen], y[chosen], w[chosen]

    def judged(now: FloatArray) -> float:
        return loss_of(graphs.architecture.head, graphs.outputs(now, split.stop[0]), *split.stop[1:])

    began = time.process_time()
    trainer = Trainer(graphs.train[part], theta, graphs.architecture, part, rate or RATE[part])
    trained = fit(trainer, batches, judged, epochs, epochs, Monitor())
    return trained.theta, time.process_time() - began


def markdown(columns: tuple[str, ...], rows: Mapping[str, tuple[float, ...]], digits: tuple[int, ...]) -> str:
    """A table with one row per method; NaN as a dash."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, values in rows.items():
        cells = ("–" if np.isnan(v) else f"{v:.{d}f}" for v, d in zip(values, digits, strict=True))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
