"""Which KPIs came with later files and which stayed out: a column that is called otherwise is one of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.calendar import local_text
from engine.data import Panel
from engine.errors import Reason
from engine.execution import scratch
from engine.execution.arrays import blocks

NEW, WITHOUT = "append_kpis_new", "append_kpis_without"
OTHER_KPIS = (NEW, WITHOUT)
"""The codes of both: where they come together, a column may have been given another name."""

_NAMED = 8
_DAY_S = 86_400


def new_kpis(old: Panel, later: Panel) -> tuple[Reason, ...]:
    """A note of the KPIs that only the later panel has; none where it has none."""
    known = {kpi.id for kpi in old.kpis}
    names = [kpi.id for kpi in later.kpis if kpi.id not in known]
    if not names:
        return ()
    return (Reason(NEW, {"count": len(names), "names": _named(names)}),)


def without_values(panel: Panel, since: np.datetime64) -> tuple[Reason, ...]:
    """A note of the KPIs that were measured in the day before `since` and are not from then on; none where all are.

    Cells of which nothing is measured from then on say nothing of a KPI: files may hold some of the cells only.
    """
    at = int(np.searchsorted(panel.times, since))
    day = max(1, _DAY_S // panel.period_s)
    before, after = slice(max(0, at - day), at), slice(at, None)
    if not at or at >= panel.shape[1]:
        return ()
    heard = np.zeros(panel.shape[0], bool)
    ended = {}
    for kpi in panel.kpis:
        values = panel.values[kpi.id]
        had, has = np.zeros_like(heard), np.zeros_like(heard)
        for some in blocks(panel.shape):
            had[some] = np.isfinite(values[some, before]).any(axis=1)
            has[some] = np.isfinite(values[some, after]).any(axis=1)
            scratch.release([values])
        heard |= has
        if not has.any():
            ended[kpi.id] = had
    names = [name for name, had in ended.items() if (had & heard).any()]
    if not names:
        return ()
    told: dict[str, str | int | float] = {
        "count": len(names),
        "names": _named(names),
        "since": local_text(panel.times[at], panel.zone, year=True),
        "utc": str(panel.times[at]),
    }
    return (Reason(WITHOUT, told),)


def still_without(panel: Panel, notes: Sequence[Reason]) -> tuple[Reason, ...]:
    """Notes of before, those of KPIs without values as they are now: what has come since is said no more."""
    found: list[Reason] = []
    for note in notes:
        if note.code == WITHOUT:
            found.extend(without_values(panel, np.datetime64(str(note.params["utc"]))))
        else:
            found.append(note)
    return tuple(found)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
