"""How good a result is by the labels there are."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stage_measure": "Comparing with the labels",
    "action_measure": "Compare with la&bels\u2026",
    "action_measure_tip": "How good the vote and every detector are by the labels there are",
    "measure_title": "Compared with the labels",
    "measure_wait": "Working it out\u2026",
    "measure_none": "Run the detection first: its result is what is compared.",
    "measure_no_labels": (
        "Nothing that was judged is labelled. Labels come with the data, from a file (File > Take labels from a file),"
        " or are drawn on the timeline (L)."
    ),
    "measure_of": (
        "{points:labelled point|labelled points} in {series:series|series}, {prevalence} of them anomalous, in"
        " {events:event|events}. An event is found by one alarmed point in it; no other point counts as found for that."
    ),
    "measure_learned": (
        "This run learned from labels: on what it learned from, the figures are better than they are on new data."
    ),
    "measure_note": (
        "A detector alone alarms where it reaches its threshold; the least deviation, duration and traffic are the"
        " vote's. Precision, recall and F1 run from 0 to 1; a dash is a figure that is not defined."
    ),
    "measure_vote": "Vote",
    "measure_precision": "Precision\npoints",
    "measure_recall": "Recall\npoints",
    "measure_f1": "F1\npoints",
    "measure_event_precision": "Precision\nevents",
    "measure_event_recall": "Recall\nevents",
    "measure_event_f1": "F1\nevents",
    "measure_false_positive_rate": "False-\npositive rate",
    "measure_percent": "{percent} %",
    "measure_vus_pr": "VUS-PR",
    "measure_alarms_per_cell_week": "Alarms a series\nand week",
    "measure_delay_s": "Mean delay",
}
