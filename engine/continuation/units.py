"""Later measurements in the units of the earlier ones: an export may state kbit/s one month and Mbit/s the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.data import FloatArray, Kpi, Panel
from engine.data.units import SPELT, factor, is_level
from engine.errors import InputError, Reason
from engine.execution import scratch
from engine.execution.arrays import blocks


def in_units_of(old: Panel, later: Panel) -> tuple[Panel, tuple[Reason, ...]]:
    """The later panel with its values in the units of the earlier one; notes say what was converted or assumed.

    Where only one of the two says in what a KPI is, it is taken as the same. Neither panel is changed. Raises
    InputError where units are not of one quantity or one of them is not known, OutputError where there is no room.
    """
    known = {kpi.id: kpi for kpi in old.kpis}
    values, kpis, notes = dict(later.values), [], []
    for kpi in later.kpis:
        before = known.get(kpi.id)
        if before is None or before.unit == kpi.unit:
            kpis.append(kpi)
            continue
        told: dict[str, str | int | float] = {"kpi": kpi.id, "old": before.unit, "new": kpi.unit}
        kpis.append(replace(kpi, unit=before.unit or kpi.unit))
        if not (before.unit and kpi.unit):
            if (before.unit or kpi.unit) in SPELT:
                code = "append_unit_left_out" if before.unit else "append_unit_unknown"
                notes.append(Reason(code, {"kpi": kpi.id, "unit": before.unit or kpi.unit}))
            continue
        times = factor(kpi.unit, before.unit)
        if times is None:
            raise InputError(Reason(_refusal(before, kpi), told))
        if times != 1:
            values[kpi.id] = scaled(later.values[kpi.id], times)
            notes.append(Reason("append_unit_converted", told))
    return replace(later, kpis=tuple(kpis), values=values), tuple(notes)


def _refusal(before: Kpi, later: Kpi) -> str:
    """Whether they are of different quantities, or nobody knows: "kb" may be bits and bytes."""
    units = [SPELT.get(kpi.unit) for kpi in (before, later)]
    known = all(unit is not None and (unit.quantity != unit.symbol or is_level(unit.symbol)) for unit in units)
    return "append_unit_other" if known else "append_unit"


def scaled(values: FloatArray, times: float) -> FloatArray:
    """The values times a factor, in an array of their own."""
    found = scratch.allocate(values.shape, np.nan)
    for some in blocks(values.shape):
        found[some] = np.asarray(values[some], np.float64) * times
        scratch.release([found, values])
    return found
