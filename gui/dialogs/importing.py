"""Files that are looked at before they are loaded: the wizard, and what becomes of its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from engine.io import Loaded, LoadOptions
from gui.desk import Desk
from gui.dialogs.files import ask_rows_folder
from gui.dialogs.import_dialog import ImportDialog
from gui.preferences import Preferences


def show_import(
    parent: QWidget,
    desk: Desk,
    preferences: Preferences,
    paths: Sequence[Path],
    keeping: Callable[[Callable[[], None]], None],
    *,
    adding: bool = False,
) -> ImportDialog:
    """Show how files are read, and load them as the user says; adding: they go to the data that are open.

    keeping: what is asked before the open data go. The first zone that is ever said becomes the network's.
    """
    usual = LoadOptions(usual_zone=desk.network[1])
    options = LoadOptions(zone=desk.zone, joins_s=desk.period_s) if adding else usual
    dialog = ImportDialog(paths, options, parent)

    def take(loaded: Loaded, files: Sequence[Path], options: LoadOptions) -> None:
        if options.zone and not desk.network[1] and not adding:
            desk.network = (desk.network[0], options.zone)
            preferences.zone = options.zone
        if adding:
            desk.take_later(loaded, files, options)
        else:
            keeping(lambda: desk.take(loaded, files))

    def judge(files: Sequence[Path], options: LoadOptions) -> None:
        ask_rows_folder(parent, preferences, files, lambda paths, folder: desk.judge_rows(paths, folder, options))

    dialog.imported.connect(take)
    dialog.undated.connect(judge)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
