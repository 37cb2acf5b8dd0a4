"""Methods that a user would pick otherwise, each as its documentation suggests, at its own default threshold.

Run by the program's Python: seasonal median + MAD, MSTL + robust z, isolation forest and Sub-PCA. Run by another
Python (`--peer-python`, in which pyod, stumpy, adtk and prophet are installed; they are no part of the product): ECOD,
matrix profile, ADTK's seasonal detector and Prophet. This file is the program for both, as a script:

    PYTHON peers.py METHOD IN.npz OUT.npz
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tests.benchmarks.datasets import Case

Array = np.ndarray[Any, np.dtype[np.float64]]
Verdict = tuple[Array, Array]
"""Score (T,), higher = stranger, and alarm (T,) of one series."""

DAY_S = 86_400
LONGEST_WINDOW = 100
MAD_TO_SD = 1.4826


def _filled(values: Array) -> Array:
    """Gaps filled by straight lines: none of these methods takes missing values."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])


def _robust(residual: Array) -> Array:
    """|residual - median| in robust standard deviations."""
    centre = np.nanmedian(residual)
    spread = MAD_TO_SD * np.nanmedian(np.abs(residual - centre))
    return np.abs(residual - centre) / max(float(spread), 1e-9)


def _windows(values: Array, period_s: int) -> tuple[Array, int]:
    """Overlapping windows of a day (at most `LONGEST_WINDOW` points), each scaled to mean 0 and deviation 1."""
    width = max(4, min(DAY_S // period_s, LONGEST_WINDOW, len(values) // 4))
    rows = np.lib.stride_tricks.sliding_window_view(_filled(values), width)
    return rows, width


def _per_point(score: Array, width: int, length: int) -> Array:
    """The score of a window as that of the point in its middle, the ends repeated (as TSB-AD does)."""
    before = (width - 1) // 2
    return np.r_[np.full(before, score[0]), score, np.full(length - before - len(score), score[-1])]


def seasonal_median(values: Array, period_s: int) -> Verdict:
    """Median by hour of the week (of the day below three weeks), residual over its MAD, alarm above 3.5."""
    day = max(1, DAY_S // period_s)
    slots = 7 * day if len(values) >= 21 * day else day
    slot = np.arange(len(values)) % slots
    usual = np.array(
        [np.nanmedian(values[slot == s]) if np.isfinite(values[slot == s]).any() else np.nan for s in range(slots)]
    )
    score = _robust(values - usual[slot])
    return score, score > 3.5


def mstl(values: Array, period_s: int) -> Verdict:
    """statsmodels MSTL (day, and week where hourly and long enough), robust z of the remainder, alarm above 3.5."""
    from statsmodels.tsa.seasonal import MSTL

    day = max(2, DAY_S // period_s)
    periods = [day] + ([7 * day] if day <= 48 and len(values) >= 21 * day else [])
    score = _robust(np.asarray(MSTL(_filled(values), periods=periods).fit().resid))
    return score, score > 3.5


def isolation_forest(values: Array, period_s: int) -> Verdict:
    """scikit-learn's IsolationForest on windows, `contamination="auto"`."""
    from sklearn.ensemble import IsolationForest

    rows, width = _windows(values, period_s)
    model = IsolationForest(n_estimators=100, random_state=0).fit(rows)
    score = _per_point(-model.score_samples(rows), width, len(values))
    return score, score > 0.5


def sub_pca(values: Array, period_s: int) -> Verdict:
    """Principal components of windows, distance weighted by the inverse eigenvalues (PyOD's PCA); alarm: top 10 %."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    rows, width = _windows(values, period_s)
    scaled = StandardScaler().fit_transform(rows)
    model = PCA().fit(scaled)
    share = np.maximum(model.explained_variance_ratio_, 1e-12)
    distance = np.zeros(len(scaled))
    for component, weight in zip(model.components_, share, strict=True):
        distance += np.sqrt(((scaled - component) ** 2).sum(axis=1)) / weight
    score = _per_point(distance, width, len(values))
    return score, score > np.quantile(score, 0.9)


def ecod(values: Array, period_s: int) -> Verdict:
    """PyOD's ECOD on windows, contamination 0.1."""
    from pyod.models.ecod import ECOD

    rows, width = _windows(values, period_s)
    model = ECOD().fit(rows)
    score = _per_point(model.decision_scores_, width, len(values))
    return score, score > model.threshold_


def matrix_profile(values: Array, period_s: int) -> Verdict:
    """stumpy's matrix profile of a day's window; alarm where the distance is three deviations above its mean."""
    import stumpy

    width = max(4, min(DAY_S // period_s, len(values) // 4))
    noisy = _filled(values) + np.random.default_rng(0).normal(0, 1e-9, len(values))
    distance = stumpy.stump(noisy, width)[:, 0].astype(np.float64)
    distance = np.where(np.isfinite(distance), distance, 0.0)
    score = _per_point(distance, width, len(values))
    return score, score > distance.mean() + 3 * distance.std()


def adtk_seasonal(values: Array, period_s: int) -> Verdict:
    """ADTK's SeasonalAD, which removes a seasonal pattern and flags residuals beyond c = 3 interquartile ranges."""
    import pandas as pd
    from adtk.detector import SeasonalAD

    index = pd.date_range("2020-01-06", periods=len(values), freq=f"{period_s}s")
    series = pd.Series(_filled(values), index=index)
    model = SeasonalAD(freq=max(2, DAY_S // period_s))
    flags = model.fit_detect(series).to_numpy().astype(bool)
    pattern = model.seasonal_.to_numpy()
    residual = series.to_numpy() - np.resize(pattern, len(series))
    return _robust(residual), flags


def prophet(values: Array, period_s: int) -> Verdict:
    """Prophet with its defaults; distance from the forecast over the 80 % band's half width, alarm beyond 99 %."""
    import logging

    import pandas as pd
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    index = pd.date_range("2020-01-06", periods=len(values), freq=f"{period_s}s")
    frame = pd.DataFrame({"ds": index, "y": values})
    model = Prophet(interval_width=0.99, uncertainty_samples=200).fit(frame.dropna())
    found = model.predict(frame[["ds"]])
    half = np.maximum((found["yhat_upper"] - found["yhat_lower"]).to_numpy() / 2, 1e-9)
    score = np.abs(values - found["yhat"].to_numpy()) / half
    return score, score > 1.0


HERE: Mapping[str, Callable[[Array, int], Verdict]] = {
    "seasonal median + MAD": seasonal_median,
    "MSTL + robust z": mstl,
    "isolation forest": isolation_forest,
    "Sub-PCA": sub_pca,
}
ELSEWHERE: Mapping[str, Callable[[Array, int], Verdict]] = {
    "ECOD (pyod)": ecod,
    "matrix profile (stumpy)": matrix_profile,
    "ADTK seasonal": adtk_seasonal,
    "Prophet": prophet,
}
LONGEST_SERIES: Mapping[str, int] = {
    "MSTL + robust z": 25_000,
    "Sub-PCA": 40_000,
    "Prophet": 30_000,
    "matrix profile (stumpy)": 40_000,
}
"""Methods that take minutes or gigabytes on longer series are left out there, and the table shows no row."""


def judge(
    name: str, cases: Sequence[Case], python: str | None, cache: Path | None, only_kept: bool = False
) -> list[Verdict | None]:
    """Score and alarm (C, T) of one method on every case, None where it is left out.

    python: the interpreter for the methods of `ELSEWHERE`. cache: a folder that keeps what a method found, because
    peers do not change while we do; only_kept: take nothing but what lies there. Weeks in which nothing at all was
    measured are left out of what a method sees: none takes gaps, and a straight line of weeks would only harm it.
    """
    kept = [_kept(cache, name, case) for case in cases]
    found: list[Verdict | None] = [_load(file) if file and file.exists() else None for file in kept]
    todo = [
        n
        for n, case in enumerate(cases)
        if not only_kept and found[n] is None and _joined(case).sum() <= LONGEST_SERIES.get(name, 10**9)
    ]
    if todo and (name in HERE or python):
        series = [_values(cases[n]).astype(np.float64) for n in todo]
        periods = [cases[n].panel.period_s for n in todo]
        made = _away(str(python), name, series, periods) if name in ELSEWHERE else _here(name, series, periods)
        for n, verdict in zip(todo, made, strict=True):
            known = np.isfinite(_values(cases[n]))
            score, alarm = np.where(known, verdict[0], np.nan), verdict[1].astype(bool) & known
            found[n] = (score, alarm)
            if (file := kept[n]) is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                np.savez(file, score=score.astype(np.float32), alarm=alarm)
    return [one and _over_time(one, case) for one, case in zip(found, cases, strict=True)]


def _joined(case: Case) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(T,) False in weeks in which nothing was measured of any series of the case."""
    missing = np.isnan(case.panel.values[case.kpi.id]).all(axis=0)
    edges = np.flatnonzero(np.diff(np.r_[False, missing, False]))
    joined = np.ones(len(missing), bool)
    for first, last in edges.reshape(-1, 2):
        joined[first:last] = (last - first) * case.panel.period_s < 7 * DAY_S
    return joined


def _values(case: Case) -> np.ndarray[Any, np.dtype[np.float32]]:
    return case.panel.values[case.kpi.id][:, _joined(case)]


def _over_time(verdict: Verdict, case: Case) -> Verdict:
    """What was found of the joined parts, on the axis of the case."""
    joined = _joined(case)
    score, alarm = np.full(case.labels.shape, np.nan), np.zeros(case.labels.shape, bool)
    score[:, joined], alarm[:, joined] = verdict
    return score, alarm


def _kept(cache: Path | None, name: str, case: Case) -> Path | None:
    digest = hashlib.sha256(np.ascontiguousarray(_values(case)).tobytes()).hexdigest()[:12]
    return cache / f"{name.replace(' ', '_')}-{digest}.npz" if cache else None


def _load(file: Path) -> Verdict:
    with np.load(file) as data:
        return data["score"], data["alarm"]


def _here(name: str, series: Sequence[Array], periods: Sequence[int]) -> list[Verdict]:
    method = {**HERE, **ELSEWHERE}[name]
    out = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for values, period_s in zip(series, periods, strict=True):
            judged = [method(row, period_s) for row in values]
            out.append((np.stack([score for score, _ in judged]), np.stack([alarm for _, alarm in judged])))
    return out


def _away(python: str, name: str, series: Sequence[Array], periods: Sequence[int]) -> list[Verdict]:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, periods=np.array(periods), **{f"v{n}": values for n, values in enumerate(series)})
        subprocess.run([python, __file__, name, str(given), str(made)], check=True, stdout=subprocess.DEVNULL)
        with np.load(made) as found:
            return [(found[f"s{n}"], found[f"a{n}"]) for n in range(len(series))]


def _as_script(name: str, source: str, target: str) -> None:
    with np.load(source) as data:
        periods = data["periods"].tolist()
        made = _here(name, [data[f"v{n}"] for n in range(len(periods))], periods)
    scores = {f"s{n}": score for n, (score, _) in enumerate(made)}
    np.savez(target, **scores, **{f"a{n}": alarm for n, (_, alarm) in enumerate(made)})


if __name__ == "__main__":
    _as_script(*sys.argv[1:])
