"""Cells put together to sites or areas: counts are summed, gauges averaged, ratios worked out from summed parts.

What is missing of some cells must not look like a dip of the whole: a sum counts where the cells that were measured
carry at least `ENOUGH` of what all of them usually do, is flagged suspect where any is missing, and is missing else.
"""

from __future__ import annotations

import numpy as np

from engine.data import TRAITS, Cell, Flag, FlagArray, FloatArray, IntArray, Kpi, KpiKind, Panel
from engine.errors import InputError, Reason
from engine.network.kpi_table import KpiEntry, KpiTable, quotient

SITE, AREA = "site", "area"
ENOUGH = 0.9


def roll_up(panel: Panel, by: str, table: KpiTable) -> tuple[Panel, tuple[Reason, ...]]:
    """The panel of sites or areas, in the order of their first cell; cells without one are left out with a note.

    Ratios whose parts the table and the panel do not hold are left out too: a mean of ratios would be wrong.
    Raises InputError: `by` is neither, no cell has one, or no KPI is left.
    """
    if by not in (SITE, AREA):
        raise InputError(Reason("roll_up_unknown", {"by": by}))
    names = [cell.site if by == SITE else cell.area for cell in panel.cells]
    groups = {name: [i for i, n in enumerate(names) if n == name] for name in dict.fromkeys(filter(None, names))}
    if not groups:
        raise InputError(Reason("roll_up_nothing", {"by": by}))
    entries = {k: e for k, e in table.items() if e.numerator}
    kept = [k for k in panel.kpis if k.kind is not KpiKind.RATIO]
    values: dict[str, FloatArray] = {}
    flags: dict[str, FlagArray] = {}
    members = [np.array(rows, np.int64) for rows in groups.values()]
    for kpi in kept:
        values[kpi.id], flags[kpi.id] = _together(panel, kpi, members)
    kpis, left_out = list(kept), []
    ids = {k.id.lower(): k.id for k in kept}
    for kpi in panel.kpis:
        if kpi.kind is not KpiKind.RATIO:
            continue
        entry = entries.get(kpi.id.lower())
        parts = _parts(entry, ids)
        if entry is None or parts is None:
            left_out.append(kpi.id)
            continue
        values[kpi.id] = quotient(values[parts[0]], values[parts[1]], entry.scale)
        flags[kpi.id] = flags[parts[0]] | flags[parts[1]]
        kpis.append(kpi)
    if not kpis:
        raise InputError(Reason("roll_up_no_kpi", {"by": by, "kpis": ", ".join(left_out)[:300]}))
    notes = [Reason("rolled_up", {"by": by, "cells": sum(map(len, groups.values())), "groups": len(groups)})]
    if lost := len(panel.cells) - sum(map(len, groups.values())):
        notes.append(Reason("roll_up_left_out", {"by": by, "cells": lost}))
    if left_out:
        notes.append(Reason("roll_up_ratios", {"kpis": ", ".join(left_out)[:300]}))
    order = [k for k in panel.kpis if k in kpis]
    cells = tuple(_cell(name, [panel.cells[i] for i in rows]) for name, rows in groups.items())
    whole = Panel(panel.times, panel.period_s, panel.zone, cells, tuple(order), values, flags)
    return whole, tuple(notes)


def _parts(entry: KpiEntry | None, ids: dict[str, str]) -> tuple[str, str] | None:
    if entry is None:
        return None
    numerator, denominator = ids.get(entry.numerator.lower()), ids.get(entry.denominator.lower())
    return (numerator, denominator) if numerator and denominator else None


def _together(panel: Panel, kpi: Kpi, members: list[IntArray]) -> tuple[FloatArray, FlagArray]:
    """Sums (counts) or means (gauges) over the members of each group, and their flags."""
    periods = panel.shape[1]
    values = np.full((len(members), periods), np.nan, np.float32)
    flags = np.zeros((len(members), periods), np.uint8)
    for k, rows in enumerate(members):
        part = np.asarray(panel.values[kpi.id][rows], np.float64)
        there = np.isfinite(part)
        if not there.any():
            continue
        usual = np.array([np.median(np.abs(x[m])) if m.any() else 0.0 for x, m in zip(part, there, strict=True)])
        weight = usual if kpi.kind is KpiKind.COUNT and usual.sum() > 0 else np.ones(len(rows))
        share = (weight[:, None] * there).sum(0) / weight.sum()
        total = np.where(there, part, 0.0).sum(0)
        found = total if kpi.kind is KpiKind.COUNT else total / np.maximum(there.sum(0), 1)
        values[k] = np.where((share >= ENOUGH) & there.any(0), found, np.nan)
        marks = np.bitwise_or.reduce(np.asarray(panel.flags[kpi.id][rows]), axis=0)
        flags[k] = marks | np.where(np.isfinite(values[k]) & ~there.all(0), np.uint8(Flag.SUSPECT), np.uint8(0))
    return values, flags


def _cell(name: str, cells: list[Cell]) -> Cell:
    """A group as an entity: in the middle of its cells, with the area and the traits that they share."""
    placed = [(c.lat, c.lon) for c in cells if c.lat is not None and c.lon is not None]
    shared = {
        name: next(iter(said)) for name in ("area", *TRAITS) if len(said := {getattr(c, name) for c in cells}) == 1
    }
    return Cell(
        name,
        name=name,
        lat=float(np.mean([lat for lat, _ in placed])) if placed else None,
        lon=float(np.mean([lon for _, lon in placed])) if placed else None,
        **shared,
    )
