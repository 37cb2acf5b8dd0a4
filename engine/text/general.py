"""Settings, progress and errors that belong to no area."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "setting_choice": "{setting} is {value}, which is not one of: {choices}.",
    "setting_bounds": "{setting} is {value}; it must lie between {low} and {high}.",
    "no_detectors": "No detector is chosen. Choose at least one.",
    "unknown_detector": "There is no detector called {name}. Known are: {known}.",
    "stage_load": "Reading {name}",
    "stage_normalise": "Putting the rows on a regular grid",
    "stage_season": "Learning what is usual",
    "stage_diagnose": "Looking at the series",
    "stage_detect": "Looking at {kpi}, cells {first} to {last}",
    "stage_vote": "Counting the votes",
    "stage_group": "Grouping anomalies into incidents",
    "stage_attribute": "Looking for what goes with them",
    "stage_report": "Writing {name}",
    "stage_done": "Done",
}
