"""Models: opening, checking, fine-tuning and choosing them."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "model_missing": "The model in {folder} has no readable file {file}. Install it again or choose another model.",
    "model_record_wrong": "The record of the model in {folder} is not valid (field {field}). Install the model again.",
    "model_too_large": "{file} of the model in {folder} is larger than a model may be. It was not opened.",
    "model_changed": "{file} of the model in {folder} is not the file that was recorded. Install the model again.",
    "model_weights_length": "The weights of the model in {folder} have {length:byte|bytes} instead of {needed}.",
    "model_weights_not_finite": "The weights of the model in {folder} hold values that are not numbers.",
    "model_graph_broken": "{file} is no complete ONNX model ({error}). Install the model again.",
    "model_graph_nested": "{file} holds nested graphs or functions, which a model may not. It was not opened.",
    "model_operator": "{file} holds operators that a model may not: {operators}. It was not opened.",
    "model_external": "{file} refers to data outside its weights file ({location}). It was not opened.",
    "model_graph_refused": "The model's graph cannot be run: {error}",
    "model_graph_unknown": (
        "{file} of the model in {folder} is none of the graphs that this program ships for such a model. It was not"
        " opened. A model that another version tuned has to be tuned again."
    ),
    "model_misplaced": "The folder {folder} holds a model of another name, {model}. Import it instead of copying it.",
    "model_name_taken_own": "There is another model of yours called {model}. Delete that one first.",
    "model_many_files": "{count:file|files}",
    "model_unknown": "There is no model {model}. Known ones: {known}.",
    "model_worse": (
        "{model} did not do better on held-out days after fine-tuning than before (error {after} after, {before}"
        " before), so it was not put to use. Say explicitly that you want it all the same."
    ),
    "model_name_taken": "{model} is the name of a model that ships with the program.",
    "model_not_own": "{model} is none of your own models; those that ship cannot be deleted.",
    "model_file_foreign": "{file} is no model file of this program.",
    "convlstm_period": ("The ConvLSTM needs periods of at most one hour; these are {minutes:minute|minutes} long."),
    "finetune_family": "{model} judges a map of cells. Only forecasts of a map can be fine-tuned, and single series.",
    "convlstm_no_map": (
        "This ConvLSTM looks at a map of cells, and fewer than {needed:cell has|cells have} a known place. Give rows"
        " and columns"
        " or coordinates with --cells."
    ),
    "convlstm_no_place": "The place of this cell is not known, so it is on no map that a ConvLSTM could look at.",
    "convlstm_drift": (
        "The data differ from what the model was trained on (stability index {index}, limit {limit}). Fine-tune it on"
        " data of this network."
    ),
    "convlstm_no_gain": (
        "The model has no vote here: incidents written into the history of this KPI it ranks no better than the plain"
        " distance from usual does (precision {model} against {distance}). Fine-tuned on known anomalies of this"
        " network it may."
    ),
    "stage_train": "Fine-tuning, epoch {epoch} of {epochs}",
    "stage_features": "Working out what the layers that stay as they are make of the data",
    "stage_held_out": "Comparing on days that the model never saw",
    "training_done": "All {epochs:epoch was|epochs were} done.",
    "training_stopped_early": "Stopped after epoch {epoch}: no better for {patience:epoch|epochs}.",
    "training_not_finite": (
        "Stopped in epoch {epoch}: the error was no longer a number. The best state before that was kept."
    ),
    "finetune_labels_needed": (
        "{model} learns from known anomalies, and none are given. Give a file of labels or review incidents first, or"
        " begin with a forecasting model."
    ),
    "finetune_history": ("Fine-tuning needs at least {needed:day|days}; there are {days}. Take a longer history."),
    "finetune_nothing_late": (
        "Nothing in the last days can be judged: all points are missing, flagged or in maintenance, so nobody could"
        " tell whether the model got better. Take data with later days."
    ),
    "finetune_nothing": "No point of the data can be learned from: all are missing, flagged or in maintenance.",
    "cli_finetune": "train a model further on your own data",
    "cli_models": "list bundled and own models with their cards",
    "cli_model": "ConvLSTM model to use: an id from the list of models, or the folder of one",
    "cli_epochs": "passes over the data (default: 20)",
    "cli_train": "what is trained: everything, the last layer and the head, or the head alone (default: all)",
    "cli_early": "stop after so many epochs without a better one; 0 = never (default: 5)",
    "cli_labels_finetune": "known anomalies: a file of labels, data with labels, or a project with reviewed incidents",
    "cli_models_activate": "use this model from now on",
    "cli_models_worse_too": "with --activate: use it although fine-tuning did not make it better",
    "cli_models_revert": "go back to the model that was in use before",
    "cli_models_delete": "delete one of your own models",
    "cli_models_export": "write a model into one file, for another machine",
    "cli_models_import": "add a model that --export wrote",
    "cli_model_active": "{model} is in use.",
    "cli_model_deleted": "{model} is deleted.",
    "cli_model_exported": "{model} written to {file}.",
    "cli_model_imported": "{model} is one of your models now. Use it with: models --activate {model}",
    "cli_stopped_halfway": (
        "Stopped after epoch {epoch}; no model was written. The same command goes on from there. (What it needs is in"
        " {file}; delete it to begin anew.)"
    ),
    "cli_going_on": "Going on after epoch {epoch}.",
    "cli_injected": "Simulated incidents are written into {share} % of the windows that it learns from.",
    "cli_begins_anew": "{file} holds another training, so this one begins anew. What is not as it was then: {what}.",
    "differs_model": "the base model",
    "differs_choices": "what was chosen",
    "differs_data": "the data, or what is flagged in them",
    "differs_labels": "the known anomalies",
    "differs_calendar": "which days are holidays or the weekend",
    "differs_program": "the program or one of its libraries",
    "differs_state": "the stored state, which is damaged",
    "finetune_moved": (
        "The data differ from what the model was trained on (stability index {index}; above 0.25 is called a major"
        " shift). That is what fine-tuning is for; take a long history."
    ),
    "card_purpose": "Purpose",
    "card_kind_head": "Kind",
    "card_kind": (
        "{family}; {head}. Looks at {steps:step|steps} at a time, kernels {kernels} side by side;"
        " {parameters:parameter|parameters}."
    ),
    "card_family_series": "Single series, day by day",
    "card_family_grid": "Cells on a grid, period by period",
    "card_head_label": "says how likely a point is anomalous",
    "card_head_forecast": "forecasts the next step",
    "card_origin": "Origin",
    "card_origin_bundled": "Ships with the program; trained on {date}.",
    "card_origin_tuned": "Version {version}, tuned from {parent} on {date}: {part}.",
    "card_part_all": "everything was trained",
    "card_part_last": "the last layer and the head were trained",
    "card_part_head": "the head alone was trained",
    "card_data": "Trained on",
    "card_licence": "Licence",
    "card_limits": "Limits",
    "card_metrics": "Metrics",
    "card_metric": "{name}: {value}",
    "card_error": "Error on {name}: {model}",
    "card_error_beside": "Error on {name}: {model} (without a model: {others})",
    "card_error_usual": "{value} by the usual",
    "card_error_last": "{value} by the period before",
    "card_error_week": "{value} by the week before",
    "metric_held_out_before": "Error on held-out days before",
    "metric_held_out_after": "Error on held-out days after",
    "metric_held_out_loss": "Error on held-out data",
    "metric_best_step": "Best step",
    "metric_vus_pr_before": "VUS-PR before",
    "metric_vus_pr_after": "VUS-PR after",
    "metric_alarms_before": "Alarms per cell and week before",
    "metric_alarms_after": "Alarms per cell and week after",
    "metric_held_out_days": "Held-out days",
    "metric_data_moved": "Stability index of the data",
    "metric_epochs": "Epochs",
    "metric_points": "Points learned from",
    "metric_steps": "Training steps",
    "metric_minutes": "Minutes of training",
    "cli_model_written": "{model} written to {folder} and added to your models. Use it with: analyse --model {model}",
    "cli_tuned": (
        "{ended} Error on {days} held-out days: {before} before, {after} after; alarms per cell and week "
        "{alarms_before} before, {alarms_after} after."
    ),
    "cli_tuned_ranking": "Ranking of the known anomalies there (VUS-PR): {before} before, {after} after.",
    "cli_tuned_worse": (
        "The model did not get better on the held-out days. Keep the one you have; models --activate refuses this one"
        " unless you add --worse-too."
    ),
    "cli_excluded": (
        "Learned from {used:point|points}; left out: {labelled} labelled anomalous, {suspect} suspect,"
        " {maintenance} in maintenance, {imputed} imputed, {missing} missing."
    ),
    "cli_tuned_unranked": (
        "No known anomaly lies in the held-out days, so how they are ranked (VUS-PR) cannot be told."
    ),
    "cli_epoch_before": "before training: held-out error {validation}",
    "cli_epoch": "epoch {epoch}: training error {training}, held-out error {validation}",
    "model_in_use": "in use",
    "model_bundled": "bundled",
    "model_own": "own",
}

_WINDOW: dict[str, str] = {
    "action_models": "&Models\u2026",
    "action_models_tip": "Which ConvLSTM models there are, which is in use, and training one further on your data",
    # The window of the models
    "models_title": "Models",
    "models_heading": "ConvLSTM models",
    "models_tab_card": "Card",
    "models_tab_tuning": "Fine-tuning",
    "models_bundled": "Bundled",
    "models_own": "Your own",
    "models_own_none": "none yet",
    "models_mark_damaged": "damaged",
    "models_choose": "Choose a model to see what it is for, what it learned from, and where its limits are.",
    "models_state_bundled": "{model}, ships with the program",
    "models_state_own": "{model}, one of your own",
    "models_use": "Use this model",
    "models_in_use": "In use",
    "models_back": "Go back to {model}",
    "models_tune": "Fine-tune\u2026",
    "models_export": "Export\u2026",
    "models_delete": "Delete\u2026",
    "models_delete_bundled": "Models that ship with the program cannot be deleted",
    "models_delete_ask": "Delete {model}? It cannot be brought back, unless you exported it.",
    "models_delete_do": "Delete",
    "models_worse": "Fine-tuning did not make it better on days that it never saw.",
    "models_worse_ask": (
        "Fine-tuning did not make {model} better on days that it never saw: error {before} before, {after} after. Use"
        " it all the same?"
    ),
    "models_use_anyway": "Use it all the same",
    "models_import": "Import\u2026",
    "models_import_title": "Import a model",
    "models_export_title": "Export the model",
    "models_filter": "Model of Cellwarden ({pattern})",
    "shelf_activated": "{model} is in use; run again to see what it says.",
    "shelf_reverted": "The model before is in use again.",
    "shelf_deleted": "{model} is deleted.",
    "shelf_exported": "{model} is written to {file}.",
    "shelf_imported": "The model in {file} is one of yours now.",
    # What to train
    "tuning_what": (
        "Training a model further makes it know your network. It begins with what the model knows, and takes minutes."
        " Nothing leaves this computer, and the model that you use now stays in use until you say otherwise."
    ),
    "tuning_model": "Begin with",
    "tuning_model_item": "{model} \u2014 {title}",
    "tuning_data": "Learn from",
    "tuning_data_open": "Open data: {name} ({cells}, {days:day|days})",
    "tuning_data_other": "Other files\u2026",
    "tuning_data_files": "Files: {names}",
    "tuning_labels": "Known anomalies",
    "tuning_labels_none": "None",
    "tuning_labels_data": "Labels that came with the data",
    "tuning_labels_reviews": "Your reviews ({count} called anomalous)",
    "tuning_labels_file": "A file of labels\u2026",
    "tuning_labels_named": "Labels: {name}",
    "tuning_labels_title": "File of labels, or data with labels",
    "tuning_labels_hint_none": "All that is measured and not flagged counts as usual.",
    "tuning_labels_hint_data": "A model that forecasts leaves them out; one that judges learns from them.",
    "tuning_labels_hint_file": "Columns cell, kpi, start_utc, end_utc, kind; or data with a column of labels.",
    "tuning_labels_hint_reviews": (
        "Faults, known events and solved faults were anomalous, false alarms were not. Planned work, data problems and"
        " what nobody has judged are left out."
    ),
    "tuning_part": "Train",
    "tuning_part_all": "Everything",
    "tuning_part_last": "The last layer and the head",
    "tuning_part_head": "The head alone",
    "tuning_hint_all": "Fits your data best; needs the longest history.",
    "tuning_hint_last": "Keeps what it sees in single days, and learns anew how days follow each other.",
    "tuning_hint_head": "Fastest and safest with few data: only how strict it is changes.",
    "tuning_epochs": "Epochs, at most",
    "tuning_early": "Stop early",
    "tuning_early_never": "never",
    "tuning_early_prefix": "after",
    "tuning_early_suffix": "epochs without a better one",
    "tuning_start": "Start",
    "tuning_no_model": "There is no sound model to begin with.",
    "tuning_no_files": "Choose the files to learn from.",
    "tuning_no_label_file": "Choose the file of labels.",
    "tuning_no_data": "No data are open. Open some, or choose files to learn from.",
    "tuning_reviews_elsewhere": "Your reviews are about the open data. Learn from those, or choose other labels.",
    # While it trains
    "tuning_title": "{model} on {data}",
    "tuning_preparing": "Reading and preparing the data",
    "tuning_paused": "Paused. It goes on exactly where it stands.",
    "tuning_status_paused": "Fine-tuning is paused",
    "tuning_pause": "Pause",
    "tuning_resume": "Go on",
    "tuning_cancel": "Cancel",
    "tuning_cancelled": "Fine-tuning was cancelled; nothing of it is kept.",
    "tuning_fact_learns": "Learns from",
    "tuning_fact_used": "{points:point|points} of {series} series.",
    "tuning_fact_used_labels": "{points:point|points} of {series} series; {anomalous} of them are known anomalies.",
    "tuning_fact_drawn": "(Drawn from {all} series.)",
    "tuning_fact_left_out": "Left out",
    "tuning_fact_out": "{share} of the points: {parts}.",
    "tuning_fact_none_out": "Nothing.",
    "tuning_left_labelled": "{points:known anomaly|known anomalies}",
    "tuning_left_suspect": "{points} suspect",
    "tuning_left_maintenance": "{points} in maintenance",
    "tuning_left_imputed": "{points} imputed",
    "tuning_left_missing": "{points} missing",
    "tuning_fact_days": "Days",
    "tuning_fact_days_value": "{learn} to learn from, {stop} to choose the best epoch, {held} to compare.",
    "tuning_fact_days_tip": "In order of time. Neither learning nor choosing ever sees the last ones.",
    "tuning_fact_batch": "Per step",
    "tuning_fact_batch_value": "{windows:window|windows}; a step stays within {mb} MB.",
    "curves_name": "Error by epoch",
    "curves_training": "training",
    "curves_checking": "validation",
    "curves_epoch": "epoch",
    "curves_empty": "The error of every epoch will stand here.",
    "curves_tip": "Epoch {epoch}: training {training}, validation {checking}",
    "curves_tip_start": "Before training: validation {checking}",
    "tuning_fact_injected": "Added",
    "tuning_fact_injected_value": (
        "Simulated incidents in {share} of the windows, so that it goes on knowing more kinds than are labelled."
    ),
    "tuning_fact_goes_on": "Went on",
    "tuning_fact_goes_on_value": "after epoch {epoch}, as if it had never been cut off.",
    # What was cut off
    "tuning_cut_off": "A fine-tuning of {model} on {data}, begun on {date}, was cut off after epoch {epoch}.",
    "tuning_cut_off_gone": "It cannot go on without {files}, which cannot be found any more.",
    "tuning_cut_off_reviews": "It learned from your reviews: open {data} and run, then it can go on.",
    "tuning_go_on": "Go on",
    "tuning_give_up": "Give it up",
    "tuning_not_the_same": (
        "It cannot go on where it was cut off. What is not as it was then: {what}. Put that right and go on from"
        " Models, or train again."
    ),
    # What came of it
    "tuning_ended_better": "Fine-tuning has ended; the model got better. It is in use when you say so, under Models.",
    "tuning_ended_no_better": "Fine-tuning has ended; the model did not get better. See Models.",
    "tuning_kept": "The best epoch is kept as {model}.",
    "tuning_unchanged": "No epoch was better than the model as it was, so there is nothing to keep.",
    "tuning_verdict_better": "Better on {days:day|days} that it never saw",
    "tuning_verdict_worse": "Not better on {days:day|days} that it never saw",
    "tuning_verdict_same": "It stays as it was",
    "tuning_before": "before",
    "tuning_after": "after",
    "tuning_unmeasured": "no labels there",
    "tuning_measure_error": "Error",
    "tuning_measure_error_tip": "Squared error of a forecast, cross entropy of a judgement; lower is better",
    "tuning_measure_vus": "Ranking of known anomalies (VUS-PR)",
    "tuning_measure_vus_tip": "1 = every known anomaly stands out from all else; higher is better",
    "tuning_measure_alarms": "Alarms per cell and week",
    "tuning_measure_alarms_tip": "At a budget of 0.1 false alarms per cell and week",
    "tuning_use": "Use it and run again",
    "tuning_use_anyway": "Use it all the same\u2026",
    "tuning_discard": "Delete it",
    "tuning_again": "Train again\u2026",
    "tuning_leave": (
        "A fine-tuning is running. Leave all the same? You can go on with it after its last whole epoch when you open"
        " Models again."
    ),
    "tuning_leave_do": "Leave",
}

MESSAGES |= _WINDOW
