"""What the series are like before any detector runs, in numbers and in words."""

from __future__ import annotations

from engine.diagnose.arima import arima_verdict
from engine.diagnose.packed import Diagnoses, diagnosis_of
from engine.diagnose.series import diagnose
from engine.diagnose.verdicts import abstentions, describe, opinions, weekdays

__all__ = ["Diagnoses", "abstentions", "arima_verdict", "describe", "diagnose", "diagnosis_of", "opinions", "weekdays"]
