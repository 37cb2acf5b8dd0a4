"""Anomalies that belong together become incidents, with the reasons why, a severity and a sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from engine.calendar import WallGrid, duration_text, local_text, needs_year
from engine.data import Anomaly, Clock, Direction, Incident, IntArray, Kpi, KpiKind, Panel
from engine.errors import Reason
from engine.execution.scratch import release
from engine.group.columns import Table
from engine.group.importance import importance, severity_of, size
from engine.group.kinds import Kinds
from engine.group.links import ALIKE, NEIGHBOURS, SAME_CELL, SAME_SITE, TOGETHER, WAYS, Links, find_links
from engine.group.packed import Anomalies
from engine.group.sentence import sentence
from engine.text import tell

TOGETHER_S = 3600
"""Two anomalies that begin no more than this apart begin together."""

AT_ONCE = 32
"""Incidents after which what was read of values in files is given back."""

SITES_NAMED = 5

CERTAIN = 2.0
"""How often the threshold a score counts, when it is asked what of an incident says most."""
TRAFFIC_FIRST, TRAFFIC_LOST = 1.5, 2.0
"""Traffic is told before what follows from it, and sooner still where it is lost: that is the service itself."""


def incidents(panel: Panel, found: Sequence[Anomaly], clock: Clock) -> tuple[Incident, ...]:
    """The anomalies `found` (of any KPIs) grouped in time and space, ordered by start.

    See `engine.group.links` for what links two of them; whatever is linked, directly or through others, is one
    incident. `grouped_by` says what held it together, the sentence what the worst of its anomalies looked like.
    Causes are empty: attribution adds them.
    """
    if not found:
        return ()
    kpis = {kpi.id: kpi for kpi in panel.kpis}
    numbers = {kpi.id: n for n, kpi in enumerate(panel.kpis)}
    side = {Direction.DOWN: -1, Direction.UP: 1, Direction.BOTH: 0}
    found = Anomalies.of(found)
    cell, start, stop = found.places()
    pairs, pair = found.sides()
    number = np.array([numbers[kpi] for kpi, _ in pairs], np.int64)[pair]
    harm = np.array([_harm(kpis[kpi], side[direction]) for kpi, direction in pairs], np.int64)[pair]
    table = Table(cell=cell, kpi=number, start=start, stop=stop, side=harm)
    kinds, together = Kinds.of(panel.cells), max(1, TOGETHER_S // clock.period_s)
    links = find_links(table, panel.cells, kinds, len(panel.times), together, clock.day_slots)
    group = _connected(len(found), links)
    ways = _ways(links, group)
    order = np.argsort(group, kind="stable")
    begins = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    groups = np.split(order, begins[1:])
    groups.sort(key=lambda members: (int(table.start[members].min()), int(table.cell[members].min())))

    year, grid = needs_year(panel.times), WallGrid.of(panel)

    @cache
    def stamp(index: int) -> str:
        return local_text(grid.moment(panel.times[index]), panel.zone, year=year)

    made = []
    for place, members in enumerate(groups):
        held_by = ways.get(int(group[members[0]]), ())
        ones = [found[i] for i in members.tolist()]
        made.append(_incident(place, panel, stamp, kpis, ones, held_by, kinds, clock))
        if place % AT_ONCE == 0:
            release(panel.values.values())
    release(panel.values.values())
    return tuple(made)


def _harm(kpi: Kpi, side: int) -> int:
    """The side as seen from the service: a rising drop rate goes with falling traffic, so its side is turned round.

    A gauge that is bad when high is a load as a rule, and rises with traffic.
    """
    return -side if kpi.bad is Direction.UP and kpi.kind is not KpiKind.GAUGE else side


def _connected(count: int, links: Links) -> IntArray:
    """(N,) the number of the group of each anomaly: the connected components of the links."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(links.left), np.int8), (links.left, links.right)), shape=(count, count))
    labels: IntArray = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _ways(links: Links, group: IntArray) -> dict[int, tuple[str, ...]]:
    """Per group the kinds of link that hold it together, in the order of `WAYS`."""
    held: dict[int, set[int]] = {}
    for code in np.unique(group[links.left] * len(WAYS) + links.way).tolist():
        held.setdefault(code // len(WAYS), set()).add(code % len(WAYS))
    return {key: tuple(WAYS[way] for way in sorted(found)) for key, found in held.items()}


def _incident(
    number: int,
    panel: Panel,
    stamp: Callable[[int], str],
    kpis: dict[str, Kpi],
    members: Sequence[Anomaly],
    ways: Sequence[str],
    kinds: Kinds,
    clock: Clock,
) -> Incident:
    """One incident from its anomalies."""
    lost = [size(one, kpis[one.kpi]) for one in members]
    told = [_headline(one, of_it, kpis[one.kpi]) for one, of_it in zip(members, lost, strict=True)]
    worst_first = [members[n] for n in sorted(range(len(members)), key=lambda n: (-told[n], members[n].id))]
    start, stop = min(a.start for a in members), max(a.stop for a in members)
    cells = tuple(sorted({a.cell for a in members}))
    weight = importance(members, lost, clock.period_s)
    return Incident(
        id=number,
        start=start,
        stop=stop,
        anomalies=tuple(a.id for a in worst_first),
        cells=cells,
        kpis=tuple(kpi.id for kpi in panel.kpis if any(a.kpi == kpi.id for a in members)),
        severity=severity_of(weight),
        importance=weight,
        grouped_by=_grouped_by(panel, members, cells, ways, kinds, stamp(start), start, clock),
        causes=(),
        sentence=sentence(panel, kpis[worst_first[0].kpi], worst_first[0], len(cells), stamp),
    )


def _headline(anomaly: Anomaly, lost: float, kpi: Kpi) -> float:
    """How much one is worth telling first: its `size`, duration, certainty; traffic before what follows from it."""
    told = lost * math.sqrt(anomaly.stop - anomaly.start) * min(anomaly.score, CERTAIN)
    if kpi.kind is not KpiKind.COUNT:
        return told
    return told * (TRAFFIC_LOST if anomaly.direction is Direction.DOWN else TRAFFIC_FIRST)


def _grouped_by(
    panel: Panel,
    members: Sequence[Anomaly],
    cells: Sequence[int],
    ways: Sequence[str],
    kinds: Kinds,
    time: str,
    start: int,
    clock: Clock,
) -> tuple[Reason, ...]:
    """Why these anomalies are one incident; nothing for a single one."""
    if len(members) == 1:
        return ()
    within = duration_text(max(1, max(a.start for a in members) - start) * clock.period_s)
    reasons = []
    for way in ways:
        if way == SAME_CELL:
            kpis = ", ".join(dict.fromkeys(a.kpi for a in members))
            code = "grouped_same_cell" if len(cells) > 1 else "grouped_one_cell"
            reasons.append(Reason(code, {"anomalies": len(members), "kpis": kpis}))
        elif way == SAME_SITE:
            reasons.append(_same_site(panel, cells))
        elif way == NEIGHBOURS:
            reasons.append(Reason("grouped_neighbours", {"cells": len(cells), "within": within, "time": time}))
        elif way == ALIKE:
            reasons.append(_alike(kinds, cells, within, time))
        elif way == TOGETHER:
            reasons.append(Reason("grouped_together", {"cells": len(cells), "time": time}))
    return tuple(reasons)


def _same_site(panel: Panel, cells: Sequence[int]) -> Reason:
    """Which sites have several of the cells; a cell that is alone at its site came in by another way."""
    of_site = Counter(panel.cells[cell].site for cell in cells if panel.cells[cell].site)
    sites = [site for site, count in of_site.items() if count > 1]
    named, more = ", ".join(sites[:SITES_NAMED]), len(sites) - SITES_NAMED
    told = tell("sites_more", names=named, more=more) if more > 0 else named
    return Reason("grouped_same_site", {"sites": told, "cells": sum(of_site[site] for site in sites)})


def _alike(kinds: Kinds, cells: Sequence[int], within: str, time: str) -> Reason:
    """Of which kind the cells are, and how many there are of it."""
    kind = kinds.nearest(cells)
    told = ", ".join(tell(f"trait_{field}_is", value=value) for field, value in kinds.names[kind])
    struck = int((kinds.member[:, list(cells)] == kind).any(axis=0).sum())
    size = int(kinds.size[kind])
    return Reason("grouped_alike", {"cells": struck, "all": size, "traits": told, "within": within, "time": time})
