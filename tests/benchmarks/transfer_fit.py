"""Training a model on windows that were cut in time order, the way every row of the transfer tables is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.convlstm.record import FORWARD_FILE, GRAPH_FILE, TRAINING_FILES
from engine.convlstm.session import WithWeights, open_graph
from engine.convlstm.verify import Verified
from engine.data import FloatArray
from engine.finetuning import finetune
from engine.finetuning.examples import ANOMALY_WEIGHT, LARGEST_BATCH, LEAST_BATCH, LEAST_STEPS
from engine.finetuning.frozen import PASSES, loss_on, seen_by
from engine.finetuning.injected import share_of, with_incidents
from engine.finetuning.training import Batch, Trainer, loss_of, pace, start_parameters
from engine.monitor import Monitor

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

RATE = {"all": 1e-3, "head": 5e-3}
SCRATCH_RATE = 3e-3


@dataclass(frozen=True, eq=False)
class Graphs:
    """What is needed to train and run one architecture, whatever its weights."""

    architecture: Architecture
    infer: bytes
    forward: bytes
    train: Mapping[str, bytes]

    @classmethod
    def of(cls, model: Verified) -> Graphs:
        """The graphs of a bundled model."""
        train = {part: model.graphs[name] for part, name in TRAINING_FILES.items()}
        return cls(model.record.architecture, model.graphs[GRAPH_FILE], model.graphs[FORWARD_FILE], train)

    def fresh(self, seed: int) -> FloatArray:
        """Parameters that have learned nothing."""
        return start_parameters(self.architecture, np.random.default_rng(seed))

    def session(self, theta: FloatArray) -> WithWeights:
        """A model with these parameters, ready to run."""
        return WithWeights(_opened(self.forward), theta)

    def trainer(self, theta: FloatArray, part: str, rate: float) -> Trainer:
        """A training of some layers, ready for its first step."""
        return Trainer(_opened(self.train[part]), theta, self.architecture, part, rate)


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

    most_batches: steps per epoch at most; a large target is sampled anew every epoch. What layers that are not trained
    make of the windows is worked out once, as the program does it. The seconds leave out the opening of the graphs. The
    rate stays the same; `learn_as_program` is how label models are trained.
    """
    rng = np.random.default_rng(seed)
    x, y, w = split.train

    def epoch() -> Iterator[Batch]:
        order = rng.permutation(len(x))[: size * most_batches]
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            if w[chosen].any():
                yield x[chosen], y[chosen], w[chosen]

    return _best(graphs, theta, split, epoch, epochs, part, rate or RATE[part], slowing=False)


def learn_as_program(
    graphs: Graphs, theta: FloatArray, split: Split, epochs: int, seed: int, part: str = "all"
) -> tuple[FloatArray, float]:
    """The same for a label model, with the program's rates, sizes of steps, least steps per epoch and incidents."""
    rng = np.random.default_rng(seed)
    x, y, w = split.train
    size = min(LARGEST_BATCH, max(LEAST_BATCH, len(x) // LEAST_STEPS))
    passes, share = -(-LEAST_STEPS // -(-len(x) // size)), share_of(len(x))

    def epoch() -> Iterator[Batch]:
        order = np.concatenate([rng.permutation(len(x)) for _ in range(passes)])
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            if w[chosen].any():
                yield with_incidents((x[chosen], y[chosen], w[chosen]), share, ANOMALY_WEIGHT, rng)

    return _best(graphs, theta, split, epoch, epochs, part, finetune.RATE[part], slowing=True)


def _best(
    graphs: Graphs,
    theta: FloatArray,
    split: Split,
    epoch: Callable[[], Iterator[Batch]],
    epochs: int,
    part: str,
    rate: float,
    *,
    slowing: bool,
) -> tuple[FloatArray, float]:
    """The parameters of the epoch that was best on the windows to choose by, and the CPU seconds that it took."""
    trainer, before = graphs.trainer(theta, part, rate), graphs.session(theta)
    began = time.process_time()
    wanted, lessons = split.stop, epoch
    if part != "all":
        wanted = (seen_by(before, wanted[0], part), *wanted[1:])
        kept = [(seen_by(before, x, part), y, w) for _ in range(PASSES) for x, y, w in epoch()]
        steps, order = len(kept) // PASSES, np.random.default_rng(0)

        def lessons() -> Iterator[Batch]:
            return iter([kept[i] for i in order.permutation(len(kept))[:steps]])

    def reached() -> float:
        if part != "all":
            return loss_on(trainer, [wanted], Monitor())
        z = run_windows(graphs.session(trainer.theta()), wanted[0])
        return loss_of(graphs.architecture.head, z, *wanted[1:])

    best, least = theta, reached()
    for number in range(epochs):
        batches = list(lessons())
        for count, batch in enumerate(batches):
            if slowing:
                trainer.rate = rate * pace((number + (count + 1) / len(batches)) / epochs)
            trainer.step(batch)
        now = reached()
        if now < least:
            best, least = trainer.theta(), now
    return best, time.process_time() - began


def markdown(columns: tuple[str, ...], rows: Mapping[str, tuple[float, ...]], digits: tuple[int, ...]) -> str:
    """A table with one row per method; NaN as a dash."""

    def cells(values: tuple[float, ...]) -> tuple[str, ...]:
        return tuple("–" if np.isnan(v) else f"{v:.{d}f}" for v, d in zip(values, digits, strict=True))

    return worded(columns, {name: cells(values) for name, values in rows.items()})


def worded(columns: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> str:
    """A table with one row per method."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(lines)
