"""How long a training step and a forward pass take, the emitted graphs beside eager torch.

Each is measured in a process of its own (their thread pools disturb each other), in turns, on one thread, in CPU
seconds; the table shows the least of the rounds. Below it: whole fine-tunings, from the first look at the data to the
comparison on held-out days, and the opening of the graphs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import simulate
from engine.calendar import make_clock
from engine.convlstm.record import TRAINING_FILES
from engine.convlstm.registry import verified
from engine.convlstm.session import open_graph
from engine.finetuning.finetune import Tuning, finetune
from engine.finetuning.training import Trainer
from engine.monitor import Monitor
from tests.benchmarks.transfer_fit import Graphs, markdown

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {"series-label": (48, 1, 24), "grid-forecast": (16, 6, 6)}
REPEATS = {"step": 12, "forward": 20}


def windows(model: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, Graphs, np.ndarray]:
    """x, y, w of one batch, the model's graphs and its weights."""
    base = verified(model)
    graphs, (count, height, width) = Graphs.of(base), SHAPES[model]
    shape = graphs.architecture
    rng = np.random.default_rng(1)
    x = rng.standard_normal((count, shape.steps, shape.channels, height, width)).astype(np.float32)
    y = (x[:, :, :1] > 0.5).astype(np.float32)
    return x, y, np.ones_like(y), graphs, base.theta


def onnx_jobs(model: str) -> dict[str, Callable[[], object]]:
    """One step and one forward pass of the emitted graphs."""
    x, y, w, graphs, theta = windows(model)
    trainer = Trainer(open_graph(graphs.train["all"]), theta, graphs.architecture, "all", 1e-3)
    session = open_graph(graphs.infer, theta)
    return {"step": lambda: trainer.step((x, y, w)), "forward": lambda: session.run(["z"], {"x": x})}


def torch_jobs(model: str) -> dict[str, Callable[[], object]]:
    """The same in eager torch with its fused Adam."""
    import torch

    from tests.packaging_models.torch_twin import forward, loss, parameters

    torch.set_num_threads(1)
    x, y, w, graphs, theta = windows(model)
    shape = graphs.architecture
    p = parameters(shape, theta)
    tensors = [torch.tensor(a) for a in (x, y, w)]
    optimiser = torch.optim.Adam(p.values(), lr=1e-3, fused=True)

    def step() -> None:
        optimiser.zero_grad()
        loss(forward(p, tensors[0], shape), *tensors[1:], shape.head).backward()
        torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)
        optimiser.step()

    def run() -> object:
        with torch.inference_mode():
            return forward(p, tensors[0], shape)

    return {"step": step, "forward": run}


def measure(library: str, model: str) -> dict[str, float]:
    """CPU seconds of one step and one forward pass in this process: the median of some."""
    found = {}
    for name, job in {"onnx": onnx_jobs, "torch": torch_jobs}[library](model).items():
        for _ in range(3):
            job()
        times = []
        for _ in range(REPEATS[name]):
            began = time.process_time()
            job()
            times.append(time.process_time() - began)
        found[name] = float(np.median(times))
    return found


def table(rounds: int = 2) -> str:
    """Both models, both libraries in turns."""
    rows = {}
    for model in SHAPES:
        found: dict[str, list[dict[str, float]]] = {"onnx": [], "torch": []}
        for _ in range(rounds):
            for library, made in found.items():
                command = [sys.executable, __file__, library, model]
                made.append(json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout))
        for name in REPEATS:
            ours, theirs = (min(m[name] for m in found[library]) for library in ("onnx", "torch"))
            rows[f"{model}, {name}"] = (1e3 * ours, 1e3 * theirs, ours / theirs)
    torch = markdown(("emitted, ms", "torch, ms", "ratio"), rows, (1, 1, 2))
    columns = ("to open, s", "20 epochs, s")
    whole = markdown(columns, {part: tuning(part, rounds) for part in TRAINING_FILES}, (2, 2))
    return f"### Time against eager torch\n\n{torch}\n\n### A fine-tuning\n\n{whole}\n"


def tuning(part: str, rounds: int) -> tuple[float, float]:
    """CPU seconds: to open the training graph of `part`, and of 20 epochs on six simulated series of 42 days."""
    base, city = verified("series-label"), simulate.city(cells=6, days=42, seed=11, kpis=("calls",))
    clock = make_clock(city.panel.times, city.panel.period_s, city.panel.zone)

    def seconds(job: Callable[[], object]) -> float:
        began = time.process_time()
        job()
        return time.process_time() - began

    def tune() -> object:
        return finetune(base, city.panel, clock, city.labels, Tuning(20, part, patience=0), Monitor())

    return (
        min(seconds(lambda: open_graph(base.graphs[TRAINING_FILES[part]])) for _ in range(rounds)),
        min(seconds(tune) for _ in range(rounds)),
    )


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:3])))
