"""Pretrain a bundled model on one processor core and write it to resources/models.

    python packaging/models/pretrain.py MODEL [--minutes 6] [--seed 1] [--quick] [--out resources/models]

Needs the extra `models` (onnx) and the data folder beside the checkout. Trains with the program's own trainer, so what
is shipped has been through what a user's fine-tuning goes through. The parameters with the least validation loss ship.
Minutes are of processor time.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path
from typing import Protocol

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from export import MODELS, write_graphs_anew, write_model
from grid_material import GridMaterial, held_errors
from grid_sources import grid_sources
from onnx_convlstm import forward_graph, inference_graph, training_graph
from sources import Source, series_sources

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.convlstm.session import Runs, WithWeights, open_graph
from engine.convlstm.training import Batch, Trainer, loss_of, start_parameters
from engine.convlstm.windows import WARM_UP
from engine.data import FloatArray

ANOMALY_WEIGHT = 4.0
"""How much more a labelled anomaly counts than a normal point: they are rare."""

BATCH = {"series": 48, "grid": 16}
RATE, CHECK_EVERY, CHECKS = 3e-3, 150, {"series": 10, "grid": 60}


class Supply(Protocol):
    """Where windows come from."""

    def draw(self, rng: np.random.Generator, count: int, turned: bool) -> Batch:
        """`count` windows; turned: changed in ways that must not matter to the model."""
        ...


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

    def __init__(self, sources: list[Source], architecture: Architecture) -> None:
        self.steps = architecture.steps
        made = [(s.seen, *targets(s, architecture.head), s.name) for s in sources]
        self.parts = [part for part in made if part[0].shape[1] >= self.steps and part[2].any()]
        names = [part[3] for part in self.parts]
        size = np.array([math.sqrt(part[2].sum()) for part in self.parts])
        for name in set(names):  # every data set counts alike, a data set's parts by the root of their size
            chosen = np.array([n == name for n in names])
            size[chosen] /= size[chosen].sum() / (2.0 if name in ("simulator", "milan") else 1.0)
        self.odds = size / size.sum()

    def draw(self, rng: np.random.Generator, count: int, turned: bool) -> Batch:
        """`count` windows; turned: half of them upside down and all a little larger or smaller."""
        x, y, w = [], [], []
        for index in rng.choice(len(self.parts), count, p=self.odds):
            seen, target, weight, _ = self.parts[index]
            row, first = rng.integers(len(seen)), rng.integers(seen.shape[1] - self.steps + 1)
            span = slice(first, first + self.steps)
            x.append(seen[row, span])
            y.append(target[row, span])
            w.append(weight[row, span])
        points, wanted, counted = (np.stack(part) for part in (x, y, w))
        counted[:, : WARM_UP - 1] = 0.0
        if turned:
            factor = rng.choice([-1.0, 1.0], (count, 1, 1)) * rng.uniform(0.75, 1.3, (count, 1, 1))
            points[:, :, :2] *= factor[..., None]
            if len(np.unique(wanted)) > 2:
                wanted = wanted * factor
        shape = (count, self.steps, 1, 1, -1)
        return (
            np.ascontiguousarray(points[:, :, :, None], np.float32),
            wanted.reshape(shape).astype(np.float32),
            counted.reshape(shape).astype(np.float32),
        )


def pretrain(
    architecture: Architecture, training: Supply, held: Supply, minutes: float, seed: int
) -> tuple[FloatArray, dict[str, float]]:
    """The parameters with the least validation loss found in `minutes`, and what is known of the training."""
    rng, size = np.random.default_rng(seed), BATCH[architecture.family]
    fixed = np.random.default_rng(99)
    check = [held.draw(fixed, size, turned=False) for _ in range(CHECKS[architecture.family])]
    theta = start_parameters(architecture, rng)
    graph = training_graph(architecture, "all").SerializeToString()
    trainer = Trainer(open_graph(graph), theta, architecture, "all", RATE)
    forward = open_graph(forward_graph(architecture).SerializeToString())
    best, least, steps = theta, math.inf, 0
    began = time.process_time()
    running, passed = 0.0, 0.0
    while passed < 1.0:
        trainer.rate = RATE * min(1.0, (steps + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * passed)))
        loss, _ = trainer.step(training.draw(rng, size, turned=True))
        running += loss
        steps += 1
        passed = (time.process_time() - began) / (60 * minutes)
        if steps % CHECK_EVERY == 0 or passed >= 1.0:
            reached = validation_loss(architecture.head, WithWeights(forward, trainer.theta()), check)
            if reached < least:
                best, least = trainer.theta(), reached
            print(
                f"{60 * minutes * passed:6.0f} s  step {steps:5d}  training {running / CHECK_EVERY:.4f}"
                f"  held out {reached:.4f}",
                flush=True,
            )
            running = 0.0
    return best, {"steps": steps, "held_out_loss": round(least, 5), "seed": seed, "minutes": minutes}


def validation_loss(head: str, session: Runs, batches: list[Batch]) -> float:
    """The mean loss over fixed windows."""
    return float(np.mean([loss_of(head, run_windows(session, x), y, w) for x, y, w in batches]))


def series_supply(quick: bool, architecture: Architecture) -> tuple[Supply, Supply, FloatArray]:
    """Windows to train on, windows to judge by, and the values that the model gets to see."""
    sources = list(series_sources(quick))
    seen = np.concatenate([s.seen[:, :, 0][s.seen[:, :, 2] > 0] for s in sources if not s.held])
    return (*(Material([s for s in sources if s.held == held], architecture) for held in (False, True)), seen)


def grid_supply(quick: bool, architecture: Architecture) -> tuple[Supply, Supply, FloatArray]:
    """The same for maps."""
    maps = list(grid_sources(quick))
    training = GridMaterial(maps, architecture)
    seen = np.concatenate([part[:, 0][part[:, 1] > 0] for _, part in training.parts])
    return training, GridMaterial(maps, architecture, held=True), seen


def main() -> None:
    """Train one model and write it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=(*MODELS, "graphs"), help="graphs: emit those of all models, train nothing")
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a little of the simulator only")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "resources" / "models")
    chosen = parser.parse_args()
    if chosen.model == "graphs":
        write_graphs_anew(chosen.out)
        return
    model = MODELS[chosen.model]
    supply = grid_supply if model.architecture.family == "grid" else series_supply
    training, held, seen = supply(chosen.quick, model.architecture)
    theta, facts = pretrain(model.architecture, training, held, chosen.minutes, chosen.seed)
    if isinstance(held, GridMaterial):
        session = open_graph(inference_graph(model.architecture).SerializeToString(), theta)
        facts |= held_errors(session, held.maps, model.architecture.steps)
    write_model(chosen.out, model, theta, facts, seen)


if __name__ == "__main__":
    main()
