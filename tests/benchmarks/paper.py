"""Preset `paper` beside R and the usual libraries on the same series: is it the method that it says it is?

    python tests/benchmarks/paper.py [--cells 2] [--without-r] [--out FILE.md]

Prints Markdown: NNAR(29,15) and the automatic NNAR(p,P,k)[24] against `nnetar`, GARCH(p,q) against `arch`, Levene,
ANOVA and the Box-Cox exponents against scipy and R, first and second mode (any, all) against the method in R
(`paper_oracle.R`), then what the paper reads off its results: hours of the day, the odds of a Friday in a commercial
area with a Friday weekend, and why models of the mean alone do not suit. R is left out where Rscript is missing, real
data where the shared folder is. A few minutes of one core per cell, most of it R's.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import blocks, diagnose, pipeline, simulate
from engine.calendar import make_clock
from engine.data import Block, Kpi, Quality, Result
from engine.detectors.nnar import Nnar
from engine.diagnose import boxcox, variance
from engine.evaluate import Judged, evaluate
from engine.garch.volatility_orders import fit_orders
from engine.inspection.rhythm import rhythm
from engine.neural.lag_choice import autoregressive_order, hidden_nodes, lag_list, seasonally_adjusted
from engine.settings import preset
from engine.text import say
from tests.benchmarks.speed import SHARED, Series, block_of, city, core_network, milan, panel_of, spread_out

ORACLE = Path(__file__).with_name("paper_oracle.R")
DAY = 24
TRAIN = preset("paper").train_share
ORDERS = ((1, 1), (2, 1), (1, 2), (2, 2))
RUNG = 1e-6
"""Log-likelihoods closer than this are taken for the same optimum."""

Oracle = Mapping[str, np.ndarray]


def data(cells: int) -> list[Series]:
    """`cells` cells of each data set."""
    sets = [city(16)] + ([core_network(), milan()] if SHARED.is_dir() else [])
    return [spread_out(one, cells) for one in sets]


def from_r(series: Series) -> Oracle:
    """What `paper_oracle.R` finds, one value per cell under each name."""
    with tempfile.TemporaryDirectory() as folder:
        source, labels, out = (Path(folder) / name for name in ("series.csv", "labels.csv", "out.csv"))
        names = ",".join(f"c{i}" for i in range(len(series.values)))
        np.savetxt(source, series.values.T.astype(np.float64), "%.17g", ",", header=names, comments="")
        np.savetxt(labels, series.anomalous.T.astype(int), "%d", ",", header=names, comments="")
        subprocess.run(["Rscript", str(ORACLE), str(source), str(labels), str(out)], check=True, capture_output=True)
        table = np.genfromtxt(out, delimiter=",", names=True, dtype=None, encoding="utf-8", ndmin=1)
    return {name: np.asarray(table[name]) for name in table.dtype.names if name != "cell"}


def table(title: str, columns: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    """A Markdown table under a heading."""
    lines = [f"### {title}\n", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# --- NNAR -----------------------------------------------------------------------------------------------------------


def in_sample(detector: Nnar, block: Block, silent: Sequence[int]) -> np.ndarray:
    """(C,) root mean square error of one-step forecasts in the training part, without the first `silent` hours."""
    expected = detector.score(block, np.random.default_rng(1)).expected
    last = round(TRAIN * block.shape[1])
    off = np.square(expected - block.values)
    return np.array([np.sqrt(np.mean(row[first:last])) for row, first in zip(off, silent, strict=True)])


def networks(series: Series, theirs: Oracle) -> Iterator[Sequence[object]]:
    """One row per cell: both models, ours over nnetar's."""
    block = block_of(series, TRAIN, "raw")
    cells = range(len(series.values))
    plain = in_sample(Nnar(fleet=False, raw=True), block, [29 for _ in cells])
    last = round(TRAIN * block.shape[1])
    orders = [autoregressive_order(seasonally_adjusted(row[:last].astype(float), DAY)) for row in series.values]
    lags = [lag_list(p, 1, DAY) for p in orders]
    automatic = Nnar(fleet=False, raw=True, lags=0, seasonal=1, hidden=0)
    seasonal = in_sample(automatic, block, [of_cell[-1] for of_cell in lags])
    for i in cells:
        yield (
            f"{series.name} {i + 1}",
            f"{plain[i]:.4g}",
            f"{theirs['in_sample'][i]:.4g}",
            f"{plain[i] / theirs['in_sample'][i]:.3f}",
            f"NNAR({orders[i]},1,{hidden_nodes(len(lags[i]))})[{DAY}]",
            f"NNAR({theirs['p'][i]},{theirs['P'][i]},{theirs['k'][i]})[{DAY}]",
            f"{seasonal[i] / theirs['in_sample_seasonal'][i]:.3f}",
        )


# --- GARCH ----------------------------------------------------------------------------------------------------------


def volatilities(sets: Sequence[Series]) -> Iterator[Sequence[object]]:
    """One row per order: how far from arch, over all series without their season and of unit deviation."""
    from arch import arch_model

    feeds = [np.asarray(block_of(one).feed, np.float64)[:, : 24 * 45] for one in sets]
    series = np.concatenate([feed[np.isfinite(feed).all(axis=1)] for feed in feeds]).T
    series /= series.std(axis=0)
    for p, q in ORDERS:
        ours = fit_orders(series, p, q)
        gains, apart = [], []
        for i in range(series.shape[1]):
            model = arch_model(series[:, i], mean="AR", lags=1, vol="GARCH", p=p, q=q, rescale=False)
            theirs = model.fit(disp="off", show_warning=False, options={"ftol": 1e-12, "maxiter": 2000})
            gains.append(ours.loglik[i] - theirs.loglikelihood)
            if abs(gains[-1]) < RUNG:
                mine = np.r_[ours.constant[i], ours.ar[i], ours.omega[i], ours.alpha[i], ours.beta[i]]
                apart.append(float(np.abs(mine - theirs.params.to_numpy()).max()))
        yield (
            f"GARCH({p},{q})",
            len(gains),
            f"{min(gains):.1e}",
            sum(gain > RUNG for gain in gains),
            len(apart),
            f"{max(apart):.1e}" if apart else "–",
        )


# --- tests and transformations --------------------------------------------------------------------------------------


def tests(series: Series, theirs: Oracle | None) -> Iterator[Sequence[object]]:
    """One row per cell: largest relative difference of the F tests and p-values, difference of the exponents."""
    from scipy import optimize, stats

    values = series.values.astype(np.float64)
    edges = variance.group_edges(values.shape[1])
    found = {"levene": variance.levene(values), "anova": variance.anova(values)}
    likely, guerrero = boxcox.likelihood_lambda(values + 1), boxcox.guerrero_lambda(values + 1)
    for i, row in enumerate(values):
        stretches = np.split(row, edges[1:-1])
        oracle = {"levene": stats.levene(*stretches, center="median"), "anova": stats.f_oneway(*stretches)}
        apart = {
            name: max(abs(found[name][k][i] - value) / max(abs(value), 1e-300) for k, value in enumerate(oracle[name]))
            for name in oracle
        }
        best = optimize.minimize_scalar(
            lambda power, row=row: -stats.boxcox_llf(power, row + 1),
            bounds=(-2, 3),
            method="bounded",
            options={"xatol": 1e-10},
        )
        of_r = ("–",) * 3
        if theirs is not None:
            of_r = (
                f"{abs(found['levene'][0][i] / theirs['levene'][i] - 1):.0e}",
                f"{abs(found['anova'][0][i] / theirs['anova'][i] - 1):.0e}",
                f"{abs(guerrero[i] - theirs['lambda'][i]):.0e}",
            )
        yield (
            f"{series.name} {i + 1}",
            f"{apart['levene']:.0e}",
            f"{apart['anova']:.0e}",
            f"{abs(likely[i] - best.x):.0e}",
            *of_r,
        )


# --- the hybrid -----------------------------------------------------------------------------------------------------


def hybrid(series: Series) -> Result:
    """Preset `paper` with labels on the series."""
    panel = panel_of(series)
    cells = panel.shape[0]
    unread = Quality("benchmark", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    labels = {panel.kpis[0].id: series.anomalous.astype(np.int8)}
    return pipeline.analyse(panel, unread, preset("paper"), labels=labels)


def modes(series: Series, theirs: Oracle) -> Iterator[Sequence[object]]:
    """Two rows: accuracy and false positive rate of both modes on the last 30 %, means over the cells."""
    result = hybrid(series)
    kpi, first = result.panel.kpis[0].id, blocks.training_points(series.values.shape[1], result.settings)
    for vote, name, r_name in (("any", "first mode (any)", "first"), ("all", "second mode (all)", "second")):
        verdict = pipeline.revote(result, replace(result.settings, vote=vote)).verdicts[kpi]
        found = [
            evaluate([Judged(score[first:], alarm[first:], truth[first:].astype(np.int8), 3600)])
            for score, alarm, truth in zip(verdict.score, verdict.alarm, series.anomalous, strict=True)
        ]
        yield (
            f"{series.name}, {name}",
            f"{np.mean([one.accuracy for one in found]):.4f}",
            f"{np.mean(theirs[f'{r_name}_accuracy']):.4f}",
            f"{np.mean([one.false_positive_rate for one in found]):.4f}",
            f"{np.mean(theirs[f'{r_name}_fpr']):.4f}",
        )


# --- what the paper reads off its results ---------------------------------------------------------------------------


def commercial(cells: int = 3, of: int = 60) -> Series:
    """The cells of a simulated Tehran whose Fridays have the least traffic beside their working days."""
    made = simulate.city(cells=of, days=90, kpis=("calls",), seed=4)
    values = np.nan_to_num(made.panel.values["calls"], nan=0.0)
    clock = make_clock(made.panel.times, 3600, made.panel.zone, "IR")
    friday = values[:, clock.weekday == 4].mean(axis=1) / values[:, clock.weekday < 3].mean(axis=1)
    rows = np.argsort(friday)[:cells]
    return Series("commercial area", values[rows], made.labels["calls"][rows] == 1, clock)


def readings() -> str:
    """Hours of the day and the odds of weekdays in the commercial area, and what is said of models of the mean."""
    area = commercial()
    panel = replace(panel_of(area), times=_tehran(area.values.shape[1]), zone="Asia/Tehran")
    cells = panel.shape[0]
    unread = Quality("benchmark", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    settings = replace(preset("paper"), country="IR")
    result = pipeline.analyse(panel, unread, settings, labels={"calls": area.anomalous.astype(np.int8)})
    slices = rhythm(result).by_hour
    lines = ["### Read by hour and weekday: first mode in a commercial area with a Friday weekend\n"]
    lines.append("| hour | " + " | ".join(f"{hour}" for hour in range(DAY)) + " |\n" + "|---" * (DAY + 1) + "|")
    lines.append("| share in alarm | " + " | ".join(f"{share:.0%}" for share in slices) + " |\n")
    shown = ("weekday_4", "weekend", "night", "hour_15", "hour_17")
    lines += [f"- {say(one.sentence)}" for one in result.associations if one.term in shown]
    lines.append("\n### Why AR, MA, ARMA and ARIMA do not suit: Ljung-Box and Engle's test of what they leave\n")
    lines += [f"- {say(one.verdict)}" for one in diagnose.arima_verdict(area.values[0], area.clock, Kpi("calls"))]
    return "\n".join(lines) + "\n"


def _tehran(hours: int) -> np.ndarray:
    """The hours of the simulated city, which begins at the paper's first local midnight."""
    return np.datetime64("2016-12-20T20:30:00", "s") + np.arange(hours) * np.timedelta64(3600, "s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=2, help="cells of each data set")
    parser.add_argument("--without-r", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    sets = data(given.cells)
    text: list[str] = []

    def show(part: str) -> None:
        text.append(part)
        print(part, flush=True)

    show(readings())
    columns = ("order", "series", "lowest gain in log-likelihood over arch", "ours higher by more than 1e-6")
    show(
        table("GARCH(p,q) against arch", (*columns, "same optimum", "largest parameter difference"), volatilities(sets))
    )
    with_r = shutil.which("Rscript") is not None and not given.without_r
    oracles = [from_r(one) if with_r else None for one in sets]
    pairs = list(zip(sets, oracles, strict=True))
    columns = ("series", "Levene / scipy", "ANOVA / scipy", "lambda ML - scipy", "Levene / R", "ANOVA / R")
    show(
        table(
            "Tests and transformations: largest difference (F and p relative, lambda absolute)",
            (*columns, "lambda Guerrero - R"),
            (row for one, oracle in pairs for row in tests(one, oracle)),
        )
    )
    if not with_r:
        return
    columns = ("series", "NNAR(29,15) RMSE", "nnetar", "ratio", "automatic", "nnetar's choice", "ratio")
    judged = [(one, oracle) for one, oracle in pairs if oracle is not None]
    show(table("NNAR, 20 networks, one-step error in sample", columns, (r for p in judged for r in networks(*p))))
    columns = ("", "accuracy", "R", "FPR", "R")
    labelled = [pair for pair in judged if pair[0].anomalous.any()]
    show(table("The hybrid on the last 30 %", columns, (r for p in labelled for r in modes(*p))))
    if given.out:
        given.out.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
