"""A small city with known incidents, and a model that any training makes better."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine import simulate
from engine.convlstm import registry
from engine.errors import Reason
from engine.finetuning.finetune import Judgement, Prepared, Tuned, Tuning
from engine.finetuning.keep import keep
from engine.finetuning.training import Epoch, Trained
from engine.simulate import Simulated
from gui.state import Source
from tests.engine.result_factory import make_result

BASE = "series-label"


@lru_cache(maxsize=1)
def city() -> Simulated:
    """Three cells over 24 days, labelled."""
    return simulate.city(cells=3, days=24, seed=11, incidents_per_cell_week=2.0, kpis=("calls",))


def source(folder: Path, *, days: int = 24, labels: bool = True) -> Source:
    """The city as loaded data; its file is there, so that it can be told again."""
    file = folder / "città 2024.csv"
    file.write_text("cell,time,calls\n")
    made = city()
    count = days * 24
    kpi = made.panel.kpis[0].id
    panel = replace(
        made.panel,
        times=made.panel.times[:count],
        values={kpi: made.panel.values[kpi][:, :count]},
        flags={kpi: made.panel.flags[kpi][:, :count]},
    )
    known = {kpi: made.labels[kpi][:, :count]} if labels else None
    return Source(panel, make_result(cells=3, kpis=1, anomalies=0).quality, known, (str(file),))


def tuned(*, error: float) -> Tuned:
    """A training of a model that sees anomalies everywhere: error .5 before it, `error` after."""
    base = registry.verified(BASE)
    theta = base.theta.copy()
    theta[base.record.architecture.spans()["head.b"]] += np.float32(4.0)
    excluded = dict.fromkeys(("labelled", "suspect", "maintenance", "imputed", "missing"), 0)
    told = Prepared(900, 12, excluded, 2, 2, 29, 7, 6, 64, 0.1)
    curve = (Epoch(0, float("nan"), 0.5, True), Epoch(1, 0.5, 0.4, True))
    trained = Trained(theta, curve, Reason("training_done", {"epochs": 1}))
    seen = np.linspace(-2, 2, 500, dtype=np.float32)
    return Tuned(trained, Judgement(0.5, 0.6, 1.0), Judgement(error, 0.7, 0.5), told, seen)


def add_own(folder: Path, *, error: float = 0.3) -> str:
    """Add a model that sees anomalies everywhere to the user's own; `error` after its tuning, .5 before."""
    base = registry.verified(BASE)
    return registry.add(folder / keep(base, tuned(error=error), Tuning(), [], folder).id)
