"""What another vote, budget or threshold would call anomalous, within a fraction of a second on a whole network.

The full answer (`pipeline.revote`: scores, incidents, causes) takes seconds on ten thousand cells. What a person wants
to see while moving a slider is which stretches are anomalous and how many there would be by every vote: that comes from
the short lists made once per result, and is equal to the full answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine import blocks, group
from engine.budget import budget_levels
from engine.calibration import thresholds
from engine.data import Result
from engine.errors import Reason
from engine.execution import scratch
from engine.expectation import of_cells
from engine.group.alarms import ROWS_AT_ONCE
from engine.group.shortlist import Shortlist, listed
from engine.monitor import Monitor
from engine.numerics.runs import Runs
from engine.settings import Settings

REACH = 0.45
"""The lists serve thresholds down to this share of those of the result."""

GROUND = ("min_deviation", "min_traffic", "min_events")
"""Settings of the ground that a list stands on; with others it is to be made again."""


@dataclass(frozen=True, eq=False)
class Glance:
    """runs: per KPI id the anomalous stretches by the vote of the settings. counts: per vote how many there would be
    over all KPIs.
    """

    runs: Mapping[str, Runs]
    counts: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Outlook:
    """The short lists of a result, one per KPI. result: what they were made of, without verdicts and what follows."""

    result: Result
    lists: Mapping[str, Shortlist]

    @classmethod
    def of(cls, result: Result, monitor: Monitor | None = None, reach: float = REACH) -> Outlook:
        """Look once at all evidence of a result. reach: as `REACH`. Raises Cancelled."""
        monitor = monitor or Monitor()
        panel, settings, lists = result.panel, result.settings, {}
        least = budget_levels.lowest(settings, result.clock, len(panel.kpis))
        for index, kpi in enumerate(panel.kpis):
            evidence, levels = result.evidence[kpi.id], result.thresholds[kpi.id]
            lowest = reach * min(levels[name] for name in evidence)
            floor = settings.hold * min(lowest, least) * levels[thresholds.VOTE]
            values, flags = panel.values[kpi.id], panel.flags[kpi.id]
            others = group.reporting(values)
            parts, rows_of_parts = [], []
            for block in blocks.plan(*panel.shape):
                monitor.step(index / len(panel.kpis), Reason("stage_vote"))
                for first in range(block.start, block.stop, ROWS_AT_ONCE):
                    rows = slice(first, min(first + ROWS_AT_ONCE, block.stop))
                    piece = of_cells(evidence, rows)
                    parts.append(listed(piece, values[rows], flags[rows], others, kpi, settings, result.clock, floor))
                    rows_of_parts.append(first)
                scratch.release(array for e in evidence.values() for array in (e.score, e.expected))
            if parts:
                lists[kpi.id] = Shortlist.joined(parts, rows_of_parts)
        bare = replace(result, verdicts={}, anomalies=(), incidents=(), associations=())
        return cls(bare, lists)

    def serves(self, result: Result) -> bool:
        """Whether the lists are of the evidence of `result`."""
        return self.result.evidence is result.evidence and self.result.panel is result.panel

    def glance(
        self, settings: Settings, levels: Mapping[str, thresholds.Levels], monitor: Monitor | None = None
    ) -> Glance | None:
        """The answer with other settings; None if the lists, made for others, cannot give it. Raises Cancelled.

        levels: per vote the thresholds under it (`pipeline.levels_by_vote`), that of the settings among them; the
        others are counted only.
        """
        monitor = monitor or Monitor()
        if any(getattr(settings, name) != getattr(self.result.settings, name) for name in GROUND):
            return None
        if not all(one.reaches(of[kpi], settings) for of in levels.values() for kpi, one in self.lists.items()):
            return None
        runs: dict[str, Runs] = {}
        counts = dict.fromkeys(levels, 0)
        for index, (kpi, whole) in enumerate(self.lists.items()):
            monitor.step(index / len(self.lists), Reason("stage_vote"))
            flags = self.result.panel.flags[kpi]
            for alike in _alike(levels, kpi):
                near = whole.near(levels[alike[0]][kpi], settings)
                for rule in alike:
                    found = near.anomalous(levels[rule][kpi], rule, settings, self.result.clock, flags)
                    counts[rule] += len(found)
                    if rule == settings.vote:
                        runs[kpi] = found
        return Glance(runs, counts)


def _alike(levels: Mapping[str, thresholds.Levels], kpi: str) -> list[list[str]]:
    """The votes in groups that have the same thresholds on a KPI."""
    groups: list[list[str]] = []
    for rule in levels:
        same = next((group for group in groups if levels[group[0]][kpi] == levels[rule][kpi]), None)
        if same is None:
            groups.append([rule])
        else:
            same.append(rule)
    return groups
