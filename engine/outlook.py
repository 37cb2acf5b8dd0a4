"""What another vote, budget or threshold would call anomalous, within a fraction of a second on a whole network.

The full answer (`pipeline.revote`: scores, incidents, causes) takes seconds on ten thousand cells. What a person wants
to see while moving a slider is which stretches are anomalous and how many there would be by every vote: that comes from
the short lists made once per result, and is equal to the full answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine import blocks, gaps, group, scratch, thresholds
from engine.data import BoolArray, Evidence, Result
from engine.errors import Reason
from engine.expectation import expectation
from engine.group.alarms import ROWS_AT_ONCE, lay_ground
from engine.group.shortlist import Shortlist
from engine.monitor import Monitor
from engine.runs import Runs
from engine.settings import VOTES, Settings

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
        for index, kpi in enumerate(panel.kpis):
            evidence, levels = result.evidence[kpi.id], result.thresholds[kpi.id]
            floor = reach * settings.hold * min(levels[name] for name in evidence) * levels[thresholds.VOTE]
            values, flags = panel.values[kpi.id], panel.flags[kpi.id]
            others = group.reporting(values)
            parts, rows_of_parts = [], []
            for block in blocks.plan(*panel.shape):
                monitor.step(index / len(panel.kpis), Reason("stage_vote"))
                for first in range(block.start, block.stop, ROWS_AT_ONCE):
                    rows = slice(first, min(first + ROWS_AT_ONCE, block.stop))
                    piece = {name: _rows(one, rows) for name, one in evidence.items()}
                    expected = expectation(piece).expected
                    ground = lay_ground(values[rows], expected, others, kpi, settings, flags[rows], result.clock)
                    filled = gaps.invented(kpi.id, flags[rows], settings.gaps)
                    parts.append(Shortlist.of(_without(piece, filled), ground, floor))
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
        self,
        settings: Settings,
        levels: Mapping[str, Mapping[str, float]],
        rules: Sequence[str] = VOTES,
        monitor: Monitor | None = None,
    ) -> Glance | None:
        """The answer with other settings of the vote and thresholds (`pipeline.levels_of`); None if the lists, made for
        others, cannot give it. Raises Cancelled.
        """
        monitor = monitor or Monitor()
        if any(getattr(settings, name) != getattr(self.result.settings, name) for name in GROUND):
            return None
        if not all(one.reaches(levels[kpi], settings) for kpi, one in self.lists.items()):
            return None
        runs: dict[str, Runs] = {}
        counts = dict.fromkeys(rules, 0)
        for index, (kpi, whole) in enumerate(self.lists.items()):
            monitor.step(index / len(self.lists), Reason("stage_vote"))
            near, flags = whole.near(levels[kpi], settings), self.result.panel.flags[kpi]
            for rule in dict.fromkeys((settings.vote, *rules)):
                found = near.anomalous(levels[kpi], rule, settings, self.result.clock, flags)
                if rule == settings.vote:
                    runs[kpi] = found
                if rule in counts:
                    counts[rule] += len(found)
        return Glance(runs, counts)


def _rows(evidence: Evidence, rows: slice) -> Evidence:
    """The evidence on some cells."""
    e = evidence
    return Evidence(e.detector, e.expected[rows], e.lower[rows], e.upper[rows], e.score[rows], e.reasons[rows])


def _without(evidence: Mapping[str, Evidence], filled: BoolArray | None) -> Mapping[str, Evidence]:
    """The evidence with no opinion where a value was filled in, as in the full vote."""
    if filled is None:
        return evidence
    return {name: replace(one, score=np.where(filled, np.float32(np.nan), one.score)) for name, one in evidence.items()}
