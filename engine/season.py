"""What is usual: a robust seasonal model per cell, learned from clean points only.

On a variance-stable scale (log1p for counts) a point is level + profile + noise. The *level* is a running median of
daily medians, slow enough that a fault of a day or two does not pull it and quick enough to follow growth. The
*profile* is the median by slot of the day (working days and days off apart), refined by slot of the week from three
weeks on as far as the weekdays really differ. The *spread* is a robust standard deviation by slot of the day.
Holidays follow the profile of a day off or of their weekday, whichever explains them; their first hours do so by
themselves, because people live them as the end of the day before. Fine cadences are profiled in bins of a quarter of
an hour and interpolated, so that few weeks suffice; data by the day are profiled by the week alone.

Less than two days of history give a level and one spread; fewer than `MIN_POINTS` clean points give NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.calendar import cut
from engine.data import BoolArray, Clock, FloatArray, IntArray, Kept, Kpi, KpiKind, Season
from engine.level import level_around, running_level
from engine.monitor import heed
from engine.numerics.robust import MAD_TO_SD, gather, grouped_places, median, pick_quantile, scale_of, sort_with_counts

MIN_POINTS = 12
"""Clean points that a cell needs before anything is called usual."""

BIN_S, DAY_S = 900, 86_400
NIGHT_ENDS_S = 5 * 3600
"""Since midnight of the wall clock: when least people are up."""

WEEKS_FOR_WEEKDAYS, FEWEST_WEEKS = 3, 2
CHUNK_POINTS = 1 << 19
FARTHEST = 1e6
LARGEST = np.finfo(np.float32).max


def transform_of(kpi: Kpi) -> str:
    """The variance-stable scale of a KPI: "log1p" for counts (odd in sign), else "identity"."""
    return "log1p" if kpi.kind is KpiKind.COUNT else "identity"


def transformed(values: FloatArray, transform: str) -> FloatArray:
    """`values` (any shape) on the scale of `transform`; infinite values become NaN."""
    finite = np.where(np.isfinite(values), values, np.float32(np.nan))
    if transform == "log1p":
        return np.copysign(np.log1p(np.abs(finite)), finite)
    return finite


def fit(
    values: FloatArray, clean: BoolArray, clock: Clock, kpi: Kpi, rhythm: str = "auto", learned: int | None = None
) -> Season:
    """The seasonal model of some cells of one KPI.

    values (C, T) in the KPI's unit, NaN = missing; clean (C, T): the points that may be learned from. Centre and
    spread of the result are defined at every point of the axis, also where nothing was measured; NaN for a cell
    whose history is too short. A cell's model does not depend on the other cells. rhythm: "auto", or what a person
    knows better: "week" tells weekdays apart from two weeks on, "day" takes all days for alike, "none" is a level only.
    learned: how many periods from the start there are to learn from, None = all; behind them the model is `extend`ed.
    """
    if learned is not None and learned < values.shape[1]:
        first = fit(values[:, :learned], clean[:, :learned], cut(clock, 0, learned), kpi, rhythm)
        rest = extend(first.kept, values[:, learned:], cut(clock, learned, values.shape[1]), kpi, rhythm)
        centre = np.concatenate([first.centre, rest.centre], axis=1)
        spread, news = np.concatenate([first.spread, rest.spread], axis=1), np.zeros(values.shape, bool)
        if first.news is not None:
            news[:, :learned] = first.news
        return Season(first.transform, centre, spread, first.kept, news)
    transform = transform_of(kpi)
    grid = _Grid.of(clock, rhythm)
    centre, spread = np.empty(values.shape, np.float32), np.empty(values.shape, np.float32)
    news = np.zeros(values.shape, bool)
    parts: list[Kept] = []
    step = max(1, CHUNK_POINTS // max(1, values.shape[1]))
    for first_row in range(0, max(len(values), 1), step):
        rows = slice(first_row, first_row + step)
        learn = np.where(clean[rows], transformed(values[rows], transform), np.float32(np.nan))
        centre[rows], spread[rows], news[rows], own = _fit_rows(learn, grid)
        own["least"] = _least_spread(values[rows], learn, transform)
        spread[rows] = np.maximum(spread[rows], _floor(own["least"], centre[rows], transform))
        parts.append(own)
    kept = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Season(transform, centre, spread, kept, news)


def extend(kept: Kept, values: FloatArray, clock: Clock, kpi: Kpi, rhythm: str = "auto") -> Season:
    """What is usual at later points of the cells that `Season.kept` was learned of; nothing is learned.

    The level stays what it was at the end of what was learned, profiles and spreads go on. values (C, T) and clock are
    those of the later periods; of the values only those of holidays count, to tell which course the day follows.
    """
    transform, grid = transform_of(kpi), _Grid.of(clock, rhythm)
    level = np.repeat(kept["level"], values.shape[1], axis=1)
    profile = _Profile(kept["work"], kept["off"], kept.get("week"))
    centre = level + profile.course(transformed(values, transform) - level, grid)
    spread = grid.spread_over_time(kept["spread"])
    return Season(transform, centre, np.maximum(spread, _floor(kept["least"], centre, transform)), kept)


def adjust(values: FloatArray, season: Season) -> FloatArray:
    """The feed: how many usual spreads each value stands from its usual centre; NaN where either is unknown.

    Beyond `FARTHEST` spreads it is cut there, so that no later square overflows.
    """
    with np.errstate(over="ignore"):
        feed = (transformed(values, season.transform) - season.centre) / season.spread
    return np.asarray(np.clip(feed, -FARTHEST, FARTHEST), np.float32)


def restore(feed: FloatArray, season: Season) -> FloatArray:
    """The values in the KPI's unit that `adjust` maps to `feed`; beyond the largest float32 they are cut there."""
    with np.errstate(over="ignore"):
        x = np.clip(feed * season.spread + season.centre, -LARGEST, LARGEST)
    if season.transform == "log1p":
        x = np.copysign(np.expm1(np.minimum(np.abs(x), np.float32(88.0))), x)
    return np.asarray(x, np.float32)


@dataclass(frozen=True, eq=False)
class _Grid:
    """How a time axis is cut into days, day bins and week bins; arrays over time are (T,). weekdays, repeats: whether
    weekdays are told apart, and whether days repeat at all.

    off: days off (weekend or holiday). holiday: holiday. night: before `NIGHT_ENDS_S`. weekday: 0 = Monday. day_bin:
    the bin of the day; week_bin: that of the week, -1 on holidays, which are judged and not learned from. left, weight:
    position between the centres of day bins, for interpolation.
    """

    bins: int
    days: int
    weeks: float
    day: IntArray
    day_bin: IntArray
    week_bin: IntArray
    off: BoolArray
    holiday: BoolArray
    night: BoolArray
    weekday: IntArray
    left: IntArray
    weight: FloatArray
    pool: int
    day_places: IntArray
    weekdays: bool
    repeats: bool

    @classmethod
    def of(cls, clock: Clock, rhythm: str) -> _Grid:
        if rhythm == "day":
            never = np.zeros_like(clock.weekend)
            clock = replace(clock, weekend=never, holiday=never)
        weeks = len(clock.day) / clock.week_slots
        fewest = {"auto": WEEKS_FOR_WEEKDAYS, "week": FEWEST_WEEKS}.get(rhythm, np.inf)
        coarse = max(1, BIN_S // clock.period_s)
        bins = -(-clock.day_slots // coarse)
        day_bin = np.minimum(clock.slot_of_day // coarse, bins - 1)
        position = (clock.slot_of_day + 0.5) / coarse - 0.5
        left = np.floor(position).astype(np.int64)
        day = np.asarray(clock.day - clock.day.min() if len(clock.day) else clock.day, np.int64)
        days = int(day.max()) + 1 if len(day) else 0
        return cls(
            bins=bins,
            days=days,
            weeks=weeks,
            day=day,
            day_bin=day_bin,
            week_bin=np.where(clock.holiday, -1, clock.weekday * bins + day_bin),
            off=clock.weekend | clock.holiday,
            holiday=clock.holiday,
            night=clock.slot_of_day * clock.period_s < NIGHT_ENDS_S,
            weekday=np.asarray(clock.weekday, np.int64),
            left=left,
            weight=(position - left).astype(np.float32),
            pool=max(1, round(bins / 24)),
            day_places=grouped_places(day, days),
            weekdays=weeks >= fewest,
            repeats=clock.period_s <= DAY_S and rhythm != "none",
        )

    def spread_over_time(self, profile: FloatArray, base: IntArray | int = 0, turns: int = 0) -> FloatArray:
        """(C, T) from a (C, slots) profile, interpolated between bin centres around the circle of `turns` slots."""
        turns = turns or profile.shape[1]
        low = np.take(profile, (self.left + base) % turns, axis=1)
        if not self.weight.any():
            return low
        high = np.take(profile, (self.left + base + 1) % turns, axis=1)
        return np.asarray(low + (high - low) * self.weight, np.float32)


@dataclass(frozen=True, eq=False)
class _Profile:
    """The usual course of working days and of days off (C, bins), and what each bin of the week adds to it (C, 7 bins),
    None where weekdays are not told apart.
    """

    work: FloatArray
    off: FloatArray
    week: FloatArray | None

    def course(self, rest: FloatArray, grid: _Grid) -> FloatArray:
        """(C, T) on the axis of `grid`; rest (C, T), without level, tells which course each holiday follows."""
        work, off = (grid.spread_over_time(table) for table in (self.work, self.off))
        course = np.where(grid.off, off, work)
        if self.week is not None:
            more = grid.spread_over_time(self.week, grid.weekday * grid.bins)
            work = work + more
            course = np.where(grid.off, off, work) + np.where(grid.off & ~grid.holiday, more, np.float32(0.0))
        if grid.holiday.any():
            course = _holidays(rest, course, work, off, grid)
        return np.asarray(course, np.float32)


def _fit_rows(learn: FloatArray, grid: _Grid) -> tuple[FloatArray, FloatArray, BoolArray, dict[str, FloatArray]]:
    """Centre and spread (C, T) on the transformed scale from the points to learn from (NaN elsewhere), where a change
    is news, and what is kept of them: the level at the end, profiles and spreads by slot.
    """
    known = np.isfinite(learn)
    points = known.sum(axis=1)
    daily_points = _daily(known, grid)
    full_days = (
        daily_points >= 0.5 * min(daily_points.max(initial=1), max(1, len(grid.day) // max(1, grid.days)))
    ).sum(1)
    seasonal = (full_days >= 2) & grid.repeats
    overall = median(learn)
    level = np.repeat(overall[:, None], learn.shape[1], axis=1)
    course = _profile(learn - level, seasonal, grid).course(learn - level, grid)
    heed()
    level = level_around(learn - course, ~grid.holiday, grid.day_places, overall)
    profile = _profile(learn - level, seasonal, grid)
    course = profile.course(learn - level, grid)
    level, news = running_level(learn - course, ~grid.holiday, grid.day_places, overall)
    centre = level + course
    heed()
    spreads = _spread(np.where(news, np.float32(np.nan), learn - centre), seasonal, grid)
    unknown = points < MIN_POINTS
    centre[unknown] = spreads[unknown] = np.nan
    last = np.where(unknown[:, None], np.float32(np.nan), level[:, -1:])
    kept = {"level": last, "work": profile.work, "off": profile.off, "spread": spreads}
    if profile.week is not None:
        kept["week"] = profile.week
    return centre, grid.spread_over_time(spreads), news, kept


def _daily(known: BoolArray, grid: _Grid) -> IntArray:
    """(C, days) how many points of each local day are known."""
    sums = np.zeros((len(known), grid.days), np.int64)
    starts = np.flatnonzero(np.diff(grid.day, prepend=-1))
    if len(starts):
        sums[:, grid.day[starts]] = np.add.reduceat(known, starts, axis=1, dtype=np.int64)
    return sums


def _profile(learn: FloatArray, seasonal: BoolArray, grid: _Grid) -> _Profile:
    """The usual course of the day and the week of level-free values; flat for cells that are not `seasonal` (C,)."""
    all_days = _slot_medians(learn, np.where(grid.holiday, -1, grid.day_bin), grid.bins, grid)
    all_days = np.where(np.isfinite(all_days), all_days, 0.0)
    kinds = []
    for off in (False, True):
        chosen = np.where(~grid.holiday & (grid.off == off), grid.day_bin, -1)
        own = _slot_medians(learn, chosen, grid.bins, grid, least=2)
        table = np.where(np.isfinite(own), own, all_days).astype(np.float32)
        table[~seasonal] = 0.0
        kinds.append(table)
    work, off_day = kinds
    if not grid.weekdays:
        return _Profile(work, off_day, None)
    plain = np.where(grid.off, grid.spread_over_time(off_day), grid.spread_over_time(work))
    week = _weekdays(learn - plain, grid)
    week[~seasonal] = 0.0
    return _Profile(work, off_day, week)


def _slot_medians(learn: FloatArray, labels: IntArray, slots: int, grid: _Grid, least: int = 1) -> FloatArray:
    """(C, slots) medians by label, each pooled with its neighbours while there are few days; NaN below `least`."""
    places = grouped_places(labels, slots)
    if places.shape[1] < 5 * max(1, len(grid.day) // max(1, grid.days * grid.bins)):
        places = _pooled(places, 1)
    ordered, counts = sort_with_counts(gather(learn, places))
    medians = pick_quantile(ordered, counts, 0.5)
    return np.asarray(np.where(counts >= least, medians, np.nan), np.float32)


def _pooled(places: IntArray, reach: int) -> IntArray:
    """`places` (slots, n) of each slot joined with those of `reach` slots to either side, around the circle."""
    return np.concatenate([np.roll(places, shift, axis=0) for shift in range(-reach, reach + 1)], axis=1)


def _weekdays(rest: FloatArray, grid: _Grid) -> FloatArray:
    """(C, 7 bins) what each weekday adds to its sort of day, shrunk by how much of it is more than chance."""
    reach = min(2 * grid.pool, (grid.bins - 1) // 2, max(0, round((24.0 / grid.weeks - 1.0) / 2.0)))
    places = _pooled(grouped_places(grid.week_bin, 7 * grid.bins), reach)
    extra = median(gather(rest, places))
    extra = np.where(np.isfinite(extra), extra, 0.0)
    noise = (MAD_TO_SD * median(np.abs(rest)).astype(np.float64)) ** 2 * 1.57 / grid.weeks
    power = np.square(extra.astype(np.float64)).mean(axis=1)
    keep = np.clip(1.0 - noise / np.maximum(power, 1e-12), 0.0, 1.0)
    keep = np.where(np.isfinite(keep), keep, 0.0)
    return np.asarray(extra * keep[:, None], np.float32)


def _holidays(learn: FloatArray, profile: FloatArray, work: FloatArray, off_day: FloatArray, grid: _Grid) -> FloatArray:
    """`profile` with each holiday following a day off or its weekday, whichever lies nearer to what was measured.

    Its night and the rest of it do so apart: after a working day people go home early, whatever the day to come.
    """
    result = profile.copy()
    for day in np.unique(grid.day[grid.holiday]):
        for part in (grid.night, ~grid.night):
            at = np.flatnonzero((grid.day == day) & grid.holiday & part)
            as_off = median(np.abs(learn[:, at] - off_day[:, at]))
            as_work = median(np.abs(learn[:, at] - work[:, at]))
            nearer_work = as_work < as_off  # False where nothing is known: the calendar's word counts
            result[:, at] = np.where(nearer_work[:, None], work[:, at], off_day[:, at])
    return result


def _spread(rest: FloatArray, seasonal: BoolArray, grid: _Grid) -> FloatArray:
    """(C, bins) robust standard deviation by slot of the day, drawn toward the cell's own overall one."""
    size = np.abs(rest)
    overall = scale_of(*sort_with_counts(size))
    places = _pooled(grouped_places(grid.day_bin, grid.bins), min(grid.pool, (grid.bins - 1) // 2))
    ordered, counts = sort_with_counts(gather(size, places))
    own = np.where(counts > 0, scale_of(ordered, counts), 0.0).astype(np.float64)
    few = 60.0
    variance = (counts * own**2 + few * overall[:, None].astype(np.float64) ** 2) / (counts + few)
    variance[~seasonal] = overall[~seasonal, None].astype(np.float64) ** 2
    return np.sqrt(variance).astype(np.float32)


def _least_spread(values: FloatArray, learn: FloatArray, transform: str) -> FloatArray:
    """(C, 1) the least believable spread: a thousandth of what is typical and the resolution; of a count 0.01, and NaN
    where it is that of counting, since all counts are whole ones.
    """
    if transform == "log1p":
        finite = np.where(np.isfinite(learn), np.where(np.isfinite(values), values, 0.0), 0.0)
        whole = (finite == np.rint(finite)).all(axis=1, keepdims=True)
        return np.where(whole, np.float32(np.nan), np.float32(0.01))
    ordered, counts = sort_with_counts(np.abs(learn))
    typical = pick_quantile(ordered, counts, 0.5)
    floor = np.maximum(1e-3 * np.where(np.isfinite(typical), typical, 0.0), 0.5 * _resolution(learn))
    return np.asarray(floor[:, None], np.float32)


def _floor(least: FloatArray, centre: FloatArray, transform: str) -> FloatArray:
    """(C, T) the least believable spread around `centre` (C, T); see `_least_spread` for `least` (C, 1)."""
    size = np.abs(centre)
    if transform == "log1p":
        usual = np.expm1(np.minimum(size, 80.0))
        poisson = np.sqrt(np.maximum(usual, 0.5)) / (1.0 + usual)
        return np.asarray(np.where(np.isnan(least), np.maximum(poisson, 0.005), least), np.float32)
    return np.asarray(np.maximum(least, np.maximum(1e-6 * size, 1e-9)), np.float32)


def _resolution(learn: FloatArray) -> FloatArray:
    """(C,) the median step between neighbouring distinct values of a cell; 0 if it has a single one."""
    steps = np.diff(np.sort(learn, axis=1), axis=1)
    with np.errstate(invalid="ignore"):
        steps = np.where(steps > 0, steps, np.float32(np.nan))
    found = median(steps)
    return np.asarray(np.where(np.isfinite(found), found, 0.0), np.float32)
