"""Folders to work in: their own while the process lives, removed by the next one when it was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.execution.leftovers import ASIDE, LOCK, SCRATCH, WorkingFolder, clear
from engine.writing.output import OLD

ROOT = Path(__file__).resolve().parents[3]
HOLDING = """
import sys
from pathlib import Path
from engine.execution.leftovers import WorkingFolder
made = WorkingFolder(Path(sys.argv[1]))
(made.path / "numbers.csv").write_text("989120000000")
print(made.path, flush=True)
sys.stdin.read()
"""


def another_process(place: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that holds a folder, and that folder."""
    command = [sys.executable, "-c", HOLDING, str(place)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_goes_with_all_in_it(tmp_path: Path) -> None:
    with WorkingFolder(tmp_path, ASIDE) as folder:
        assert folder.path.parent == tmp_path
        assert folder.path.name.startswith(ASIDE)
        (folder.path / "deep").mkdir()
        (folder.path / "deep" / "x").write_text("x")
    assert not [*tmp_path.iterdir()]
    folder.remove()


def test_what_a_killed_process_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    process, left = another_process(tmp_path)
    with process:
        clear(tmp_path, SCRATCH)
        assert (left / "numbers.csv").is_file(), "it is at work"
        process.kill()
        process.wait()
        assert (left / "numbers.csv").is_file(), "it could not clear up"
    with WorkingFolder(tmp_path) as folder:
        assert [*tmp_path.iterdir()] == [folder.path]


def test_its_own_folder_is_not_taken_for_left_over(tmp_path: Path) -> None:
    with WorkingFolder(tmp_path) as folder:
        clear(tmp_path, SCRATCH)
        assert folder.path.is_dir()


def test_an_old_result_that_could_not_be_moved_back_stays(tmp_path: Path) -> None:
    with WorkingFolder(tmp_path, ASIDE) as folder:
        (folder.path / "report.pdf").write_text("new")
        (folder.path / f"report.pdf{OLD}").write_text("old")
    clear(tmp_path, ASIDE)
    assert [path.name for path in folder.path.iterdir()] == [f"report.pdf{OLD}"]


def test_what_is_called_otherwise_and_what_has_no_lock_stays(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / LOCK).write_text("")
    (tmp_path / f"{SCRATCH}of-somebody").mkdir()
    (tmp_path / f"{SCRATCH}trace.log").write_text("a file")
    clear(tmp_path, SCRATCH)
    assert {path.name for path in tmp_path.iterdir()} == {
        "results",
        f"{SCRATCH}of-somebody",
        f"{SCRATCH}trace.log",
    }


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised:
        WorkingFolder(tmp_path / "absent")
    assert raised.value.reason.code == "output_no_folder"
