"""Reading files: what was recognised, dropped or refused."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # A file that cannot be used
    "no_files": "No file was given. Name one or more files or a folder.",
    "file_missing": "There is no file {file}. Check the name; it may have been moved or deleted.",
    "pattern_empty": "No file matches {pattern}. Check the folder and the pattern.",
    "file_forbidden": (
        "{file} may not be read by this user. Ask for read permission or copy it to a folder of your own."
    ),
    "file_not_read": "{file} could not be read: {detail}",
    "file_is_pipe": (
        "{file} is a pipe or a device, and files are read more than once. Save what comes from it to a file and name"
        " that."
    ),
    "machine_no_room": (
        "{file} could not be read: the disk of the folder for temporary files ({folder}) is full. Make room there, or"
        " set TMPDIR to a folder that has more."
    ),
    "machine_exhausted": (
        "{file} could not be read: the machine has nothing left ({error}). Close other programs, or read fewer files at"
        " once."
    ),
    "file_is_folder": "{file} is a folder. Open the folder itself to read all files in it.",
    "file_changed": "{file} changed while it was read. Read it again when nothing writes to it any more.",
    "file_empty": "{file} is empty. Export it again.",
    "folder_empty": "The folder {folder} holds no files.",
    "folder_unknown": (
        "None of the {files:file|files} in the folder can be read as measurements. The first says: {first}"
    ),
    "gzip_cut": (
        "{file} is a gzip file that ends too early. It was not copied or downloaded to its end; fetch it again."
    ),
    "gzip_damaged": "{file} is a damaged gzip file ({detail}). Fetch it again.",
    "zip_damaged": "{file} is a damaged zip archive. Fetch it again.",
    "archive_damaged": "{file} is a damaged {kind} file. Fetch it again.",
    "zip_encrypted": "{file} is protected by a password. Unpack it and open the files.",
    "archive_empty": "{file} is an archive without any file to read.",
    "archive_too_large": "{file} would unpack to more than {limit} GB. Unpack it yourself and open the files you need.",
    "archive_too_many": "{file} holds more than {most:file|files}. Unpack it yourself and open the files you need.",
    "workbook_damaged": "{file} is a damaged workbook ({detail}). Save it again as .xlsx.",
    "parquet_cut_off": (
        "{file} is not complete: it breaks off before its end, where a Parquet file says what is in it. Copy or export"
        " it again."
    ),
    "json_damaged": "{file} is JSON that breaks off or is damaged ({detail}). Export it again.",
    "workbook_locked": "{file} is protected by a password. Save it without one and open that.",
    "workbook_empty": "{file} is a workbook without any table.",
    "pm_entities": "{file} declares entities, which performance files never need. It was not read.",
    "pm_broken": "{file} is broken XML at line {line}, column {column}. Fetch it again.",
    "pm_broken_json": "{file} is broken JSON at line {line}, column {column}. Fetch it again.",
    "pm_no_data": "{file} is a performance file without any {element}, so nothing was measured in it.",
    "pm_no_values": "{file} is a performance file without any {element}, so nothing was measured in it.",
    "pm_no_time": (
        "{file} does not tell when its values were measured ({where} {value}). Export it again, or ask the vendor for"
        " files after TS 32.435."
    ),
    "pm_no_period": (
        "{file} does not tell the granularity period of its values ({where} {value}). Export it again, or ask the"
        " vendor for files after TS 32.435."
    ),
    "project_as_data": (
        "{file} is a project, not data. Open it in the window, or give it with --project beside the files to add."
    ),
    "packed_otherwise": "{file} is a {kind} file. Unpack it, or save it as .csv, .xlsx, .gz or .zip, and open that.",
    "mixed_periods": (
        "The series have different granularity periods: {periods}. Load them one period at a time, or give the"
        " period that all are to be put together in."
    ),
    "unknown_binary": "{file} is no text and of no known binary format. Known are: {formats}.",
    "unknown_text": "{file} is of no known format; it begins with: {start} - known are: {formats}.",
    "mixed_formats": (
        "These files do not belong together, because their formats differ: {formats}. Load one of these groups at a"
        " time: choose its files alone, or name them by a pattern such as folder/*.csv."
    ),
    "header_only": "{file} has column names ({columns}) but no row of data. Export it again with data.",
    "header_missing": (
        "{file} has {columns:column|columns} but no line with their names; it begins with: {line}. Add a first line"
        " that"
        " names them, for example: time,cell,calls."
    ),
    "no_such_column": "{file} has no column {column} for the role {role}. Its columns are: {columns}.",
    "no_such_layout": "There is no layout called {layout}. Known are: long, wide, series, intervals.",
    "no_such_kpi": "There is no KPI called {kpi} in the files. They have: {kpis}.",
    "no_time_column": (
        "{file} has no column of time stamps; its columns are: {columns}. Anomalies are looked for over time, so"
        " every row needs its date and time. If the rows follow each other, say when the first one begins and how"
        " long a period is."
    ),
    "no_time_no_header": (
        "{file} has no time stamps and no column names. Anomalies are looked for over time: add a column with date"
        " and time or, if the rows follow each other, say when the first one begins and how long a period is."
    ),
    "first_time_unreadable": (
        "{value} is no moment at which a first row could begin. Write it as 2024-03-31 14:00, with an offset such as"
        " +01:00 if it is not in the network's zone."
    ),
    "first_time_needs_period": (
        "{file}: the rows are to be counted from a first moment, but how long a period is was not said. Say it, for"
        " example 15min."
    ),
    "first_time_broken": (
        "{file}: its rows are to be counted, but one of them cannot be read ({line}), so that all later ones would"
        " get a wrong time. Mend that row, or add a column with date and time."
    ),
    "time_counted": (
        "{file}: the rows carry no time. As you said, the first one begins at {first} and each further one {period}"
        " later."
    ),
    "cell_table": (
        "{file} is a table of cells or sites with their positions, not of measurements over time. Give it as the"
        " cell reference table."
    ),
    "no_value_column": "{file} has no column of numbers to look at; its columns are: {columns}.",
    "time_unreadable": (
        "{file}: the time column {column} holds {value}, which is no known way to write a time. Use for example"
        " 2024-03-31 14:00 or seconds since 1970."
    ),
    "time_without_date": (
        "{file}: the time column {column} holds only a time of day ({value}) and no date, so the rows cannot be put"
        " in order. Export it with the date, or add a date column. Without one, its rows can still be judged one by"
        " one, in the window or by the command cellwarden-cli rows."
    ),
    "date_without_year": (
        "{file}: the time column {column} holds a date without a year ({value}). Export it with the year."
    ),
    "date_ambiguous": (
        "{file}: {value} in the column {column} can be {day_first} or {month_first}, and no row of the file decides"
        " it. Say whether the day or the month comes first."
    ),
    "date_ambiguous_likely": (
        "{file}: {value} in the column {column} can be {day_first} or {month_first}. The rows follow each other only"
        " if it is {likely}. Does the day or the month come first?"
    ),
    "date_mixed_order": (
        "{file}: the column {column} mixes dates with the day first and dates with the month first (such as"
        " {value}). Export it with one of the two."
    ),
    "time_never_was": "The time {value} does not exist in the zone {zone}. Choose the zone the stamps were written in.",
    "one_moment": (
        "All rows are of one moment ({time}). Anomalies are looked for over time: load at least two periods, better"
        " two weeks."
    ),
    "span_too_long": (
        "From {first} to {last} there are {periods:period|periods} of {period}, more than can be worked on. Check the"
        " dates, or give the granularity period."
    ),
    "too_many_points": (
        "{cells:cell|cells} x {periods:period|periods} of {period} ({first} to {last}) x {kpis:KPI|KPIs} are"
        " too many points to work on at once. Choose some of the KPIs, files of a shorter span, or a longer period."
    ),
    "no_rows": "{files}: there is no row of data in it.",
    "no_values_at_all": "{files}: none of the {rows:row|rows} holds a value.",
    "nothing_left": "{files}: none of the {rows:row|rows} can be used. Most often: {reason}. First: {example}",
    # Why a row was dropped
    "row_blank": "blank rows",
    "row_time": "rows whose time cannot be read",
    "row_time_impossible": "rows with a time before 1990 or after 2100",
    "row_cell": "rows that name no cell or KPI",
    "row_value": "rows whose values cannot be read",
    "row_other_period": "values of another granularity period than most",
    "row_fields": "rows with another number of fields than there are columns",
    "row_short": "rows with too few fields",
    "row_long": "rows with too many fields",
    "row_quote": "rows with a quote that is not closed",
    "row_huge": "lines that are longer than any table row",
    "row_encoding": "rows with bytes that are no text of the file's encoding",
    "row_broken": "rows that do not fit the table",
    "row_duplicate": "rows that repeat a cell and time; the first one was kept",
    "row_stray_time": "rows with a time far away from all others",
    "row_skipped_hour": "rows in the hour that is skipped when the clock is put forward",
    "row_kpi_not_chosen": "rows of KPIs that were not chosen",
    # What was recognised and assumed
    "recognised_pm": "{file} is a performance file ({dialect}).",
    "file_left_out": "A file was left out. {reason}",
    "more_files_left_out": "{count:more file was|more files were} left out for such reasons.",
    "pm_lists": "{values:value is a list|values are lists}; each position of such a counter became a KPI of its own.",
    "recognised_asterisk": "{file} holds call detail records of an Asterisk exchange.",
    "cdr_aggregated": "Call detail records were summed per period of {period}; a call counts where it starts.",
    "cdr_split": (
        "Call detail records were summed per period of {period}; a call counts where it starts, its minutes in every"
        " period in which it was talked."
    ),
    "cdr_rows_said": (
        "As you said, every call stands in {rows} row(s). {pairs:pair|pairs} of mirrored rows (same start, duration and"
        " numbers) were found."
    ),
    "cdr_legs": (
        "{rows:record is a leg|records are the legs} of {calls:call|calls}; legs of one call were counted once."
    ),
    "sheet_other_kind": (
        "{sheet} was left out, for its table ({kind}) is not like the one that was read ({read}). Save it as a file of"
        " its own to look at it."
    ),
    "sheet_other_period": (
        "{sheet} was left out, for its periods of {period} are longer than those that were read ({read}). Save it as a"
        " file of its own to look at it."
    ),
    "sheet_left_out": "{sheet} was left out. {reason}",
    "recognised_milan": "{file} has the raw layout of the Telecom Italia Milan data.",
    "recognised_table": "{file} is a table ({layout}); its time is written as {written}.",
    "cell_column_taken": "{file}: the column {column} was taken as the cell, as it holds the only names.",
    "subscribers_hashed": (
        "{file}: {column} holds numbers of subscribers. Each was replaced by a keyed hash; the numbers themselves"
        " are not kept."
    ),
    "table_unfolded": (
        "{file}: {columns} columns of values stand beside each other; each was read as rows, told apart by {name}."
    ),
    "columns_ignored": "{file}: these columns were not used: {columns}.",
    "columns_are_cells": "{file}: each of the {columns:column|columns} was taken as a cell, its values as {kpi}.",
    "cells_named_within": "{file}: {column} is told apart within {within} alone, so cells are named by both.",
    "columns_are_kpis": "{file}: the {columns:column was|columns were} taken as KPIs of one entity, {cell}.",
    "files_are_pieces": (
        "{count} files were taken as pieces of one series, {cell}: their names say so, and in time each follows another"
        " ({files}). Name them otherwise if they are of several cells."
    ),
    "file_corrects_piece": (
        "{file} is by its name a piece of the series {cell}, and tells times of it that are there already: where both"
        " say something, its values count now. Name it otherwise if it is of another cell."
    ),
    "pieces_clash": (
        "These files are by their names pieces of the series {cell}, and tell the same times of it: {files}. Add them"
        " one after the other, the one that counts last, or name them otherwise if they are of several cells."
    ),
    "files_not_pieces": (
        "{count} files are called like pieces of one series, but do not follow each other in time, so each was taken as"
        " a cell of its own: {files}."
    ),
    "files_are_kpis": "Each of the {count:file|files} holds other KPIs; all were taken as KPIs of one entity, {cell}.",
    "no_header_assumed": "{file}: there is no line with column names; the columns were told apart by their content.",
    "files_left_out": "{count:file of the folder holds|files of the folder hold} no measurements, left out: {files}.",
    "encoding_mixed": (
        "{file}: {lines:line is|lines are} UTF-8 in a file that is Latin-1 otherwise (first: line {line}). Each line"
        " was read"
        " as it is written."
    ),
    "encoding_of_country": "{file} is no UTF-8; it was read as {encoding}. If names look wrong, say what it is.",
    "encoding_broken_lines": (
        "{lines:line|lines} of {file} {lines:has|have} letters that are none in {encoding} (the first is line {line});"
        " \N{REPLACEMENT CHARACTER} stands for each."
    ),
    "encoding_stray_lines": (
        "{file}: {lines:line is|lines are} Latin-1 in a file that is UTF-8 otherwise (first: line {line}). Each line"
        " was read as it is written."
    ),
    "encoding_mixed_in_place": (
        "{file}: {lines:line is|lines are} UTF-8 in a file that is Latin-1 otherwise (first: line {line}). All were"
        " read as"
        " Latin-1: a cell with accents in its name may appear twice. Save the file as UTF-8."
    ),
    "repeated_hour_once": (
        "The hour from {value} on comes twice in {zone}, and the files have it once: it was taken as the first of the"
        " two, in summer time."
    ),
    "repeated_hour_late": (
        "The hour from {value} on comes twice in {zone}. The files begin in it and go on after it, so it was taken as"
        " the second of the two, in winter time."
    ),
    "clocks_ahead": (
        "The clocks that wrote the times were ahead of UTC by {offsets}. Hours of the day and days of the calendar are"
        " those of UTC all the same; set the time zone to have those of the network."
    ),
    "units_converted": (
        "The column {column} of {file} has numbers in several units ({written}); they were brought to {unit}."
    ),
    "units_of_columns": (
        "{file}: its columns have numbers in {units}, which are not the same quantity, so they cannot be the cells of"
        " one KPI. Read them as KPIs."
    ),
    "units_of_files": (
        "{file}: {kpi} is in {unit} here and in {known} in {other}, which is not the same quantity. Open them apart,"
        " or rename the column in one."
    ),
    "units_in_some_files": (
        "{file}: {kpi} is in {unit} here, and {other} does not say in what it is. Export both with the unit, or both"
        " without."
    ),
    "dates_as_usual": (
        "{value} in the column {column} of {file} was read as {day_first}, as with points the day usually comes first;"
        " nothing in the rows tells. If {month_first} is meant, say that the month comes first."
    ),
    "zone_usual": "The files do not name a time zone. Times are taken as those of {zone}, the zone in your settings.",
    "zone_assumed": "The times carry no zone. They were taken as UTC; set the time zone if they are local.",
    "period_uncertain": (
        "The granularity period was taken as {period}, but only {share} % of the steps between rows fit it."
    ),
    "running_totals": (
        "{kpis}: running totals, as they only rise but for {restarts:restart|restarts}. Taken is what they grew by in"
        " each period; the first one, and those after a gap or a restart, are missing."
    ),
    "absent_is_zero": "In this format an absent row means no activity, so it counts as 0.",
    "periods_not_collected": (
        "{periods:period without a row of any cell was|periods without a row of any cell were} taken as not collected."
    ),
    "day_repeated": (
        "The day from {day} on repeats the one from {of} on to the last digit, in {cells:cell|cells}: the same file"
        " under two dates? Then what happened on it is not known."
    ),
    "days_repeated_more": "{days:more day repeats|more days repeat} another one.",
    "kpis_empty": "These KPIs hold no value at all and were left out: {kpis}.",
    "rows_of_entity_combined": (
        "The files hold several rows per entity and time. They were put together: counts added up, ratios and"
        " gauges averaged; {rows:row|rows} became {combined}."
    ),
    "rows_of_period_combined": (
        "The {rows} rows are finer than the period of {period} and were put together: counts added up, ratios and"
        " gauges averaged."
    ),
    "rows_off_grid": (
        "{rows:row does|rows do} not begin on the grid of {period}; each was placed in the period that holds it."
        " First:"
        " {example}"
    ),
    "values_unreadable": (
        "{values:value that cannot be read counts|values that cannot be read count} as missing. First: {example}"
    ),
    # Call detail records
    "recognised_cdr_ber": "{file} holds binary call detail records of a charging gateway, release {release}.",
    "recognised_cdr_table": "{file} is a table of call detail records, one row per {what}.",
    "cdr_no_such_choice": "{role} cannot be {choice} for call detail records. Known are: {choices}.",
    "cdr_undecodable": "call detail records that cannot be decoded",
    "cdr_encoding": "call detail records in another encoding than BER",
    "cdr_other_type": "call detail records that say nothing of a cell's traffic (transit, location update ...)",
    "cdr_no_cell": "call detail records that name no cell",
    "cdr_person_as_cell": "call detail records with the number of a person or device in place of the cell",
    "cdr_no_subscriber": "call detail records that name no subscriber",
    "cdr_no_direction": "call detail records that do not tell their direction",
    "no_such_unit": "Durations cannot be in {unit}. Known are: seconds, minutes.",
    "cdr_cut": "call detail records that are cut by the end of the file",
    "cdr_framing": "places that hold something else than call detail records, up to the next record",
    "cdr_types": "The files hold these call detail records: {types}.",
    "cdr_gateways": (
        "Records of several kinds of gateways were loaded. A data session that more than one of them recorded counts"
        " more than once; load one kind to avoid that."
    ),
    "cdr_file_length": (
        "{file} says that it has {said:byte|bytes}, but has {found}. It may not have been copied to its end."
    ),
    "cdr_file_records": "{file} says that it has {said:record|records}, but {found} were found.",
    "cdr_more_files": "{count:more file does|more files do} not have the length or number of records that they say.",
    "cdr_lost": "The charging gateway says that it lost {records:record|records}, which are in no file.",
    "cdr_lost_unknown": (
        "In {count:file|files} the charging gateway says that it lost records, but not how many: {files}."
    ),
    "cdr_subscribers_hashed": (
        "The series are of {count:subscriber|subscribers}. Their numbers were replaced by keyed hashes; the numbers"
        " themselves"
        " are not kept."
    ),
    "cdr_two_rows_flag": (
        "Every call stands in two rows, one for each side, told apart by the column {column}: outgoing rows count as"
        " calls made, incoming rows as calls received, so each call counts once per direction."
    ),
    "cdr_two_rows_mirrored": (
        "{pairs:call stands|calls stand} in two mirrored rows (caller and callee swapped) and no column tells the"
        " direction: the"
        " first row of a pair counts as the call made, the second as the call received."
    ),
    "cdr_one_row": "Every call stands in one row; it counts as a call made in the cell of that row.",
    "cdr_one_row_two_cells": (
        "Every call stands in one row; it counts as a call made in the cell {caller} and as a call received in the"
        " cell {callee}."
    ),
    "cdr_duration_unit": "The column {column} was read as {unit}.",
    "cdr_numbers_hashed": (
        "The columns {columns} hold numbers of subscribers. They were replaced by keyed hashes while reading; the"
        " numbers themselves are not kept."
    ),
}
