"""The points of one KPI that a vote could call anomalous: another vote or threshold then looks at a few per cent only.

A point whose every surprise stays below a floor begins no anomaly and ends any that is under way, whatever the vote, as
long as the thresholds asked for stay above the floor. What such points, and those without an opinion, mean for an
anomaly around them is kept with the points on the list, so that the answer is that of `engine.group.alarms`, to the
last point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.calibration.thresholds import VOTE
from engine.completeness.gaps import invented
from engine.data import BoolArray, Clock, DoubleArray, Evidence, Flag, FlagArray, FloatArray, IntArray, Kpi
from engine.expectation import expectation
from engine.group.alarms import BRIDGED_S, Ground, lay_ground
from engine.group.silences import Silences
from engine.numerics.runs import Runs, runs_of
from engine.settings import Settings
from engine.vote import vote

ROUNDING = 1e-5
"""Combined scores are compared in single precision: so much is left for their rounding."""

WIDTH = 8192


@dataclass(frozen=True, eq=False)
class Shortlist:
    """Points (P,) of some cells, ordered by cell and time; `times` periods per cell.

    place: cell * times + time. scores (D, P): the surprise by each of `detectors`, NaN = no opinion. floor: what the
    highest of them reaches. blocked: no anomaly may begin here. harmless: one that is under way ends. cut: one ends
    between the point before on the list and this one. gap: how many points lie between the two if all of them are
    without an opinion, else -1. until: where nothing was counted, the place where that stretch ends, else 0.
    vanished (V,): places that are anomalous by absence. silences: what splits an anomaly of any vote. maintained:
    whether any of the cells has maintenance at all.
    """

    detectors: tuple[str, ...]
    times: int
    floor: float
    place: IntArray
    scores: FloatArray
    blocked: BoolArray
    harmless: BoolArray
    cut: BoolArray
    gap: IntArray
    until: IntArray
    vanished: IntArray
    silences: Silences
    maintained: bool

    @classmethod
    def of(cls, evidence: Mapping[str, Evidence], ground: Ground, silences: Silences, floor: float) -> Shortlist:
        """The list of a few cells with their evidence (surprises), ground and silences."""
        times = ground.barred.shape[1]
        highest = next(iter(evidence.values())).score
        for one in evidence.values():
            highest = np.fmax(highest, one.score)
        known = ~np.isnan(highest)
        with np.errstate(invalid="ignore"):
            listed = highest >= floor
        place = np.flatnonzero(listed)
        low = known & ~listed
        ending = ground.harmless | ground.back
        ended = _between(low | (ending & ~listed), place)
        fresh = np.diff(place // max(times, 1), prepend=-1) > 0
        gap = np.diff(place, prepend=-1) - 1
        gap[fresh | (_between(low, place) > 0)] = -1
        until = np.zeros(len(place), np.int64)
        zero = np.flatnonzero(ground.zero.ravel()[place])
        if len(zero):
            spoken = np.append(np.flatnonzero(ground.spoken), ground.spoken.size)
            row_end = (place[zero] // times + 1) * times
            until[zero] = np.minimum(spoken[np.searchsorted(spoken, place[zero])], row_end)
        harmless = ground.harmless.ravel()[place]
        return cls(
            detectors=tuple(evidence),
            times=times,
            floor=floor,
            place=place,
            scores=np.stack([one.score.ravel()[place] for one in evidence.values()]),
            blocked=ground.barred.ravel()[place] | harmless,
            harmless=ending.ravel()[place],
            cut=(ended > 0) | fresh,
            gap=gap.astype(np.int32),
            until=until,
            vanished=np.flatnonzero(ground.vanished),
            silences=silences,
            maintained=bool(ground.maintenance.any()),
        )

    @classmethod
    def joined(cls, parts: Sequence[Shortlist], first_rows: Sequence[int]) -> Shortlist:
        """The lists of consecutive cells as one; first_rows: the row at which each begins."""
        one = parts[0]
        shifts = [row * one.times for row in first_rows]
        place, vanished = (
            np.concatenate([getattr(p, name) + shift for p, shift in zip(parts, shifts, strict=True)])
            for name in ("place", "vanished")
        )
        until = np.concatenate([np.where(p.until > 0, p.until + s, 0) for p, s in zip(parts, shifts, strict=True)])
        blocked, harmless, cut, gap = (
            np.concatenate([getattr(p, name) for p in parts]) for name in ("blocked", "harmless", "cut", "gap")
        )
        scores = np.concatenate([p.scores for p in parts], axis=1)
        maintained = any(p.maintained for p in parts)
        silences = Silences.joined([part.silences for part in parts], first_rows)
        columns = (place, scores, blocked, harmless, cut, gap, until, vanished, silences)
        return cls(one.detectors, one.times, one.floor, *columns, maintained)

    def reaches(self, levels: Mapping[str, float], settings: Settings) -> bool:
        """Whether the list holds every point that thresholds `levels` and these settings could need."""
        lowest = min(levels[name] for name in self.detectors) * levels[VOTE] * settings.hold
        return self.floor <= lowest * (1.0 - ROUNDING)

    def near(self, levels: Mapping[str, float], settings: Settings) -> Shortlist:
        """The part of the list that matters with these thresholds; it serves every vote with them."""
        strongest = self.scores[0] * np.float32(1.0 / levels[self.detectors[0]])
        for name, scores in zip(self.detectors[1:], self.scores[1:], strict=True):
            np.fmax(strongest, scores * np.float32(1.0 / levels[name]), out=strongest)
        kept = np.flatnonzero(strongest >= settings.hold * levels[VOTE] * (1.0 - ROUNDING))
        apart = np.diff(kept, prepend=-1) > 1
        gap = self.gap[kept]
        gap[apart] = -1
        return Shortlist(
            self.detectors,
            self.times,
            self.floor,
            self.place[kept],
            self.scores[:, kept],
            self.blocked[kept],
            self.harmless[kept],
            self.cut[kept] | apart,
            gap,
            self.until[kept],
            self.vanished,
            self.silences,
            self.maintained,
        )

    def anomalous(
        self, levels: Mapping[str, float], rule: str, settings: Settings, clock: Clock, flags: FlagArray
    ) -> Runs:
        """The anomalies by one vote, as `find_alarms` and `anomalies` find them; flags (C, T) of the same cells."""
        score = self._vote(levels, rule)
        begins = (score >= 1.0) & ~self.blocked
        ends = ((score < settings.hold) | self.harmless) & ~begins
        turn = 2 * np.arange(len(score)) + 1
        last_end = np.maximum(np.where(ends, turn, -1), np.where(self.cut, turn - 1, -1))
        held = np.maximum.accumulate(np.where(begins, turn, -1)) > np.maximum.accumulate(last_end)
        longest = max(1, BRIDGED_S // clock.period_s)
        bridged = held & np.append(False, held[:-1]) & (self.gap > 0) & (self.gap <= longest)
        silent = np.flatnonzero(begins & (self.until > 0))
        found = [
            self.place[held],
            _stretches(self.place[bridged] - self.gap[bridged], self.place[bridged]),
            _stretches(self.place[silent], self.until[silent]),
            self.vanished,
        ]
        places = np.sort(np.concatenate(found))
        places = places[np.diff(places, prepend=-1) > 0]
        if self.maintained:
            places = places[(flags[places // self.times, places % self.times] & Flag.MAINTENANCE) == 0]
        runs = runs_of(places, self.times)
        if settings.min_duration > 1:
            runs = runs.longer_than(settings.min_duration - 1)
        return self.silences.split(runs, self.times)

    def _vote(self, levels: Mapping[str, float], rule: str) -> FloatArray:
        """(P,) the combined score, 1.0 = threshold."""
        points = len(self.place)
        rows = -(-points // WIDTH)
        padded = np.full((len(self.detectors), rows * WIDTH), np.nan, np.float32)
        padded[:, :points] = self.scores
        evidence = {
            name: Evidence(name, table, table, table, table, ())
            for name, table in zip(self.detectors, padded.reshape(len(padded), rows, WIDTH), strict=True)
        }
        score: FloatArray = vote(evidence, levels, rule).reshape(-1)[:points] / np.float32(levels[VOTE])
        return score


def listed(
    evidence: Mapping[str, Evidence],
    values: FloatArray,
    flags: FlagArray,
    others: DoubleArray,
    kpi: Kpi,
    settings: Settings,
    clock: Clock,
    floor: float,
) -> Shortlist:
    """The list of a few cells; others: `reporting` of the whole panel. See `Shortlist` and `lay_ground`."""
    usual = expectation(evidence).expected
    ground = lay_ground(values, usual, others, kpi, settings, flags, clock)
    filled = invented(kpi.id, flags, settings.gaps)
    if filled is not None:  # no opinion where a value was filled in, as in the full vote
        evidence = {
            name: replace(one, score=np.where(filled, np.float32(np.nan), one.score)) for name, one in evidence.items()
        }
    return Shortlist.of(evidence, ground, Silences.of(values, usual, kpi), floor)


def _between(mask: BoolArray, place: IntArray) -> IntArray:
    """(P,) how many points of `mask` lie after the place before and before each place."""
    counted = np.cumsum(mask, dtype=np.int64)
    out: IntArray = np.diff(counted[place], prepend=0)
    return out


def _stretches(start: IntArray, stop: IntArray) -> IntArray:
    """All places of half-open stretches."""
    length = stop - start
    before = np.cumsum(length) - length
    out: IntArray = np.arange(int(length.sum())) + np.repeat(start - before, length)
    return out
