"""Plots and the views that hold them: axes, lanes, legends, empty states."""

from __future__ import annotations

_AXES: dict[str, str] = {
    "plot_unknown": "–",
    "plot_day": "{weekday} {day} {month}",
    "plot_month": "{month} {year}",
    "plot_span": "{first} to {last}",
    "plot_drawn": "drawn 1:{step}",
}

_TIMELINE: dict[str, str] = {
    "timeline_title": "Timeline",
    "timeline_nothing": "The series of a cell will stand here: what was measured, what was to be expected, and where "
    "it is strange. Open a file to begin.",
    "timeline_no_cell": "Choose a cell in the list, in the lanes or on the map: its series will stand here.",
    "timeline_kpi": "Which KPI to show",
    "timeline_measured": "measured",
    "timeline_expected": "expected",
    "timeline_band": "usual range",
    "timeline_holiday": "holiday",
    "timeline_weekend": "weekend",
    "timeline_missing": "missing",
    "timeline_suspect": "suspect",
    "timeline_imputed": "filled in",
    "timeline_maintenance": "maintenance",
    "timeline_combined": "Combined",
    "timeline_silent": "{detectors} detectors",
    "timeline_threshold": "threshold",
    "timeline_threshold_tip": "Drag the line to move the alarm threshold. T, then the arrow keys, does the same; Enter "
    "takes it, Esc leaves it.",
    "timeline_would_be": "Threshold × {times}: anomalies here {alarms}, now {before}",
    "timeline_read_measured": "measured {value}",
    "timeline_read_missing": "not measured",
    "timeline_read_expected": "expected {value}",
    "timeline_read_band": "expected {value} ({low} to {high})",
    "timeline_read_score": "score {score}",
    "timeline_read_anomaly": "{severity}, {type}",
    "timeline_zoom_in": "Show less time (+)",
    "timeline_zoom_out": "Show more time (-)",
    "timeline_all": "Show all (Home)",
    "timeline_unit": "{kpi}, {unit}",
}

_OVERVIEW: dict[str, str] = {
    "overview_title": "Overview",
    "overview_lanes": "Lanes",
    "overview_map": "Map",
    "overview_week": "By hour",
    "overview_lanes_tip": "Cells against time",
    "overview_map_tip": "Where the cells are, at a moment",
    "overview_week_tip": "How often there is an anomaly, by hour of the day and weekday",
    "overview_nothing": "The whole network will stand here, cells against time, worst first. Open a file to begin.",
    "overview_not_run": "Nothing has been looked for yet. Run the detection, and every cell gets a lane here, worst "
    "first.",
    "overview_all_kpis": "All KPIs",
    "overview_kpi": "Which KPI to show",
    "lanes_network": "Whole network",
    "lanes_peak": "at most {cells} of {all} in alarm",
    "lanes_network_tip": "{time}: {cells} of {all:cell|cells} in alarm",
    "lanes_tip": "{cell}\n{time} ({iso})\n{kpi}: {severity}, score {score}",
    "lanes_tip_quiet": "{cell}\n{time} ({iso})\nnothing unusual",
    "lanes_tip_silent": "{cell}\n{time} ({iso})\nno opinion",
    "lanes_order": "Order of the lanes; at the time: of what is selected",
    "lanes_worst": "Worst first",
    "lanes_view": "Worst in sight",
    "lanes_moment": "Worst at the time",
    "lanes_incidents": "Most incidents",
    "lanes_name": "By name",
    "lanes_site": "By site",
    "lanes_filter": "Filter lanes",
    "lanes_filter_tip": "A regular expression that name, id or site must hold, such as ^Site 1[0-9] or A$|B$",
    "lanes_filter_endless": (
        "A repeated group with a repeat in it, as from character {place} on, could be looked for without end. The lanes"
        " stay as they were."
    ),
    "lanes_filter_wrong": "That is no regular expression: {error} (character {place}). The lanes stay as they were.",
    "lanes_show_severity": "Show what is {severity}",
    "lanes_shown": "{shown} of {all:lane|lanes}",
    "lanes_none_match": "no cell matches",
    "lanes_controls": "Filter",
    "lanes_controls_tip": "Which lanes are shown and in which order",
    "lanes_bucket": "one column = {span}",
    "lanes_quiet": "Nothing unusual was found in {cells:cell|cells}.",
    "map_empty": "There are no positions in this data. Load a cell reference table with latitude and longitude, or "
    "grid rows and columns, to see the cells here.",
    "map_play": "Play (Space)",
    "map_pause": "Pause (Space)",
    "map_tip": "{cell}\n{time} ({iso})\n{kpi}: score {score}",
    "map_time": "Time shown on the map",
    "map_key_score": "up to threshold",
    "map_unplaced": "{cells:cell has|cells have} no position",
    "week_tip": "{weekday} {hour}:00 to {next}:00\n{share} of the points in alarm: {alarms} of {judged}",
    "week_tip_none": "{weekday} {hour}:00 to {next}:00\nno point was judged",
    "week_whole": "Whole network",
    "week_cell": "This cell",
    "week_scope": "Count the alarms of",
    "week_counting": "Counting the alarms by hour",
    "week_most": "Most often at {hour}:00 ({share} of the points), least often at {least}:00 ({rest}).",
    "week_none": "There were no alarms to count.",
    "stage_rhythm": "Counting the alarms by hour",
}

MESSAGES: dict[str, str] = {**_AXES, **_TIMELINE, **_OVERVIEW}
