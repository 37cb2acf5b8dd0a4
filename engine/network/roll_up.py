"""Cells put together: counts are summed, gauges averaged, ratios worked out from summed parts.

That is by site or area, or all cells of a region, cluster, technology, band, frequency or vendor, or of two of these,
such as all 5G of the North. What is missing of some cells must not look like a dip of the whole: a sum counts where the
cells that were measured carry at least `ENOUGH` of what all of them usually do, is flagged suspect where more than
`LITTLE` is missing or suspect, and is missing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from engine.data import (
    EQUIPMENT,
    TRAITS,
    BoolArray,
    Cell,
    DoubleArray,
    Flag,
    FlagArray,
    FloatArray,
    IntArray,
    Kpi,
    KpiKind,
    Panel,
)
from engine.errors import InputError, Reason
from engine.network.kpi_table import KpiEntry, KpiTable, quotient

PLACES = ("site", "area", "cluster", "region")
FIELDS = (*PLACES, *EQUIPMENT)
"""What cells can be put together by, one or two of them."""

ENOUGH = 0.9
LITTLE = 0.01
CELLS_AT_ONCE = 256


def fields_of(by: str) -> tuple[str, ...]:
    """The fields that a text such as "region" or "region+technology" names. Raises InputError where it names others."""
    fields = tuple(part.strip().lower() for part in by.split("+"))
    if not set(fields) <= set(FIELDS) or len(set(fields)) < len(fields) or len(fields) > 2:
        raise InputError(Reason("roll_up_unknown", {"by": by, "known": ", ".join(FIELDS)}))
    return fields


def choices(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What these cells can sensibly be put together by, as `roll_up` takes it: one field, then a place and equipment.

    A field is offered if it puts any two cells together; two, if they tell more groups than each of them.
    """
    values = {name: [getattr(cell, name) for cell in cells] for name in FIELDS}
    many = {name: len({value for value in said if value}) for name, said in values.items()}
    one = [name for name in FIELDS if 0 < many[name] < sum(map(bool, values[name]))]
    two = []
    for place, kind in (*product(reversed(PLACES), EQUIPMENT), ("technology", "vendor")):
        if place not in one or kind not in one:
            continue
        known = [both for both in zip(values[place], values[kind], strict=True) if all(both)]
        if max(many[place], many[kind]) < len(set(known)) < len(known):
            two.append(f"{place}+{kind}")
    return (*one, *two)


def roll_up(panel: Panel, by: str, table: KpiTable) -> tuple[Panel, tuple[Reason, ...]]:
    """The panel of the groups that `by` (`fields_of`) makes, in the order of their first cell, and notes.

    Cells of which a field is not known are left out with a note. Ratios whose parts the table and the panel do not hold
    are left out too: a mean of ratios would be wrong.
    Raises InputError: `by` is no such field, no cell has one, or no KPI is left.
    """
    fields = fields_of(by)
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, cell in enumerate(panel.cells):
        said = tuple(getattr(cell, name) for name in fields)
        if all(said):
            groups.setdefault(said, []).append(row)
    by = " and ".join(fields)
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
    between = _between(groups)
    cells = tuple(_cell(between.join(said), fields, [panel.cells[i] for i in of]) for said, of in groups.items())
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
        total, usual = np.zeros(periods), 0.0
        counted, good = np.zeros((2, periods)), np.zeros((2, periods))  # by what cells usually have, and each alike
        for first in range(0, len(rows), CELLS_AT_ONCE):
            some = rows[first : first + CELLS_AT_ONCE]
            part, marks = np.asarray(panel.values[kpi.id][some], np.float64), np.asarray(panel.flags[kpi.id][some])
            there = np.isfinite(part)
            weight: DoubleArray = np.stack([_usual(part, there), np.ones(len(some))])
            usual += weight[0].sum()
            total += np.where(there, part, 0.0).sum(0)
            counted += weight @ there
            good += weight @ (there & ((marks & Flag.SUSPECT) == 0))
            flags[k] |= np.bitwise_or.reduce(marks, axis=0) & ~np.uint8(Flag.SUSPECT)
        which = 0 if kpi.kind is KpiKind.COUNT and usual > 0 else 1
        whole = (usual, len(rows))[which]
        enough = (counted[which] >= ENOUGH * whole) & (counted[1] > 0)
        found = total if kpi.kind is KpiKind.COUNT else total / np.maximum(counted[1], 1)
        values[k] = np.where(enough, found, np.nan)
        flags[k] |= np.where(enough & (good[which] < (1 - LITTLE) * whole), np.uint8(Flag.SUSPECT), np.uint8(0))
    return values, flags


def _usual(part: DoubleArray, there: BoolArray) -> DoubleArray:
    """(C,) what each cell usually has: the median of its measured values, 0 where there is none."""
    usual: DoubleArray = np.array(
        [np.median(np.abs(x[m])) if m.any() else 0.0 for x, m in zip(part, there, strict=True)]
    )
    return usual


def _between(groups: Iterable[tuple[str, ...]]) -> str:
    """What stands between two fields in the name of a group: what stands in none of them, so that names stay apart."""
    slashes = "/"
    while any(slashes in value for said in groups for value in said):
        slashes += "/"
    return f" {slashes} "


def _cell(name: str, fields: Sequence[str], cells: list[Cell]) -> Cell:
    """A group as an entity, with the area and traits that its cells share; in their middle, if it is of one place."""
    placed = [(c.lat, c.lon) for c in cells if c.lat is not None and c.lon is not None and set(fields) & set(PLACES)]
    told = ("area", *TRAITS, *(("site",) if len(fields) > 1 else ()))
    shared = {name: next(iter(said)) for name in told if len(said := {getattr(c, name) for c in cells}) == 1}
    return Cell(
        name,
        name=name,
        lat=float(np.mean([lat for lat, _ in placed])) if placed else None,
        lon=float(np.mean([lon for _, lon in placed])) if placed else None,
        **shared,
    )
