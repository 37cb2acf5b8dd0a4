"""The main strip: what was measured, what was expected, and the marks of what is strange."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor

from engine.data import BoolArray, FloatArray
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import colour
from gui.plots.label_item import LabelItem
from gui.plots.legend import FILLS, Key
from gui.plots.line_item import Z_EXPECTED, Z_MEASURED, BandItem, LineItem
from gui.plots.mark_item import Mark, MarkItem
from gui.plots.pyramid import Pyramid
from gui.plots.span_item import SpanItem
from gui.plots.strip import Axis, Strip
from gui.plots.ticks import compact, value_ticks
from gui.plots.time_window import TimeWindow

HEADROOM = 0.06
"""Share of the height left free above and below."""
PIXELS_PER_TICK, TICKS = 20, (3, 5)
"""Height per tick, pixels; least and most ticks asked for."""
LETTER = 14
"""Height of a label, pixels: one that would be cut off at the top is left out."""


@dataclass(frozen=True, eq=False)
class Values:
    """What the strip shows; arrays are (T,), NaN = missing or unknown, masks None where there is nothing to mark.

    from_zero: whether the axis always starts at 0. day_names: per sample the name of its holiday or event.
    """

    measured: FloatArray
    expected: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None
    from_zero: bool = True
    weekend: BoolArray | None = None
    holiday: BoolArray | None = None
    day_names: Sequence[str] = ()
    suspect: BoolArray | None = None
    imputed: BoolArray | None = None
    maintenance: BoolArray | None = None
    marks: Sequence[Mark] = ()


class ValueStrip(Strip):
    """The measured line over its expected band; the height fits what is in sight."""

    def __init__(self, window: TimeWindow) -> None:
        self.axis = Axis("left")
        super().__init__(window, self.axis)
        self.axis.linkToView(self.box)
        self._weekend = self.add(SpanItem())
        self._holiday = self.add(SpanItem())
        self._gap = self.add(SpanItem(wide_only=True, label=tell("timeline_missing")))
        self._suspect = self.add(SpanItem(label=tell("timeline_suspect")))
        self._imputed = self.add(SpanItem(label=tell("timeline_imputed")))
        self._maintenance = self.add(SpanItem(label=tell("timeline_maintenance")))
        self._chosen = self.add(SpanItem())
        self.anomalous = self.add(LabelItem())
        self.normal = self.add(LabelItem(hollow=True))
        self._band = self.add(BandItem())
        self._expected = self.add(LineItem(Z_EXPECTED, dashed=True))
        self._measured = self.add(LineItem(Z_MEASURED, width=1.25))
        self.marks = self.add(MarkItem())
        self._pyramids: dict[str, Pyramid] = {}
        self._from_zero = True

    def show_values(self, values: Values) -> None:
        """Show another series."""
        lines = {"measured": values.measured, "expected": values.expected, "lower": values.lower, "upper": values.upper}
        self._pyramids = {name: Pyramid(line) for name, line in lines.items() if line is not None}
        self._from_zero = values.from_zero
        self._measured.set_values(self._pyramids["measured"])
        self._expected.set_values(self._pyramids.get("expected"))
        self._band.set_bounds(self._pyramids.get("lower"), self._pyramids.get("upper"))
        self._weekend.set_mask(values.weekend)
        self._holiday.set_mask(values.holiday, values.day_names)
        self._gap.set_mask(np.isnan(values.measured))
        for item, mask in (
            (self._suspect, values.suspect),
            (self._imputed, values.imputed),
            (self._maintenance, values.maintenance),
        ):
            item.set_mask(mask)
        self.marks.set_marks(values.marks)

    def show_labels(self, row: npt.NDArray[np.int8] | None) -> None:
        """Show other labels (T,): 1 anomalous, 0 normal, -1 not labelled."""
        self.anomalous.set_mask(None if row is None else row == 1)
        self.normal.set_mask(None if row is None else row == 0)

    def choose(self, mask: BoolArray | None, incident: int | None) -> None:
        """Emphasise a stretch of time and the marks of an incident."""
        self._chosen.set_mask(mask)
        self.marks.select(incident)

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        super().set_palette(palette)
        self.axis.set_palette(palette)
        muted = QColor(palette.muted)
        self._measured.set_colour(QColor(palette.measured))
        self._expected.set_colour(QColor(palette.expected))
        self._band.set_colour(colour(palette.expected, palette.band_opacity))
        for item, key in (
            (self._weekend, Key.WEEKEND),
            (self._holiday, Key.HOLIDAY),
            (self._gap, Key.MISSING),
            (self._suspect, Key.SUSPECT),
            (self._imputed, Key.IMPUTED),
            (self._maintenance, Key.MAINTENANCE),
        ):
            item.set_brush(FILLS[key](palette), muted, QColor(palette.panel))
        self.anomalous.set_brush(FILLS[Key.ANOMALOUS](palette))
        self.normal.set_brush(FILLS[Key.NORMAL](palette))
        self._chosen.set_brush(QBrush(colour(palette.accent, 0.10)))
        self.marks.set_palette(palette)

    def height_range(self) -> tuple[float, float]:
        """The measured values in sight and the expected band as far as it is not much wider than they are."""
        found = {name: p.extent(self._window.start, self._window.stop) for name, p in self._pyramids.items()}
        extents = {name: extent for name, extent in found.items() if extent}
        shown = [extents[name] for name in ("measured", "expected") if name in extents]
        if not shown:
            return 0.0, 1.0
        low, high = min(e[0] for e in shown), max(e[1] for e in shown)
        reach = max(high - low, abs(high) * 0.05, 1e-9)
        if "lower" in extents:
            low = max(min(low, extents["lower"][0]), low - 0.5 * reach)
        if "upper" in extents:
            high = min(max(high, extents["upper"][1]), high + 0.5 * reach)
        if low >= 0 and (self._from_zero or low < 0.3 * high):
            low = 0.0
        reach = max(high - low, abs(high) * 0.01, 1e-6)
        bottom = low if low == 0.0 else low - HEADROOM * reach
        return bottom, high + 2 * HEADROOM * reach

    def levels(self, low: float, high: float) -> Sequence[float]:
        """The ticks of the axis, which are written as well."""
        height = max(1.0, self.box.height())
        highest = high - LETTER / 2 * (high - low) / height
        most = min(TICKS[1], max(TICKS[0], int(height // PIXELS_PER_TICK)))
        ticks = value_ticks(low, highest, most)
        if len(ticks) < 2:  # one number alone is no scale
            ticks = value_ticks(low, highest, most + 2)
        self.axis.show_ticks(ticks)
        return [tick.at for tick in ticks]

    @property
    def measured(self) -> Pyramid | None:
        """The pyramid of what was measured."""
        return self._pyramids.get("measured")

    def mark_at(self, scene: QPointF) -> Mark | None:
        """The mark under a place in the scene, None if there is none."""
        return (
            self.marks.at(scene, self.marks.sceneTransform()) if self.box.sceneBoundingRect().contains(scene) else None
        )

    def value_text(self, sample: int) -> str:
        """What was measured there."""
        pyramid = self._pyramids.get("measured")
        value = pyramid.extent(sample, sample + 1) if pyramid else None
        return compact(value[0] if value else math.nan)
