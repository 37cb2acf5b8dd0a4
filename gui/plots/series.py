"""From a panel or a result to what the strips of one cell and KPI show, and what is said of a sample."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from engine.closeup import CloseUp, close_up, strangest
from engine.data import Anomaly, BoolArray, Flag, FloatArray, Incident, KpiKind, Panel, Result, Severity
from engine.summary import incident_by_anomaly
from engine.text import say, tell
from gui.plots.legend import Key
from gui.plots.mark_item import Mark
from gui.plots.ticks import TimeScale, compact
from gui.plots.timeline_plot import Lane
from gui.plots.value_strip import Values
from gui.wording import detector_label

_FLAGS = (
    (Flag.SUSPECT, "timeline_suspect"),
    (Flag.IMPUTED, "timeline_imputed"),
    (Flag.MAINTENANCE, "timeline_maintenance"),
)


class Findings:
    """The anomalies of a result by series; made once per result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.named: BoolArray = np.fromiter(map(bool, result.clock.event), bool)
        self._incidents = incident_by_anomaly(result)
        self._anomalies: dict[tuple[int, str], list[Anomaly]] = defaultdict(list)
        for anomaly in result.anomalies:
            self._anomalies[anomaly.cell, anomaly.kpi].append(anomaly)

    def of(self, cell: int, kpi: str) -> list[Anomaly]:
        """The anomalies of a series."""
        return self._anomalies.get((cell, kpi), [])

    def at(self, cell: int, kpi: str, sample: int) -> Anomaly | None:
        """The anomaly of a series that a sample lies in; None if it lies in none."""
        return next((a for a in self.of(cell, kpi) if a.start <= sample < a.stop), None)

    def incident(self, anomaly: Anomaly) -> Incident | None:
        """The incident that an anomaly belongs to."""
        return self._incidents.get(anomaly.id)

    def severity(self, anomaly: Anomaly) -> Severity:
        """The severity of its incident; a warning without one."""
        incident = self.incident(anomaly)
        return incident.severity if incident else Severity.WARNING


class Series:
    """One cell and KPI of a panel; with `findings` also what was expected and found."""

    def __init__(self, panel: Panel, cell: int, kpi: str, findings: Findings | None) -> None:
        self.panel, self.cell, self.kpi, self.findings = panel, cell, kpi, findings
        self.scale = TimeScale(panel.times[0], panel.period_s, panel.zone)
        self.close: CloseUp | None = close_up(findings.result, kpi, cell) if findings else None
        self.anomalies = findings.of(cell, kpi) if findings else []

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
        clock = self.findings.result.clock if self.findings else None
        return Values(
            measured=self.panel.values[self.kpi][self.cell],
            expected=_some(close.expected) if close else None,
            lower=_some(close.lower) if close else None,
            upper=_some(close.upper) if close else None,
            from_zero=self.panel.kpi(self.kpi).kind is KpiKind.COUNT,
            weekend=clock.weekend if clock else None,
            holiday=self.findings.named if self.findings else None,
            day_names=clock.event if clock else (),
            suspect=_any((flags & Flag.SUSPECT) != 0),
            imputed=_any((flags & Flag.IMPUTED) != 0),
            maintenance=_any((flags & Flag.MAINTENANCE) != 0),
            marks=[self._mark(anomaly, close) for anomaly in self.anomalies] if close else (),
        )

    def lanes(self) -> list[Lane]:
        """A lane per detector."""
        close = self.close
        if close is None:
            return []
        words = {name: say(why) if why is not None else "" for name, why in close.silent.items()}
        return [Lane(name, detector_label(name), score, words[name]) for name, score in close.margins.items()]

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
        if self.findings is not None and self.findings.result.clock.event[sample]:
            parts.append(self.findings.result.clock.event[sample])
        return " · ".join(parts)

    def _expected_words(self, sample: int) -> list[str]:
        close = self.close
        if close is None or np.isnan(close.expected[sample]):
            return []
        expected, low, high = (float(line[sample]) for line in (close.expected, close.lower, close.upper))
        if math.isnan(low) or math.isnan(high):
            return [tell("timeline_read_expected", value=compact(expected))]
        return [tell("timeline_read_band", value=compact(expected), low=compact(low), high=compact(high))]

    def _found_words(self, sample: int) -> list[str]:
        close, findings = self.close, self.findings
        if close is None or findings is None:
            return []
        score = float(close.score[sample])
        words = [] if math.isnan(score) else [tell("timeline_read_score", score=compact(score))]
        anomaly = findings.at(self.cell, self.kpi, sample)
        if anomaly is not None:
            severity = tell(f"severity_{findings.severity(anomaly)}").lower()
            words.append(tell("timeline_read_anomaly", severity=severity, type=tell(f"type_{anomaly.type}").lower()))
        return words

    def _mark(self, anomaly: Anomaly, close: CloseUp) -> Mark:
        incident = self.findings.incident(anomaly) if self.findings else None
        peak = strangest(anomaly, close.score)
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
