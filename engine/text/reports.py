"""Headings and sentences of the CSV and PDF, and what can go wrong when files are written."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # writing
    "output_no_permission": "{file} cannot be written: no permission. Choose another folder.",
    "output_disk_full": "{file} cannot be written: the disk is full. Make room or choose another disk.",
    "output_in_the_way": "{file} cannot be written: a folder or file is in the way. Rename it or choose another name.",
    "output_no_folder": "{file} cannot be written: its folder does not exist. Make it or choose another one.",
    "output_failed": "{file} cannot be written: {error}",
}
