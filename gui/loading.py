"""Modules that are loaded in a worker, so that nobody waits for them in the window."""

from __future__ import annotations

from engine.monitor import Monitor


def load_views(_monitor: Monitor) -> None:
    """What the views need."""
    import gui.views  # noqa: F401


def load_rest(_monitor: Monitor) -> None:
    """What is needed later: engine calls and dialogs."""
    import engine.budget.outlook
    import engine.command_line.commands
    import engine.continuation.resume
    import engine.io
    import engine.pipeline
    import engine.simulate.sample  # noqa: F401
    import gui.dialogs.export_dialog
    import gui.dialogs.files
    import gui.dialogs.help_dialog
    import gui.dialogs.importing
    import gui.dialogs.models_dialog
    import gui.dialogs.settings_dialog  # noqa: F401
