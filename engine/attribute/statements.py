"""Facts as sentences: the wording of evidence, shared by the rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.attribute.facts import Facts, KpiFacts
from engine.attribute.lifetimes import New
from engine.attribute.takeover import TakeOver
from engine.calendar import duration_text
from engine.errors import Reason
from engine.text import tell, times, with_unit

MOST_NAMES = 3
MOST_TIMES, MOST_SHARE = 99.0, 10.0
"""More than this times the expected says no more than "a lot"."""


def percent(share: float) -> str:
    """A share for a sentence: "12 %"; "unknown" if it is not known."""
    if not np.isfinite(share):
        return "unknown"
    if share > MOST_SHARE:
        return f"over {100 * MOST_SHARE:,.0f} %"
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "under 1 %"


def names(kpis: Sequence[KpiFacts]) -> str:
    """The ids of some KPIs, at most three of them spelled out."""
    return _listed([k.kpi.id for k in kpis])


def _listed(some: Sequence[str]) -> str:
    listed = ", ".join(some[:MOST_NAMES])
    more = len(some) - MOST_NAMES
    return tell("names_more", names=listed, more=more) if more > 0 else listed


def fell_to_zero(dead: Sequence[KpiFacts]) -> Reason:
    """Counts at zero."""
    always = all(k.zero > 0.95 for k in dead)
    return Reason("evidence_zero" if always else "evidence_zero_mostly", {"kpis": names(dead)})


def several(f: Facts) -> Reason:
    """How far it reaches."""
    if f.sites > 1 and f.places == f.sites and not f.apart:
        return Reason("evidence_several", {"cells": f.cells, "sites": f.sites})
    return Reason("evidence_several_cells", {"cells": f.cells})


def shared(f: Facts) -> Reason:
    """What the cells have in common and others have not."""
    told = []
    for trait in f.shared:
        name = tell(f"trait_{trait.field}_is", value=trait.value)
        where = "_there" if trait.there else ""
        alone = tell(f"trait_no_other{where}", trait=name)
        told.append(tell(f"trait_others{where}", trait=name, share=percent(trait.others)) if trait.others else alone)
    return Reason("evidence_shared", {"traits": ", ".join(told)})


def clock_off(f: Facts) -> Reason:
    """The day is as usual when it is moved."""
    code = "evidence_clock_late" if f.clock_off > 0 else "evidence_clock_early"
    return Reason(code, {"moved": duration_text(round(abs(f.clock_off) * 3600))})


def alone(f: Facts) -> Reason:
    """The neighbours are not anomalous."""
    share = percent(f.neighbour_share)
    if f.neighbours == 1:
        if f.alike:
            return Reason(
                "evidence_alone_one_alike" if f.cells == 1 else "evidence_alone_cells_one_alike", {"share": share}
            )
        return Reason("evidence_alone_one" if f.cells == 1 else "evidence_alone_cells_one", {"share": share})
    params: dict[str, str | int | float] = {"neighbours": f.neighbours, "share": share}
    if f.alike:
        return Reason("evidence_alone_alike" if f.cells == 1 else "evidence_alone_cells_alike", params)
    return Reason("evidence_alone" if f.cells == 1 else "evidence_alone_cells", params)


def neighbours_too(f: Facts) -> Reason:
    """Some neighbours are anomalous."""
    if f.neighbours_too == 1:
        alike = "evidence_one_neighbour_too_alike" if f.alike else "evidence_one_neighbour_too"
        return Reason(alike, {"neighbours": f.neighbours})
    params: dict[str, str | int | float] = {"count": f.neighbours_too, "neighbours": f.neighbours}
    return Reason("evidence_neighbours_too_alike" if f.alike else "evidence_neighbours_too", params)


def neighbours_moved(f: Facts) -> Reason:
    """The neighbours move the same way, anomalous or not."""
    if f.neighbours == 1:
        alike = "evidence_neighbour_moved_alike" if f.alike else "evidence_neighbour_moved"
        return Reason(alike, {"share": percent(f.neighbour_share)})
    params: dict[str, str | int | float] = {"neighbours": f.neighbours, "share": percent(f.neighbour_share)}
    return Reason("evidence_neighbours_moved_alike" if f.alike else "evidence_neighbours_moved", params)


def takes_over(taken: TakeOver) -> Reason:
    """Whose traffic it is."""
    return Reason("evidence_takes_over", {"cells": _listed(taken.cells), "share": percent(taken.share)})


def taken_over(taken: TakeOver) -> Reason:
    """How much of it."""
    more, lost = (with_unit(value, taken.kpi.unit) for value in (taken.more, taken.lost))
    return Reason("evidence_taken_over", {"kpi": taken.kpi.id, "more": more, "lost": lost})


def first_values(new: New) -> Reason:
    """Since when a cell is there."""
    if new.days < 1:
        return Reason("evidence_first_values", {"time": new.since})
    before = duration_text(86_400 * new.days)
    return Reason("evidence_first_values_before", {"time": new.since, "duration": before})


def renamed(code: str, cells: Sequence[str]) -> Reason:
    """Which cells of the same place stopped or began at the same time."""
    return Reason(code, {"cells": _listed(cells)})


def lasted(f: Facts) -> Reason:
    """How long."""
    return Reason("evidence_lasted", {"duration": duration_text(3600 * f.hours)})


def size(f: Facts) -> Reason:
    """How large, against the expected."""
    kpis = names(f.traffic or f.other_traffic)
    if f.up:
        return Reason("evidence_share_up", {"kpis": kpis, "times": times(f.share, MOST_TIMES)})
    return Reason("evidence_share_down", {"kpis": kpis, "share": percent(f.share)})


def rose(k: KpiFacts) -> Reason:
    """One KPI above the expected."""
    return Reason("evidence_rose", {"kpi": k.kpi.id, "times": times(k.share, MOST_TIMES)})


def worse(k: KpiFacts) -> Reason:
    """One KPI of quality against the expected."""
    actual, expected = (with_unit(value, k.kpi.unit) for value in (k.actual, k.expected))
    return Reason("evidence_worse", {"kpi": k.kpi.id, "actual": actual, "expected": expected})


def failures(k: KpiFacts) -> Reason:
    """How many times the usual fails, by one ratio."""
    return Reason("evidence_failures", {"kpi": k.kpi.id, "times": times(k.failures, MOST_TIMES)})


def kpis_together(kpis: Sequence[KpiFacts]) -> Reason:
    """Counts that rose."""
    return Reason("evidence_together", {"kpis": names(kpis)})
