"""Rows that stand for themselves: what was read, found and learned."""

from __future__ import annotations

_LEVELS = {
    "low": "Rows with a low {kpi} (in its lowest quarter)",
    "high": "Rows with a high {kpi} (in its highest quarter)",
    "night": "Rows of the night (00:00 to 06:00)",
}

MESSAGES: dict[str, str] = {
    "cli_rows_command": "judge rows one by one where no date orders them: clusters, odds ratios, a learner on labels",
    "cli_rows_found": "{rows:row|rows} of {cells:cell|cells}; {labelled} with a label, {anomalous} of them anomalous.",
    "rows_offer": "Judge the rows one by one\u2026",
    "rows_folder": "Where to write what is found of the rows",
    "rows_written": "The verdict on each row lies in {folder} (rows.csv, associations.csv, rows.json).",
    "doing_rows": "Judging the rows of {name}",
    "stage_rows_cluster": "Looking for clusters of rows",
    "stage_rows_associate": "Working out odds ratios",
    "stage_rows_learn": "Learning the labels, part {fold} of {folds}",
    "rows_no_table": "{file} is no table of text. Rows are judged in CSV or TSV files, plain or gzip.",
    "rows_other_kpis": "{file} has other KPIs ({kpis}) than the first file ({first}). Judge them one after the other.",
    "rows_no_order": (
        "Every row is judged by its own values, in no order of time. Detectors of series (baseline, GARCH, NNAR,"
        " ConvLSTM) need times with dates and were not run; where the rows have them, analyse them as series."
    ),
    "rows_unreadable": (
        "{kpi}: {count:field holds|fields hold} something that is no number (first: {first}). They count as missing."
    ),
    "rows_all_alike": "All rows are alike, so there are no clusters.",
    "rows_clusters": (
        "K-means found a smaller cluster with {share} % of the rows, well apart from the others (silhouette"
        " {silhouette})."
    ),
    "rows_clusters_unclear": (
        "The two clusters of K-means run into each other (silhouette {silhouette}); the smaller one, with {share} % of"
        " the rows, may be no more than busy cells. Do not read it as anomalies."
    ),
    "rows_few_labels": (
        "There are {usual:row|rows} labelled usual and {anomalous} labelled anomalous; a learner needs at least"
        " {needed} of"
        " each, so nothing was learned."
    ),
    "rows_few_stations": (
        "The labelled rows are of {stations:station|stations}; a learner needs at least {needed} to be judged on"
        " stations it"
        " has not seen, so nothing was learned."
    ),
    "rows_learned": (
        "The learner was judged on stations it had not seen ({stations:station|stations} in all): F1 {sharp}, and"
        " {blurred} on"
        " values blurred by a few percent. Calling every row anomalous would reach {always}."
    ),
    "rows_labels_leak": (
        "The labels leak: on stations it had not seen ({stations:station|stations} in all) the learner reaches F1"
        " {sharp}, but"
        " {blurred} once values are blurred by a few percent, where calling every row anomalous would reach {always}."
        " It tells usual from unusual rows by how they were rounded, not by the network. The scores are those of the"
        " blurred values; do not take the higher figure for detection."
    ),
    "rows_stations": "Rows of one station are alike; the interval was widened by {times} for that.",
    "rows_circular": "If the label was made from this KPI, the two are the same fact said twice.",
    **{
        f"rows_association_{level}": (
            f"{rows} have {{ratio}} times the odds of {{label}} (95 % interval {{low}} to {{high}}, {{p}}), the other"
            " KPIs held equal. An association, not a cause."
        )
        for level, rows in _LEVELS.items()
    },
    **{
        f"rows_association_{level}_unclear": (
            f"{rows} show no clear difference in the odds of {{label}} (ratio {{ratio}}, 95 % interval {{low}} to"
            " {high}, {p})."
        )
        for level, rows in _LEVELS.items()
    },
}
