"""Labelling by hand: the words of the brush, its menu and its files."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "label_button": "Label: {kind}",
    "label_button_tip": "While this is down a drag labels a stretch of time, and a drag from the end of a label moves "
    "that end (L)",
    "label_brush": "Label by dragging",
    "label_anomalous": "labelled anomalous",
    "label_normal": "labelled normal",
    "label_word_anomalous": "anomalous",
    "label_word_normal": "normal",
    "label_word_nothing": "nothing",
    "label_as_anomalous": "Label as anomalous",
    "label_as_normal": "Label as normal",
    "label_as_nothing": "Remove label",
    "label_rest": "Label the rest of this series as normal",
    "label_undo_anomalous": "label as anomalous",
    "label_undo_normal": "label as normal",
    "label_undo_nothing": "remove label",
    "label_undo_moved": "move end of label",
    "label_undo_read": "labels of {name}",
    "label_read": "Labels taken from {name}. Undo brings the former ones back.",
    "label_written": "{count:labelled stretch|labelled stretches} written to {name}",
    "labels_none_to_write": "Nothing is labelled in these data, so no file was written. Labels come with the data, from"
    " a file (File > Take labels from a file), or are drawn on the timeline (L).",
    "label_title": "Write labels",
    "label_filter": "Labels (*.csv)",
    "keep_labels": "There are labels, rules or events that no project holds yet. Save before going on?",
    "action_label_brush": "&Label by dragging",
    "action_label_anomalous": "Label as &anomalous",
    "action_label_normal": "Label as n&ormal",
    "action_label_remove": "&Remove label",
    "action_label_rest": "Label the re&st of the series as normal",
    "action_labels_in": "Take &labels from a file\u2026",
    "action_labels_out": "Write la&bels to a file\u2026",
}
