"""A supervised learner on labelled rows, judged on stations that it has never seen.

Gradient-boosted trees on histograms (scikit-learn `HistGradientBoostingClassifier`). Rows are dealt to `FOLDS` by
station; each row is judged by the models that saw neither its station nor, for the threshold, any other row of that
fold. Rows without a label are judged by the mean of all models.

A label can leak: if usual and unusual rows were rounded differently, a tree tells them apart by their last digits and
nothing else. So every fold is learned a second time on values that are blurred by a few percent. What is real survives
that; what falls with it was never in the network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray
from engine.errors import Reason
from engine.execution.one_thread import single_threaded_libraries
from engine.monitor import Monitor
from engine.rowwise.table import RowTable

FOLDS = 5
BLUR = 0.03
FEWEST = 50
"""Fewer labelled rows of either kind teach nothing."""

LEAK = 0.2
"""The F1 that may be lost by blurring before the labels are said to leak."""


@dataclass(frozen=True)
class Judgement:
    """Counts over held-out rows, and what follows from them (NaN where nothing does)."""

    rows: int
    anomalous: int
    precision: float
    recall: float
    f1: float
    false_positive_rate: float


@dataclass(frozen=True, eq=False)
class Learned:
    """score (N,): 1.0 = threshold, NaN = could not be judged. sharp: on values as they stand; blurred: on blurred ones.

    trusted: which of the two `score` comes from: the blurred where the labels leak. stations: how many there are.
    """

    score: DoubleArray
    sharp: Judgement
    blurred: Judgement
    leaks: bool
    stations: int


def learn(table: RowTable, seed: int, monitor: Monitor) -> Learned | Reason:
    """Learn the label; a Reason where there is too little to learn from. Raises Cancelled."""
    known = table.labelled
    kinds = [int((table.labels == kind).sum()) for kind in (0, 1)]
    stations = table.stations()
    count = len(np.unique(stations[known])) if known.any() else 0
    if min(kinds) < FEWEST:
        return Reason("rows_few_labels", {"usual": kinds[0], "anomalous": kinds[1], "needed": FEWEST})
    if count < FOLDS:
        return Reason("rows_few_stations", {"stations": count, "needed": FOLDS})
    fold = _folds(stations, known, seed)
    with single_threaded_libraries():  # threads that wait for each other cost more than they bring on these sizes
        sharp = _scores(table.values, table, fold, seed, monitor.part(0.0, 0.5))
        hazy = _scores(_blurred(table.values, seed), table, fold, seed, monitor.part(0.5, 1.0))
    judged = [_judge(score[known], table.labels[known] == 1) for score in (sharp, hazy)]
    leaks = judged[0].f1 - judged[1].f1 > LEAK
    return Learned(hazy if leaks else sharp, judged[0], judged[1], leaks, count)


def _folds(stations: IntArray, known: BoolArray, seed: int) -> IntArray:
    """(N,) the fold of each row: stations in random order, each to the fold with the fewest labelled rows so far."""
    fold = np.zeros(len(stations), np.int64)
    rows = np.bincount(stations[known], minlength=int(stations.max()) + 1)
    order = np.random.default_rng(seed).permutation(len(rows))
    filled = np.zeros(FOLDS)
    for number in order[np.argsort(-rows[order], kind="stable")]:
        target = int(np.argmin(filled))
        fold[stations == number] = target
        filled[target] += rows[number]
    return fold


def _blurred(values: DoubleArray, seed: int) -> DoubleArray:
    """Each value off by up to BLUR of itself and one step of its KPI: the rounding is gone, the size stays."""
    rng = np.random.default_rng(seed + 1)
    result = values * (1 + rng.uniform(-BLUR, BLUR, values.shape))
    for k in range(values.shape[1]):
        distinct = np.unique(values[np.isfinite(values[:, k]), k])
        step = float(np.median(np.diff(distinct))) if len(distinct) > 1 else 0.0
        result[:, k] += rng.uniform(-step, step, len(values))
    return result


def _scores(values: DoubleArray, table: RowTable, fold: IntArray, seed: int, monitor: Monitor) -> DoubleArray:
    from sklearn.ensemble import HistGradientBoostingClassifier

    known, labels = table.labelled, table.labels == 1
    score, voices = np.zeros(len(values)), np.zeros(len(values))
    for held in range(FOLDS):
        monitor.step(held / FOLDS, Reason("stage_rows_learn", {"fold": held + 1, "folds": FOLDS}))
        tuning = (held + 1) % FOLDS
        train = known & (fold != held) & (fold != tuning)
        if len(np.unique(labels[train])) < 2:
            continue
        model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, random_state=seed)
        model.fit(values[train], labels[train])
        tuned = known & (fold == tuning)
        cut = _best_cut(model.predict_proba(values[tuned])[:, 1], labels[tuned])
        asked = (fold == held) & known | ~known
        score[asked] += model.predict_proba(values[asked])[:, 1] / cut
        voices[asked] += 1
    return np.where(voices > 0, score / np.maximum(voices, 1), np.nan)


def _best_cut(probability: DoubleArray, labels: BoolArray) -> float:
    """The probability from which on "anomalous" gives the highest F1 on these rows; 0.5 where that cannot be told."""
    order = np.argsort(-probability)
    hits = np.cumsum(labels[order])
    if not len(hits) or not hits[-1]:
        return 0.5
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + hits[-1])
    return float(np.clip(probability[order[int(np.argmax(f1))]], 0.01, 0.99))


def _judge(score: DoubleArray, labels: BoolArray) -> Judgement:
    judged = np.isfinite(score)
    said, true = score[judged] >= 1, labels[judged]
    hits, false = int((said & true).sum()), int((said & ~true).sum())
    missed, usual = int((~said & true).sum()), int((~true).sum())

    def share(part: float, whole: float) -> float:
        return part / whole if whole else float("nan")

    return Judgement(
        rows=int(judged.sum()),
        anomalous=int(true.sum()),
        precision=share(hits, hits + false),
        recall=share(hits, hits + missed),
        f1=share(2 * hits, 2 * hits + false + missed),
        false_positive_rate=share(false, usual),
    )
