"""Another program that is half way through something with a project."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

SLOW_BLOBS = """
import sys, time
from pathlib import Path
from engine import project
from engine.project.writing import Blobs

add, count = Blobs.add, [0]

def slow(self, *arguments):
    add(self, *arguments)
    count[0] += 1
    if count[0] == {blobs}:
        print("half way", flush=True)
        time.sleep(60)

Blobs.add = slow
"""
"""A script's beginning after which it is half way when it has written so many `blobs`."""

CHANGING = """
import sys, time
from pathlib import Path
from engine.project.access import changing

with changing(Path(sys.argv[1])) as connection:
    connection.execute("DELETE FROM reviews")
    connection.execute("DELETE FROM anomalies")
    print("half way", flush=True)
    time.sleep(60)
"""
"""Changes a project in place."""


@contextmanager
def half_way(script: str, path: Path) -> Iterator[None]:
    """While a script with this project is where it said that it is half way; it is killed there in the end."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "half way\n"
        try:
            yield
        finally:
            worker.kill()


def kill_half_way(script: str, path: Path) -> None:
    """Run a script until it says that it is half way and kill it."""
    with half_way(script, path):
        pass
