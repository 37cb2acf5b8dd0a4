"""What the tests mean for the choice of a detector."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.data import Clock, Diagnosis, Evidence, HypothesisTest, Result
from engine.errors import Reason
from engine.text import number, p_value, say

SIGNIFICANCE = 0.05
"""A hypothesis is rejected below this p-value."""

# test -> (verdict when rejected, verdict when not, verdict when the test could not be made)
_CODES: Mapping[str, tuple[str, str, str]] = {
    "levene": ("levene_unequal", "levene_equal", "levene_unknown"),
    "anova": ("anova_unequal", "anova_equal", "anova_unknown"),
    "levene_boxcox": ("boxcox_unequal", "boxcox_equal", "boxcox_unknown"),
    "arch_lm": ("arch_found", "arch_none", "arch_unknown"),
    "adf": ("adf_steady", "adf_wanders", "adf_unknown"),
    "kpss": ("kpss_wanders", "kpss_steady", "kpss_unknown"),
}


TESTS = tuple(_CODES)
"""What `worded` wants the results of, in this order."""


def worded(results: Mapping[str, tuple[float, float]], exponent: float) -> tuple[HypothesisTest, ...]:
    """The tests with what each found, in the order given, and last what they mean for GARCH and for AR, MA, ARMA and
    ARIMA: a conclusion rests on several tests, so no test draws one.

    results: test -> (statistic, p-value), NaN if it could not be made. exponent: the Box-Cox lambda.
    """
    tests = []
    for name, (statistic, p) in results.items():
        rejected, kept, unknown = _CODES[name]
        code = unknown if not np.isfinite(p) else rejected if p < SIGNIFICANCE else kept
        params: dict[str, str | int | float] = {} if code == unknown else {"statistic": statistic, "p": p_value(p)}
        if name == "levene_boxcox" and code != unknown:
            params["lambda_"] = float(exponent)
        tests.append(HypothesisTest(name, statistic, p, Reason(code, params)))
    for name, conclusion in (("garch", _garch(results)), ("arima", _arima(results))):
        tests.append(HypothesisTest(name, float("nan"), float("nan"), conclusion))
    return tuple(tests)


def _garch(results: Mapping[str, tuple[float, float]]) -> Reason:
    """A changing variance asks for it: one that comes in clusters, or one that no transformation makes constant."""
    spread, after, clusters = (results[name][1] for name in ("levene", "levene_boxcox", "arch_lm"))
    if clusters < SIGNIFICANCE:
        return Reason("garch_clusters")
    if spread < SIGNIFICANCE:
        return Reason("garch_after_boxcox" if after >= SIGNIFICANCE else "garch_spread")
    return Reason("garch_constant" if np.isfinite(spread) or np.isfinite(clusters) else "garch_unknown")


def _arima(results: Mapping[str, tuple[float, float]]) -> Reason:
    """The paper's reading: models of the mean need a constant variance, and all but ARIMA a constant mean."""
    spread, after, level = (results[name][1] for name in ("levene", "levene_boxcox", "anova"))
    if not (np.isfinite(spread) and np.isfinite(level)):
        return Reason("arima_unknown")
    if spread >= SIGNIFICANCE:
        return Reason("arima_suitable" if level >= SIGNIFICANCE else "arima_differenced")
    if after >= SIGNIFICANCE:
        return Reason("arima_after_boxcox")
    return Reason("arima_unsuitable")


def describe(diagnosis: Diagnosis, clock: Clock) -> tuple[Reason, ...]:
    """The diagnosis as sentences, in the order a person asks: history, gaps, rhythms, tests; `suits` is left out."""
    days = len(clock.hour) * clock.period_s / 86_400
    history = {"points": diagnosis.points, "days": round(days, 1)}
    sentences = [Reason("history_length" if diagnosis.points else "history_none", history)]
    if 0 < diagnosis.missing_share < 1:
        sentences.append(Reason("history_missing", {"share": f"{100 * diagnosis.missing_share:.2g} %"}))
    sentences += [_rhythm(season, clock) for season in diagnosis.seasons] or [Reason("season_none")]
    if np.isfinite(diagnosis.boxcox_lambda):
        sentences.append(Reason(_power(diagnosis.boxcox_lambda), {"lambda_": diagnosis.boxcox_lambda}))
    sentences += [test.verdict for test in diagnosis.tests]
    return tuple(sentences)


def weekdays(result: Result, cell: int, kpi: str) -> Reason | None:
    """That what is usual tells the weekdays of a series apart, where the run has kept that it does."""
    season = result.models.cells.get(kpi, {}).get("season", {}) if result.models is not None else {}
    week = season.get("week")
    return Reason("season_weekdays") if week is not None and cell < len(week) and np.any(week[cell]) else None


def abstentions(diagnosis: Diagnosis, evidence: Mapping[str, Evidence]) -> dict[str, Reason | None]:
    """Per detector why it has no opinion on the series, None where it has one.

    evidence: per detector that of the series' KPI. A detector is silent that does not suit the series, or that found
    while it worked that it cannot judge it.
    """
    found = {}
    for detector, unsuited in diagnosis.suits.items():
        known = evidence.get(detector)
        found[detector] = unsuited or (known.reasons[diagnosis.cell] if known is not None else None)
    return found


def opinions(silent: Mapping[str, Reason | None], names: Mapping[str, str]) -> tuple[Reason, ...]:
    """A sentence per detector: it applies, or why it has no opinion. names: what a person calls
    each detector, by its id."""
    return tuple(
        Reason("detector_applies", {"detector": names.get(detector, detector)})
        if why is None
        else Reason("detector_silent", {"detector": names.get(detector, detector), "why": say(why)})
        for detector, why in silent.items()
    )


def _rhythm(season: int, clock: Clock) -> Reason:
    if season == clock.day_slots:
        return Reason("season_day", {"periods": season})
    if season == clock.week_slots:
        return Reason("season_week", {"periods": season})
    return Reason("season_other", {"periods": season, "hours": number(round(season * clock.period_s / 3600, 2))})


def _power(exponent: float) -> str:
    if abs(exponent) < 0.1:
        return "boxcox_log"
    if abs(exponent - 0.5) < 0.1:
        return "boxcox_root"
    if abs(exponent - 1.0) < 0.1:
        return "boxcox_none"
    return "boxcox_power"
