"""Pretrain a bundled model on one processor core and write it to resources/models.

    python packaging/models/pretrain.py MODEL [--steps 3000] [--seed 1] [--out resources/models]

Needs the extra `models` (onnx) and the data folder beside the checkout. Trains with the program's own trainer, so what
is shipped has been through what a user's fine-tuning goes through. The same steps and seed give the same parameters on
the same kind of processor.
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
from series_material import SHARES, Material
from sources import series_sources

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.convlstm.session import Runs, WithWeights, open_graph
from engine.data import FloatArray
from engine.finetuning.training import Batch, Trainer, loss_of, start_parameters

BATCH = {"series": 48, "grid": 16}
RATE, CHECK_EVERY, CHECKS = 3e-3, 150, {"series": 10, "grid": 60}


class Supply(Protocol):
    """Where windows come from."""

    def draw(self, rng: np.random.Generator, count: int, turned: bool) -> Batch:
        """`count` windows; turned: changed in ways that must not matter to the model."""
        ...


def pretrain(
    architecture: Architecture, training: Supply, held: Supply, steps: int, seed: int
) -> tuple[FloatArray, dict[str, float]]:
    """The parameters found in `steps`, and what is known of the training.

    Of a forecast those with the least validation loss; of labels the last ones, where the rate has fallen to almost
    nothing: what people label is disputable at its edges, so that the loss of four held-out series rises with every
    step that makes the order of the points better.
    """
    rng, size = np.random.default_rng(seed), BATCH[architecture.family]
    fixed = np.random.default_rng(99)
    check = [held.draw(fixed, size, turned=False) for _ in range(CHECKS[architecture.family])]
    theta = start_parameters(architecture, rng)
    graph = training_graph(architecture, "all").SerializeToString()
    trainer = Trainer(open_graph(graph), theta, architecture, "all", RATE)
    forward = open_graph(forward_graph(architecture).SerializeToString())
    best, least, at = theta, math.inf, 0
    running, began = 0.0, time.process_time()
    for step in range(1, steps + 1):
        trainer.rate = RATE * min(1.0, step / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps)))
        loss, _ = trainer.step(training.draw(rng, size, turned=True))
        running += loss
        if step % CHECK_EVERY == 0 or step == steps:
            reached = validation_loss(architecture.head, WithWeights(forward, trainer.theta()), check)
            if reached < least or architecture.head == "label":
                best, least, at = trainer.theta(), reached, step
            print(
                f"{time.process_time() - began:6.0f} s  step {step:5d}  training {running / CHECK_EVERY:.4f}"
                f"  held out {reached:.4f}",
                flush=True,
            )
            running = 0.0
    return best, {"steps": steps, "best_step": at, "held_out_loss": round(least, 5), "seed": seed}


def validation_loss(head: str, session: Runs, batches: list[Batch]) -> float:
    """The mean loss over fixed windows."""
    return float(np.mean([loss_of(head, run_windows(session, x), y, w) for x, y, w in batches]))


def series_supply(architecture: Architecture) -> tuple[Supply, Supply, FloatArray]:
    """Windows to train on, windows to judge by, and the values that the model gets to see."""
    sources = [s for s in series_sources() if s.name in SHARES[architecture.head]]
    seen = np.concatenate([s.seen[:, :, 0][s.seen[:, :, 2] > 0] for s in sources if not s.held])
    return (*(Material([s for s in sources if s.held == held], architecture) for held in (False, True)), seen)


def grid_supply(architecture: Architecture) -> tuple[Supply, Supply, FloatArray]:
    """The same for maps."""
    maps = list(grid_sources())
    training = GridMaterial(maps, architecture)
    seen = np.concatenate([part[:, 0][part[:, 1] > 0] for _, part in training.parts])
    return training, GridMaterial(maps, architecture, held=True), seen


def main() -> None:
    """Train one model and write it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=(*MODELS, "graphs"), help="graphs: emit those of all models, train nothing")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "resources" / "models")
    chosen = parser.parse_args()
    if chosen.model == "graphs":
        write_graphs_anew(chosen.out)
        return
    model = MODELS[chosen.model]
    supply = grid_supply if model.architecture.family == "grid" else series_supply
    training, held, seen = supply(model.architecture)
    theta, facts = pretrain(model.architecture, training, held, chosen.steps, chosen.seed)
    if isinstance(held, GridMaterial):
        session = open_graph(inference_graph(model.architecture).SerializeToString(), theta)
        facts |= held_errors(session, held.maps, model.architecture.steps)
    write_model(chosen.out, model, theta, facts, seen)


if __name__ == "__main__":
    main()
