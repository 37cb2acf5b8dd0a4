"""Training a model on windows that were cut in time order, the way every row of the transfer tables is made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.convlstm.record import GRAPH_FILE, TRAINING_FILES
from engine.convlstm.session import open_graph
from engine.convlstm.training import Batch, start_parameters
from engine.convlstm.verify import Verified
from engine.data import FloatArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

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


@lru_cache(maxsize=4)
def _opened(graph: bytes) -> InferenceSession:
    """To open a training graph takes longer than to run an epoch of a small target."""
    return open_graph(graph)


class Run:
    """The state of one training; `engine.convlstm.training.Trainer` on a session that several trainings share."""

    def __init__(self, graphs: Graphs, theta: FloatArray, part: str) -> None:
        self._session, self._theta = _opened(graphs.train[part]), theta.copy()
        spans, self._moving = graphs.architecture.spans(), np.zeros(len(theta), bool)
        for name in graphs.architecture.trained(part):
            self._moving[spans[name]] = True
        nothing = np.zeros(int(self._moving.sum()), np.float32)
        self._fixed = {} if self._moving.all() else {"frozen": theta[~self._moving]}
        self._state = {"theta": theta[self._moving], "m": nothing, "v": nothing, "step": np.zeros((), np.float32)}

    def step(self, x: FloatArray, y: FloatArray, w: FloatArray, rate: float) -> None:
        """One step of Adam."""
        given = {**self._state, **self._fixed, "x": x, "y": y, "w": w, "lr": np.array(rate, np.float32)}
        found = self._session.run([f"{name}_new" for name in self._state], given)
        self._state = dict(zip(self._state, found, strict=True))

    def loss(self, x: FloatArray, y: FloatArray, w: FloatArray) -> float:
        """The loss on some windows."""
        given = {**self._state, **self._fixed, "x": x, "y": y, "w": w, "lr": np.zeros((), np.float32)}
        return float(self._session.run(["loss"], given)[0])

    def theta(self) -> FloatArray:
        """The whole flat vector as it is now."""
        whole = self._theta.copy()
        whole[self._moving] = self._state["theta"]
        return whole


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

    most_batches: steps per epoch at most; a large target is sampled anew every epoch. The seconds leave out the opening
    of the graph.
    """
    rng = np.random.default_rng(seed)
    x, y, w = split.train
    run = Run(graphs, theta, part)
    began = time.process_time()
    best, least = theta, run.loss(*split.stop)
    for _ in range(epochs):
        order = rng.permutation(len(x))[: size * most_batches]
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            if w[chosen].any():
                run.step(x[chosen], y[chosen], w[chosen], rate or RATE[part])
        reached = run.loss(*split.stop)
        if reached < least:
            best, least = run.theta(), reached
    return best, time.process_time() - began


def markdown(columns: tuple[str, ...], rows: Mapping[str, tuple[float, ...]], digits: tuple[int, ...]) -> str:
    """A table with one row per method; NaN as a dash."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, values in rows.items():
        cells = ("–" if np.isnan(v) else f"{v:.{d}f}" for v, d in zip(values, digits, strict=True))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
