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
    "cli_cells": "cell reference table (CSV with an id column; name, site, lat, lon, row, col)",
    "cli_country": "country of the calendar, e.g. IR or IT",
    "cli_zone": "time zone of the network, e.g. Europe/Rome",
    "cli_calendar": "events, holidays and maintenance windows (CSV or .ics)",
    "cli_labels": "known anomalies, kept out of what is learned; sets the paper's threshold",
    "cli_labels_truth": "what is known to be anomalous",
    "cli_project": "also save a project file that the window opens",
    "cli_jobs": "blocks worked on side by side (default: one per processor core)",
    "cli_scheduler": "run the blocks on a dask cluster at this address",
    "cli_seed": "seed of everything random",
    "cli_scores": "also write scores.parquet, one row for every point",
    "cli_scores_file": "scores.parquet of a run",
    "cli_json": "print one JSON object",
    "cli_period": "granularity (default: 1h)",
    "cli_simulate_cells": "number of cells",
    "cli_simulate_days": "number of days",
    "cli_found": "{anomalies} anomalies in {incidents} incidents.",
    "cli_written": "Written to {folder}",
    "cli_simulated": "{cells} cells with {incidents} incidents written to {folder}",
    "progress_left": "about {time} left",
    "stage_simulate": "Simulating the city",
    "cancelled": "Cancelled. Nothing was written over.",
    "internal_error": "Something went wrong inside the program: {error} The details are in {log}.",
    "simulate_size": "A city of {cells} cells and {days} days cannot be simulated; both must be at least 1.",
    "scheduler_missing": "dask is not installed here. Install the extra: cellwarden[cluster].",
    "scheduler_unreachable": "No scheduler answers at {address}: {error}. Check the address and that it is running.",
    "scheduler_idle": "The scheduler at {address} has had no worker for {seconds} s. Start some and run again.",
    "scheduler_versions": (
        "The worker {worker} of {address} has {package} {there}, this machine has {here}. Install the same version"
        " everywhere: other versions may give other numbers."
    ),
    "labels_encoding": "{file} is not UTF-8 text. Save the labels as UTF-8.",
    "labels_empty": "{file} holds no labels.",
    "labels_row": (
        "{file}, line {line}: {value} is no labelled span. Needed: cell, kpi, start_utc, end_utc with the end after the"
        " start."
    ),
    "labels_match_nothing": "None of the {count} labels names a cell and KPI of the data. Check the names.",
    "labels_none_in_file": "{file} has no labels that fit the data: same cells, KPIs and times are needed.",
    "cells_encoding": "{file} is not UTF-8 text. Save the cell table as UTF-8.",
    "cells_table_empty": "{file} holds no cells.",
    "cells_no_id": "{file} has no column with the cell's id. It should be called one of: {known}.",
    "cells_number": "{file}, line {line}: {column} is {value}, which is not a possible value.",
    "cells_unmatched": "{count} of {total} cells are not in the cell table, e.g. {example}.",
    "cells_unused": "{count} cells of the cell table have no data, e.g. {example}.",
}
