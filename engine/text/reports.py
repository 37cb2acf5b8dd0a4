"""Headings and sentences of the CSV and PDF, and what can go wrong when files are written."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # writing
    "output_no_permission": "{file} cannot be written: no permission. Choose another folder.",
    "output_own_folder": (
        "Cellwarden keeps models and what is under way in {folder}, and your account may not write there. Ask whoever"
        " looks after this computer for the right to write in that folder, and try again."
    ),
    "output_in_use": "{file} cannot be written: it is open in another program. Close it there and try again.",
    "output_disk_full": "{file} cannot be written: the disk is full. Make room or choose another disk.",
    "output_in_the_way": "{file} cannot be written: a folder or file is in the way. Rename it or choose another name.",
    "output_link_broken": (
        "{file} cannot be written: it is a link to {target}, which does not exist. Make that, or remove the link."
    ),
    "output_link_folder": (
        "{file} cannot be written: it is a link to the folder {target}. Name a file in that folder, or remove the link."
    ),
    "output_no_folder": "{file} cannot be written: its folder does not exist. Make it or choose another one.",
    "output_failed": "{file} cannot be written: {error}",
    "stage_save": "Saving the project",
    # adding later measurements to a project
    "appended": (
        "{new:measurement is|measurements are} new, {replaced} replaced earlier ones, {same} were there already."
        " {cells:new cell|new cells}."
    ),
    "append_period": (
        "These files have a period of {new}, the project has {old}. Load files of the same granularity, or start a "
        "new project."
    ),
    "append_grid": (
        "The periods of these files begin at other moments ({new}) than those of the project ({old}). "
        "Load them as a new project."
    ),
    "append_key": (
        "The series are of subscribers under pseudonyms. Give the key they were loaded with: with another one the same "
        "subscribers would get other names."
    ),
    "append_unit": (
        "{kpi} is in {new} in these files and in {old} in the project, and it is not known how many of one make the"
        " other. Convert it, or rename the KPI."
    ),
    "append_unit_other": (
        "{kpi} is in {new} in these files and in {old} in the project, which is not the same quantity. Rename the KPI"
        " in these files if it is another one."
    ),
    "append_unit_converted": "{kpi} is in {new} in the later files; it was converted to {old}, as in the data before.",
    "append_kpi_renamed": (
        "{new} of the later files is {kpi} of the data before: the names differ by a unit alone, and the numbers agree."
        " They were multiplied by {times}."
    ),
    "append_kpi_same": (
        "{new} of the later files is {kpi} of the data before: the names differ by how they write the unit alone, and"
        " the numbers agree."
    ),
    "append_kpis_new": (
        "{count:KPI was|KPIs were} not there before: {names}. Where that is a known KPI under another name, rename"
        " the column in the next files."
    ),
    "append_kpis_without": (
        "{count:KPI has|KPIs have} no values from {since} on, though the cells are measured: {names}. Check whether the"
        " export still has these columns, and under the same names."
    ),
    "append_unit_left_out": (
        "{kpi}: the later files do not say in what it is; it was taken as {unit}, as in the data before."
    ),
    "append_unit_unknown": (
        "{kpi} is in {unit} in the later files, and the data before do not say in what; both were taken as the same."
    ),
    # opening a project
    "project_missing": "{file} does not exist. It may have been moved: open it from where it lies now.",
    "project_unreadable": "{file} cannot be read: {error}.",
    "project_foreign": "{file} is not a Cellwarden project. Open it as data, or choose a file made with Save project.",
    "project_code": (
        "{file} holds SQL that would run when it is opened ({name}). This program writes none, so somebody else put it"
        " there. Ask whoever the file is from for another one."
    ),
    "project_newer": (
        "{file} was saved by a newer version of Cellwarden (project version {version}, this one reads up to {known}). "
        "Install the newer version to open it."
    ),
    "project_damaged": (
        "{file} is damaged or was cut off while it was copied ({error}). "
        "Copy it again from where it came from, or open the data once more."
    ),
    "project_unfinished": (
        "{file} holds a run that was not finished. Run it again with the same files and settings: it goes on where it "
        "stopped."
    ),
    "project_overtaken": (
        "{file} was changed by another window or program since it was read here, and was left as it is. To go on from "
        "there, open it again or run the command again; or save under another name."
    ),
    "project_in_use": "{file} is open in another window or program. Close it there and try again.",
    "count_cell": "{count} cell",
    "count_cells": "{count} cells",
    "count_kpi": "{count} KPI",
    "count_kpis": "{count} KPIs",
    "count_anomaly": "{count} anomaly",
    "count_anomalies": "{count} anomalies",
    "count_incident": "{count} incident",
    "count_incidents": "{count} incidents",
    # the report: first page
    "report_title": "Anomaly report: {name}",
    "report_author": "Cellwarden",
    "report_subject": "Run {run}",
    "report_kind": "Cellwarden  ·  anomaly report",
    "report_made": "made {time} UTC",
    "report_foot": "Cellwarden {version}  ·  run {run}",
    "report_summary": "Summary",
    "report_network": "Network",
    "report_more_files": "{name} and {more:more file|more files}",
    "report_scope": "{cells}, {kpis}, every {every}",
    "report_no_data": "no data",
    "report_nothing_found": "Nothing unusual was found. The method page says what was looked for and who looked.",
    "report_nothing_else": "No other incident was found.",
    "report_false": "Not counted: {false:incident|incidents} judged to be a false alarm; see incidents.csv.",
    "report_nothing_read": "There are no measurements in the data, so there is nothing to judge.",
    "report_figure_incidents": "incidents",
    "report_figure_cells": "of {cells} affected",
    "report_figure_rate": "alarms per cell and week",
    "report_budget": "budget: {budget:expected false alarm|expected false alarms}",
    "report_busiest": "{kpi}: {count} of {total:anomaly|anomalies}",
    "report_over_time": "The network over time",
    "report_share": "Cells in alarm",
    "report_share_2": "at a time",
    "report_incidents": "Incidents",
    "report_worst": "The ten worst incidents",
    "report_more_incident": "{more} more is listed in incidents.csv.",
    "report_more_incidents": "{more} more are listed in incidents.csv.",
    "report_importance_what": (
        "Of 100: by the service that was lost, in cell hours. One of them is 50 and major, ten are 75 and critical. "
        "What is barely an alarm counts a tenth less; more demand, and levels and loads, count less than lost traffic."
    ),
    "report_column_severity": "severity",
    "report_column_when": "begin, duration",
    "report_column_what": "what happened",
    "report_column_cells": "cells",
    "report_column_cause": "associated with",
    "report_column_page": "page",
    "report_severity_critical": "critical",
    "report_severity_major": "major",
    "report_severity_minor": "minor",
    "report_severity_warning": "warning",
    "report_importance": "{value} of 100",
    # the report: incidents
    "report_incidents_heading": "The worst incidents",
    "report_incident_title": "{rank}   {severity}",
    "report_cell": "{name} ({id})",
    "report_name": "{name}",
    "report_site": "site {site}",
    "report_extent": "{cells} and {kpis} in all",
    "report_importance_of": "importance {value} of 100",
    "report_key_measured": "measured",
    "report_key_expected": "expected",
    "report_key_filled": "filled gap",
    "report_key_band": "usual range",
    "report_key_anomaly": "anomaly",
    "report_key_other": "of another incident",
    "report_votes": "Votes",
    "report_threshold": "1 = alarm",
    "report_abstains": "no opinion",
    "report_votes_count": "{said} of {asked:detector|detectors} with an opinion {says} alarm; the vote {asks}.",
    "report_page": "Page {page} of {pages}",
    "report_votes_none": "Nothing was measured, so nobody could judge: the silence itself is the alarm.",
    "report_votes_says": "says",
    "report_votes_say": "say",
    "report_vote_any": "asks for one",
    "report_vote_majority": "asks for a majority",
    "report_vote_all": "asks for all",
    "report_vote_fused": "takes the scores of all together",
    "report_vote_k": "asks for at least {k}",
    "report_causes": "Associated with",
    "report_no_cause": "Nothing known goes with it.",
    "report_grouped": "One incident because",
    "report_checks": "What to check",
    "report_incident_continued": "{rank}, continued: {where}, {kpi}",
    "report_cut": "What ends in … is too long for the page; the whole of it stands in incidents.csv.",
    # the report: associations
    "report_associations": "What the anomalies go with",
    "report_associations_what": (
        "Odds ratios of a logistic regression of the anomalous points on the circumstances of their hour, with 95 % "
        "intervals. Right of 1: anomalies are more frequent then; left of 1: rarer. Bold where it is more "
        "than chance. It shows what goes together, never what brought it about."
    ),
    "report_associations_none": "Nothing stands out for {kpi}: every interval holds 1, so all of it may be chance.",
    "report_associations_more": "Regressions were also made for {kpis}; they are in the project.",
    "report_association_warning": "{terms}: {text}",
    "report_terms_shown": "the {shown} clearest of {total:circumstance|circumstances}",
    "report_odds_less": "rarer",
    "report_odds_more": "more frequent",
    "report_odds_ratio": "ratio (interval)",
    "report_odds_p": "p",
    "report_odds_n": "anomalous / all",
    # the report: method
    "report_method": "How it was found",
    "report_method_what": (
        "Every detector looks at every series on its own and says how surprising each point is. The surprise is "
        "measured against the clean history of that very series (4 means that such an alarm begins in one of 10,000 "
        "periods) and brought to one unit: 1 is the alarm threshold, set so that "
        "{budget:false alarm is|false alarms are} expected per cell and week. Then the detectors vote; one without an "
        "opinion counts neither for nor against."
    ),
    "report_method_counted": (
        "Beyond {small:false alarm|false alarms} per cell and week they are counted: the threshold lets begin, on the "
        "days of this history without a stronger one, as many more as the budget allows for."
    ),
    "report_column_detector": "detector",
    "report_column_idea": "what it looks at",
    "report_column_threshold": "surprise at 1",
    "report_column_opinion": "has an opinion",
    "report_column_alarms": "in alarm",
    "report_column_series": "series",
    "report_column_kpis": "KPIs",
    "report_column_why": "why",
    "report_column_test": "test",
    "report_column_means": "what it says (numbers of the first such series)",
    "detector_baseline_what": "The usual value at this hour and weekday, and how far it usually scatters.",
    "detector_garch_what": "The step from one period to the next, against a volatility that grows in restless hours.",
    "detector_kmeans_what": "Whether the point lies with the ordinary values or in a cluster far apart.",
    "detector_nnar_what": "What small neural networks expect from the last periods.",
    "detector_gaussian_what": "Whether the last hours together are a rare combination for this cell.",
    "detector_flatline_what": "Whether one value repeats itself to the last digit in a series that moves.",
    "detector_boosting_what": "What the labels that were given say about points of this kind.",
    "detector_convlstm_what": "What a bundled neural network makes of the hours of the days, or of the map of cells.",
    "report_curves": "Where the thresholds come from",
    "report_curves_what": "Share of the labelled points of the training part that each threshold judges wrongly. "
    "The line marks the threshold in use, the one with the fewest errors.",
    "report_curve_best": "{errors} wrong at {threshold}, {never} without alarms",
    "report_curves_more": "{more} more are in run.json.",
    "report_abstentions": "Who had no opinion, and why",
    "report_abstentions_none": "Every detector had an opinion on every series.",
    "report_diagnoses": "What the {series:series is|series are} like",
    "report_settings": "Settings",
    "report_test_levene": "Levene",
    "report_test_anova": "ANOVA",
    "report_test_levene_boxcox": "Levene after Box-Cox",
    "report_test_arch_lm": "Engle's ARCH-LM",
    "report_test_adf": "Dickey-Fuller (ADF)",
    "report_test_kpss": "KPSS",
    "report_test_garch": "GARCH",
    "report_test_arima": "ARIMA family",
    # the report: data quality and run
    "report_quality": "Data quality",
    "report_rows_read": "rows read",
    "report_rows_kept": "rows kept",
    "report_rows_dropped": "rows dropped",
    "report_duplicates": "duplicates",
    "report_clock_jumps": "clock jumps",
    "report_missing": "of the grid missing",
    "report_flagged": (
        "{suspect:point is|points are} marked as suspect by the files, {imputed} were filled in and not measured,"
        " {maintenance} "
        "lie in maintenance windows. None of them was learned from, but gaps that were said to be 0."
    ),
    "report_more_kpis": "{more:more KPI stands|more KPIs stand} in quality.json.",
    "report_format": "Read as {format}.",
    "report_mapping": "Columns: {mapping}.",
    "report_dropped": "Rows that were not used, by reason",
    "report_dropped_none": "No row was dropped.",
    "report_column_rows": "rows",
    "report_column_example": "first seen",
    "report_completeness": "What was measured when",
    "report_completeness_what": (
        "{complete} of {cells:cell is|cells are} complete. Below are the whole network and the cells with most"
        " missing: dark "
        "where all KPIs were measured, paler where some were, hatched where none was."
    ),
    "report_all_cells": "All cells",
    "report_run": "Run record",
    "report_run_what": "Run {run}, seed {seed}, settings {settings}. The same files, settings and versions repeat it.",
    "report_run_when": "Started {started}, took {seconds} s.",
    "report_column_file": "file",
    "report_column_size": "bytes",
    "report_column_hash": "SHA-256",
    "report_more_inputs": "{more:more file is|more files are} listed in run.json.",
    # what to check, one step per line
    "check_outage": "Alarms and power of the site\nBackhaul link and transmission\nPlanned work on the site",
    "check_sleeping_cell": (
        "Restart the cell if no alarm is standing\nRACH attempts against successes\nParameters changed lately"
    ),
    "check_surge": "PRB utilisation and blocked calls\nWhether neighbours could take load\nAn event near the site",
    "check_crowd": "A venue or event near the cells\nCapacity for the next time\nWhether neighbours were full too",
    "check_takeover": "The cell that lost the traffic, first of all\nWhether this cell has room for it until then",
    "check_calendar": "Whether the day was special locally\nAdd it to the calendar if it comes back",
    "check_maintenance": "The work order of that night\nWhether the cell came back as it was",
    "check_level_shift": (
        "Parameter or tilt changes that day\nNeighbours added or taken away\nA new normal: learn again"
    ),
    "check_new_cell": "Whether it was to go on air then\nAgain in two weeks, when its usual course is known",
    "check_decommissioned": "The inventory: taken out of service, or renamed\nIf neither, alarms and power of the site",
    "check_data_fault": "The counter's export, unit and time stamps\nWhether other counters of the node are fine",
    "check_flood": "Top senders in the records of that time\nSignalling load and paging\nSpam filters",
    "check_kind_failure": "Software and settings of this technology or vendor\nThe core that serves it",
    "check_area_failure": "What the cells share: controller, link, power\nAlarms of the core and transmission",
    "check_degradation": (
        "Interference and uplink noise\nHandover failures with neighbours\nHardware alarms of the sector"
    ),
    "check_few_events": "Nothing at first: watch whether it stays when there is more traffic",
    "check_unknown": "The cell's alarms at that time\nIts neighbours and its other KPIs\nThe calendar and work orders",
}
