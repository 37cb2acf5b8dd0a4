"""Detectors, votes, anomaly types and why a detector has no opinion."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # why a detector has no opinion
    "no_opinion": "This detector has no opinion on this cell.",
    "no_measurements": "Nothing was measured in this cell.",
    "not_enough_history": "Not enough history: it needs {needed:usable point|usable points}, there are {points}.",
    "garch_few_pairs": (
        "It needs {needed:usable point|usable points} with a usable one right before them, there are {points}."
    ),
    "garch_no_variance": "The values hardly vary, so there is no volatility to model.",
    "nnar_constant": "The values do not vary, so there is nothing to forecast.",
    "nnar_nothing_learnt": "Too few usable points in all cells together to train its networks.",
    "kmeans_one_value": "All values are the same, so there are no two clusters.",
    "kmeans_not_separated": "Its two clusters are not clearly apart (separation {separation}, needed {needed}).",
    "gaussian_constant": "The values do not vary, so there is no usual scatter.",
    "flatline_hardly_moves": "The values repeat most of the time, so one more repeat is no sign of a stuck counter.",
    "flatline_nothing_repeats": "No value repeats itself here, so there is no flat line to judge.",
    "boosting_no_labels": "Nothing can be learned from labels: none were given for this KPI.",
    "boosting_few_labels": (
        "Too few labels to learn from: {incidents:labelled incident|labelled incidents} in the training part,"
        " {needed} are needed."
    ),
    "boosting_one_moment": (
        "The labelled incidents lie too close together to learn from: no part of the time could be judged by what was "
        "learned from the others."
    ),
    "labels_leak": (
        "The labels of {kpi} can be read off single values: the exact value alone tells them with an F1 of {f1} on "
        "cells or times it was not learned from, the values next to it only with {beside}. Ordinary and anomalous rows "
        "were probably written differently (rounding, scale, export). What is learned from such labels, and every "
        "figure measured on them, says nothing about detection."
    ),
    # later periods
    "later_by_models": (
        "From {until} on {periods:period was|periods were} scored by what was learned from the data before; what"
        " was judged before keeps its scores. Run in full to learn from the new periods too (in the window: Run, on"
        " the command line: --refit)."
    ),
    "refit_detector": "All periods were judged anew: {detector} cannot score later periods by what it learned before.",
    "refit_no_models": "All periods were judged anew: the earlier result holds no models to score later periods by.",
    "refit_version": "All periods were judged anew: another version of the program ({version}) made the models.",
    "refit_settings": "All periods were judged anew: the settings of detection are not those of the earlier run.",
    "refit_other_model": "All periods were judged anew: {detector} has another model now than in the earlier run.",
    "refit_cells": "All periods were judged anew: the cells are not those of the earlier run.",
    "refit_kpis": "All periods were judged anew: the KPIs are not those of the earlier run.",
    "refit_earlier": "All periods were judged anew: they begin at another moment than in the earlier run.",
    "refit_calendar": "All periods were judged anew: the calendar calls days otherwise than in the earlier run.",
    "refit_labels": "All periods were judged anew: the labels are not those of the earlier run.",
    "refit_replaced": "All periods were judged anew: values that the models were learned from are others now.",
    "refit_age": (
        "All periods were judged anew: the models were learned {days:day|days} ago, and {limit:day is|days are} the"
        " most "
        "(a setting, and never more than a quarter of what they were learned from)."
    ),
    # nothing was found, and not because nothing is unusual
    "judged_nothing": "Nothing could be judged, so nothing was found. Most often: {reason}",
    "judged_nothing_unsaid": "Nothing could be judged, so nothing was found.",
    "judged_hardly": (
        "Hardly anything could be judged, {share} of what was measured, so it says little that nothing was found. Most"
        " often: {reason}"
    ),
    "judged_hardly_unsaid": (
        "Hardly anything could be judged, {share} of what was measured, so it says little that nothing was found."
    ),
    "judged_in_part": "Nothing unusual was found in the {share} of the measurements that could be judged.",
    # calibration, votes and incidents
    "calibrate_short": (
        "Too short to judge: {points:usable score|usable scores} in this cell, at least {needed} are needed to know"
        " what is usual."
    ),
    "no_scores": "This detector gave no score on this cell.",
    "grouped_same_cell": "{anomalies:anomaly|anomalies} of the same cells overlap or follow each other: {kpis}.",
    "grouped_one_cell": "{anomalies:anomaly|anomalies} of this cell overlap or follow each other: {kpis}.",
    "sites_more": "{names} and {more:more site|more sites}",
    "grouped_same_site": "{cells:cell|cells} of {sites} began together.",
    "grouped_neighbours": (
        "{cells:neighbouring cell began|neighbouring cells began} within {within} of each other, from {time}."
    ),
    "grouped_alike": (
        "{cells} of the {all} cells of {traits} began within {within} of each other, from {time}, and few other cells."
    ),
    "grouped_together": "{cells:cell began|cells began} in the same period, {time}, far more than chance brings.",
    "incident_silence": ("{kpi} fell to zero at {time} and stayed there for {duration}. Expected {expected}."),
    "incident_silence_many": (
        "{kpi} fell to zero at {time} and stayed there for {duration}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_gone": (
        "{kpi} was zero or not reported from {time} on for {duration}, zero for {zero} of it. Expected {expected}."
    ),
    "incident_gone_many": (
        "{kpi} was zero or not reported from {time} on for {duration}, zero for {zero} of it. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_part_silence": (
        "{kpi} fell to zero for {zero} of the {duration} from {time} on, {actual} on average. Expected {expected}."
    ),
    "incident_part_silence_many": (
        "{kpi} fell to zero for {zero} of the {duration} from {time} on, {actual} on average. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_absent": (
        "{kpi} was not reported from {time} on for {duration}, while other cells were. Expected {expected}."
    ),
    "incident_absent_many": (
        "{kpi} was not reported from {time} on for {duration}, while other cells were. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "actual_mean": "{mean} on average",
    "actual_mean_most": "{mean} on average (at most {extreme})",
    "actual_mean_least": "{mean} on average (at least {extreme})",
    "change_more": "{percent} % more than usual",
    "change_less": "{percent} % less than usual",
    "change_points_more": "{points:percentage point|percentage points} more than usual",
    "change_points_less": "{points:percentage point|percentage points} less than usual",
    "change_level_more": "{off} dB more than usual",
    "change_level_less": "{off} dB less than usual",
    "change_times": "{times} times the usual",
    "change_beyond": "far more than usual",
    "incident_up": ("{kpi} rose at {time} to {actual} for {duration}, {change}. Expected {expected}."),
    "incident_up_many": (
        "{kpi} rose at {time} to {actual} for {duration}, {change}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_down": ("{kpi} fell at {time} to {actual} for {duration}, {change}. Expected {expected}."),
    "incident_down_many": (
        "{kpi} fell at {time} to {actual} for {duration}, {change}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_plain_up": "{kpi} rose at {time} to {actual} for {duration}. Expected {expected}.",
    "incident_plain_up_many": (
        "{kpi} rose at {time} to {actual} for {duration}. Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_plain_down": "{kpi} fell at {time} to {actual} for {duration}. Expected {expected}.",
    "incident_plain_down_many": (
        "{kpi} fell at {time} to {actual} for {duration}. Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_shift_up": ("{kpi} was higher from {time} on: {actual} over {duration}, {change}. Expected {expected}."),
    "incident_shift_up_many": (
        "{kpi} was higher from {time} on: {actual} over {duration}, {change}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_shift_down": ("{kpi} was lower from {time} on: {actual} over {duration}, {change}. Expected {expected}."),
    "incident_shift_down_many": (
        "{kpi} was lower from {time} on: {actual} over {duration}, {change}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_flatline": ("{kpi} stood still at {actual} from {time} on for {duration}. Expected {expected}."),
    "incident_flatline_many": (
        "{kpi} stood still at {actual} from {time} on for {duration}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_volatility": (
        "{kpi} swung to either side of what is usual from {time} on for {duration}. Expected {expected}."
    ),
    "incident_volatility_many": (
        "{kpi} swung to either side of what is usual from {time} on for {duration}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    "incident_strange": ("{kpi} was unusual from {time} on for {duration}: {actual}. Expected {expected}."),
    "incident_strange_many": (
        "{kpi} was unusual from {time} on for {duration}: {actual}. "
        "Expected {expected}. Worst in {cell}; {more} more took part."
    ),
    # the same where cell, KPI, begin and duration stand beside it
    "brief_lasting": "for {duration}",
    "brief_silence": "fell to zero{lasting}. Expected {expected}.",
    "brief_gone": "was zero or not reported, zero for {zero}. Expected {expected}.",
    "brief_part_silence": "fell to zero for {zero}, {actual} on average. Expected {expected}.",
    "brief_absent": "was not reported{lasting}, while other cells were. Expected {expected}.",
    "brief_up": "rose to {actual}{lasting}, {change}. Expected {expected}.",
    "brief_down": "fell to {actual}{lasting}, {change}. Expected {expected}.",
    "brief_plain_up": "rose to {actual}{lasting}. Expected {expected}.",
    "brief_plain_down": "fell to {actual}{lasting}. Expected {expected}.",
    "brief_shift_up": "was higher: {actual}{lasting}, {change}. Expected {expected}.",
    "brief_shift_down": "was lower: {actual}{lasting}, {change}. Expected {expected}.",
    "brief_flatline": "stood still at {actual}{lasting}. Expected {expected}.",
    "brief_volatility": "swung to either side of what is usual{lasting}. Expected {expected}.",
    "brief_strange": "was unusual: {actual}{lasting}. Expected {expected}.",
    # evaluation against labels
    "evaluation_series": "Series with labels",
    "evaluation_points": "Labelled points",
    "evaluation_anomalous": "of them anomalous",
    "evaluation_prevalence": "Share anomalous",
    "evaluation_no_opinion": "Share without a score (counted as normal)",
    "evaluation_accuracy": "Accuracy",
    "evaluation_false_positive_rate": "False-positive rate",
    "evaluation_precision": "Precision (points)",
    "evaluation_recall": "Recall (points)",
    "evaluation_f1": "F1 (points)",
    "evaluation_events": "Labelled events",
    "evaluation_events_found": "of them found",
    "evaluation_alarms": "Alarms",
    "evaluation_alarms_right": "of them right",
    "evaluation_event_precision": "Precision (events)",
    "evaluation_event_recall": "Recall (events)",
    "evaluation_event_f1": "F1 (events)",
    "evaluation_pointwise_event_f1": "F1 of point precision and event recall",
    "evaluation_vus_pr": "VUS-PR",
    "evaluation_auc_pr": "AUC-PR",
    "evaluation_alarms_per_cell_week": "Alarms per series and week",
    "evaluation_false_alarms_per_cell_week": "False alarms per series and week",
    "evaluation_delay_s": "Mean delay of found events",
    "evaluation_minutes": "{minutes} min",
    "scores_unreadable": (
        "{file} cannot be read as scores: {error} It must be a scores.parquet that `analyse --scores` wrote."
    ),
    "scores_absent": "There is no file {file}.",
    "scores_empty": "{file} holds no scores.",
    "labels_no_column": "{file} has no label column. A label column is called label, anomaly or is_anomaly.",
    "labels_fit_nothing": (
        "{labels} has no cell, KPI and time in common with the scores. Use the labels of the file that was analysed."
    ),
}
