"""What was measured and what was not, and what becomes of gaps: in the window, in files and in the report."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stage_quality": "Looking for what is missing",
    # What becomes of gaps
    "gap_policy": (
        "{value} is no policy for gaps. Write the KPI, an equals sign, and missing, zero, hold:N or interpolate:N, for"
        " example calls=hold:3."
    ),
    "gap_length": "{value}: a gap is filled up to a length of 1 to {most:period|periods}, for example calls=hold:3.",
    "gap_twice": "{kpi} has two policies for its gaps. Give one.",
    "gaps_missing": "stay gaps",
    "gaps_zero": "count as 0",
    "gaps_hold": "hold the last value",
    "gaps_interpolate": "follow a line",
    "gaps_up_to": "up to",
    "gaps_lasting": "({longest})",
    "gaps_told_missing": "stay gaps",
    "gaps_told_zero": "count as 0",
    "gaps_told_hold": "last value held over up to {longest}",
    "gaps_told_interpolate": "line drawn over up to {longest}",
    "gaps_length": "Longest gap of {kpi} that is filled",
    "gaps_of": "What becomes of gaps of {kpi}",
    "gaps_note": (
        "Missing is not zero: a gap stays a gap unless you say otherwise. What is filled is marked as such everywhere,"
        " nothing is learned from held or drawn values, and no anomaly begins or ends on them."
    ),
    "settings_group_data": "Data",
    "settings_gaps_hint": "calls=hold:3; empty: gaps stay",
    # By KPI
    "quality_by_kpi": "What was measured, by KPI",
    "quality_kpi": "KPI",
    "quality_kpi_missing": "Missing",
    "quality_kpi_gaps": "Gaps",
    "quality_kpi_longest": "Longest",
    "quality_kpi_suspect": "Suspect",
    "quality_kpi_imputed": "Filled",
    "quality_kpi_maintenance": "Maintenance",
    "quality_kpi_policy": "What becomes of gaps",
    "quality_excluded": "Not learned from",
    "quality_excluded_value": "{share} of all points: missing, suspect, held or drawn, in maintenance",
    "quality_rows_left_out": "Rows left out",
    "quality_cell_count": "Cells",
    "quality_rows_left_out_value": "{rows}, {share}",
    "quality_kpis_more": "{more:more KPI lacks|more KPIs lack} less.",
    # Suspect periods
    "quality_suspect": "Suspect periods",
    "layout_long": "a row per cell and time",
    "layout_wide": "a column per cell",
    "layout_series": "one series",
    "layout_intervals": "a row per span of time",
    "quality_suspect_one": "{start} to {stop}: {points:point|points} of {cells}",
    "quality_suspect_more": "{more} more stand in quality.json.",
    # Cells that data and cell table do not share
    "quality_cells": "Cells and cell table",
    "quality_cells_match": "Every cell of the data stands in the cell table, and the other way round.",
    "quality_cells_unknown": "{count} in the data but not in the cell table: {names}",
    "quality_cells_unused": "{count} in the cell table but without data: {names}",
    "quality_names_more": "{names} and {more} more",
    # Over time
    "quality_over_time": "What was measured when",
    "quality_over_time_what": (
        "{complete} of {cells:cell|cells} lack nothing; those that lack most stand below the network."
    ),
    "quality_all_cells": "All cells",
    "quality_strip_tip": "{cell}, {start} to {stop}: {share} measured",
    "quality_working": "Looking for what is missing\u2026",
}
