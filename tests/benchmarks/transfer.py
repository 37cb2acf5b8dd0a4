"""What pretraining is worth: the bundled models on other networks, as they are, fine-tuned, and trained from scratch.

    python tests/benchmarks/transfer.py [--seeds 1,2] [--part forecast|label]

The days of a target are cut in time order (70 % training, 15 % to choose the epoch, 15 % held out), the season is
fitted on the training days only, and every row is judged on the same held-out days, which nothing else ever sees. No
target was seen in pretraining. Errors are squared errors of the next day's hours on the deseasonalised, squashed scale;
"season only" forecasts that nothing deviates, "seasonal naive" what the same hour a week before deviated.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import io
from engine.calendar import make_clock
from engine.convlstm.finetune import EXCLUDED, STOP_SHARE, TRAIN_SHARE, Part, Tuned, Tuning, finetune, part_of
from engine.convlstm.registry import verified
from engine.convlstm.training import start_parameters
from engine.convlstm.verify import Verified
from engine.convlstm.windows import SLOTS, Days
from engine.data import Labels, Panel
from engine.io import LoadOptions
from engine.monitor import Monitor
from tests.benchmarks.datasets import SHARED

ROWS = (
    ("fine-tuned, 1 epoch", "all", 1, False),
    ("fine-tuned, 5 epochs", "all", 5, False),
    ("fine-tuned, 20 epochs", "all", 20, False),
    ("fine-tuned, 20 epochs, last layer", "last", 20, False),
    ("fine-tuned, 20 epochs, head only", "head", 20, False),
    ("from scratch, 20 epochs", "all", 20, True),
    ("from scratch, 100 epochs", "all", 100, True),
)


@dataclass(frozen=True, eq=False)
class Target:
    """Data of another network."""

    name: str
    panel: Panel
    labels: Labels | None


def targets(head: str) -> Iterator[Target]:
    """What the models are carried over to."""
    options = LoadOptions(zone="Asia/Shanghai", with_labels=True)
    core = io.load([SHARED / "core-network-kpi" / "KPI_train.csv"], options)
    yield Target("core-network-kpi", core.panel, core.labels)
    if head == "label":
        return
    for cell in ("Cell000113", "Cell000231"):
        file = SHARED / "lte-cell-traffic-hourly" / f"train_{cell}.csv"
        yield Target(f"lte-cell-traffic-hourly {cell}", io.load([file], LoadOptions()).panel, None)


def naive(target: Target) -> dict[str, float]:
    """The errors of forecasting no deviation, and the deviation of a week before, on the held-out days."""
    panel = target.panel
    clock = make_clock(panel.times, panel.period_s, panel.zone)
    days = Days.of(clock)
    stop, held = round(days.count * TRAIN_SHARE), round(days.count * (TRAIN_SHARE + STOP_SHARE))
    parts = [
        part_of(
            panel,
            kpi,
            clock,
            days,
            None if target.labels is None else target.labels[kpi.id],
            days.place < stop * SLOTS,
            "forecast",
            dict.fromkeys(EXCLUDED, 0),
        )
        for kpi in panel.kpis
    ]
    return {"season only": _error(parts, held, None), "seasonal naive (week before)": _error(parts, held, 7)}


def _error(parts: list[Part], held: int, back: int | None) -> float:
    total = weight = 0.0
    for part in parts:
        target, counted = part.target[:, held:], part.weight[:, held:]
        before = 0.0 if back is None else part.target[:, held - back : part.target.shape[1] - back]
        total += float((counted * (target - before) ** 2).sum())
        weight += float(counted.sum())
    return total / weight


def run(base: Verified, target: Target, part: str, epochs: int, scratch: bool, seed: int) -> tuple[Tuned, float]:
    """One training on a target and the CPU seconds that it took."""
    if scratch:
        architecture = base.record.architecture
        base = replace(base, theta=start_parameters(architecture, np.random.default_rng(seed)))
    clock = make_clock(target.panel.times, target.panel.period_s, target.panel.zone)
    began = time.process_time()
    tuning = Tuning(epochs, part, seed, patience=epochs)
    return finetune(base, target.panel, clock, target.labels, tuning, Monitor()), time.process_time() - began


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--part", choices=("forecast", "label"))
    chosen = parser.parse_args()
    seeds = [int(seed) for seed in chosen.seeds.split(",")]
    for head in (chosen.part,) if chosen.part else ("forecast", "label"):
        base = verified(f"series-{head}")
        for target in targets(head):
            panel = target.panel
            print(f"\n### {base.record.id} -> {target.name} ({panel.shape[0] * len(panel.kpis)} series)\n", flush=True)
            print("| | held-out error | VUS-PR | CPU s |\n|---|---|---|---|")
            if head == "forecast":
                for name, error in naive(target).items():
                    print(f"| {name} | {error:.4f} | - | - |")
            for index, (name, part, epochs, scratch) in enumerate(ROWS):
                found = [run(base, target, part, epochs, scratch, seed) for seed in seeds]
                if index == 0:
                    before = found[0][0].before
                    print(f"| as bundled, 0 epochs | {before.error:.4f} | {before.vus_pr:.3f} | 0 |")
                error, accuracy = (np.mean([getattr(t.after, f) for t, _ in found]) for f in ("error", "vus_pr"))
                print(f"| {name} | {error:.4f} | {accuracy:.3f} | {np.mean([s for _, s in found]):.1f} |", flush=True)


if __name__ == "__main__":
    main()
