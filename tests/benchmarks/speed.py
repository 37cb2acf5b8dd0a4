"""Speed and forecast error side by side: this engine, the usual Python libraries, and the paper's method in R.

    .venv/bin/python tests/benchmarks/speed.py [--cells 256] [--rounds 3] [--r-cells 1] [--faithful-cells 8]
        [--arch-cells 12] [--error-cells 6]

CPU seconds per cell of 2160 hours (simulated city, one thread each), the contenders interleaved so that a busy machine
slows all of them alike; medians and ratios over the rounds. Then NNAR's one-step error on clean test hours (no anomaly
in the hour or its 29 lags; trained on the first 70 %) against R's `nnetar`, on simulated and on real series. What needs
R (`paper_method.R`) is left out where Rscript is missing, what needs real data where the shared folder is.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from engine import blocks, diagnose, group, season, simulate
from engine.calendar import make_clock
from engine.calibration import thresholds
from engine.calibration.calibrate import threshold
from engine.data import Block, Clock, Evidence, Flag, Kpi, Panel, Verdict
from engine.detectors import choose
from engine.detectors.garch import EXTREME
from engine.detectors.nnar import Nnar
from engine.expectation import expectation
from engine.garch import likelihood
from engine.garch.volatility import Fit, fit
from engine.settings import Settings, preset
from engine.vote import vote

HOURS = 2160
HYBRID = ("baseline", "garch", "kmeans", "nnar")
"""What the paper's method is in the default mode; the default has further detectors, which the contenders lack."""

LAGS = 29
TRAIN = 0.7
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
R_METHOD = Path(__file__).with_name("paper_method.R")


@dataclass(frozen=True, eq=False)
class Series:
    """Cells of one count KPI: values (C, T) without gaps, and where they are known to be anomalous."""

    name: str
    values: np.ndarray
    anomalous: np.ndarray
    clock: Clock

    def first(self, cells: int) -> Series:
        return Series(self.name, self.values[:cells], self.anomalous[:cells], self.clock)


def city(cells: int) -> Series:
    """Calls of a simulated city, ninety days by the hour."""
    made = simulate.city(cells=cells, days=HOURS // 24, kpis=("calls",))
    values = np.nan_to_num(made.panel.values["calls"], nan=0.0)
    clock = make_clock(made.panel.times, 3600, made.panel.zone, "IR")
    return Series("simulated city", values, made.labels["calls"] != 0, clock)


def milan() -> Series:
    """Internet activity of 32 Milan squares by the hour; nobody labelled it."""
    import duckdb

    source = SHARED / "telecom-italia-milan" / "cdr_10min_32squares.parquet"
    rows = duckdb.sql(
        f"select time_ms // 3600000 as hour, square_id, sum(internet) as value from '{source}' "
        "group by all order by all"
    ).fetchnumpy()
    values = rows["value"].reshape(-1, len(np.unique(rows["square_id"]))).T.astype(np.float32)
    times = np.unique(rows["hour"]).astype("int64") * np.timedelta64(3600, "s") + np.datetime64(0, "s")
    return Series("Milan", values, np.zeros(values.shape, bool), make_clock(times, 3600, "Europe/Rome", "IT"))


def core_network() -> Series:
    """The labelled core-network KPIs that vary by the hour."""
    import duckdb

    source = SHARED / "core-network-kpi" / "KPI_train.csv"
    rows = duckdb.sql(
        f"select kpi_id, start_time, value, label from '{source}' order by kpi_id, start_time"
    ).fetchnumpy()
    kpis = len(np.unique(np.asarray(rows["kpi_id"], str)))
    values, labels = (np.asarray(rows[name]).reshape(kpis, -1) for name in ("value", "label"))
    lively = np.array([len(np.unique(row)) > 300 for row in values])
    times = np.asarray(rows["start_time"]).reshape(kpis, -1)[0] * np.timedelta64(1, "s") + np.datetime64(0, "s")
    clock = make_clock(times, 3600, "Asia/Shanghai")
    return Series("core network", values[lively].astype(np.float32), labels[lively] > 0, clock)


def panel_of(series: Series) -> Panel:
    """The series as a panel, cells without a place."""
    from engine.data import Cell

    times = np.datetime64("2024-01-01", "s") + np.arange(series.values.shape[1]) * np.timedelta64(3600, "s")
    kpi = Kpi("calls")
    flags = np.full(series.values.shape, Flag(0), np.uint8)
    cells = tuple(Cell(str(i)) for i in range(len(series.values)))
    return Panel(times, 3600, "UTC", cells, (kpi,), {"calls": series.values}, {"calls": flags})


def block_of(series: Series, train_share: float = 1.0, feed: str = "adjusted") -> Block:
    """One block of all cells, learned from the first `train_share` of the hours."""
    settings = replace(Settings(), train_share=train_share, feed=feed)
    panel = panel_of(series)
    return blocks.make_block(panel, panel.kpis[0], range(len(panel.cells)), series.clock, settings)


# --- CPU seconds per cell -------------------------------------------------------------------------------------------


def fleet_seconds(series: Series) -> dict[str, float]:
    """The hybrid in the default mode, all of it: tests and Box-Cox, season, every detector with its calibration, the
    fused vote, alarms and anomalies; `learn` happens once per KPI however many cells there are.
    """
    settings = replace(Settings(), detectors=HYBRID)
    panel, cells = panel_of(series), len(series.values)
    kpi, rows = panel.kpis[0], range(cells)
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        started = time.process_time()
        result = work()
        spent[name] = (time.process_time() - started) / cells
        return result

    detectors = choose(settings.detectors, settings)
    pool = blocks.make_pool(panel, kpi, series.clock, settings, None)
    started = time.process_time()
    ready, _ = blocks.learned(detectors, pool, settings.seed)
    learn = time.process_time() - started
    timed("diagnosis", lambda: diagnose.diagnose(series.values, series.clock, kpi, rows, detectors))
    block = timed("season", lambda: block_of(series))
    assert isinstance(block, Block)
    evidence: dict[str, Evidence] = {}
    for detector in ready:
        task = blocks.Task(block, (detector,), settings)
        judged = timed(detector.id, lambda task=task: blocks.judge_block(task))
        evidence[detector.id] = judged[0]  # type: ignore[index]
    level = {thresholds.VOTE: 1.0} | dict.fromkeys(evidence, threshold(settings.budget, series.clock))

    def voted() -> None:
        score = vote(evidence, level, settings.vote)
        expected = expectation(evidence).expected
        flags = panel.flags[kpi.id]
        alarm = group.find_alarms(score, series.values, expected, kpi, settings, flags, series.clock)
        group.anomalies(panel, kpi, Verdict(score, alarm), evidence, level, series.clock)

    timed("vote", voted)
    spent["whole"] = sum(spent.values())
    spent["learn, once per KPI"] = learn
    return spent


def faithful_seconds(series: Series) -> dict[str, float]:
    """Preset `paper`: the tests, GARCH and K-means on raw values, 20 networks per cell with random starts."""
    settings = preset("paper")
    panel, cells = panel_of(series), len(series.values)
    spent: dict[str, float] = {}
    started = time.process_time()
    diagnose.diagnose(series.values, series.clock, panel.kpis[0], range(cells), ())
    block = blocks.make_block(panel, panel.kpis[0], range(cells), series.clock, settings)
    spent["tests"] = (time.process_time() - started) / cells
    for detector in choose(settings.detectors, settings):
        started = time.process_time()
        blocks.judge_block(blocks.Task(block, (detector,), settings))
        spent[detector.id] = (time.process_time() - started) / cells
    spent["whole"] = sum(spent.values())
    return spent


def garch_processes(cells: int) -> np.ndarray:
    """(T, C) series of AR(1)-GARCH(1,1), each with parameters of its own."""
    rng = np.random.default_rng(11)
    ar, total, share = rng.uniform(-0.3, 0.9, cells), rng.uniform(0.7, 0.99, cells), rng.uniform(0.05, 0.4, cells)
    alpha, beta = total * share, total * (1 - share)
    variance, last, out = np.ones(cells), np.zeros(cells), np.empty((HOURS, cells))
    error = np.zeros(cells)
    for t in range(HOURS):
        variance = 1 - total + alpha * error**2 + beta * variance
        error = np.sqrt(variance) * rng.standard_normal(cells)
        last = out[t] = ar * last + error
    return out


def standardised(y: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and standard deviation 1."""
    return (y - y.mean(axis=0)) / y.std(axis=0)


def garch_fits(y: np.ndarray) -> Iterator[tuple[str, Fit, float, float]]:
    """(how, fit of all series (T, C), its CPU seconds per series, those of one evaluation): compiled and in NumPy."""
    kernel = likelihood._likelihood
    problem, cells = likelihood.Problem.of(np.ascontiguousarray(y.T)), np.arange(y.shape[1])
    point = np.tile([0.0, 0.5, -1.0, 2.0, -2.0], (len(cells), 1))
    for name, used in (("compiled", kernel), ("NumPy", None)):
        if name == "compiled" and kernel is None:
            continue
        likelihood._likelihood = used
        started = time.process_time()
        for _ in range(10):
            problem.value_and_gradient(point, cells)
        one = (time.process_time() - started) / 10 / len(cells)
        started = time.process_time()
        found = fit(y)
        yield name, found, (time.process_time() - started) / len(cells), one
    likelihood._likelihood = kernel


def garch_beside_arch(y: np.ndarray, compared: int) -> Iterator[str]:
    """The batched GARCH(1,1) fits of all series (T, C), compiled and in NumPy, beside arch's of some of them.

    arch is timed with its own options; it is compared with after it went on to where nothing is gained any more.
    """
    from arch import arch_model

    chosen = np.unique(np.linspace(0, y.shape[1] - 1, compared).round().astype(int))
    models = [arch_model(y[:, i], mean="AR", lags=1, vol="GARCH", rescale=False) for i in chosen]
    started = time.process_time()
    for model in models:
        model.fit(disp="off", show_warning=False)
    arch = (time.process_time() - started) / len(chosen)
    tight = {"ftol": 1e-12, "maxiter": 1000}
    theirs = [model.fit(disp="off", show_warning=False, options=tight) for model in models]
    best = np.array([t.loglikelihood for t in theirs])
    parameters = np.array([t.params.to_numpy() for t in theirs])
    lawful = parameters[:, 3:].sum(axis=1) <= 1.0  # arch may end a little outside of what it allows
    yield f"arch {1e3 * arch:.1f} ms a series ({len(chosen)} of {y.shape[1]}, {np.sum(~lawful)} with alpha + beta > 1)"
    for name, found, spent, one in garch_fits(y):
        lead = found.loglik[chosen] - best
        mine = np.stack([found.constant, found.ar, found.omega, found.alpha, found.beta], axis=1)[chosen]
        off = np.abs(mine - parameters).max(axis=1)
        same = lawful & (np.abs(lead) < 1e-4)  # elsewhere one of the two ended in another maximum
        yield (
            f"{name} {1e3 * spent:.2f} ms ({1e6 * one:.1f} us an evaluation), {arch / spent:.1f} x; "
            f"log-likelihood less arch's from {lead[lawful].min():.1e} to {lead[lawful].max():.1e}, "
            f"higher by more than 1e-4 in {np.sum(lead > 1e-4)}; parameters in the same maximum ({same.sum()}) "
            f"within {off[same].max(initial=0.0):.1e}, median {np.median(off[same]):.0e}"
        )


def library_seconds(series: Series) -> dict[str, float]:
    """scikit-learn's MLPRegressor twenty times and its K-means, arch, scipy's tests: one cell after the other."""
    from arch import arch_model
    from scipy import stats
    from sklearn.cluster import KMeans
    from sklearn.neural_network import MLPRegressor

    spent = dict.fromkeys(("tests", "garch", "kmeans", "nnar"), 0.0)
    for y in series.values.astype(float):
        train = int(TRAIN * len(y))
        started = time.process_time()
        stretches = np.array_split(y, 54)
        stats.levene(*stretches)
        stats.f_oneway(*stretches)
        stats.boxcox(y[:train] + 1)
        spent["tests"] += time.process_time() - started

        started = time.process_time()
        scaled = (y - y.mean()) / y.std()
        arch_model(scaled, mean="AR", lags=1, vol="GARCH", rescale=False).fit(disp="off", show_warning=False)
        spent["garch"] += time.process_time() - started

        started = time.process_time()
        KMeans(2, n_init=10, random_state=0).fit(y[:, None])
        spent["kmeans"] += time.process_time() - started

        started = time.process_time()
        inputs = np.lib.stride_tricks.sliding_window_view(scaled[:-1], LAGS)
        for seed in range(20):
            network = MLPRegressor(
                hidden_layer_sizes=(15,),
                activation="logistic",
                solver="lbfgs",
                alpha=0,
                max_iter=100,
                random_state=seed,
            )
            network.fit(inputs[: train - LAGS], scaled[LAGS:train]).predict(inputs)
        spent["nnar"] += time.process_time() - started
    spent = {name: seconds / len(series.values) for name, seconds in spent.items()}
    spent["whole"] = sum(spent.values())
    return spent


def with_r(series: Series) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """R: CPU seconds per cell and step, NNAR's forecasts (C, T), its in-sample error (C,)."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "series.csv", Path(folder) / "out.csv"
        names = ",".join(f"c{i}" for i in range(len(series.values)))
        np.savetxt(source, series.values.T, "%.7g", ",", header=names, comments="")
        subprocess.run(["Rscript", str(R_METHOD), str(source), str(out)], check=True, capture_output=True)
        table = np.genfromtxt(out, delimiter=",", skip_header=1, ndmin=2)
        forecast = np.genfromtxt(f"{out}.forecast.csv", delimiter=",", skip_header=1, ndmin=2).T
    spent = dict(zip(("tests", "garch", "kmeans", "nnar"), table[:, 1:5].mean(axis=0), strict=True))
    spent["whole"] = sum(spent.values())
    return spent, forecast, table[:, 5]


# --- forecast error on clean test hours -----------------------------------------------------------------------------


def forecast_errors(series: Series) -> Iterator[tuple[str, float, float, float]]:
    """(how, RMSE / nnetar's, mean absolute error / nnetar's, in-sample RMSE / nnetar's), geometric means over cells."""
    theirs_in = with_r(series)
    theirs, in_sample = theirs_in[1], theirs_in[2]
    train = int(TRAIN * series.values.shape[1])
    touched = np.stack([np.convolve(row, np.ones(LAGS + 1))[: len(row)] > 0 for row in series.anomalous])
    clean = ~touched
    clean[:, :train] = False
    contenders = {
        "fleet, adjusted feed": (Nnar(), block_of(series, TRAIN)),
        "fleet, raw feed": (Nnar(raw=True), block_of(series, TRAIN, "raw")),
        "faithful, raw feed": (Nnar(fleet=False, raw=True), block_of(series, TRAIN, "raw")),
    }
    for name, (detector, block) in contenders.items():
        rng = np.random.default_rng(1)
        expected = detector.learn(block, rng).score(block, rng).expected
        ratios = []
        for row, hours in enumerate(clean):
            ours_off = np.abs(expected[row] - series.values[row])
            theirs_off = np.abs(theirs[row] - series.values[row])
            ratios.append(
                (
                    np.sqrt(np.mean(ours_off[hours] ** 2) / np.mean(theirs_off[hours] ** 2)),
                    np.mean(ours_off[hours]) / np.mean(theirs_off[hours]),
                    np.sqrt(np.mean(ours_off[LAGS:train] ** 2)) / in_sample[row],
                )
            )
        rmse, mae, inside = np.exp(np.mean(np.log(ratios), axis=0))
        yield name, float(rmse), float(mae), float(inside)
    usual = season.restore(np.zeros_like(series.values), contenders["fleet, adjusted feed"][1].season)  # type: ignore[arg-type]
    off = [np.abs(a - b)[h] for a, b, h in zip(usual, series.values, clean, strict=True)]
    base = [np.abs(a - b)[h] for a, b, h in zip(theirs, series.values, clean, strict=True)]
    rmse = np.exp(np.mean([np.log(np.sqrt(np.mean(a**2) / np.mean(b**2))) for a, b in zip(off, base, strict=True)]))
    mae = np.exp(np.mean([np.log(np.mean(a) / np.mean(b)) for a, b in zip(off, base, strict=True)]))
    yield "seasonal baseline alone", float(rmse), float(mae), float("nan")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=256, help="cells of the fleet run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--r-cells", type=int, default=1, help="cells per round for R and the libraries")
    parser.add_argument("--faithful-cells", type=int, default=8, help="cells per round for the faithful mode")
    parser.add_argument("--arch-cells", type=int, default=12, help="series that arch fits beside ours; 0 = none")
    parser.add_argument(
        "--error-cells", type=int, default=6, help="cells per data set of the error table; 0 = no table"
    )
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    has_r = shutil.which("Rscript") is not None
    whole = city(chosen.cells)
    few = whole.first(chosen.r_cells)
    runs: dict[str, list[dict[str, float]]] = {}
    with threadpool_limits(1):
        fleet_seconds(whole.first(16))  # imports and first calls do not count
        library_seconds(Series("warm-up", whole.values[:1, :200], whole.anomalous[:1, :200], whole.clock))
        for _ in range(chosen.rounds):
            runs.setdefault("fleet (default)", []).append(fleet_seconds(whole))
            runs.setdefault("faithful (preset paper)", []).append(faithful_seconds(whole.first(chosen.faithful_cells)))
            runs.setdefault("scikit-learn + arch + scipy", []).append(library_seconds(few))
            if has_r:
                runs.setdefault("R (forecast, tseries, car)", []).append(with_r(few)[0])
        reference = runs["fleet (default)"]
        print(f"CPU ms per cell of {HOURS} hours, median of {chosen.rounds} interleaved rounds, {chosen.cells} cells")
        for name, rounds in runs.items():
            steps = {step: statistics.median(r[step] for r in rounds) * 1e3 for step in rounds[0]}
            ratio = statistics.median(r["whole"] / f["whole"] for r, f in zip(rounds, reference, strict=True))
            print(f"  {name:28s} {ratio:8.1f} x   " + "  ".join(f"{step} {ms:.2f}" for step, ms in steps.items()))
        if chosen.arch_cells:
            for name, y in (("processes", garch_processes(chosen.cells)), ("raw calls", whole.values.T.astype(float))):
                print(f"GARCH(1,1) with an AR(1) mean, {name}")
                for line in garch_beside_arch(standardised(y), chosen.arch_cells):
                    print(f"  {line}")
            feed = block_of(whole).feed.T.astype(float)
            for name, _, spent, _ in garch_fits(np.where(np.abs(feed) <= EXTREME, feed, np.nan)):
                print(f"GARCH(1,1) on the feed of the default: {name} {1e3 * spent:.2f} ms")
        if not has_r or not chosen.error_cells:
            return
        print("NNAR(29,15): one-step error over nnetar's (clean test hours: RMSE, mean absolute; in sample: RMSE)")
        data = [city(64)] + ([milan(), core_network()] if SHARED.is_dir() else [])
        for series in data:
            part = spread_out(series, chosen.error_cells)
            for name, rmse, mae, inside in forecast_errors(part):
                print(f"  {series.name:15s} {name:24s} {rmse:6.3f} {mae:6.3f}   {inside:6.3f}")


def spread_out(series: Series, cells: int) -> Series:
    """`cells` of the series' cells, evenly chosen."""
    chosen = np.unique(np.linspace(0, len(series.values) - 1, min(cells, len(series.values))).round().astype(int))
    return Series(series.name, series.values[chosen], series.anomalous[chosen], series.clock)


if __name__ == "__main__":
    main()
