"""Which hours, days and circumstances go with anomalies: odds ratios with intervals, in sentences.

Each term is judged with the other circumstances held equal: night, weekend, holiday and eve together; each weekday
against the other days and each hour against the other hours; level of traffic and anomalous neighbours on top of the
calendar. Anomalous points come in spells, so intervals are widened by how much more such spells vary than independent
points would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.attribute import logistic
from engine.attribute.features import HIGH, LOW, MIDDLE, Tally, is_night, tally
from engine.attribute.rare import fit_rare
from engine.calendar import weekend_of
from engine.data import Association, Clock, DoubleArray, IntArray, Panel, Verdict
from engine.errors import Reason
from engine.network.neighbours import around
from engine.settings.weekend import DAYS
from engine.text import p_value, tell, times

SIGNIFICANCE = 0.05
ENTANGLED = 5.0
SPELLS = 1.5
FEWEST_FOR_WEEKDAYS, FEWEST_FOR_HOURS = 10, 20
"""Fewer anomalous points than this say nothing of single weekdays or hours."""

CALENDAR = ("night", "weekend", "holiday", "eve")


def associations(panel: Panel, clock: Clock, verdicts: Mapping[str, Verdict]) -> tuple[Association, ...]:
    """The associations of each KPI that has anomalies, in the order of the panel.

    verdicts: per KPI id which points are anomalous. Memory does not grow with the number of cells. A KPI without an
    anomaly, or anomalous everywhere, has none; nor has a term that never occurs, always occurs, or is a combination of
    others. Where events are rare or the data separate the estimates are those of `engine.attribute.rare`.
    """
    neighbours = around(panel.cells)
    found: list[Association] = []
    for kpi in panel.kpis:
        counted = tally(panel, clock, verdicts[kpi.id], kpi, neighbours)
        if 0 < counted.events.sum() < counted.points.sum():
            found += _of_kpi(kpi.id, counted, clock)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Table:
    """0/1 columns by term, points and anomalous ones, and the number of the stretch of time, (G,) each.

    stretch: rows that a single spell of anomalies may well fill; as long as the levels compared are.
    """

    columns: Mapping[str, DoubleArray]
    trials: DoubleArray
    events: DoubleArray
    stretch: IntArray

    def with_columns(self, **more: DoubleArray) -> _Table:
        """The same rows with more columns."""
        return replace(self, columns={**self.columns, **more})


def _of_kpi(kpi: str, counted: Tally, clock: Clock) -> list[Association]:
    at = counted.example
    calendar = {"night": is_night(clock), "weekend": clock.weekend, "holiday": clock.holiday, "eve": clock.eve}
    day, hours, weekdays = clock.day[at], clock.hour[at], clock.weekday[at]
    by_day = _Table(
        {name: flag[at].astype(float) for name, flag in calendar.items()},
        counted.points.sum(axis=(1, 2)).astype(float),
        counted.events.sum(axis=(1, 2)).astype(float),
        day,
    )
    by_quarter = replace(by_day, stretch=day * 4 + hours // 6)
    by_hour = replace(by_day, stretch=day * 24 + hours)
    found = _judged(kpi, by_quarter, ("night",), CALENDAR)
    found += _judged(kpi, by_day, ("weekend", "holiday", "eve"), CALENDAR)
    happened = int(min(counted.events.sum(), counted.points.sum() - counted.events.sum()))
    for weekday in range(7) if happened >= FEWEST_FOR_WEEKDAYS else ():
        table = by_day.with_columns(**{f"weekday_{weekday}": (weekdays == weekday).astype(float)})
        found += _judged(kpi, table, (f"weekday_{weekday}",), ("night", "holiday", "eve"), family=7)
    for hour in np.unique(hours).tolist() if happened >= FEWEST_FOR_HOURS else ():
        table = by_hour.with_columns(**{f"hour_{hour}": (hours == hour).astype(float)})
        found += _judged(kpi, table, (f"hour_{hour}",), ("weekend", "holiday", "eve"), family=24)

    if counted.traffic:
        found += _by_traffic(kpi, by_quarter, counted)
    if counted.has_neighbours:
        sides = [(c[:, 0], c[:, 1]) for c in (counted.points.sum(1), counted.events.sum(1))]
        table = _stacked(by_quarter, sides, {"neighbours": (0.0, 1.0)})
        found += _judged(kpi, table, ("neighbours",), CALENDAR)
    return [_naming_days(one, clock) if one.term == "weekend" else one for one in found]


def _naming_days(one: Association, clock: Clock) -> Association:
    """The association with the weekend, saying which days that is."""
    days = [tell(f"weekday_{DAYS[day]}") for day in weekend_of(clock)]
    if not days:
        return one
    code, told = one.sentence.code.replace("_weekend", "_weekend_days"), one.sentence.params
    return replace(one, sentence=Reason(code, {**told, "days": _and(days)}))


def _and(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else tell("weekend_days_and", days=", ".join(days[:-1]), last=days[-1])


def _by_traffic(kpi: str, by_quarter: _Table, counted: Tally) -> list[Association]:
    """Little and much traffic against medium, with the calendar held equal."""
    levels = [(c[:, MIDDLE], c[:, LOW], c[:, HIGH]) for c in (counted.points.sum(2), counted.events.sum(2))]
    table = _stacked(by_quarter, levels, {"traffic_low": (0.0, 1.0, 0.0), "traffic_high": (0.0, 0.0, 1.0)})
    return _judged(kpi, table, ("traffic_low", "traffic_high"), CALENDAR, counted.traffic)


def _stacked(table: _Table, counts: Sequence[Sequence[IntArray]], columns: Mapping[str, Sequence[float]]) -> _Table:
    """One copy of the rows per level. counts: (points, events), each per level; columns: term -> value per level."""
    points, events = counts
    count = len(points)
    tiled = {name: np.tile(column, count) for name, column in table.columns.items()}
    more = {name: np.repeat(np.array(value), len(table.stretch)) for name, value in columns.items()}
    return _Table(
        {**tiled, **more},
        np.concatenate(points).astype(float),
        np.concatenate(events).astype(float),
        np.concatenate([table.stretch * count + level for level in range(count)]),
    )


def _judged(
    kpi: str, table: _Table, terms: Sequence[str], held: Sequence[str], traffic: str = "", family: int = 1
) -> list[Association]:
    """The associations of `terms`, with `held` (and each other) held equal.

    traffic: the KPI whose level is among the terms. family: how many levels of one kind are looked at, for what counts
    as clear (Bonferroni).
    """
    names = _independent(table, [*terms, *(name for name in held if name not in terms)])
    wanted = [name for name in terms if name in names]
    if not wanted:
        return []
    design, which, trials, events, stretch = _grouped(table, names)
    total, happened = (np.asarray(np.bincount(which, c), float) for c in (trials, events))
    fitted = logistic.fit(design, total, happened)
    few = fit_rare(design, total, happened) if fitted.penalised else None
    best = fitted if few is None else few
    spread = logistic.overdispersion(best.probability[which], len(names) + 1, trials, events, stretch)
    widen = float(np.sqrt(spread))
    inflation = logistic.variance_inflation(design, total)
    lows, highs = fitted.interval(widen)
    p_values = fitted.p_values(widen)
    found = []
    for name in wanted:
        k = names.index(name) + 1
        inside = table.columns[name] > 0
        points, struck = int(table.trials[inside].sum()), int(table.events[inside].sum())
        low, high, p = (lows[k], highs[k], float(p_values[k])) if few is None else few.judge(k, widen)
        ratio, ends = _ratio(best.coefficients[k]), (_ratio(low), _ratio(high))
        warnings = []
        if struck in (0, points):
            warnings.append(Reason("association_never" if struck == 0 else "association_always"))
        if fitted.rare:
            fewer = min(table.events.sum(), (table.trials - table.events).sum())
            warnings.append(Reason("association_rare", {"events": int(fewer), "variables": len(names)}))
        if not fitted.converged:
            warnings.append(Reason("association_unfinished"))
        if float(inflation[k]) > ENTANGLED:
            warnings.append(Reason("association_entangled", {"factor": float(inflation[k])}))
        if spread > SPELLS:
            warnings.append(Reason("association_spells", {"times": widen}))
        if name.startswith("traffic") and traffic == kpi:
            warnings.append(Reason("association_circular", {"kpi": kpi}))
        found.append(
            Association(
                kpi=kpi,
                term=name,
                coefficient=float(best.coefficients[k]),
                odds_ratio=ratio,
                low=ends[0],
                high=ends[1],
                p_value=p,
                n=points,
                events=struck,
                sentence=sentence(name, ratio, ends, p, clear=p * family < SIGNIFICANCE),
                warnings=tuple(warnings),
            )
        )
    return found


def sentence(term: str, ratio: float, interval: tuple[float, float], p: float, *, clear: bool) -> Reason:
    """An odds ratio in words, its reference level named; `clear` = hardly chance.

    Raises KeyError when worded if `term` is none that `associations` makes.
    """
    low, high = interval
    params: dict[str, str | int | float] = {"ratio": times(ratio), "low": times(low), "high": times(high)}
    return Reason(f"association_{term}" + ("" if clear else "_unclear"), {**params, "p": p_value(p)})


def _ratio(coefficient: float) -> float:
    return float(np.exp(np.clip(coefficient, -700.0, 700.0)))


def _independent(table: _Table, names: Sequence[str]) -> list[str]:
    """`names` without those that never vary or are a combination of the ones before."""
    seen = np.flatnonzero(table.trials > 0)
    _, first = np.unique(_pattern(table, names)[seen], return_index=True)
    rows = seen[first]
    kept: list[str] = []
    design = np.ones((len(rows), 1))
    for name in names:
        tried = np.column_stack([design, table.columns[name][rows]])
        if np.linalg.matrix_rank(tried) == tried.shape[1]:
            kept.append(name)
            design = tried
    return kept


def _pattern(table: _Table, names: Sequence[str]) -> IntArray:
    """(G,) a number that is the same for rows of the same 0/1 pattern of `names`."""
    key = np.zeros(len(table.stretch), np.int64)
    for name in names:
        key = 2 * key + (table.columns[name] > 0)
    return key


def _grouped(table: _Table, names: Sequence[str]) -> tuple[DoubleArray, IntArray, DoubleArray, DoubleArray, IntArray]:
    """The rows put together by pattern and stretch of time.

    Returns the design (P, k + 1) of the patterns, intercept first, and per row (G,): which pattern, trials, events,
    stretch.
    """
    pattern = _pattern(table, names)
    kinds, example, which = np.unique(pattern, return_index=True, return_inverse=True)
    design = np.stack([np.ones(len(kinds)), *(table.columns[name][example] for name in names)], axis=1)
    rows, first, row = np.unique(table.stretch * len(kinds) + which, return_index=True, return_inverse=True)
    trials, events = (np.asarray(np.bincount(row, c), float) for c in (table.trials, table.events))
    return design, which[first], trials, events, rows // len(kinds)
