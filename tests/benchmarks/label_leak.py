"""What a published label set is worth: the "anomaly detection in cellular networks" rows give their labels away.

    python tests/benchmarks/label_leak.py [--folds 5] [--seed 1]

The set (15-minute KPIs of LTE cells, a row labelled usual or unusual) was scaled differently for the two labels before
it was rounded: PRB usage moves in steps of 0.101 where a row is usual and of 0.0995 where it is not, so that hardly a
value occurs in both. Rows of whole stations are held out; on the others are learned (1) a look-up of the printed
values, which knows nothing of networks, and (2) boosted trees. Each sees the rows as published, with the scale of both
labels *aligned* (each divided by its own factor, which is read off the steps, and rounded back to the counter's own
step), and aligned and *dithered* (moreover moved at random within one step, so that no digit is left to read).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score
from sklearn.model_selection import GroupKFold

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILE = SHARED / "lte-kpi-labelled-mlmatt" / "ML-MATT-CompetitionQT1920_train.subset.csv"

STEPS: Mapping[str, float] = {
    "PRBUsageUL": 0.1,
    "PRBUsageDL": 0.1,
    "meanThr_DL": 0.001,
    "meanThr_UL": 0.001,
    "maxThr_DL": 0.001,
    "maxThr_UL": 0.001,
    "meanUE_DL": 0.01,
    "meanUE_UL": 0.01,
    "maxUE_DL": 1.0,
    "maxUE_UL": 1.0,
    "maxUE_UL+DL": 1.0,
}
"""Counter -> the step it was recorded in."""

SCALED = tuple(name for name, step in STEPS.items() if step < 1.0)
"""The counters that were multiplied by a factor; counts of users stayed whole."""

COARSE = tuple(name for name in SCALED if STEPS[name] >= 0.01)
"""Those of them whose printed digits show the factor."""

WIDEST = 0.02
"""The factor of a label is sought within 1 +- this."""

Table = pd.DataFrame
Guess = tuple[np.ndarray, np.ndarray]
"""Score (n,) and call (n,) of the rows that were held out."""


def read() -> Table:
    """The labelled rows: KPI columns as numbers (NaN where a cell of the sheet was empty or an error), `hour`,
    `station` and `Unusual`.
    """
    table = pd.read_csv(FILE, encoding="latin-1")
    for name in STEPS:
        table[name] = pd.to_numeric(table[name], errors="coerce")
    clock = table["Time"].str.split(":", expand=True).astype(int)
    table["hour"] = clock[0] + clock[1] / 60
    table["station"] = table["CellName"].str.extract(r"^(\d+)", expand=False)
    return table


def factor(values: np.ndarray, step: float) -> float:
    """By what the multiples of `step` were multiplied to give `values` (n,): where they come nearest to whole steps."""
    known = values[np.isfinite(values) & (values > 0) & (values < 60 * step)]
    tried = np.linspace(1 - WIDEST, 1 + WIDEST, 401)
    counts = known[None, :] / (tried[:, None] * step)
    return float(tried[np.abs(counts - np.rint(counts)).mean(axis=1).argmin()])


def aligned(table: Table) -> Table:
    """`table` with both labels on the counter's own scale and in its own steps."""
    out = table.copy()
    for label in (0, 1):
        rows = table["Unusual"] == label
        scale = factor(table.loc[rows, "PRBUsageDL"].to_numpy(), STEPS["PRBUsageDL"])
        for name in SCALED:
            out.loc[rows, name] = (table.loc[rows, name] / scale / STEPS[name]).round() * STEPS[name]
    return out


def dithered(table: Table, rng: np.random.Generator) -> Table:
    """`table` with every counter moved at random by up to half a step, the fractional ones by up to 1 % besides."""
    out = table.copy()
    for name, step in STEPS.items():
        out[name] = table[name] + rng.uniform(-0.5, 0.5, len(table)) * step
        if name in SCALED:
            out[name] *= rng.uniform(0.99, 1.01, len(table))
    return out


def look_up(train: Table, test: Table) -> Guess:
    """Whether the printed values of a row were seen under one label or the other: no value is compared by size."""
    score = np.zeros(len(test))
    for name in COARSE:
        seen = train.groupby(train[name].round(6))["Unusual"].agg(["sum", "count"])
        odds = np.log((seen["sum"] + 0.05) / (seen["count"] - seen["sum"] + 0.05))
        score += test[name].round(6).map(odds).fillna(0.0).to_numpy()
    return score, score > 0


def boosted_trees(train: Table, test: Table) -> Guess:
    """Gradient boosting on the counters and the hour, called unusual above one half."""
    columns = [*STEPS, "hour"]
    model = HistGradientBoostingClassifier(random_state=0).fit(train[columns], train["Unusual"])
    score = model.predict_proba(test[columns])[:, 1]
    return score, score > 0.5


METHODS: Mapping[str, Callable[[Table, Table], Guess]] = {
    "look-up of printed values": look_up,
    "boosted trees": boosted_trees,
}


def held_out(table: Table, method: Callable[[Table, Table], Guess], folds: int) -> Guess:
    """What `method` says of every row when it has learned from other stations only."""
    score, call = np.zeros(len(table)), np.zeros(len(table), bool)
    for train, test in GroupKFold(folds).split(table, groups=table["station"]):
        score[test], call[test] = method(table.iloc[train], table.iloc[test])
    return score, call


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    table = read()
    truth = table["Unusual"].to_numpy()
    even = aligned(table)
    shapes = {
        "as published": table,
        "scale aligned": even,
        "aligned and dithered": dithered(even, np.random.default_rng(given.seed)),
    }
    scales = [factor(table.loc[truth == label, "PRBUsageDL"].to_numpy(), STEPS["PRBUsageDL"]) for label in (0, 1)]
    print(
        f"{len(table):,} rows, {table['station'].nunique()} stations, {truth.mean():.1%} unusual; factor of usual rows "
        f"{scales[0]:.4f}, of unusual rows {scales[1]:.4f}; calling every row unusual gives F1 "
        f"{f1_score(truth, np.ones_like(truth)):.3f}\n"
    )
    print("| rows | method | precision | recall | F1 | average precision |\n|---|---|---|---|---|---|")
    for name, rows in shapes.items():
        for method, learn in METHODS.items():
            score, call = held_out(rows, learn, given.folds)
            print(
                f"| {name} | {method} | {precision_score(truth, call, zero_division=0):.3f} | "
                f"{recall_score(truth, call):.3f} | {f1_score(truth, call):.4f} | "
                f"{average_precision_score(truth, score):.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
