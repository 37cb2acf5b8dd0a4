"""A network's own KPI dictionary: what its KPIs are called, count, mean and are made of, where names do not say it.

A CSV with a header: `kpi` and any of `unit`, `kind` (count, ratio, gauge), `bad` (up, down, both), `numerator` and
`denominator` (KPIs of the same data). A ratio with both is worked out from the two, also after rows of several cells or
finer periods were put together: a ratio of sums, never a mean of ratios. One that is in no file is made from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data import Direction, FlagArray, FloatArray, Kpi, KpiKind, Panel
from engine.errors import InputError, Reason
from engine.network import side_table

COLUMNS = {name: (name,) for name in ("kpi", "unit", "kind", "bad", "numerator", "denominator")}
_PERCENT = "%"


@dataclass(frozen=True)
class KpiEntry:
    """What the dictionary says of one KPI; "" and None = nothing."""

    kpi: str
    unit: str = ""
    kind: KpiKind | None = None
    bad: Direction | None = None
    numerator: str = ""
    denominator: str = ""

    @property
    def scale(self) -> float:
        """What the quotient is multiplied by."""
        return 100.0 if self.unit == _PERCENT else 1.0

    def of(self, kpi: Kpi) -> Kpi:
        """The KPI with what the dictionary says of it."""
        told = self.unit or kpi.unit, self.kind or kpi.kind, self.bad or kpi.bad
        return Kpi(kpi.id, *told, self.denominator or kpi.denominator)


KpiTable = Mapping[str, KpiEntry]
"""By the name of the KPI in small letters."""


def read_kpi_table(path: Path) -> KpiTable:
    """The dictionary in a file.

    Raises InputError naming file, line and value: no column `kpi`, an unknown kind or direction, half a ratio.
    """
    return {told["kpi"].lower(): _entry(told, path, line) for line, told in side_table.read(path, COLUMNS, "kpi")}


def _entry(told: Mapping[str, str], path: Path, line: int) -> KpiEntry:
    kinds, directions = [k.value for k in KpiKind], [d.value for d in Direction]
    for column, choices in (("kind", kinds), ("bad", directions)):
        if told[column] and told[column].lower() not in choices:
            raise side_table.wrong_value(path, line, column, told[column], ", ".join(choices))
    if bool(told["numerator"]) != bool(told["denominator"]):
        raise InputError(Reason("kpi_table_half", {"file": path.name, "line": line, "kpi": told["kpi"]}))
    kind = KpiKind(told["kind"].lower()) if told["kind"] else KpiKind.RATIO if told["numerator"] else None
    return KpiEntry(
        kpi=told["kpi"],
        unit=told["unit"],
        kind=kind,
        bad=Direction(told["bad"].lower()) if told["bad"] else None,
        numerator=told["numerator"],
        denominator=told["denominator"],
    )


def to_read(chosen: Sequence[str], table: KpiTable) -> tuple[str, ...]:
    """The KPIs that files must be read for, so that the chosen ones can be worked out; () = all."""
    names: dict[str, None] = {}
    for name in chosen:
        entry = table.get(name.lower())
        parts = (entry.numerator, entry.denominator) if entry is not None and entry.numerator else (name,)
        names |= dict.fromkeys(parts)
    return tuple(names)


def apply(panel: Panel, table: KpiTable) -> tuple[Panel, tuple[Reason, ...]]:
    """The panel with units, kinds and directions of the dictionary, and its ratios worked out from their parts.

    A ratio is NaN where a part is missing or the denominator is not above 0; it carries the flags of both. Notes name
    what was worked out and what could not be. The given panel is not changed.
    """
    kpis = {k.id: table[k.id.lower()].of(k) if k.id.lower() in table else k for k in panel.kpis}
    ids = {k.lower(): k for k in kpis}
    values, flags = dict(panel.values), dict(panel.flags)
    made, lacking = [], []
    for entry in table.values():
        if not entry.numerator:
            continue
        parts = [ids.get(name.lower()) for name in (entry.numerator, entry.denominator)]
        if parts[0] is None or parts[1] is None:
            lacking.append(entry.kpi)
            continue
        name = ids.get(entry.kpi.lower(), entry.kpi)
        told = entry.of(kpis.get(name, Kpi(entry.kpi, "", KpiKind.RATIO, Direction.BOTH)))
        kpis[name] = dataclasses.replace(told, denominator=parts[1])
        values[name] = quotient(panel.values[parts[0]], panel.values[parts[1]], entry.scale)
        flags[name] = _both(panel.flags[parts[0]], panel.flags[parts[1]])
        made.append(name)
    notes = []
    if made:
        notes.append(Reason("kpis_worked_out", {"kpis": ", ".join(made)[:300]}))
    if lacking:
        notes.append(Reason("kpis_parts_lacking", {"kpis": ", ".join(lacking)[:300]}))
    return dataclasses.replace(panel, kpis=tuple(kpis.values()), values=values, flags=flags), tuple(notes)


def quotient(numerator: FloatArray, denominator: FloatArray, scale: float) -> FloatArray:
    """scale * numerator / denominator, NaN where the denominator is missing or not above 0. (C, T) each."""
    from engine.execution.arrays import blocks, unknown

    (result,) = unknown(1, (numerator.shape[0], numerator.shape[1]))
    for rows in blocks((numerator.shape[0], numerator.shape[1])):
        below = np.where(denominator[rows] > 0, denominator[rows], np.float32(np.nan))
        result[rows] = np.float32(scale) * numerator[rows] / below
    return result


def _both(one: FlagArray, other: FlagArray) -> FlagArray:
    """The flags of either; without a copy where neither has any."""
    if 0 in one.strides and 0 in other.strides:
        return one
    both: FlagArray = one | other
    return both
