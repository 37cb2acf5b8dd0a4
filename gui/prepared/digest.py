"""What the views look up in a result. It takes a while for a large network, so whoever has the result makes it beside
the window, in the same worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Anomaly, BoolArray, Incident, IntArray, Result, Severity
from engine.inspection.coverage import Coverage, coverage, doubt, together
from engine.inspection.hours import meets
from engine.inspection.rhythm import cells_in_alarm
from engine.inspection.summary import incident_by_anomaly, worst_first
from engine.rules import Facts
from engine.text import say
from gui.look.wording import cause_label, cell_label
from gui.prepared.cell_list import CellList
from gui.prepared.cell_words import traits_to_search
from gui.prepared.lane_order import LaneNames
from gui.prepared.lane_rows import LaneRows


@dataclass(frozen=True, eq=False)
class Digest:
    """A result and its anomalies and incidents by what they are asked for.

    anomalies, incidents: by id. incident_of: by the id of an anomaly. of_series: anomalies by cell and KPI, in order of
    time. of_cell: incidents that a cell takes part in, worst first. words: per incident id what its worst cell and its
    likeliest cause are called. voters: per incident id the detectors whose own threshold its worst anomaly passes, in
    the order of the run. traits: per incident id what its cells are like, sites and areas among it. worst: the worst
    incident. rows: all anomalies as lanes; order: of all cells, worst first; alarmed (T,): how many cells are in alarm.
    cells: as they are listed; names: as lanes are sorted by them. facts: what rules ask. coverage: of each KPI without
    an anomaly how much of it was judged. named (T,): periods that the calendar has a name for.
    """

    result: Result
    anomalies: Mapping[int, Anomaly]
    incidents: Mapping[int, Incident]
    incident_of: Mapping[int, Incident]
    of_series: Mapping[tuple[int, str], Sequence[Anomaly]]
    of_cell: Mapping[int, Sequence[Incident]]
    words: Mapping[int, tuple[str, str]]
    voters: Mapping[int, tuple[str, ...]]
    traits: Mapping[int, str]
    worst: Incident | None
    rows: LaneRows
    order: IntArray
    alarmed: IntArray
    cells: CellList
    names: LaneNames
    facts: Facts
    coverage: Mapping[str, Coverage]
    named: BoolArray

    @classmethod
    def of(cls, result: Result) -> Digest:
        """Look everything up once."""
        panel = result.panel
        cells, periods = panel.shape
        anomalies = {a.id: a for a in result.anomalies}
        of_series: dict[tuple[int, str], list[Anomaly]] = defaultdict(list)
        for anomaly in anomalies.values():
            of_series[anomaly.cell, anomaly.kpi].append(anomaly)
        of_cell: dict[int, list[Incident]] = defaultdict(list)
        words, voters, traits = {}, {}, {}
        like = [f"{cell.site.casefold()} {traits_to_search(cell)}" for cell in panel.cells]
        ordered = worst_first(result.incidents)
        for incident in ordered:
            for cell in incident.cells:
                of_cell[cell].append(incident)
            kind = incident.causes[0].kind if incident.causes else ""
            worst = anomalies[incident.anomalies[0]]
            words[incident.id] = cell_label(panel, worst.cell), cause_label(kind)
            traits[incident.id] = " ".join(dict.fromkeys(like[cell] for cell in incident.cells))
            voters[incident.id] = tuple(name for name, margin in worst.margins.items() if margin >= 1.0)
        struck = {a.kpi for a in anomalies.values()}
        rows = LaneRows.of(tuple(anomalies.values()), result.incidents, cells)
        return cls(
            result=result,
            anomalies=anomalies,
            incidents={i.id: i for i in result.incidents},
            incident_of=incident_by_anomaly(result),
            of_series=dict(of_series),
            of_cell=dict(of_cell),
            words=words,
            voters=voters,
            traits=traits,
            worst=ordered[0] if ordered else None,
            rows=rows,
            order=rows.order(),
            cells=CellList.of(panel.cells, of_cell),
            names=LaneNames.of(panel.cells),
            facts=Facts.of(result),
            coverage={kpi: coverage(result, kpi) for kpi in result.verdicts if kpi not in struck},
            alarmed=cells_in_alarm(rows.cell, rows.start, rows.stop, periods),
            named=np.fromiter(map(bool, result.clock.event), bool, periods),
        )

    def cells_in(self, hours: IntArray | None) -> CellList:
        """The cells as they are listed with their incidents of the hours so counted; None = of all hours."""
        if hours is None:
            return self.cells
        within = {one.id for one in self.result.incidents if meets(hours, one.start, one.stop)}
        return self.cells.finding(
            {cell: [one for one in found if one.id in within] for cell, found in self.of_cell.items()}
        )

    def doubt(self, kpis: Iterable[str]) -> str:
        """What has to be said where nothing was found in some KPIs and not nearly all of them was judged; else ""."""
        wanted = [*kpis]
        if not all(kpi in self.coverage for kpi in wanted):
            return ""
        reason = doubt(together(self.coverage[kpi] for kpi in wanted))
        return say(reason) if reason is not None else ""

    def severity(self, anomaly: Anomaly) -> Severity:
        """The severity of its incident; a warning without one."""
        incident = self.incident_of.get(anomaly.id)
        return incident.severity if incident else Severity.WARNING

    def at(self, cell: int, kpi: str, sample: int) -> Anomaly | None:
        """The anomaly of a series that a sample lies in; None if it lies in none."""
        return next((a for a in self.of_series.get((cell, kpi), ()) if a.start <= sample < a.stop), None)

    def meeting(self, cell: int, kpi: str, start: int, stop: int) -> list[Incident]:
        """The incidents with an anomaly of a series that meets [start, stop), each once."""
        found = {
            incident.id: incident
            for a in self.of_series.get((cell, kpi), ())
            if a.start < stop and start < a.stop and (incident := self.incident_of.get(a.id)) is not None
        }
        return list(found.values())
