"""Gaps filled as a person wants it, after quality was measured and before anything is looked for.

What is filled carries `Flag.IMPUTED` to the end, and is never taken for a measurement: it is not learned from, and no
anomaly begins or ends on it. Only a zero that a person declared ("nothing reported means nothing happened") counts as
one that was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.data import BoolArray, Flag, FlagArray, FloatArray, Panel
from engine.errors import InputError, Reason
from engine.execution.scratch import allocate
from engine.numerics.runs import find_runs
from engine.settings.gap_policy import ALL, HOLD, INTERPOLATE, MISSING, ZERO, GapPolicy, policy_of, read

MANY_CELLS = 30
"""From this many cells on, a period without a value of any cell was not collected; with fewer it may be a quiet one."""

ROWS_AT_ONCE = 256


def fill(panel: Panel, policies: Sequence[str]) -> Panel:
    """The panel with its gaps filled by policy; points that an earlier policy filled are gaps again first.

    policies: as `engine.settings.gap_policy` reads them; KPIs that the panel does not have are ignored. A value
    is held, or interpolated along a line, over gaps of at most the given length; a longer gap, and one before the
    first value, stays whole, and so does for the line one after the last. Zero fills every gap, but with many cells
    not the periods in which none of them reported the KPI. The panel given is not changed. Raises InputError for what
    is no policy.
    """
    panel = measured(panel)
    values, flags = dict(panel.values), dict(panel.flags)
    for kpi in panel.kpis:
        policy = policy_of(kpi.id, policies)
        if policy.kind != MISSING:
            values[kpi.id], flags[kpi.id] = _filled(values[kpi.id], flags[kpi.id], policy)
    return replace(panel, values=values, flags=flags)


def measured(panel: Panel) -> Panel:
    """The panel without what a policy filled in: as it was measured. The same panel if nothing was."""
    values, flags = dict(panel.values), dict(panel.flags)
    filled = [kpi.id for kpi in panel.kpis if _holds_imputed(flags[kpi.id])]
    for kpi_id in filled:
        out = allocate(panel.shape, np.nan)
        for first in range(0, len(out), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            imputed = (flags[kpi_id][rows] & Flag.IMPUTED) != 0
            out[rows] = np.where(imputed, np.float32(np.nan), values[kpi_id][rows])
        values[kpi_id], flags[kpi_id] = out, flags[kpi_id] & ~np.uint8(Flag.IMPUTED)
    return replace(panel, values=values, flags=flags) if filled else panel


def check_names(panel: Panel, policies: Sequence[str]) -> None:
    """Raises InputError for a policy of a KPI that the panel does not have."""
    known = {kpi.id for kpi in panel.kpis}
    for name in read(policies):
        if name != ALL and name not in known:
            raise InputError(Reason("no_such_kpi", {"kpi": name, "kpis": ", ".join(known)[:500]}))


def invented(kpi: str, flags: FlagArray, policies: Sequence[str]) -> BoolArray | None:
    """Which points of a KPI are no statement about the network: held or interpolated ones. None if none can be.

    flags: those of the KPI, any shape; the answer has the same.
    """
    if policy_of(kpi, policies).kind not in (HOLD, INTERPOLATE):
        return None
    found: BoolArray = (flags & Flag.IMPUTED) != 0
    return found


def stated(panel: Panel, kpi: str, policies: Sequence[str]) -> Panel:
    """The panel with NaN where a value of the KPI was held or interpolated; its flags still say so."""
    filled = invented(kpi, panel.flags[kpi], policies)
    if filled is None:
        return panel
    return replace(panel, values={**panel.values, kpi: np.where(filled, np.float32(np.nan), panel.values[kpi])})


def unlearned(kpi: str, policies: Sequence[str]) -> Flag:
    """The flags of a KPI's points that are not learned from."""
    declared = policy_of(kpi, policies).kind == ZERO
    return Flag.SUSPECT | Flag.MAINTENANCE | (Flag(0) if declared else Flag.IMPUTED)


def _holds_imputed(flags: FlagArray) -> bool:
    flags = flags if any(flags.strides) else flags[:1, :1]  # one number that stands for all
    return any(bool((flags[k : k + ROWS_AT_ONCE] & Flag.IMPUTED).any()) for k in range(0, len(flags), ROWS_AT_ONCE))


def _filled(values: FloatArray, flags: FlagArray, policy: GapPolicy) -> tuple[FloatArray, FlagArray]:
    """Values and flags with gaps filled, in arrays of their own."""
    cells = len(values)
    out, marks = allocate(values.shape, np.nan), np.array(flags)
    collected = np.ones(values.shape[1], bool)
    if policy.kind == ZERO and cells >= MANY_CELLS:
        collected[:] = False
        for first in range(0, cells, ROWS_AT_ONCE):
            collected |= np.isfinite(values[first : first + ROWS_AT_ONCE]).any(axis=0)
    for first in range(0, cells, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        part = np.array(values[rows], np.float32)
        gaps = ~np.isfinite(part)
        put = gaps & collected if policy.kind == ZERO else _short(gaps, policy)
        part[put] = 0.0 if policy.kind == ZERO else _between(part, gaps, put, policy)
        out[rows] = part
        marks[rows][put] |= np.uint8(Flag.IMPUTED)
    return out, marks


def _short(gaps: BoolArray, policy: GapPolicy) -> BoolArray:
    """The gaps that are short enough and have the values beside them that the policy needs."""
    runs = find_runs(gaps)
    fits = (runs.length <= policy.longest) & (runs.start > 0)
    if policy.kind == INTERPOLATE:
        fits &= runs.stop < gaps.shape[1]
    return runs.paint(fits, gaps.shape)


def _between(values: FloatArray, gaps: BoolArray, put: BoolArray, policy: GapPolicy) -> FloatArray:
    """What stands at the points `put`, in their order: the value before, or on the line to the one after."""
    places = np.arange(values.shape[1])
    before = np.maximum.accumulate(np.where(gaps, 0, places), axis=1)[put]
    row, at = np.nonzero(put)
    held: FloatArray = values[row, before]
    if policy.kind == HOLD:
        return held
    after = np.minimum.accumulate(np.where(gaps, len(places), places)[:, ::-1], axis=1)[:, ::-1][put]
    along = ((at - before) / (after - before)).astype(np.float32)
    found: FloatArray = held + along * (values[row, after] - held)
    return found
