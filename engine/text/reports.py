"""Headings and sentences of the CSV and PDF, and what can go wrong when files are written."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # writing
    "output_no_permission": "{file} cannot be written: no permission. Choose another folder.",
    "output_disk_full": "{file} cannot be written: the disk is full. Make room or choose another disk.",
    "output_in_the_way": "{file} cannot be written: a folder or file is in the way. Rename it or choose another name.",
    "output_no_folder": "{file} cannot be written: its folder does not exist. Make it or choose another one.",
    "output_failed": "{file} cannot be written: {error}",
    "stage_save": "Saving the project",
    # opening a project
    "project_missing": "{file} does not exist. It may have been moved: open it from where it lies now.",
    "project_unreadable": "{file} cannot be read: {error}.",
    "project_foreign": "{file} is not a Cellwarden project. Open it as data, or choose a file made with Save project.",
    "project_newer": (
        "{file} was saved by a newer version of Cellwarden (project version {version}, this one reads up to {known}). "
        "Install the newer version to open it."
    ),
    "project_damaged": (
        "{file} is damaged or was cut off while it was copied ({error}). "
        "Copy it again from where it came from, or open the data once more."
    ),
    "project_in_use": "{file} is open in another window or program. Close it there and try again.",
}
