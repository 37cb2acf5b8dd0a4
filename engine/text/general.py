"""Settings, progress and errors that belong to no area."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "setting_choice": "{setting} is {value}, which is not one of: {choices}.",
    "setting_bounds": "{setting} is {value}; it must lie between {low} and {high}.",
    "file_unreadable": "{file} cannot be read: {detail}. Check that it is there and that you may read it.",
    "list_add": "Add\u2026",
    "list_edit": "Change\u2026",
    "list_remove": "Remove",
    "list_take": "Take from file\u2026",
    "list_give": "Write to file\u2026",
    "no_detectors": "No detector is chosen. Choose at least one.",
    "stage_load": "Reading {name}",
    "stage_normalise": "Putting the rows on a regular grid",
    "stage_season": "Learning what is usual for {kpi}",
    "stage_diagnose": "Testing the series of {kpi}",
    "stage_detect": "Looking at {kpi}, cells {first} to {last}",
    "stage_neighbours": "Comparing the cells of {kpi} with each other",
    "stage_later": "Scoring the new periods of {kpi}",
    "stage_vote": "Counting the votes",
    "stage_group": "Grouping anomalies into incidents",
    "stage_attribute": "Looking for what goes with them",
    "stage_report": "Writing {name}",
    "stage_done": "Done",
    "detector_failed": "{detector} failed on these cells: {error}. The other detectors went on.",
    "threshold_without_labels": (
        "The paper sets each threshold at the minimum of the error curve, which needs labels. There are none, so the"
        " alarm budget of {budget:false alarm|false alarms} per cell and week decides."
    ),
    "threshold_no_labelled": (
        "{kpi}: no labelled anomaly lies in the training part, so the alarm budget decides the threshold of {detector}."
    ),
    "series_too_long": (
        "These series have {periods:period|periods}. Judging a single one takes about {needed} MB of memory, and"
        " {free} MB are"
        " free. Load fewer days, or data of a longer period."
    ),
    "scratch_full": (
        "{mb} MB of working space are needed in {folder}: {error}. Free some space there, or set TMPDIR to a folder"
        " that has more."
    ),
    "scratch_nowhere": (
        "There is no folder for temporary files ({error}). Make room on the disk, or set TMPDIR to a folder that"
        " you may write to."
    ),
    "scratch_files": (
        "The system lets this program open no more files ({error}). Allow it more (ulimit -n on Linux and macOS), or"
        " close what else is open in it."
    ),
}
