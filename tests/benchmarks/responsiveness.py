"""How long the window's thread is busy at a time while files are opened and judged.

    python tests/benchmarks/responsiveness.py [--cells 36 1000 10000] [--days 30]

Every event that Qt hands to the window is timed in processor seconds of its thread, so that what workers and other
programs take does not count. Prints, per size, the longest events and what they were for.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from engine import simulate
from engine.monitor import Monitor
from gui.app import make_window
from gui.preferences import Preferences
from gui.problems import Problems
from gui.theme import Appearance

LIMIT_S = 0.05


class Timed(QApplication):
    """An application that times every outermost event."""

    def __init__(self) -> None:
        super().__init__(["responsiveness"])
        self.depth = 0
        self.events: list[tuple[float, float, str]] = []
        self.began = time.perf_counter()

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Hand the event on and note what it cost."""
        name = f"{event.type().name} -> {type(receiver).__name__} {receiver.objectName()}".strip()
        self.depth += 1
        before = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.depth -= 1
            if self.depth == 0:
                self.events.append((time.thread_time() - before, time.perf_counter() - self.began, name))


def measure(application: Timed, file: Path, folder: Path, title: str) -> None:
    """Open a file in a fresh window, wait until all is settled, and print the longest events."""
    preferences = Preferences(folder / "window.ini")
    window = make_window(Appearance(application, "light"), preferences, Problems())
    window.resize(1440, 900)
    window.show()
    window.build_views()
    window.desk.asks = False
    application.processEvents()
    application.events.clear()
    window.desk.settled.connect(application.quit)
    window.open([file])
    began = time.perf_counter()
    application.exec()
    wall = time.perf_counter() - began
    application.processEvents()
    over = [event for event in application.events if event[0] > LIMIT_S]
    print(f"{title}: {len(application.events)} events in {wall:.1f} s, {len(over)} over {1000 * LIMIT_S:.0f} ms")
    for seconds, at, name in sorted(over, reverse=True)[:8]:
        print(f"    {1000 * seconds:7.1f} ms at {at:6.1f} s  {name}")
    window.close()
    window.deleteLater()
    application.processEvents()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[36, 1000])
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    qInstallMessageHandler(lambda *_: None)  # offscreen has no window manager and says so at every resize
    application = Timed()
    for cells in given.cells:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            simulate.write(simulate.city(cells, given.days, 3600, "IT", seed=1, kpis=("calls",)), folder, Monitor())
            measure(application, folder / "data.parquet", folder, f"{cells} cells x {given.days} days")


if __name__ == "__main__":
    main()
