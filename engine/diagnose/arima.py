"""AR, MA, ARMA and ARIMA fitted to one series, and why they are or are not suitable. Slow: seconds per series.

Source: G. E. P. Box, G. M. Jenkins, "Time Series Analysis"; residuals judged by Ljung-Box and by Engle's LM test.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from engine.data import Clock, DoubleArray, FloatArray, HypothesisTest, Kpi
from engine.diagnose import arch_effect, seasons
from engine.diagnose.series import stable_scale
from engine.diagnose.verdicts import SIGNIFICANCE
from engine.errors import Reason
from engine.monitor import Monitor
from engine.text import p_value

MODELS: Mapping[str, tuple[int, int, int]] = {
    "AR(2)": (2, 0, 0),
    "MA(2)": (0, 0, 2),
    "ARMA(1,1)": (1, 0, 1),
    "ARIMA(1,1,1)": (1, 1, 1),
}
LEAST = 60
MOST = 3000
"""Longer series are judged by their newest points: the verdict does not get better, only slower."""


def arima_verdict(
    values: FloatArray, clock: Clock, kpi: Kpi, monitor: Monitor | None = None
) -> tuple[HypothesisTest, ...]:
    """One verdict per model of MODELS on one series `values` (T,), NaN = missing, daily and weekly profile taken out.

    statistic and p_value are Ljung-Box's at 24 lags (or a fifth of the points): does the model leave structure behind?
    The verdict also says by Engle's LM test whether the variance of what is left is constant, as the models assume. The
    models that could not be fitted or a series of less than LEAST points have NaN and say why. Raises Cancelled between
    two models.
    """
    monitor = monitor or Monitor()
    series = stable_scale(np.asarray(values, np.float64)[None], kpi)
    series = np.where(np.isfinite(series), series, np.nan)
    slots = seasons.profile_slots(clock)
    left = (series if slots is None else seasons.without_profile(series, slots))[0, -MOST:]
    measured = int(np.isfinite(left).sum())
    if measured < LEAST or np.nanmax(left) - np.nanmin(left) <= 0:
        reason = Reason("arima_too_short", {"points": measured, "needed": LEAST})
        return tuple(HypothesisTest(name, float("nan"), float("nan"), reason) for name in MODELS)
    found = []
    for number, (name, order) in enumerate(MODELS.items()):
        monitor.step(number / len(MODELS), Reason("stage_diagnose", {"kpi": kpi.id}))
        found.append(_fitted(name, order, left))
    return tuple(found)


def _fitted(name: str, order: tuple[int, int, int], series: DoubleArray) -> HypothesisTest:
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.tsa.arima.model import ARIMA

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence is judged by what the residuals look like
            model = ARIMA(series, order=order, enforce_stationarity=False, enforce_invertibility=False)
            residuals = np.asarray(model.fit(method_kwargs={"maxiter": 100}).resid)[sum(order) + 1 :]
            measured = residuals[np.isfinite(residuals)]
            box = acorr_ljungbox(measured, lags=[min(24, len(measured) // 5)], model_df=order[0] + order[2])
    except (np.linalg.LinAlgError, ValueError) as error:
        return HypothesisTest(
            name, float("nan"), float("nan"), Reason("arima_failed", {"model": name, "error": str(error)[:120]})
        )
    statistic, p = float(box["lb_stat"].iloc[0]), float(box["lb_pvalue"].iloc[0])
    volatile = float(arch_effect.arch_lm(residuals[None])[1][0])
    white, even = p >= SIGNIFICANCE, not volatile < SIGNIFICANCE
    code = {
        (True, True): "arima_model_fits",
        (True, False): "arima_model_volatile",
        (False, True): "arima_model_structure",
        (False, False): "arima_model_both",
    }[white, even]
    params: dict[str, str | int | float] = {"model": name, "box": p_value(p), "arch": p_value(volatile)}
    return HypothesisTest(name, statistic, p, Reason(code, params))
