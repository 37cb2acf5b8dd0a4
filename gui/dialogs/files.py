"""Asking for files, folders and projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.text import tell
from gui.desk import PROJECT_SUFFIX
from gui.preferences import Preferences


def ask_files(parent: QWidget, folder: str, then: Callable[[Sequence[Path]], None]) -> QFileDialog:
    """Ask for data files or a project."""
    dialog = _dialog(parent, tell("open_title"), folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilter(tell("open_filter", patterns=_patterns()))
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
    dialog.filesSelected.connect(lambda files: then([Path(f) for f in files]))
    dialog.open()
    return dialog


def ask_folder(parent: QWidget, title: str, folder: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask for a folder."""
    dialog = _dialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_rows_folder(
    parent: QWidget, preferences: Preferences, paths: Sequence[Path], judge: Callable[[Sequence[Path], Path], None]
) -> QFileDialog:
    """Ask where to write what is found of the rows of these files; the folder is remembered for the next time."""

    def chosen(folder: Path) -> None:
        preferences.export_folder = str(folder)
        judge(paths, folder)

    return ask_folder(parent, tell("rows_folder"), preferences.export_folder or preferences.folder, chosen)


def ask_project(parent: QWidget, folder: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask where to save a project."""
    dialog = _dialog(parent, tell("save_title"), folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(tell("save_filter"))
    dialog.setDefaultSuffix(PROJECT_SUFFIX.lstrip("."))
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_labels(parent: QWidget, folder: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask where to write the labels."""
    dialog = _dialog(parent, tell("label_title"), folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(tell("label_filter"))
    dialog.setDefaultSuffix("csv")
    dialog.selectFile("labels.csv")
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_picture(parent: QWidget, folder: str, name: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask where to save a picture, and by its name of which kind."""
    dialog = _dialog(parent, tell("picture_title"), folder)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(tell("picture_filter").split(";;"))
    dialog.setDefaultSuffix("png")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("svg" if "svg" in chosen else "png"))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_keep(parent: QWidget, question: str, save: Callable[[], None], discard: Callable[[], None]) -> QMessageBox:
    """Ask whether what no project holds is to be saved."""
    button = QMessageBox.StandardButton
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tell("save_title"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    box.button(button.Save).clicked.connect(save)
    box.button(button.Discard).clicked.connect(discard)
    box.open()
    return box


def _dialog(parent: QWidget, title: str, folder: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _patterns() -> str:
    from engine.io import READERS
    from engine.io.archives import SUFFIXES

    plain = dict.fromkeys(suffix for reader in READERS for suffix in reader.suffixes)
    return " ".join(f"*{suffix}" for suffix in (*plain, *SUFFIXES, PROJECT_SUFFIX))
