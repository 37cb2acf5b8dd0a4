"""Detectors, votes, anomaly types and why a detector has no opinion."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # why a detector has no opinion
    "no_opinion": "This detector has no opinion on this cell.",
    "no_measurements": "Nothing was measured in this cell.",
    "not_enough_history": "Not enough history: it needs {needed} usable points, there are {points}.",
    "garch_few_pairs": (
        "GARCH has no opinion: it needs {needed} usable points with a usable one right before them, there are {points}."
    ),
    "garch_no_variance": "GARCH has no opinion: the values hardly vary, so there is no volatility to model.",
    "kmeans_one_value": "K-means has no opinion: all values are the same, so there are no two clusters.",
    "kmeans_not_separated": (
        "K-means has no opinion: its two clusters are not clearly apart (separation {separation}, needed {needed})."
    ),
    # calibration, votes and incidents
    "calibrate_short": (
        "Too short to judge: {points} usable scores in this cell, at least {needed} are needed to know what is usual."
    ),
    "no_scores": "This detector gave no score on this cell.",
}
