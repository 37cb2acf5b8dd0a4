"""A folder that is watched: by the command, and in the window."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "watch_no_folder": "{path} is no folder. Name the folder in which new files appear.",
    "watch_begins": "Watching {folder}.",
    "watch_takes": "Taking {count:file|files}: {names}",
    "watch_refused": "{file} was left out: {why} It is tried again when it changes.",
    "watch_not_now": "That did not work now: {why} It is tried again at the next look.",
    "watch_withheld": "{file} cannot be opened now: {why} It is tried again at every look.",
    "watch_not_all": "Not everything could be taken: {why} It is tried again at the next start.",
    "watch_project_gone": (
        "{project} is not there, and {count:file was|files were} taken into it. It is waited for, as its drive may be"
        " away. To begin a new project with all files of the folder, delete {note}."
    ),
    "watch_project_other": (
        "{project} is not as this watch left it, so all files of the folder come in again. What it holds already does"
        " not change."
    ),
    "watch_note_other": (
        "{note} tells what another project holds, or of another folder, so all files of this one are new."
    ),
    "watch_away": "{folder} cannot be reached. It is looked for again and again.",
    # The window
    "action_watch": "&Watch a folder\u2026",
    "action_watch_tip": "Add whatever appears in a folder to the open data, as it appears, and judge it",
    "action_watch_stop": "Stop watc&hing",
    "action_watch_stop_tip": "Add nothing by itself any more; what was taken stays",
    "watch_folder_title": "Watch a folder",
    "watch_back": "{folder} is there again.",
    "watch_took": "Took {count:file|files}: {names}.",
    "watch_nothing_new": "They hold nothing that was not there.",
    "watch_cancelled": "Taking was cancelled. It is tried again at the next look.",
    "watch_not_saved": "The project could not be saved with what was taken: {why} It is tried again at the next look.",
    "watch_not_noted": "What was taken could not be noted for the next start, where files will be read again: {why}",
    "watch_ends": "The watch was stopped.",
    "watch_ends_other": "Other data were opened, so the folder is not watched any more.",
    "watch_ends_by": "The folder is not watched any more: {why}",
    "watch_asks": (
        "It leaves something to say about how it is read, and nobody was asked. Add it by hand once (File > Add later"
        " files); files with the same columns are taken from then on."
    ),
    "watch_foreign": (
        "None of its {cells:cell|cells} is open (the first is {first}), so it seems to belong to another network. If"
        " it is of this one, add it by hand (File > Add later files)."
    ),
    "watch_others_left_out": "{count:more file was|more files were} left out too.",
    "watch_status": "Watching {folder}",
    "watch_status_looked": "looked {time}",
    "watch_status_took": "took {names}",
    "watch_status_left_out": "{count} left out",
    "watch_status_away": "cannot be reached",
    "watch_status_silent": "does not answer",
    "watch_status_busy": "waits for what runs",
    "watch_status_hands": "waits for you to finish",
    "watch_stop": "Stop",
    "watch_stop_tip": "Stop watching the folder",
    "watch_log_tip": "What was taken and left out, and why",
    "watch_log_title": "Watched folder",
    "watch_log_left_out": "Left out",
    "watch_log_none": "No file was left out.",
    "watch_log_what": "What happened",
    "watch_log_file": "{file}: {why}",
    "watch_log_entry": "{time}  {what}",
    "watch_log_more": "and {more} more",
    "watch_log_stopped": "No folder is watched. Last: {what}",
}
