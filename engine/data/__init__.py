"""The nouns: everything that flows from file to report is one of these frozen records.

Conventions that hold everywhere. Arrays of a panel are (cell, time). Times are the *begin* of the granularity period,
UTC, `datetime64[s]`. NaN in `values` = not measured; NaN in a score = no opinion; neither is ever turned into 0.
Intervals of time indices are half open: [start, stop).
"""

from __future__ import annotations

from engine.data.arrays import BoolArray, DoubleArray, FlagArray, FloatArray, IntArray, Kept, TimeArray
from engine.data.found import Anomaly, AnomalyType, Association, Cause, Incident, Severity
from engine.data.judged import Block, Clock, Diagnosis, ErrorCurve, Evidence, HypothesisTest, Season, Verdict
from engine.data.measured import EQUIPMENT, TRAITS, Cell, Direction, Dropped, Flag, Kpi, KpiKind, Labels, Panel, Quality
from engine.data.run import Models, Result, RunRecord

__all__ = (
    "EQUIPMENT",
    "TRAITS",
    "Anomaly",
    "AnomalyType",
    "Association",
    "Block",
    "BoolArray",
    "Cause",
    "Cell",
    "Clock",
    "Diagnosis",
    "Direction",
    "DoubleArray",
    "Dropped",
    "ErrorCurve",
    "Evidence",
    "Flag",
    "FlagArray",
    "FloatArray",
    "HypothesisTest",
    "Incident",
    "IntArray",
    "Kept",
    "Kpi",
    "KpiKind",
    "Labels",
    "Models",
    "Panel",
    "Quality",
    "Result",
    "RunRecord",
    "Season",
    "Severity",
    "TimeArray",
    "Verdict",
)
