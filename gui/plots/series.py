"""From a panel or a result to what the strips of one cell and KPI show, and what is said of a sample."""

from __future__ import annotations

import math

import numpy as np

from engine.data import Anomaly, BoolArray, Flag, FloatArray, KpiKind, Panel, Severity
from engine.inspection.against import USUAL, WEEK
from engine.inspection.closeup import CloseUp, close_up, strangest
from engine.text import say, tell
from gui.look.wording import detector_label
from gui.plots.legend import Key
from gui.plots.mark_item import Mark
from gui.plots.ticks import TimeScale, compact
from gui.plots.timeline_plot import Lane
from gui.plots.value_strip import Values
from gui.prepared.digest import Digest

_FLAGS = (
    (Flag.SUSPECT, "timeline_suspect"),
    (Flag.IMPUTED, "timeline_imputed"),
    (Flag.MAINTENANCE, "timeline_maintenance"),
)


class Series:
    """One cell and KPI of a panel; with a `digest` also what was expected and found."""

    def __init__(self, panel: Panel, cell: int, kpi: str, digest: Digest | None, against: str = USUAL) -> None:
        """against: what the measurements are compared with, one of `engine.inspection.against.choices`."""
        self.panel, self.cell, self.kpi, self.digest = panel, cell, kpi, digest
        self.against = against
        self.scale = TimeScale.of(panel)
        self.close: CloseUp | None = close_up(digest.result, kpi, cell, against) if digest else None
        self.anomalies = digest.of_series.get((cell, kpi), ()) if digest else ()

    @property
    def expected_label(self) -> str:
        """What the line beside the measurements is."""
        if self.against == USUAL:
            return tell("timeline_expected")
        return tell("against_week") if self.against == WEEK else detector_label(self.against)

    @property
    def caption(self) -> str:
        """The site, and what is measured in which unit."""
        known, measure = self.panel.cells[self.cell], self.panel.kpi(self.kpi)
        named = measure.unit and measure.unit != self.kpi
        what = tell("timeline_unit", kpi=self.kpi, unit=measure.unit) if named else self.kpi
        return " · ".join(part for part in (known.site, what) if part)

    def values(self) -> Values:
        """What the main strip shows."""
        flags, close = self.panel.flags[self.kpi][self.cell], self.close
        clock = self.digest.result.clock if self.digest else None
        return Values(
            measured=self.panel.values[self.kpi][self.cell],
            expected=_some(close.expected) if close else None,
            lower=_some(close.lower) if close else None,
            upper=_some(close.upper) if close else None,
            from_zero=self.panel.kpi(self.kpi).kind is KpiKind.COUNT,
            weekend=clock.weekend if clock else None,
            holiday=self.digest.named if self.digest else None,
            day_names=clock.event if clock else (),
            suspect=_any((flags & Flag.SUSPECT) != 0),
            imputed=_any((flags & Flag.IMPUTED) != 0),
            maintenance=_any((flags & Flag.MAINTENANCE) != 0),
            marks=[self._mark(anomaly, close) for anomaly in self.anomalies] if close else (),
        )

    def lanes(self) -> list[Lane]:
        """A lane per detector with an opinion on the series, and one for all the others together."""
        close = self.close
        if close is None:
            return []
        words = {name: say(why) if why is not None else "" for name, why in close.silent.items()}
        every = [Lane(name, detector_label(name), score, words[name]) for name, score in close.margins.items()]
        silent = [lane for lane in every if lane.why_silent]
        if len(silent) < 2:
            return every
        whys = "\n".join(f"{lane.label}: {lane.why_silent}" for lane in silent)
        names = ", ".join(lane.label for lane in silent)
        together = Lane("", tell("timeline_silent", detectors=len(silent)), silent[0].score, whys, names)
        return [*(lane for lane in every if not lane.why_silent), together]

    def describe(self, sample: int) -> str:
        """All that is known of a sample, in one line."""
        measured = float(self.panel.values[self.kpi][self.cell, sample])
        parts = [self.scale.text(sample)]
        if math.isnan(measured):
            parts.append(tell("timeline_read_missing"))
        else:
            parts.append(tell("timeline_read_measured", value=compact(measured)))
        parts += self._expected_words(sample) + self._found_words(sample)
        flags = int(self.panel.flags[self.kpi][self.cell, sample])
        parts += [tell(name) for flag, name in _FLAGS if flags & flag]
        if self.digest is not None and self.digest.result.clock.event[sample]:
            parts.append(self.digest.result.clock.event[sample])
        return " · ".join(parts)

    def _expected_words(self, sample: int) -> list[str]:
        close = self.close
        if close is None or np.isnan(close.expected[sample]):
            return []
        expected, low, high = (float(line[sample]) for line in (close.expected, close.lower, close.upper))
        if self.against == WEEK:
            return [tell("timeline_read_week", value=compact(expected))]
        if math.isnan(low) or math.isnan(high):
            return [tell("timeline_read_expected", value=compact(expected))]
        return [tell("timeline_read_band", value=compact(expected), low=compact(low), high=compact(high))]

    def _found_words(self, sample: int) -> list[str]:
        close, digest = self.close, self.digest
        if close is None or digest is None:
            return []
        score = float(close.score[sample])
        words = [] if math.isnan(score) else [tell("timeline_read_score", score=compact(score))]
        anomaly = digest.at(self.cell, self.kpi, sample)
        if anomaly is not None:
            severity = tell(f"severity_{digest.severity(anomaly)}").lower()
            words.append(tell("timeline_read_anomaly", severity=severity, type=tell(f"type_{anomaly.type}").lower()))
        return words

    def _mark(self, anomaly: Anomaly, close: CloseUp) -> Mark:
        incident = self.digest.incident_of.get(anomaly.id) if self.digest else None
        peak = strangest(anomaly.start, anomaly.stop, close.score)
        return Mark(
            anomaly=anomaly.id,
            incident=incident.id if incident else None,
            severity=incident.severity if incident else Severity.WARNING,
            start=anomaly.start,
            stop=anomaly.stop,
            peak=peak,
            value=float(close.measured[peak]),
            score=anomaly.score,
        )


def keys_of(values: Values) -> list[Key]:
    """What the legend explains: what is there."""
    keys = [Key.MEASURED]
    keys += [Key.EXPECTED] if values.expected is not None else []
    keys += [Key.BAND] if values.lower is not None and values.upper is not None else []
    masks = (
        (Key.WEEKEND, values.weekend),
        (Key.HOLIDAY, values.holiday),
        (Key.MISSING, np.isnan(values.measured)),
        (Key.SUSPECT, values.suspect),
        (Key.IMPUTED, values.imputed),
        (Key.MAINTENANCE, values.maintenance),
    )
    return keys + [key for key, mask in masks if mask is not None and mask.any()]


def _some(values: FloatArray) -> FloatArray | None:
    """The array, or None where it knows nothing at all."""
    return values if np.isfinite(values).any() else None


def _any(mask: BoolArray) -> BoolArray | None:
    return mask if mask.any() else None
