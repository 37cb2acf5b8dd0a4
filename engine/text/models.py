"""Models: opening, checking, fine-tuning and choosing them."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "model_missing": "The model in {folder} has no readable file {file}. Install it again or choose another model.",
    "model_record_wrong": "The record of the model in {folder} is not valid (field {field}). Install the model again.",
    "model_too_large": "{file} of the model in {folder} is larger than a model may be. It was not opened.",
    "model_changed": "{file} of the model in {folder} is not the file that was recorded. Install the model again.",
    "model_weights_length": "The weights of the model in {folder} have {length} bytes instead of {needed}.",
    "model_weights_not_finite": "The weights of the model in {folder} hold values that are not numbers.",
    "model_graph_broken": "{file} is no complete ONNX model ({error}). Install the model again.",
    "model_graph_nested": "{file} holds nested graphs or functions, which a model may not. It was not opened.",
    "model_operator": "{file} holds operators that a model may not: {operators}. It was not opened.",
    "model_external": "{file} refers to data outside its weights file ({location}). It was not opened.",
    "model_graph_refused": "The model's graph cannot be run: {error}",
    "model_unknown": "There is no model {model}. Known ones: {known}.",
    "model_worse": (
        "{model} did worse on held-out data after fine-tuning than before (error {after} instead of {before}), so it"
        " was not put to use. Say explicitly that you want it all the same."
    ),
    "model_name_taken": "{model} is the name of a model that ships with the program.",
    "model_not_own": "{model} is none of your own models; those that ship cannot be deleted.",
    "model_file_foreign": "{file} is no model file of this program.",
    "convlstm_period": ("The ConvLSTM needs periods of at most one hour; these are {minutes} minutes long."),
    "convlstm_family": "{model} works on a grid of cells, not on single series.",
    "convlstm_drift": (
        "The data differ from what the model was trained on (stability index {index}, limit {limit}). Fine-tune it on"
        " data of this network."
    ),
    "stage_train": "Fine-tuning, epoch {epoch} of {epochs}",
    "stage_held_out": "Comparing on days that the model never saw",
    "training_done": "All {epochs} epochs were done.",
    "training_stopped_early": "Stopped after epoch {epoch}: no better for {patience} epochs.",
    "training_not_finite": (
        "Stopped in epoch {epoch}: the error was no longer a number. The best state before that was kept."
    ),
    "finetune_labels_needed": (
        "{model} learns from labelled anomalies, and there are none in the data. Give them with --labels, or tune a"
        " forecasting model."
    ),
    "finetune_history": ("Fine-tuning needs at least {needed} days; there are {days}. Take a longer history."),
    "finetune_nothing": "No point of the data can be learned from: all are missing, flagged or in maintenance.",
    "cli_finetune": "train a model further on your own data",
    "cli_models": "list bundled and own models with their cards",
    "cli_model": "ConvLSTM model to use: an id from the list of models, or the folder of one",
    "cli_epochs": "passes over the data (default: 20)",
    "cli_train": "what is trained: everything, the last layer and the head, or the head alone (default: all)",
    "cli_model_written": "{model} written to {folder} and added to your models. Use it with: analyse --model {model}",
    "cli_tuned": (
        "{ended} Error on {days} held-out days: {before} before, {after} after; VUS-PR {vus_before} before,"
        " {vus_after} after; alarms per cell and week {alarms_before} before, {alarms_after} after."
    ),
    "cli_tuned_worse": "The model did not get better on the held-out days. Keep the one you have.",
    "cli_excluded": (
        "Learned from {used} points; left out: {labelled} labelled anomalous, {suspect} suspect,"
        " {maintenance} in maintenance, {imputed} imputed, {missing} missing."
    ),
    "cli_epoch": "epoch {epoch}: training error {training}, held-out error {validation}",
    "model_in_use": "in use",
    "model_bundled": "bundled",
    "model_own": "own",
}
