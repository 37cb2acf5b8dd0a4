"""Which values go with a label: odds ratios of the label for low and high values of each KPI, and for night hours.

A value is low below the lower quartile of its KPI and high above the upper one; each term is judged with the same KPI's
other level held equal and all other KPIs too. Intervals are widened by how much more the labels of a station vary than
independent rows would: rows of one station are alike.
"""

from __future__ import annotations

import numpy as np

from engine.attribute import logistic
from engine.data import Association, DoubleArray
from engine.errors import Reason
from engine.rowwise.table import NO_HOUR, RowTable
from engine.text import p_value, times

SIGNIFICANCE = 0.05
ENTANGLED = 5.0
STATIONS = 1.5
_NIGHT = 6


def label_associations(table: RowTable) -> tuple[Association, ...]:
    """The associations of the label; none where no row, or every row, is labelled anomalous."""
    known = table.labelled
    events = (table.labels[known] == 1).astype(float)
    if not 0 < events.sum() < len(events):
        return ()
    names, columns = _terms(table)
    design = np.column_stack([np.ones(int(known.sum())), *(c[known] for c in columns)])
    kept = [0]
    for k in range(1, design.shape[1]):
        if np.linalg.matrix_rank(design[:, [*kept, k]]) == len(kept) + 1:
            kept.append(k)
    design = design[:, kept]
    stations = table.stations()[known]
    patterns, which = np.unique(np.column_stack([design, stations]), axis=0, return_inverse=True)
    which = which.reshape(-1)
    trials, struck = np.bincount(which).astype(float), np.bincount(which, events).astype(float)
    fitted = logistic.fit(patterns[:, :-1], trials, struck)
    spread = logistic.overdispersion(fitted.probability, len(kept), trials, struck, patterns[:, -1].astype(np.int64))
    widen = float(np.sqrt(spread))
    inflation = logistic.variance_inflation(patterns[:, :-1], trials)
    lows, highs = fitted.interval(widen)
    p_values = fitted.p_values(widen)
    family = len(kept) - 1
    found = []
    for place, k in enumerate(kept):
        if k == 0:
            continue
        inside = design[:, place] > 0
        kpi, level = names[k - 1]
        warnings = [*_warnings(fitted, float(events.sum()), len(events), family)]
        if float(inflation[place]) > ENTANGLED:
            warnings.append(Reason("association_entangled", {"factor": float(inflation[place])}))
        if spread > STATIONS:
            warnings.append(Reason("rows_stations", {"times": widen}))
        low, high = (float(np.exp(np.clip(v[place], -700, 700))) for v in (lows, highs))
        ratio, p = logistic.odds_ratio(float(fitted.coefficients[place])), float(p_values[place])
        told = {"label": table.label_name, "kpi": kpi, "ratio": times(ratio), "low": times(low), "high": times(high)}
        clear = "" if p * family < SIGNIFICANCE else "_unclear"
        found.append(
            Association(
                kpi=table.label_name,
                term=f"{kpi}_{level}" if kpi else level,
                coefficient=float(fitted.coefficients[place]),
                odds_ratio=ratio,
                low=low,
                high=high,
                p_value=p,
                n=int(inside.sum()),
                events=int(events[inside].sum()),
                sentence=Reason(f"rows_association_{level}{clear}", {**told, "p": p_value(p)}),
                warnings=tuple(warnings),
            )
        )
    return tuple(found)


def _terms(table: RowTable) -> tuple[list[tuple[str, str]], list[DoubleArray]]:
    """((KPI, level) of each 0/1 column, the columns); a missing value is neither low nor high."""
    names: list[tuple[str, str]] = []
    columns: list[DoubleArray] = []
    with np.errstate(invalid="ignore"):
        for k, kpi in enumerate(table.kpis):
            x = table.values[:, k]
            measured = x[np.isfinite(x) & table.labelled]
            if not len(measured):
                continue
            low, high = np.quantile(measured, (0.25, 0.75))
            names += [(kpi, "low"), (kpi, "high")]
            columns += [(x < low).astype(float), (x > high).astype(float)]
    if (table.hours != NO_HOUR).all():
        names.append(("", "night"))
        columns.append((table.hours < _NIGHT).astype(float))
    return names, columns


def _warnings(fitted: logistic.Logit, events: float, rows: int, variables: int) -> list[Reason]:
    warnings = [Reason("rows_circular")]
    if fitted.rare:
        warnings.append(Reason("association_rare", {"events": int(min(events, rows - events)), "variables": variables}))
    if not fitted.converged:
        warnings.append(Reason("association_unfinished"))
    return warnings
