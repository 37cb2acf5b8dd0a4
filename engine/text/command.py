"""The command line: help and what it prints; labels and the cell table it is given."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "cli_description": "Find and explain anomalies in call detail records and performance counters, offline.",
    "cli_try_help": "see {program} --help",
    "cli_analyse": "find anomalies and write CSV and PDF",
    "cli_inspect": "say what the files are and what is wrong with them",
    "cli_evaluate": "compare a scores file with labels",
    "cli_simulate": "write a simulated city with known incidents",
    "cli_input": "CDR or KPI files, or folders of them",
    "cli_out": "folder to write into; it is made if it is not there",
    "cli_preset": "balanced, quiet and sensitive are alarm budgets; paper is the literal hybrid (default: balanced)",
    "cli_detectors": "detectors to run, separated by commas",
    "cli_vote": "how detectors vote; N = at least N of them",
    "cli_budget": "expected false alarms per cell and week",
    "cli_kpi": "only these KPIs",
    "cli_map": (
        "which column plays which role: time, date, cell, name (of the cell), within (what it belongs to), site, area,"
        " kpi, value, label, layout, or a part of a call record"
    ),
    "cli_encoding": "which encoding text is in that is no UTF-8 (else found out)",
    "cli_dates": "whether 3/4/2024 is the third of April or the fourth of March",
    "cli_granularity": "granularity period, e.g. 15min, 1h or 1d; finer rows are put together",
    "cli_first_time": "when the first row begins, for files without times (with --granularity)",
    "cli_per": "what a series of call records is of (default: cell)",
    "cli_call_hours": "whether a call counts where it starts, or its minutes in every period it lasts (default: start)",
    "cli_call_rows": "whether a call stands in one row or in two, one for each side (default: found out)",
    "cli_kpi_table": "the network's KPI dictionary (CSV: kpi, unit, kind, bad, numerator, denominator)",
    "cli_roll_up": (
        "put cells together that have this in common: site, area, cluster, region, technology, band, frequency or"
        " vendor, or two of these, as region+technology; counts summed, gauges averaged, ratios of sums"
    ),
    "side_table_no_column": "{file} has no column {column}. It should be called: {known}.",
    "side_table_encoding": "{file} is in an encoding that cannot be told. Save it as UTF-8.",
    "side_table_empty": "{file} holds no rows below its header.",
    "side_table_nameless": "{file}, line {line}: the row has no {column}. Fill it in, or take the row out.",
    "side_table_value": "{file}, line {line}: {column} is {value}; it can be: {choices}.",
    "side_table_range": "a number from {low} to {high}",
    "kpi_table_half": "{file}, line {line}: {kpi} has a numerator or a denominator, but not both.",
    "kpis_worked_out": "Worked out from their numerators and denominators, as the KPI table says: {kpis}.",
    "kpis_parts_lacking": "The data lack the numerator or denominator of: {kpis}.",
    "roll_up_unknown": "Cells cannot be put together by {by}, but by one or two of {known}; two as region+technology.",
    "roll_up_nothing": "The {by} of no cell is known. Give a cell reference table that tells it.",
    "roll_up_no_kpi": (
        "No KPI can be put together by {by}: {kpis} are ratios whose numerators and denominators are not known. Give a"
        " KPI table, and files that hold both."
    ),
    "roll_up_project": (
        "A project takes later files, and their cells could not be added to a {by}. Leave out the project, or keep"
        " the cells."
    ),
    "rolled_up": "{cells:cell was|cells were} put together to {groups:entity|entities}, by {by}.",
    "roll_up_left_out": "{cells:cell has|cells have} no {by}: left out.",
    "roll_up_ratios": (
        "Ratios whose numerator and denominator are not known cannot be put together and were left out: {kpis}."
    ),
    "cli_key": "file with the secret for hashing subscriber numbers; it is made if it is not there, and it is yours",
    "cli_hint_dates": "(--dates day-first or --dates month-first)",
    "cli_hint_first_time": "(--first-time MOMENT --granularity PERIOD)",
    "cli_hint_kpi": "(--kpi NAME ..., --granularity PERIOD)",
    "cli_hint_granularity": "(--granularity PERIOD)",
    "map_not_a_pair": "{text} names no column for a role. Write it as ROLE=COLUMN, for example cell=CELL_NAME.",
    "granularity_unreadable": "{text} is no granularity period. Write it as 15min, 1h or 1d; 31 days are the most.",
    "key_unreadable": "The key file {file} cannot be read: {error}",
    "key_length": "The key in {file} must have {least} to {most} characters. Make a longer one, or name a new file.",
    "key_not_made": "The key file {file} cannot be made: {error}",
    "cli_cells": "cell reference table (CSV with an id column: site, lat, lon, azimuth, TAC ...) or GeoJSON grid",
    "cli_country": "country of the calendar, e.g. IR or IT",
    "cli_weekend": "days of the weekend, e.g. fri or thu,fri, or none; else those of the country",
    "cli_zone": "time zone of the network, e.g. Europe/Rome",
    "cli_calendar": "events, holidays and maintenance windows (CSV or .ics)",
    "cli_labels": "known anomalies, kept out of what is learned; sets the paper's threshold",
    "cli_labels_truth": "what is known to be anomalous",
    "cli_project": "also save a project file that the window opens",
    "cli_refit": "learn anew from all data of the project, instead of scoring later days by the models it keeps",
    "cli_gaps": (
        "what becomes of points that were not measured: missing (as they are; the default), zero, hold:N or"
        " interpolate:N, which fill gaps of at most N periods; KPI * is every other KPI"
    ),
    "cli_jobs": "blocks worked on side by side (default: one per processor core)",
    "cli_scheduler": "run the blocks on a dask cluster at this address",
    "cli_seed": "seed of everything random",
    "cli_folder": "the folder in which new files appear",
    "cli_watch": "add to a project what appears in a folder, as it appears, and judge it",
    "cli_every": "how often to look into the folder; default 60",
    "cli_once": "take what is there now, and end",
    "cli_scores": "also write scores.parquet, one row for every point",
    "cli_also": "also write these, separated by commas: alarms (X.733, JSON), associations (odds ratios, CSV),"
    " diagnosis (of every series, JSON)",
    "cli_bom": "begin CSV files with a byte-order mark; Excel misreads letters beyond English without it",
    "cli_scores_file": "scores.parquet of a run",
    "cli_json": "print one JSON object",
    "cli_period": "granularity (default: 1h)",
    "cli_simulate_cells": "number of cells",
    "cli_simulate_days": "number of days",
    "cli_found": "{anomalies} in {incidents}.",
    "cli_false": "{false:incident|incidents} more judged to be a false alarm, marked in incidents.csv.",
    "cli_nothing": "Nothing unusual was found.",
    "cli_dropped": "{dropped} of {rows:row was|rows were} not used. Most often ({most}): {reason}. First: {first}",
    "cli_rows": "{reason}: {rows} (first: {first})",
    "cli_written": "Written to {folder}",
    "cli_simulated": "{cells} with {incidents} written to {folder}",
    "progress_left": "about {time} left",
    "stage_simulate": "Simulating the city",
    "cancelled": "Cancelled. Nothing was written over.",
    "ended_by": "Ended by {signal}. What was under way was given up, and nothing of it was written over.",
    "not_printed": "What there is to print could not be written to standard output: {error}.",
    "internal_error": "Something went wrong inside the program: {error} The details are in {log}.",
    "simulate_size": "A city of {cells:cell|cells} and {days:day|days} cannot be simulated; both must be at least 1.",
    "scheduler_missing": "dask is not installed here. Install the extra: cellwarden[cluster].",
    "scheduler_unreachable": "No scheduler answers at {address}: {error}. Check the address and that it is running.",
    "scheduler_idle": "The scheduler at {address} has had no worker for {seconds} s. Start some and run again.",
    "scheduler_versions": (
        "The worker {worker} of {address} has {package} {there}, this machine has {here}. Install the same version"
        " everywhere: other versions may give other numbers."
    ),
    "labels_row": (
        "{file}, line {line}: {value} is no labelled span. Needed: cell, kpi, start_utc, end_utc with the end after the"
        " start."
    ),
    "labels_match_nothing": "None of the {count:label|labels} names a cell and KPI of the data. Check the names.",
    "labels_none_in_file": "{file} has no labels that fit the data: same cells, KPIs and times are needed.",
    "grid_no_json": "{file} is no JSON: {error}",
    "grid_no_features": "{file} is no GeoJSON feature collection with features in it.",
    "grid_feature": (
        "{file}: feature {number} has no id or no position in degrees. The id may stand in one of: {ids}."
    ),
    "cells_unmatched": "{count} of {total:cell is|cells are} not in the cell table, e.g. {example}.",
    "cells_unread": "Not used of the cell table, as it is not known what they tell: {columns}.",
    "cells_unused": "{count:cell of the cell table has|cells of the cell table have} no data, e.g. {example}.",
}
