"""NNAR(p, k): the next value from the last p values by a network with k hidden nodes, averaged over several networks.

NNAR(p, P, k)[m] also looks at the same time of the P days before, m periods apart; p and k can be left to the data
(`engine.neural.lag_choice`). The model is `nnetar` of R's forecast package (Hyndman & Athanasopoulos 2021, section
12.4). *Faithful* trains it as there, for every cell by itself: values scaled by mean and standard deviation, complete
rows only, random starts, the mean of the networks, lags taken as they are. *Fleet* trains the networks once on rows
pooled from some cells of the KPI; a cell then only weighs the networks' outputs by ridge regression toward their
mean. That is a thousand times cheaper and forecasts better, because the networks of a single cell learn its noise.
There p is the median of what the pooled cells ask for.

Fleet mode does not learn from extreme points, and a value that was itself extreme is replaced by its forecast before
it serves as a lag, so that a fault neither echoes through the p hours after it nor becomes the new normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, FloatArray, IntArray, Kept, Kpi
from engine.detectors.base import BAND, Scope, at_border, in_unit, judged_later, points_of, silent_cells
from engine.errors import Reason
from engine.neural.lag_choice import autoregressive_order, hidden_nodes, lag_list, seasonally_adjusted
from engine.neural.lagged import lagged, lagged_at, reached
from engine.neural.perceptron import Networks, train
from engine.numerics.robust import gather, grouped_places, median, scale_of, sort_with_counts
from engine.settings import Settings

ROWS_BEYOND_LAGS = 100
"""Points that a series needs beyond its lags."""

LIKELY_LAGS = 30
"""About how many lags a series asks for that may choose them itself."""

POOL_CELLS = 40
POOL_ROWS = 16_384
ADJUSTED_STEPS, RAW_STEPS = (500, 8, 30), (100, 30, 60)
"""Training stops early, after (one step per so many pooled rows, at least, at most): what is left of a series without
its season is little, and its noise is soon learned by heart."""

EXTREME = 3.0
"""Standard deviations beyond which a value (or a forecast error) is not believed when it serves as a lag."""

FILTER_PASSES = 12
RIDGE = 0.3
WEIGHT_ROWS = 4096
POINTS_AT_ONCE = 16_384
LEAST_SIGMA = 0.05


@dataclass(frozen=True, eq=False)
class Nnar:
    """NNAR(lags, seasonal, hidden); lags or hidden 0: by the data. raw: the feed is the values themselves (paper);
    trained: the fleet's networks.
    """

    fleet: bool = True
    raw: bool = False
    lags: int = 29
    seasonal: int = 0
    hidden: int = 15
    networks: int = 20
    trained: Networks | None = None

    id: ClassVar[str] = "nnar"
    label: ClassVar[str] = "NNAR"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False

    @property
    def resumes(self) -> bool:
        """Whether later points can be scored by what is kept: a fleet's networks are, those of a cell are not."""
        return self.fleet

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take mode, feed, lags, hidden nodes and the number of networks."""
        return cls(
            fleet=settings.nnar_mode == "fleet",
            raw=settings.feed == "raw",
            lags=settings.nnar_lags,
            seasonal=settings.nnar_seasonal,
            hidden=settings.nnar_hidden,
            networks=settings.nnar_networks,
        )

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every KPI
        """It needs its lags and enough rows to learn from."""
        if points < self._needed(clock):
            return Reason("not_enough_history", {"points": points, "needed": self._needed(clock)})
        return None

    def _needed(self, clock: Clock) -> int:
        return max(self.lags or LIKELY_LAGS, self.seasonal * clock.day_slots) + ROWS_BEYOND_LAGS

    def _sized(self, series: FloatArray, season: int) -> Self:
        """This detector with the lags and hidden nodes that the rows of `series` (C, T) ask for, where left to them."""
        lags = self.lags
        if not lags:
            orders = [
                autoregressive_order(seasonally_adjusted(row, season if self.seasonal else 1))
                for row in series.astype(np.float64)
            ]
            lags = max(1, round(float(np.median(orders))))
        inputs = len(lag_list(lags, self.seasonal, season))
        return replace(self, lags=lags, hidden=self.hidden or hidden_nodes(inputs))

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:
        """In fleet mode the networks, trained on rows of at most `POOL_CELLS` cells; faithful mode learns nothing."""
        if not self.fleet:
            return self
        rows = np.unique(np.linspace(0, len(pool.values) - 1, min(len(pool.values), POOL_CELLS)).round().astype(int))
        feed = _Feed.of(pool, self.raw, rows)
        usable = feed.learnable.copy()
        sized = self._sized(feed.believed, pool.clock.day_slots)
        lags = lag_list(sized.lags, sized.seasonal, pool.clock.day_slots)
        usable[:, : min(lags[-1], usable.shape[1])] = False
        cells, times = np.nonzero(usable)
        if len(cells) < ROWS_BEYOND_LAGS:
            return self
        kept = np.sort(rng.choice(len(cells), min(len(cells), POOL_ROWS), replace=False))
        cells, times = cells[kept], times[kept]
        inputs = np.ascontiguousarray(lagged(feed.believed, lags)[:, cells, times].T)
        per_step, least, most = RAW_STEPS if self.raw else ADJUSTED_STEPS
        steps = min(max(len(cells) // per_step, least), most)
        trained = train(inputs, feed.scaled[cells, times], sized.networks, sized.hidden, rng, steps)
        return replace(sized, trained=trained)

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:
        """|value - forecast| in standard deviations of the cell's own clean forecast errors; band `BAND` of them."""
        seed = int(rng.integers(2**63))
        forecast = np.full(block.shape, np.nan)
        sigma = np.full(block.shape, np.nan)
        kept: dict[str, np.ndarray] = {}
        reasons = list(points_of(block))
        season, needed = block.clock.day_slots, self._needed(block.clock)
        step = max(1, POINTS_AT_ONCE // max(1, block.shape[1])) if self.fleet else 1
        for first in range(0, len(block.values), step):
            rows = np.array([r for r in range(first, min(first + step, len(reasons))) if reasons[r] is None], int)
            if not len(rows):
                continue
            feed = _Feed.of(block, self.raw, rows)
            enough = feed.learnable.sum(axis=1) >= needed
            for row, points, varies, fine in zip(
                rows.tolist(), feed.learnable.sum(axis=1).tolist(), feed.varies.tolist(), enough.tolist(), strict=True
            ):
                if not fine:
                    reasons[row] = Reason("not_enough_history", {"points": points, "needed": needed})
                elif not varies:
                    reasons[row] = Reason("nnar_constant")
            able = enough & feed.varies
            if not able.any():
                continue
            feed = feed.of_cells(able)
            found = self._by_fleet(feed, block) if self.fleet else self._by_cell(feed, season, seed)
            if found is None:
                for row in rows[able].tolist():
                    reasons[row] = Reason("nnar_nothing_learnt")
                continue
            forecast[rows[able]] = found[0] * feed.size + feed.centre
            sigma[rows[able]] = found[1] * feed.size
            for name, part in found[2].items():
                whole = kept.setdefault(name, np.full((block.shape[0], part.shape[1]), np.nan, part.dtype))
                whole[rows[able]] = part
        expected, lower, upper, score = self._judged(block, forecast, sigma)
        silent = silent_cells(score, Reason("no_opinion"), reasons)
        return Evidence(self.id, expected, lower, upper, score, silent, kept)

    def taught(self) -> Kept:
        """The fleet's networks: weights into the hidden nodes, network under network, and out of them; the lags p."""
        if self.trained is None:
            return {}
        into, out = self.trained.into, self.trained.out
        return {"into": into.reshape(-1, into.shape[2]), "out": out, "lags": np.array([[self.lags]])}

    def recalled(self, taught: Kept) -> Self:
        """This detector with those networks."""
        if not taught:
            return self
        into, out = taught["into"], taught["out"]
        trained = Networks(into.reshape(len(out), -1, into.shape[1]), out)
        return replace(self, lags=int(taught["lags"][0, 0]), hidden=trained.into.shape[1], trained=trained)

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points, by the networks and the weights of each cell, after the values it last believed."""
        forecast, sigma = np.full(block.shape, np.nan), np.full(block.shape, np.nan)
        lags = lag_list(self.lags, self.seasonal, block.clock.day_slots)
        if self.trained is None or not kept:
            return judged_later(self.id, block, *self._judged(block, forecast, sigma))
        step = max(1, POINTS_AT_ONCE // max(1, block.shape[1]))
        judged = np.flatnonzero(np.isfinite(kept["weights"][:, 0]))
        for first in range(0, len(judged), step):
            rows = judged[first : first + step]
            of = {name: part[rows] for name, part in kept.items()}
            feed = _Feed.later(block, rows, of["scale"], of.get("usual"), of["believed"])
            trusted = feed.known & (np.abs(feed.scaled) <= EXTREME)
            trusted[:, : lags[-1]] = of["relied"] > 0
            inputs = np.ascontiguousarray(lagged(feed.believed, lags)[:, :, lags[-1] :])
            outputs = self.trained.outputs(inputs.reshape(len(lags), -1)).reshape(-1, *inputs.shape[1:])
            ahead = np.full(feed.scaled.shape, np.float32(np.nan))
            ahead[:, lags[-1] :] = _weighed(of["weights"], outputs.transpose(1, 0, 2))
            found = self._filtered(feed, trusted, ahead, of["weights"], of["sizes"], lags)
            forecast[rows] = found.forecast[:, lags[-1] :] * feed.size + feed.centre
            sigma[rows] = found.sigma[:, lags[-1] :] * feed.size
        return judged_later(self.id, block, *self._judged(block, forecast, sigma))

    def _judged(
        self, block: Block, forecast: DoubleArray, sigma: DoubleArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Expected, lower, upper and score (C, T)."""
        limit = float(np.finfo(np.float32).max)
        with np.errstate(over="ignore"):
            score = np.minimum(np.abs(np.where(np.isfinite(block.feed), block.feed, np.nan) - forecast) / sigma, limit)
            expected, lower, upper = (
                in_unit(block, np.clip(forecast + side * BAND * sigma, -limit, limit).astype(np.float32), self.raw)
                for side in (0, -1, 1)
            )
        return expected, lower, upper, score.astype(np.float32)

    def _by_cell(self, feed: _Feed, season: int, seed: int) -> tuple[DoubleArray, DoubleArray, Kept]:
        """Forecast and error size (1, T), scaled, of one cell by networks of its own; nothing is kept."""
        last = int(np.flatnonzero(feed.clean[0])[-1]) + 1
        sized = self._sized(feed.literal[:, :last], season)
        lags = lag_list(sized.lags, sized.seasonal, season)
        before = lagged(feed.literal, lags)[:, 0]
        complete = ~lagged((~feed.known).astype(np.float32), lags)[:, 0].any(axis=0)
        rows = feed.clean[0] & complete
        rows[: lags[-1]] = False
        if rows.sum() < ROWS_BEYOND_LAGS:  # too many gaps for complete rows: fall back on filled ones
            rows = feed.clean[0].copy()
            rows[: lags[-1]] = False
        rng = np.random.default_rng(seed)
        inputs = np.ascontiguousarray(before[:, rows].T)
        networks = train(inputs, feed.scaled[0, rows], sized.networks, sized.hidden, rng)
        forecast = networks.outputs(before).mean(axis=0)[None].astype(np.float64)
        forecast[:, : lags[-1]] = np.nan
        error = np.where(rows, feed.scaled - forecast, np.nan)
        sigma = np.maximum(scale_of(*sort_with_counts(np.abs(error))), LEAST_SIGMA * 0.01)
        return forecast, np.broadcast_to(sigma[:, None], forecast.shape), {}

    def _by_fleet(self, feed: _Feed, block: Block) -> tuple[DoubleArray, DoubleArray, Kept] | None:
        """Forecast and error size (C, T), scaled, by the fleet's networks, and what is kept; None if there are none."""
        if self.trained is None:
            return None
        lags = lag_list(self.lags, self.seasonal, block.clock.day_slots)
        outputs = self.trained.outputs(lagged(feed.believed, lags).reshape(len(lags), -1))
        outputs = outputs.reshape(-1, *feed.scaled.shape).transpose(1, 0, 2)
        weights = _weigh(outputs, feed.scaled, feed.learnable)
        forecast = _weighed(weights, outputs)
        error = np.where(feed.learnable, feed.scaled - forecast, np.float32(np.nan))
        own = np.maximum(scale_of(*sort_with_counts(np.abs(error))), LEAST_SIGMA)[:, None]
        usual = np.where(feed.learnable, np.abs(feed.scaled), np.float32(np.nan))
        whole = np.maximum(scale_of(*sort_with_counts(usual))[:, None], own)
        trusted = feed.known & (np.abs(feed.scaled) <= EXTREME)
        sizes = np.concatenate([own, whole], axis=1)
        found = self._filtered(feed, trusted, forecast, weights, sizes, lags)
        kept = {
            "weights": weights,
            "sizes": sizes,
            "scale": np.concatenate([feed.centre, feed.size], axis=1),
            "believed": at_border(block, found.believed, lags[-1]),
            "relied": at_border(block, found.relied, lags[-1]).astype(np.float32),
        }
        if feed.usual is not None:
            kept["usual"] = feed.usual
        return found.forecast.astype(np.float64), found.sigma.astype(np.float64), kept

    def _filtered(
        self,
        feed: _Feed,
        trusted: BoolArray,
        forecast: FloatArray,
        weights: FloatArray,
        sizes: FloatArray,
        lags: Sequence[int],
    ) -> _Filtered:
        """`forecast` (C, T) made again where values before it turn out to be surprising, which are then not believed.

        sizes (C, 2): the usual error after values that can be trusted, and the usual size of the feed.
        """
        if self.trained is None:
            raise ValueError("there are no networks to forecast by")
        believed, relied = feed.believed.copy(), trusted
        own, whole = sizes[:, :1], sizes[:, 1:]
        sigma = _error_size(relied, own, whole, lags)
        for _ in range(FILTER_PASSES):
            with np.errstate(invalid="ignore"):
                surprising = feed.known & (np.abs(feed.scaled - forecast) > EXTREME * sigma)
            wanted = np.where(trusted & ~surprising, feed.scaled, forecast)
            wanted = np.where(feed.known & ~trusted & ~surprising, feed.believed, wanted)
            changed = np.abs(wanted - believed) > LEAST_SIGMA
            if not changed.any():
                break
            believed = np.where(changed, wanted, believed).astype(np.float32)
            cells, times = np.nonzero(reached(changed, lags))
            there = self.trained.outputs(lagged_at(believed, lags, cells, times))
            forecast[cells, times] = np.einsum("nm,nm->m", there, weights[cells, :-1].T) + weights[cells, -1]
            relied = trusted & ~surprising
            sigma = _error_size(relied, own, whole, lags)
        return _Filtered(forecast, sigma, believed, relied)


@dataclass(frozen=True, eq=False)
class _Filtered:
    """Forecast and error size, the values that served as lags, and which of those could be relied on; all (C, T)."""

    forecast: FloatArray
    sigma: FloatArray
    believed: FloatArray
    relied: BoolArray


@dataclass(frozen=True, eq=False)
class _Feed:
    """Some cells of a block, scaled; (C, T) but centre and size (C, 1).

    scaled: (feed - centre) / size, NaN = missing. literal: with gaps filled by what is usual; believed: moreover
    without extreme values (usual in their place). clean: may be learned from; learnable: that and not extreme.
    usual (C, slots of a day): what is usual there of raw values, None where the feed is adjusted and 0 is usual.
    """

    scaled: FloatArray
    literal: FloatArray
    believed: FloatArray
    known: BoolArray
    clean: BoolArray
    learnable: BoolArray
    varies: BoolArray
    centre: DoubleArray
    size: DoubleArray
    usual: FloatArray | None

    @classmethod
    def of(cls, block: Block, raw: bool, rows: IntArray) -> _Feed:
        feed = block.feed[rows].astype(np.float64)
        known = np.isfinite(feed)
        clean = known & block.clean[rows]
        points = np.maximum(clean.sum(axis=1, keepdims=True), 1)
        centre = np.where(clean, feed, 0.0).sum(axis=1, keepdims=True) / points
        off = np.where(clean, feed - centre, 0.0)
        peak = np.maximum(np.abs(off).max(axis=1, keepdims=True, initial=0.0), 1e-300)
        size = peak * np.sqrt(np.square(off / peak).sum(axis=1, keepdims=True) / points)
        varies = size[:, 0] > 1e-7 * np.abs(centre[:, 0])
        if not raw:
            centre, size = np.zeros_like(centre), np.ones_like(size)
        size = np.where(varies[:, None], size, 1.0)
        scaled = np.where(known, (np.where(known, feed, 0.0) - centre) / size, np.nan).astype(np.float32)
        usual = None
        if raw:
            slots = grouped_places(block.clock.slot_of_day, block.clock.day_slots)
            by_slot = median(gather(np.where(clean, scaled, np.float32(np.nan)), slots))
            usual = np.asarray(np.where(np.isfinite(by_slot), by_slot, 0.0), np.float32)
        literal, believed = _believable(scaled, usual, block.clock)
        learnable = clean & (np.abs(literal) <= EXTREME)
        return cls(scaled, literal, believed, known, clean, learnable, varies, centre, size, usual)

    @classmethod
    def later(
        cls, block: Block, rows: IntArray, scale: DoubleArray, usual: FloatArray | None, before: FloatArray
    ) -> _Feed:
        """Later points, scaled as before, behind the values `before` (C, lags) that were last believed."""
        feed = block.feed[rows].astype(np.float64)
        known = np.isfinite(feed)
        centre, size = scale[:, :1], scale[:, 1:]
        scaled = np.where(known, (np.where(known, feed, 0.0) - centre) / size, np.nan).astype(np.float32)
        literal, believed = _believable(scaled, usual, block.clock)
        scaled, literal, believed = (np.concatenate([before, part], axis=1) for part in (scaled, literal, believed))
        known = np.concatenate([np.ones(before.shape, np.bool_), known], axis=1)
        nothing, varies = np.zeros(known.shape, np.bool_), np.ones(len(known), np.bool_)
        return cls(scaled, literal, believed, known, nothing, nothing, varies, centre, size, usual)

    def of_cells(self, chosen: BoolArray) -> _Feed:
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        some: dict[str, Any] = {name: None if part is None else part[chosen] for name, part in parts.items()}
        return _Feed(**some)


def _believable(scaled: FloatArray, usual: FloatArray | None, clock: Clock) -> tuple[FloatArray, FloatArray]:
    """(C, T) the series with gaps filled by what is usual, and the same without extreme values."""
    filler = np.float32(0.0) if usual is None else np.take(usual, clock.slot_of_day, axis=1)
    literal = np.where(np.isfinite(scaled), scaled, filler)
    return literal, np.where(np.abs(literal) <= EXTREME, literal, filler)


def _weighed(weights: FloatArray, outputs: FloatArray) -> FloatArray:
    """(C, T) forecasts: the outputs (C, N, T) of the networks by the weights (C, N + 1) of each cell."""
    return np.asarray(np.matmul(weights[:, None, :-1], outputs)[:, 0] + weights[:, -1:], np.float32)


def _weigh(outputs: FloatArray, targets: FloatArray, learnable: BoolArray) -> FloatArray:
    """(C, N + 1) each cell's weights on its networks' outputs (C, N, T) and an intercept, drawn toward the plain mean.

    Ridge regression in closed form, made twice: the second time without the points that the first missed by far.
    """
    cells, count, length = outputs.shape
    every = max(1, -(-length // WEIGHT_ROWS))
    aims, use = np.nan_to_num(targets[:, ::every]), learnable[:, ::every]
    design = np.ones((cells, count + 1, aims.shape[1]), np.float32)
    design[:, :-1] = outputs[:, :, ::every]
    weights = np.zeros((cells, count + 1), np.float32)
    weights[:, :count] = 1.0 / count
    start = weights.astype(np.float64)
    rest = aims - np.matmul(weights[:, None], design)[:, 0]
    error = rest
    for _ in range(2):
        size = np.where(use, np.abs(error), np.float32(np.nan)).astype(np.float32)
        near = use & (np.abs(error) <= EXTREME * scale_of(*sort_with_counts(size))[:, None])
        used = design * near[:, None]
        gram = np.matmul(used, design.transpose(0, 2, 1)).astype(np.float64)
        gram[:, range(count + 1), range(count + 1)] += RIDGE * np.maximum(near.sum(axis=1), 1)[:, None]
        pull = np.matmul(used, rest[:, :, None].astype(np.float32)).astype(np.float64)
        weights = (start + np.linalg.solve(gram, pull)[:, :, 0]).astype(np.float32)
        error = aims - np.matmul(weights[:, None], design)[:, 0]
    return weights


def _error_size(trusted: BoolArray, own: FloatArray, whole: FloatArray, lags: Sequence[int]) -> FloatArray:
    """(C, T) the forecast error to be expected: `own` after trusted lags, up to `whole` where they are not known."""
    ahead = np.array(lags)
    weight = 1.0 / np.arange(1, len(lags) + 1)
    weight /= weight.sum()
    cells, times = np.nonzero(~trusted)
    after = times[:, None] + ahead
    inside = after < trusted.shape[1]
    places = (cells[:, None] * trusted.shape[1] + after)[inside]
    summed = np.bincount(places, np.broadcast_to(weight, after.shape)[inside], trusted.size)
    doubt = np.asarray(summed, np.float64).reshape(trusted.shape)
    for lag, share in zip(lags, weight, strict=True):
        doubt[:, :lag] += share  # nothing is known of the time before the beginning
    return np.asarray(np.sqrt(own**2 + doubt * (whole**2 - own**2)), np.float32)
