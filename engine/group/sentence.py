"""An anomaly in one sentence, as one person on a shift says it to the next."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engine.calendar import duration_text
from engine.data import Anomaly, AnomalyType, Direction, FloatArray, Kpi, KpiKind, Panel
from engine.data.units import is_level
from engine.errors import Reason
from engine.text import number, tell, with_unit

LEAST_TIMES, MOST_TIMES = 3.0, 99.0
"""From the one on a rise is told in times the usual, beyond the other the number says nothing any more."""

ROUNDED = 10
"""A smaller percentage keeps two digits: "0 % less" would say that nothing had happened."""


def sentence(panel: Panel, kpi: Kpi, anomaly: Anomaly, cells: int, stamp: Callable[[int], str]) -> Reason:
    """What the anomaly looked like; `cells`: how many cells the incident has that it stands for.

    `stamp` words the local time of a time index; numbers of a count are per measured period, because sums over
    different durations cannot be compared. panel: NaN where nothing was measured.
    """
    periods = anomaly.stop - anomaly.start
    values = panel.values[kpi.id][anomaly.cell, anomaly.start : anomaly.stop]
    there, zeros = int(np.isfinite(values).sum()), int(np.count_nonzero(values == 0))
    measured = (there or periods) if kpi.kind is KpiKind.COUNT else 1
    cell = panel.cells[anomaly.cell]
    mean = amount(anomaly.actual / measured, kpi)
    params: dict[str, str | int | float] = {
        "kpi": kpi.id,
        "cell": cell.name or cell.id,
        "more": cells - 1,
        "time": stamp(anomaly.start),
        "duration": duration_text(periods * panel.period_s),
        "zero": duration_text(zeros * panel.period_s),
        "actual": mean,
        "expected": _band(anomaly, kpi, measured),
    }
    change = _change(anomaly, kpi)
    if change:
        params["change"] = change
    silent = anomaly.type is AnomalyType.SILENCE
    what = _silent(zeros, there, periods) if silent else _what(anomaly, bool(change))
    if not silent and anomaly.type is not AnomalyType.FLATLINE:
        params["actual"] = _over_time(values[np.isfinite(values)], anomaly, mean, kpi)
    return Reason(f"incident_{what}_many" if cells > 1 else f"incident_{what}", params)


def _over_time(values: FloatArray, anomaly: Anomaly, mean: str, kpi: Kpi) -> str:
    """What was measured in words: of several values the mean, as such, and where they went at most or at least."""
    if len(values) < 2 or number(float(values.min())) == number(float(values.max())):
        return mean
    if anomaly.direction is Direction.BOTH:
        return tell("actual_mean", mean=mean)
    up = anomaly.direction is Direction.UP
    extreme = amount(float(values.max() if up else values.min()), kpi)
    return tell("actual_mean_most" if up else "actual_mean_least", mean=mean, extreme=extreme)


def _silent(zeros: int, there: int, periods: int) -> str:
    """Which sentence fits a silence: in some of its periods nothing may be measured, and in some more than nothing."""
    if there == 0:
        return "absent"
    if zeros < there:
        return "part_silence"
    return "silence" if there == periods else "gone"


def _what(anomaly: Anomaly, comparable: bool) -> str:
    """Which sentence fits what is no silence."""
    if anomaly.type in (AnomalyType.FLATLINE, AnomalyType.VOLATILITY):
        return str(anomaly.type.value)
    if anomaly.direction is Direction.BOTH:
        return "strange"
    side = "up" if anomaly.direction is Direction.UP else "down"
    if not comparable:
        return f"plain_{side}"
    return f"shift_{side}" if anomaly.type is AnomalyType.LEVEL_SHIFT else side


def _change(anomaly: Anomaly, kpi: Kpi) -> str:
    """How far off it was, in the words that fit its size; "" where the two cannot be compared.

    What is a percentage already differs by points, unless it is many times the usual: 93 of 99.5 % is 6.5 points less.
    Levels differ by decibels, however many times the one number is the other.
    """
    if is_level(kpi.unit):
        off = anomaly.actual - anomaly.expected
        if not math.isfinite(off):
            return ""
        return tell("change_level_more" if off >= 0 else "change_level_less", off=number(float(f"{abs(off):.2g}")))
    if not (math.isfinite(anomaly.actual) and anomaly.expected > 0 and anomaly.actual >= 0):
        return ""
    times = anomaly.actual / anomaly.expected
    if times > MOST_TIMES:
        return tell("change_beyond")
    if times >= LEAST_TIMES:
        return tell("change_times", times=number(times))
    way = "more" if times >= 1 else "less"
    if kpi.unit == "%":
        return tell(f"change_points_{way}", points=number(float(f"{abs(anomaly.actual - anomaly.expected):.2g}")))
    percent = 100 * abs(times - 1)
    if times < 1 and anomaly.actual > 0:
        percent = min(percent, 99.0)  # "100 % less" would say that nothing was left
    return tell(f"change_{way}", percent=number(round(percent) if percent >= ROUNDED else float(f"{percent:.2g}")))


def amount(value: float, kpi: Kpi) -> str:
    """A number with its unit, unless that is what is counted and the name of the KPI says it ("calls", "calls_mo")."""
    told = (kpi.unit == "%" or kpi.unit not in kpi.id) and math.isfinite(value)
    return with_unit(value, kpi.unit) if told else number(value)


def _band(anomaly: Anomaly, kpi: Kpi, measured: int) -> str:
    """What was expected: "420–560", "-2 to 3", or a single number where there is no band.

    A value that rose or fell within a wide band (what was strange is its step or how long it lasted) is told against
    the middle of it.
    """
    low, high = anomaly.lower / measured, anomaly.upper / measured
    if kpi.kind is not KpiKind.GAUGE or kpi.unit == "%":
        low = max(low, 0.0)
    if kpi.unit == "%":
        high = min(high, 100.0)
    within = anomaly.type not in _IN_BAND and low <= anomaly.actual / measured <= high
    if not (math.isfinite(low) and math.isfinite(high)) or (within and math.isfinite(anomaly.expected)):
        return amount(anomaly.expected / measured, kpi)
    if number(low) == number(high):
        return amount(low, kpi)
    return f"{number(low)}{'–' if low >= 0 else ' to '}{amount(high, kpi)}"  # "-2–-1" cannot be read


_IN_BAND = (AnomalyType.FLATLINE, AnomalyType.VOLATILITY, AnomalyType.SILENCE)
"""Types that say nothing of which side of the usual a value lies on."""
