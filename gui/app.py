"""`cellwarden [FILE...]` opens the window; `cellwarden --smoke DIR [FILE...]` proves that it works, and goes."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

import resources
from engine.text import tell
from gui.desk import Desk
from gui.garbage import Garbage
from gui.job import running
from gui.look.theme import Appearance
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.problems import LOG, Problems
from gui.state import AppState

ICON_SIZES = (32, 64, 256)
_LOG_BYTES = 500_000


class Application(QApplication):
    """The application; on macOS a file that was double-clicked comes as an event, not on the command line."""

    handed = Signal(Path)

    def event(self, event: QEvent) -> bool:
        """Pass files on."""
        if isinstance(event, QFileOpenEvent):
            self.handed.emit(Path(event.file()))
            return True
        return super().event(event)


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    grammar = argparse.ArgumentParser(prog="cellwarden", description=tell("app_description"))
    grammar.add_argument("--smoke", type=Path, metavar="DIR", help=tell("app_smoke"))
    grammar.add_argument("files", nargs="*", type=Path, metavar="FILE", help=tell("app_files"))
    return grammar


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window until it is closed; returns the exit code."""
    given = parser().parse_args(argv)
    if given.smoke is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = Application([sys.argv[0]])
    application.setApplicationName("cellwarden")
    application.setApplicationDisplayName(tell("app_name"))
    application.setDesktopFileName("cellwarden")
    application.setWindowIcon(icon())
    garbage = Garbage(lambda: bool(running()), application)
    garbage.start()
    preferences = Preferences(Path(tempfile.mkdtemp(prefix="cellwarden-")) / "window.ini" if given.smoke else None)
    start_log(given.smoke / "cellwarden.log" if given.smoke else log_path())
    problems = Problems()
    problems.install()
    window = make_window(Appearance(application, preferences.appearance), preferences, problems)
    if given.smoke is not None:
        from gui.smoke import Smoke

        smoke = Smoke(window, given.smoke, given.files)
        QTimer.singleShot(0, smoke.start)
        application.exec()
        return _leave(smoke.exit_code)
    window.show()
    files: list[Path] = list(given.files)
    application.handed.connect(files.append)  # what comes before there are views waits for them
    QTimer.singleShot(0, lambda: fill(window, files, application))
    return _leave(application.exec())


def make_window(appearance: Appearance, preferences: Preferences, problems: Problems) -> MainWindow:
    """The window with everything it stands on; its views come when it is asked to build them."""
    state = AppState()
    state.change(country=preferences.country, weekend=preferences.weekend, zone=preferences.zone)
    return MainWindow(state, Desk(state, problems), problems, preferences, appearance)


def icon() -> QIcon:
    """The program's icon in every size there is."""
    made = QIcon()
    for size in ICON_SIZES:
        made.addFile(str(resources.path(f"icons/cellwarden-{size}.png")), QSize(size, size))
    return made


def start_log(path: Path) -> None:
    """Log to standard error, where there is one, and to a file of bounded size."""
    handlers: list[logging.Handler] = []
    if sys.stderr is not None:  # a frozen app without a console has none
        handlers.append(logging.StreamHandler())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"))
    except OSError as error:
        LOG.warning("%s: %s", path, error)
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)


def log_path() -> Path:
    """Where the log of this user stands."""
    import platformdirs

    return platformdirs.user_log_path("cellwarden", appauthor=False) / "cellwarden.log"


def _leave(code: int) -> int:
    """The exit code; does not return while a worker is left that did not answer to cancel in time."""
    if running():
        LOG.error("a worker did not stop")
        logging.shutdown()
        os._exit(code)
    return code


def fill(window: MainWindow, files: Sequence[Path], application: Application) -> None:
    """Have the window make its views, then open the files and what is handed over, and offer what a crash left."""

    def ready() -> None:
        application.handed.connect(window.open_handed)
        LOG.info("ready")
        if files:
            window.open([*files])
        window.asking.offer_unsaved()

    window.fill(ready)


if __name__ == "__main__":
    sys.exit(main())
