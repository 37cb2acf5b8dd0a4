"""Dialogs. They are opened with `open()`, never with `exec()`."""
