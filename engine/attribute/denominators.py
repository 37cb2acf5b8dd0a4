"""What a ratio is of, and whether a KPI counts events: who says that few of them came by chance has to know both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data import Direction, FloatArray, Kpi, KpiKind
from engine.execution.scratch import release
from engine.files.name_words import words

EVENT_UNITS = frozenset({
    "", "attempts", "calls", "connections", "drops", "errors", "events", "failures", "handovers", "messages",
    "packets", "records", "requests", "sessions",
})  # fmt: skip
"""Units of what happens one by one. Users and subscribers are there rather than happen."""

LOOKED_AT = 32
"""Cells whose values say whether a KPI has whole numbers only."""

_SAME = {"handover": "ho", "handovers": "ho", "hosr": "ho", "rrcssr": "rrc", "erabsr": "erab", "erabdr": "erab"} | {
    "calls": "call", "cssr": "call", "dcr": "call", "sessions": "session", "packets": "packet", "messages": "message",
}  # fmt: skip
_ATTEMPTS = frozenset({"att", "attempt", "attempts", "req", "request", "requests"})
_SUCCESSES = frozenset({"succ", "success", "successes", "successful", "ok", "completed"})
_OF_ANY = _ATTEMPTS | _SUCCESSES | frozenset({
    "rate", "ratio", "sr", "dr", "fr", "pct", "percent", "drop", "drops", "dropped", "fail", "fails", "failed",
    "failure", "failures", "error", "errors", "loss", "lost", "abnormal", "release", "releases", "setup", "conn",
    "connection", "establishment", "estab", "num", "number", "nbr", "count", "total", "sum", "of", "the", "kpi",
})  # fmt: skip
"""Words that ratios and counts of whatever procedure have in their names: the others say of which it is."""


def denominator_of(ratio: Kpi, kpis: Sequence[Kpi]) -> Kpi | None:
    """The count among `kpis` that a ratio is of: the one the dictionary names, else one of the same procedure by name.

    "ho_sr" is of "ho_att", "RRC Setup Success Rate" of "rrc_conn_att", a plain "drop_rate" of "calls"; where there are
    several, of the attempts. What succeeded may be lost, but is no attempt: it is what a drop rate is of, never a
    success rate. None where no name says it: some other count of the cell tells nothing of it.
    """
    counts = [kpi for kpi in kpis if kpi.kind is KpiKind.COUNT]
    if ratio.denominator:
        return next((kpi for kpi in counts if kpi.id.lower() == ratio.denominator.lower()), None)
    of = _procedure(ratio.id)
    alike = [kpi for kpi in counts if kpi.bad is not Direction.UP and kpi.unit.lower() in EVENT_UNITS]
    alike = [kpi for kpi in alike if _procedure(kpi.id) == of]
    if ratio.bad is not Direction.UP:
        alike = [kpi for kpi in alike if not words(kpi.id) & _SUCCESSES]
    return min(alike, key=lambda kpi: _rank(kpi.id), default=None)


def counts_events(kpi: Kpi, values: FloatArray) -> bool:
    """Whether a KPI counts what happens one by one: no volume, time or Erlang, and its values (C, T) are whole."""
    if kpi.kind is not KpiKind.COUNT or kpi.unit.lower() not in EVENT_UNITS:
        return False
    some = values[:: max(1, len(values) // LOOKED_AT)]
    there = some[np.isfinite(some)]
    release([values])
    return bool((there == np.floor(there)).all())


def _procedure(name: str) -> frozenset[str]:
    """What a name is about, without what it says of it; a call where nothing is left."""
    have = words(name)
    have -= {word for word in have for part in have if len(word) > len(part) > 1 and word.startswith(part)}
    if {"e", "rab"} <= have:
        have = have - {"e", "rab"} | {"erab"}
    about = frozenset(_SAME.get(word, word) for word in have if word not in _OF_ANY)
    return about or frozenset({"call"})


def _rank(name: str) -> int:
    have = words(name)
    return 0 if have & _ATTEMPTS else 2 if have & _SUCCESSES else 1
