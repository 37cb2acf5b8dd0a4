"""What a training of the grid family is shown: patches of the map of cells, period after period.

The map is laid out as it is when the model looks for anomalies, and cut into patches as in pretraining. Points that
nobody should learn as normal are seen, as they will be later, but no forecast of them counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import season
from engine.convlstm.architecture import Architecture
from engine.convlstm.frames import CHANNELS, FARTHEST_SEEN, FARTHEST_TRUSTED, WARM_UP, forecasts
from engine.convlstm.layout import FEWEST_CELLS, Layout, lay_out
from engine.convlstm.session import Runs
from engine.convlstm.windows import SLOTS, squash
from engine.data import BoolArray, Clock, FloatArray, IntArray, Kpi, Labels, Panel
from engine.errors import ModelError, Reason
from engine.finetuning.examples import EXCLUDED, MOST_BATCHES, SERIES_AT_ONCE, Cut, Scored, batch_size, sound_points
from engine.finetuning.training import Batch
from engine.monitor import Monitor

PATCH = 6
"""Rows and columns of a patch, as in pretraining; what lies beyond its edge is missing to the model."""

MOST_SERIES = 12_000
"""Of a larger map (cells times KPIs) a part is drawn once: what is held in memory stays bounded."""

MOST_JUDGED = 1 << 20
"""Points of all windows of a KPI together by which an epoch is judged; of more, some windows are left out evenly."""


MOST_SEEN = 2_000_000
"""Values that are kept of what was learned from, to tell drift by later."""


@dataclass(frozen=True, eq=False)
class Maps:
    """One KPI. maps (T, H, W): the feed, NaN = missing; learned (T, H, W): what may be learned to be forecast.

    feed, clean, truth (C, T): the same by cell, as the model is judged.
    """

    maps: FloatArray
    learned: BoolArray
    feed: FloatArray
    clean: BoolArray
    truth: npt.NDArray[np.int8]


class MapExamples:
    """The map of cells, period by period. Raises ModelError where too few cells have a known place."""

    anomalous = 0
    injected = 0.0

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        labels: Labels | None,
        architecture: Architecture,
        cut: Cut,
        seed: int,
        monitor: Monitor,
    ) -> None:
        layout = lay_out(panel.cells)
        if layout is None:
            raise ModelError(Reason("convlstm_no_map", {"needed": FEWEST_CELLS}))
        rows, self._layout = part_of_map(layout, MOST_SERIES // max(1, len(panel.kpis)), np.random.default_rng(seed))
        self._architecture, self._cut, self._period_s = architecture, cut, panel.period_s
        excluded = dict.fromkeys(EXCLUDED, 0)
        self._kpis = [
            self._made_ready(panel, kpi, rows, clock, labels, excluded, monitor.part(i / len(panel.kpis), 1.0))
            for i, kpi in enumerate(panel.kpis)
        ]
        training, stop = cut.training, self._period(cut.stop)
        self.used = sum(int(one.learned[:stop].sum()) for one in self._kpis)
        self.excluded: Mapping[str, int] = excluded
        self.series = len(rows) * len(panel.kpis)
        seen = np.concatenate([_seen(one.feed[:, training][np.isfinite(one.feed[:, training])]) for one in self._kpis])
        self.seen = seen[:: max(1, len(seen) // MOST_SEEN)]
        self._size = min(PATCH, self._layout.height), min(PATCH, self._layout.width)
        self.batch = batch_size(architecture, self._size[0] * self._size[1])
        patches = -(-self._layout.height // PATCH) * -(-self._layout.width // PATCH)
        windows = len(self._kpis) * patches * max(1, stop // architecture.steps)
        self.batches = min(-(-windows // self.batch), MOST_BATCHES)

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Patches of any KPI, from any period and place."""
        steps, (height, width) = self._architecture.steps, self._size
        latest = self._period(self._cut.stop) - steps
        for _ in range(self.batches):
            cut = []
            for _ in range(self.batch):
                one = self._kpis[int(rng.integers(len(self._kpis)))]
                at = int(rng.integers(max(1, latest)))
                up = int(rng.integers(self._layout.height - height + 1))
                left = int(rng.integers(self._layout.width - width + 1))
                cut.append(self._window(one, at, slice(up, up + height), slice(left, left + width)))
            x, y, w = (np.stack(arrays) for arrays in zip(*cut, strict=True))
            if w.any():
                yield x, y, w

    def judged(self, first: int, last: int) -> list[Batch]:
        """Windows of the whole map, every period once."""
        begin, end = self._period(first), self._period(last)
        steps, everywhere = self._architecture.steps, slice(None)
        fresh = steps - WARM_UP + 1
        points = steps * self._layout.height * self._layout.width
        batches = []
        for one in self._kpis:
            cut = []
            for target in range(begin, end, fresh):
                at = int(np.clip(target - WARM_UP, 0, len(one.maps) - steps - 1))
                x, y, w = self._window(one, at, everywhere, everywhere)
                times = at + 1 + np.arange(steps)
                w[(times < target) | (times >= min(target + fresh, end))] = 0.0
                cut.append((x, y, w))
            most = max(1, MOST_JUDGED // points)
            kept = np.unique(np.linspace(0, len(cut) - 1, min(most, len(cut))).astype(int)).tolist()
            x, y, w = (np.stack(arrays) for arrays in zip(*(cut[i] for i in kept), strict=True))
            batches.append((x, y, w))
        return batches

    def scored(self, session: Runs) -> Iterator[Scored]:
        """As the detector scores: how far a point was not as forecast."""
        steps = self._architecture.steps
        for one in self._kpis:
            expected = forecasts(session, one.feed, self._layout, self._period_s, steps, FARTHEST_TRUSTED)
            yield Scored(np.abs(one.feed - expected), one.clean, one.truth)

    def _period(self, day: int) -> int:
        """The first period of a day."""
        return int(np.searchsorted(self._cut.days.place, day * SLOTS))

    def _window(self, one: Maps, at: int, rows: slice, columns: slice) -> Batch:
        """x (steps, 3, h, w) from period `at` on; y and w (steps, 1, h, w) of the period after each."""
        span = slice(at, at + self._architecture.steps + 1)
        part = one.maps[span, rows, columns]
        known = np.isfinite(part)
        value = _seen(np.where(known, part, np.float32(0.0)))
        x = np.empty((len(part) - 1, CHANNELS, *part.shape[1:]), np.float32)
        x[:, 0], x[:, 1], x[:, 2] = value[:-1], known[:-1], self._period_s / 3600.0
        w = one.learned[span, rows, columns][1:, None].astype(np.float32)
        w[: WARM_UP - 1] = 0.0
        return x, value[1:, None], w

    def _made_ready(
        self,
        panel: Panel,
        kpi: Kpi,
        rows: IntArray,
        clock: Clock,
        labels: Labels | None,
        excluded: dict[str, int],
        monitor: Monitor,
    ) -> Maps:
        """One KPI; adds to `excluded`."""
        training = self._cut.training
        feed, usual = np.empty((len(rows), panel.shape[1]), np.float32), np.empty((len(rows), panel.shape[1]), bool)
        truth = np.full(feed.shape, -1, np.int8) if labels is None else labels[kpi.id][rows]
        for first in range(0, len(rows), SERIES_AT_ONCE):
            monitor.step(0.0, Reason("stage_season", {"kpi": kpi.id}))
            some = slice(first, first + SERIES_AT_ONCE)
            values = np.array(panel.values[kpi.id][rows[some]], np.float32)
            values[~np.isfinite(values)] = np.nan
            sound = sound_points(values, panel.flags[kpi.id][rows[some]], training, excluded)
            anomalous = sound & (truth[some] == 1)
            excluded["labelled"] += int((anomalous & training).sum())
            usual[some] = sound & ~anomalous
            feed[some] = season.adjust(values, season.fit(values, usual[some] & training, clock, kpi))
        learned = np.isfinite(self._layout.on_map(np.where(usual, feed, np.float32(np.nan))))
        return Maps(self._layout.on_map(feed), learned, feed, usual & training, truth)


def part_of_map(layout: Layout, most: int, rng: np.random.Generator) -> tuple[IntArray, Layout]:
    """The placed cells and their map; of a map with more than `most` squares a part of it, drawn at random."""
    height, width = layout.height, layout.width
    if height * width > most:
        height = min(height, max(3, int(np.sqrt(most))))
        width = min(width, max(3, most // height))
    up, left = int(rng.integers(layout.height - height + 1)), int(rng.integers(layout.width - width + 1))
    inside = (layout.row >= up) & (layout.row < up + height) & (layout.col >= left) & (layout.col < left + width)
    rows = np.flatnonzero(inside)
    return rows, Layout(layout.row[rows] - up, layout.col[rows] - left, height, width)


def _seen(feed: FloatArray) -> FloatArray:
    """Values of the feed as the model sees them."""
    return squash(np.clip(feed, -FARTHEST_SEEN, FARTHEST_SEEN))
