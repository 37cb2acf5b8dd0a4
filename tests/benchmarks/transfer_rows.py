"""Labelled rows of single cells without dates (lte-kpi-labelled-mlmatt): what is learned, and what of it is a leak.

The rows are shuffled and have no date, so no series can be rebuilt and a ConvLSTM makes no sense; a model of one step
and one point by the same emitter is two gated dense layers. Whole stations are held out: the model learns from some
stations, is tuned on others, and is judged on those that neither saw.

Usual and unusual rows carry numbers of different scale (100/99 and 100/100.5 of the same grid of values), so that a
look-up of values knows the label. Without the leak: both are put on one scale and every value is moved at random
within its step.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import run_windows
from engine.data import BoolArray, DoubleArray, FloatArray
from engine.finetuning.training import Batch
from tests.benchmarks.datasets import SHARED
from tests.benchmarks.transfer_fit import SCRATCH_RATE, Graphs, Split, learn, markdown

FILE = SHARED / "lte-kpi-labelled-mlmatt" / "ML-MATT-CompetitionQT1920_train.subset.csv"
STEP = {"PRBUsageUL": 0.1, "PRBUsageDL": 0.1, "meanUE_DL": 0.01, "meanUE_UL": 0.01}
STEP |= dict.fromkeys(("meanThr_DL", "meanThr_UL", "maxThr_DL", "maxThr_UL"), 0.001)
WHOLE = ("maxUE_DL", "maxUE_UL", "maxUE_UL+DL")
USUAL_SCALE, UNUSUAL_SCALE = 0.99, 1.005
BASE, OWN = ("1", "2", "3"), ("6", "7")
"""Stations that the base model learns from, and that it is tuned on; the others (5, 10) are judged."""

SHAPE = Architecture("series", "label", 1, 2 * (len(STEP) + len(WHOLE)) + 2, (1,), 24, 24, 1)
SIZE = 128


@dataclass(frozen=True, eq=False)
class Rows:
    """KPIs (N, 11) with NaN = missing, local hour (N,), station, and whether a row is unusual."""

    values: DoubleArray
    hour: DoubleArray
    station: np.ndarray
    unusual: BoolArray


def read_rows() -> Rows:
    """The labelled rows of the competition."""
    with FILE.open(encoding="latin-1", newline="") as stream:
        table = list(csv.DictReader(stream))

    def number(text: str) -> float:
        try:
            return float(text)
        except ValueError:  # empty, or the text of a spreadsheet error
            return np.nan

    values = np.array([[number(row[name]) for name in (*STEP, *WHOLE)] for row in table])
    clock = [row["Time"].split(":") for row in table]
    return Rows(
        values,
        np.array([int(h) + int(m) / 60 for h, m in clock]),
        np.array([row["CellName"].strip().rstrip("LTE")[:-1] for row in table]),
        np.array([row["Unusual"] == "1" for row in table]),
    )


def without_leak(rows: Rows, rng: np.random.Generator) -> Rows:
    """The rows with both labels on one scale, and every value moved at random within its step."""
    values, count = rows.values.copy(), len(STEP)
    scale = np.where(rows.unusual, UNUSUAL_SCALE, USUAL_SCALE)[:, None]
    step = np.array(list(STEP.values()))
    values[:, :count] = values[:, :count] * scale + rng.uniform(-0.5, 0.5, (len(values), count)) * step
    return Rows(values, rows.hour, rows.station, rows.unusual)


def inputs(rows: Rows) -> FloatArray:
    """(N, channels): log and fraction of the step of every KPI, 0 where missing, and the time of day."""
    steps = np.array([*STEP.values(), *(1.0 for _ in WHOLE)])
    position = rows.values / steps
    fraction = position - np.floor(position)
    size = np.log1p(np.maximum(np.where(np.isfinite(rows.values), rows.values, 0.0), 0.0))
    turn = 2 * np.pi * rows.hour / 24
    parts = [size - size.mean(axis=0), np.where(np.isfinite(fraction), fraction, 0.0) - 0.5]
    return np.concatenate([*parts, np.stack([np.sin(turn), np.cos(turn)], 1)], axis=1).astype(np.float32)


def batch(x: FloatArray, unusual: BoolArray, chosen: BoolArray) -> Batch:
    """Windows of one step and one point."""
    y = unusual[chosen].astype(np.float32).reshape(-1, 1, 1, 1, 1)
    return x[chosen].reshape(len(y), 1, -1, 1, 1), y, np.ones_like(y)


def table(seeds: list[int]) -> str:
    """Both versions of the data."""
    from onnx_convlstm import forward_graph, inference_graph, training_graph

    train = {part: training_graph(SHAPE, part).SerializeToString() for part in ("all", "head")}
    infer, forward = (make(SHAPE).SerializeToString() for make in (inference_graph, forward_graph))
    graphs = Graphs(SHAPE, infer, forward, train)
    raw = read_rows()
    text = []
    for title, rows in (("raw, with the leak", raw), ("scales aligned and dithered", None)):
        found: dict[str, list[tuple[float, ...]]] = {}
        share = 0.0
        for seed in seeds:
            now = rows or without_leak(raw, np.random.default_rng(seed))
            share, made = measured(now, graphs, seed)
            for name, values in made.items():
                found.setdefault(name, []).append(values)
                print(title, name, values, flush=True)
        means = {name: tuple(np.mean(np.array(values), axis=0)) for name, values in found.items()}
        text.append(
            f"### lte-kpi-labelled-mlmatt, {title}\n\nBase: stations {', '.join(BASE)}; tuned on {', '.join(OWN)}; "
            f"judged on the others, {100 * share:.1f} % unusual (always saying no: accuracy {1 - share:.4f}). Seeds"
            f" {', '.join(map(str, seeds))}.\n\n"
            + markdown(("accuracy", "F1", "AUC-PR", "CPU s"), means, (4, 3, 3, 1))
            + "\n"
        )
    return "\n".join(text)


def measured(rows: Rows, graphs: Graphs, seed: int) -> tuple[float, dict[str, tuple[float, ...]]]:
    """Share of unusual rows among those judged, and what every method makes of them."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import average_precision_score

    x = inputs(rows)
    base, own = np.isin(rows.station, BASE), np.isin(rows.station, OWN)
    held = ~base & ~own
    choosing = np.random.default_rng(seed).random(len(x)) < 0.2
    truth = rows.unusual[held]
    found: dict[str, tuple[float, ...]] = {}

    def note(name: str, logit: FloatArray, seconds: float) -> None:
        said = logit.ravel() > 0
        f1 = 2 * (said & truth).sum() / max(1, said.sum() + truth.sum())
        precision = average_precision_score(truth, logit.ravel())
        found[name] = (float((said == truth).mean()), float(f1), float(precision), seconds)

    def split(part: BoolArray) -> Split:
        held_rows = batch(x, rows.unusual, held)
        return Split(batch(x, rows.unusual, part & ~choosing), batch(x, rows.unusual, part & choosing), held_rows)

    theta, _ = learn(graphs, graphs.fresh(seed), split(base), 30, seed, rate=SCRATCH_RATE, size=SIZE)
    data = split(own)
    note("base model, as it is", run_windows(graphs.session(theta), data.held[0]), 0.0)
    for name, begin, epochs, part in (
        ("fine-tuned 20 epochs", theta, 20, "all"),
        ("head only, 20 epochs", theta, 20, "head"),
        ("from scratch, 100 epochs", None, 100, "all"),
    ):
        start = graphs.fresh(seed) if begin is None else begin
        rate = SCRATCH_RATE if begin is None else None
        tuned, seconds = learn(graphs, start, data, epochs, seed, part, rate, SIZE)
        note(name, run_windows(graphs.session(tuned), data.held[0]), seconds)
    for name, chosen in (("trees, own stations", own), ("trees, own and base stations", own | base)):
        began = time.process_time()
        with threadpool_limits(limits=1):  # this library is only now loaded
            model = HistGradientBoostingClassifier(random_state=seed).fit(x[chosen], rows.unusual[chosen])
            note(name, model.decision_function(x[held]), time.process_time() - began)
    return float(truth.mean()), found
