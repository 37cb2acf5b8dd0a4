"""The thresholds that keep an alarm budget: by the fitted tails, and beyond a small budget by counting.

How high a score must be to come up once in ten weeks is extrapolated (`engine.calibration.calibrate`). What a larger
budget lets in happens often enough to be counted in the operator's own history, as alarms of the vote in force: the
threshold is put where the history has as many more alarms than at the small budget as the larger one allows for. They
are counted on the quiet days of each cell, those without an alarm at the small budget: there is little but false
alarms on them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from engine.blocks import training_points
from engine.calendar import cut
from engine.calibration.thresholds import VOTE, Levels, by_tails
from engine.data import BoolArray, Clock, DoubleArray, Evidence, FlagArray, IntArray, Panel, Result
from engine.group.alarms import reporting
from engine.group.shortlist import ROUNDING, Shortlist, listed
from engine.numerics.runs import Runs
from engine.settings import Settings

TRUSTED = 0.1
"""False alarms per cell and week: up to here the tails are believed. Counting would take the rare real faults of a
history for what the budget allows for."""

LOWEST = 0.5
"""Counting lowers no threshold below this share of what the tails give."""

PRIOR = 3.0
"""The tails' word weighs as much as so many counted alarms, so that a short history of few cells changes little."""

STEP = 0.05
"""Alarms are counted at surprises so far apart, and interpolated between them."""

CELLS, FEWEST_CELLS, POINTS = 128, 8, 4_000_000
"""So many cells, evenly spread over the network, are counted on; fewer, but not fewer than the second, where together
they have more points than the third.
"""

POINTS_AT_ONCE = 500_000
"""Cells are looked at a few at a time: their scores of some detectors need room."""


def lowest(settings: Settings, clock: Clock, kpis: int) -> float:
    """The lowest surprise that the budget of the settings may ask for, whatever is counted."""
    share = 1.0 if settings.budget <= TRUSTED else LOWEST
    return share * by_tails(settings.budget, clock, kpis)


@dataclass(frozen=True, eq=False)
class BudgetLevels:
    """The thresholds of every budget and vote on one history.

    panel, clock, evidence: of the run; learned: the periods from the first on that are counted in. settings: limits
    and hysteresis. Stricter limits than those that ship are not counted with: they only take alarms away.
    """

    panel: Panel
    clock: Clock
    evidence: Mapping[str, Mapping[str, Evidence]]
    settings: Settings
    learned: int
    _counted: dict[str, _Counted] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, result: Result, settings: Settings) -> BudgetLevels:
        """On what a result has learned from (later periods were put to it), with other limits."""
        panel, until = result.panel, np.datetime64(result.record.learned_until.removesuffix("Z"))
        learned = int(np.searchsorted(panel.times, until)) or panel.shape[1]
        training = training_points(learned, result.settings)
        return cls(panel, result.clock, result.evidence, settings, training)

    def levels(self, budget: float, vote: str) -> Levels:
        """Per KPI and detector the surprise that equals 1.0 for `budget` false alarms per cell and week; all alike, and
        1.0 for the vote itself.
        """
        level = self.level(budget, vote)
        return {kpi: {VOTE: 1.0} | dict.fromkeys(of_kpi, level) for kpi, of_kpi in self.evidence.items()}

    def level(self, budget: float, vote: str) -> float:
        """The surprise that equals 1.0."""
        by_tail = self._by_tail(budget)
        if budget <= TRUSTED or not self.evidence or not all(self.panel.shape):
            return by_tail
        highest, least = self._by_tail(TRUSTED), LOWEST * by_tail
        counted = self._count(vote, highest, least)
        if not counted.cell_weeks:
            return by_tail
        steps: list[float] = [*np.arange(highest, least, -STEP).tolist(), least]
        wanted = budget - TRUSTED
        at = next((n for n, step in enumerate(steps) if self._added(counted, step) >= wanted), None)
        if at is None:
            # more than the history holds: below where it gives most, alarms only grow into each other
            return min(by_tail, max(steps, key=counted.alarms))
        if at == 0:
            return highest
        above, below = self._added(counted, steps[at - 1]), self._added(counted, steps[at])
        return steps[at - 1] + (steps[at] - steps[at - 1]) * (wanted - above) / (below - above)

    def _by_tail(self, budget: float) -> float:
        return by_tails(budget, self.clock, len(self.evidence))

    def _added(self, counted: _Counted, level: float) -> float:
        """Alarms per cell and week on quiet days that a lower level adds: as counted, and as the tails say where there
        is little to count (the mean of a gamma prior of `PRIOR` alarms on the ratio of the two).
        """
        by_tail = self.clock.week_slots * len(self.evidence) * math.pow(10.0, -level) - TRUSTED
        return by_tail * (PRIOR + counted.alarms(level)) / (PRIOR + by_tail * counted.cell_weeks)

    def _count(self, vote: str, highest: float, lowest: float) -> _Counted:
        """What alarms of a vote are counted on; a list made for one vote serves all, if it reaches low enough."""
        lists = next((one.lists for one in self._counted.values() if one.lists.lowest <= lowest), None)
        known = self._counted.get(vote)
        if known is None or known.lists.lowest > lowest:
            lists = lists or _Lists.of(self, lowest)
            known = self._counted[vote] = _Counted.of(lists, vote, highest)
        return known


@dataclass(frozen=True, eq=False)
class _Lists:
    """The points of some cells that could be alarms at thresholds down to `lowest`.

    lists, flags: per KPI, flags (C, T). day (T,): the number of the day of each period. judged (C, D): how many points
    of the day are measured, the mean over the KPIs; none of a series on which no detector has an opinion.
    """

    lists: Mapping[str, Shortlist]
    flags: Mapping[str, FlagArray]
    settings: Settings
    clock: Clock
    day: IntArray
    judged: DoubleArray
    lowest: float

    @classmethod
    def of(cls, ground: BudgetLevels, lowest: float) -> _Lists:
        """Look once at the evidence on the cells that are counted on."""
        panel, settings = ground.panel, _no_stricter(ground.settings)
        periods = min(ground.learned, panel.shape[1])
        cells = _spread(panel.shape[0], min(CELLS, max(FEWEST_CELLS, POINTS // periods)))
        at_once = max(1, POINTS_AT_ONCE // periods)
        clock = cut(ground.clock, 0, periods)
        day = clock.day - clock.day[0]
        floor = lowest * settings.hold * (1.0 - ROUNDING)
        judged = np.zeros((len(cells), int(day[-1]) + 1))
        lists, flags = {}, {}
        firsts = range(0, len(cells), at_once)
        for kpi in panel.kpis:
            values, marks = panel.values[kpi.id][cells, :periods], panel.flags[kpi.id][cells, :periods]
            others, parts = reporting(values), []
            for first in firsts:
                rows = slice(first, first + at_once)
                piece = {name: _of(one, cells[rows], periods) for name, one in ground.evidence[kpi.id].items()}
                parts.append(listed(piece, values[rows], marks[rows], others, kpi, settings, clock, floor))
                judged[rows] += _per_day(np.isfinite(values[rows]) & _judged(piece), day) / len(panel.kpis)
            lists[kpi.id], flags[kpi.id] = Shortlist.joined(parts, firsts), marks
        return cls(lists, flags, settings, clock, day, judged, lowest)

    def alarms(self, level: float, vote: str) -> list[Runs]:
        """The anomalous stretches of each KPI if `level` is the surprise that equals 1.0."""
        found = []
        for kpi, whole in self.lists.items():
            levels = {VOTE: 1.0} | dict.fromkeys(whole.detectors, level)
            near = whole.near(levels, self.settings)
            found.append(near.anomalous(levels, vote, self.settings, self.clock, self.flags[kpi]))
        return found


@dataclass(frozen=True, eq=False)
class _Counted:
    """Alarms of one vote. quiet (C, D): whether no KPI has an alarm on that day at the small budget; cell_weeks: how
    much is judged on quiet days.
    """

    lists: _Lists
    vote: str
    quiet: BoolArray
    cell_weeks: float
    _known: dict[float, int] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, lists: _Lists, vote: str, highest: float) -> _Counted:
        """highest: the surprise that equals 1.0 at the small budget."""
        quiet = np.ones(lists.judged.shape, bool)
        for runs in lists.alarms(highest, vote):
            cell, time = np.divmod(runs.points, len(lists.day))
            quiet[cell, lists.day[time]] = False
        return cls(lists, vote, quiet, float(lists.judged[quiet].sum()) / lists.clock.week_slots)

    def alarms(self, level: float) -> int:
        """How many alarms begin on quiet days if `level` is the surprise that equals 1.0."""
        if level not in self._known:
            found = self.lists.alarms(level, self.vote)
            self._known[level] = sum(int(self.quiet[r.cell, self.lists.day[r.start]].sum()) for r in found)
        return self._known[level]


def _spread(cells: int, wanted: int) -> IntArray:
    """The rows of so many cells, or all if there are no more, at even distances."""
    return np.unique(np.linspace(0, cells - 1, min(cells, wanted)).round().astype(np.int64))


def _no_stricter(settings: Settings) -> Settings:
    """The settings with limits no stricter than those that ship."""
    usual = Settings()
    limits = ("min_deviation", "min_duration", "min_traffic", "min_events")
    return replace(settings, **{name: min(getattr(settings, name), getattr(usual, name)) for name in limits})


def _of(evidence: Evidence, cells: IntArray, periods: int) -> Evidence:
    """The evidence on some cells; the band, which no alarm depends on, is the expected value."""
    expected = evidence.expected[cells, :periods]
    reasons = (None,) * len(cells)
    return Evidence(evidence.detector, expected, expected, expected, evidence.score[cells, :periods], reasons)


def _judged(evidence: Mapping[str, Evidence]) -> BoolArray:
    """(C, 1) whether any detector has an opinion on the series."""
    known: BoolArray = np.any([np.isfinite(one.score).any(axis=1) for one in evidence.values()], axis=0)[:, None]
    return known


def _per_day(known: BoolArray, day: IntArray) -> DoubleArray:
    """(C, D) how many points are known of each day."""
    return np.stack([np.bincount(day, row, minlength=int(day[-1]) + 1) for row in known])
