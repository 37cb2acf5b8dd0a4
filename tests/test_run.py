"""`run.py` on a small checkout of its own: real environments and a real pip, but nothing to download."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[1]

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small"
version = "1"
[tool.setuptools]
"""

BACKEND = """
import zipfile
from pathlib import Path

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "small-1-py3-none-any.whl"
    info = "small-1.dist-info/"
    files = {
        "small.pth": str(Path.cwd()) + "\\n",
        info + "METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": "[console_scripts]\\ncellwarden = small:window\\ncellwarden-cli = small:cli\\n",
    }
    files[info + "RECORD"] = "".join(f"{f},,\\n" for f in [*files, info + "RECORD"])
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name
"""

PROGRAMS = """
import os, sys
from pathlib import Path

def cli():
    Path(sys.argv[sys.argv.index("--out") + 1]).mkdir(exist_ok=True)
    return told("cli")

def window():
    return told("window")

def told(program):
    print(program, os.environ.get("QT_QPA_PLATFORM", "-"), *sys.argv[1:])
    return int(os.environ.get("SMALL_EXIT", "0"))
"""


def checkout(folder: Path) -> Path:
    """A project as small as can be, with this run.py on top of it."""
    folder.mkdir()
    shutil.copy(ROOT / "run.py", folder)
    texts = {"pyproject.toml": PROJECT, "backend.py": BACKEND, "small.py": PROGRAMS, "requirements.lock": "# nothing\n"}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run run.py there without a display."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, str(folder / "run.py"), *arguments],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that has been set up once."""
    folder = checkout(tmp_path_factory.mktemp("made") / "checkout")
    done = start(folder, "setup")
    assert done.returncode == 0, done.stderr
    (folder / "told.txt").write_text(done.stdout + done.stderr)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """The same, moved to another folder with its environment."""
    return Path(shutil.copytree(made, tmp_path / "moved", symlinks=True))


def stamp(folder: Path) -> dict[str, str]:
    return json.loads((folder / ".venv" / run.STAMP.name).read_text())


# --- the file itself -------------------------------------------------------------------------------------------------


def test_an_old_python_can_read_it_far_enough_to_be_told() -> None:
    ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 8))


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_pythons_outside_the_range_are_refused_in_one_line() -> None:
    for version in ((3, 8), (3, 10), (3, run.NEWEST[1] + 1)):
        with pytest.raises(run.SetupError, match=f"this is 3.{version[1]}") as refused:
            run.check_python(version)
        assert "\n" not in str(refused.value)
    run.check_python(run.OLDEST)
    run.check_python(run.NEWEST)


def test_it_asks_for_the_pythons_that_the_project_asks_for() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted == f">={run.OLDEST[0]}.{run.OLDEST[1]},<{run.NEWEST[0]}.{run.NEWEST[1] + 1}"


def test_the_lock_pins_every_dependency_by_hash_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    pinned = dict(entry.split(" ")[0].split("==") for entry in lock.splitlines() if entry and entry[0].isalnum())
    for entry in lock.replace("\\\n", "").splitlines():
        assert entry.startswith("#") or "--hash=sha256:" in entry, entry
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for name, lines in project["optional-dependencies"].items() if name != "models" for line in lines]
    for wanted in [*project["dependencies"], *extras]:
        name, _, version = wanted.partition("==")
        assert pinned[name.lower()] == version


# --- setting up ------------------------------------------------------------------------------------------------------


def test_a_second_start_changes_nothing_and_says_nothing(made: Path) -> None:
    before = (made / ".venv" / run.STAMP.name).stat().st_mtime_ns
    done = start(made, "setup")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (made / ".venv" / run.STAMP.name).stat().st_mtime_ns == before


def test_a_set_up_is_told_in_two_lines_without_the_words_of_pip(made: Path) -> None:
    assert [line.split()[0] for line in (made / "told.txt").read_text().splitlines()] == ["Setting", "Set"]


@pytest.mark.skipif(os.name == "nt", reason="kills a process group")
def test_a_set_up_that_was_killed_is_made_anew(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "killed")
    process = subprocess.Popen(
        [sys.executable, str(folder / "run.py"), "setup"], start_new_session=True, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (folder / ".venv" / "pyvenv.cfg").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert stamp(folder) == {}
    (folder / ".venv" / "half a package").touch()

    done = start(folder, "setup")
    assert done.returncode == 0, done.stderr
    assert "unfinished" in done.stderr
    assert not (folder / ".venv" / "half a package").exists()
    assert stamp(folder)["folder"] == str(folder)


def test_a_moved_checkout_starts_its_own_programs(copy: Path) -> None:
    (copy / "small.py").write_text(PROGRAMS.replace('"cli"', '"moved cli"'))
    done = start(copy, "mine.csv", PIP_NO_INDEX="1")
    assert done.returncode == 0, done.stderr
    assert "moved cli" in done.stdout
    assert stamp(copy)["folder"] == str(copy)


def test_only_what_the_environment_is_made_from_brings_it_up_to_date(made: Path) -> None:
    before = stamp(made)
    with (made / "pyproject.toml").open("a") as project:
        project.write("[tool.ruff]\n")
    assert start(made, "setup").stderr == ""
    with (made / "requirements.lock").open("a") as lock:
        lock.write("# other\n")
    assert "up to date" in start(made, "setup").stderr
    assert stamp(made)["inputs"] != before["inputs"]
    (made / "engine" / "garch" / "kernel").mkdir(parents=True)
    (made / "engine" / "garch" / "kernel" / "passes.c").write_text("int other;\n")
    assert "up to date" in start(made, "setup").stderr


def test_an_environment_whose_python_has_gone_is_made_anew(copy: Path) -> None:
    python = copy / run.PYTHON.relative_to(ROOT)
    python.unlink()
    python.symlink_to(copy / "no-such-python")
    done = start(copy, "setup")
    assert done.returncode == 0, done.stderr
    assert "making it anew" in done.stderr


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"PIP_NO_INDEX": "1"}, "no build for this computer"),
        (
            {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": ""},
            "no connection to the package index",
        ),
    ],
)
def test_a_failure_is_one_line_with_the_reason(variables: dict[str, str], reason: str, made: Path) -> None:
    lock, kept = made / "requirements.lock", stamp(made)
    before = lock.read_text()
    lock.write_text(f"no-such-package-here==1.0 --hash=sha256:{'0' * 64}\n")
    done = start(made, "setup", PIP_CONFIG_FILE=os.devnull, NO_PROXY="*", **variables)
    assert stamp(made) == {}, "a failed set-up must be tried again"
    lock.write_text(before)
    (made / ".venv" / run.STAMP.name).write_text(json.dumps(kept))

    assert done.returncode == 3
    told = done.stderr.splitlines()[-1]
    assert told.startswith("Set-up failed: ")
    assert reason in told
    assert "Traceback" not in done.stderr


# --- the jobs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that lacks nothing."""
    monkeypatch.setattr(run, "provide", lambda *_, **__: True)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[tuple[str, ...]]]:
    """The programs that a job starts, in order; none of them runs."""
    calls: list[tuple[str, ...]] = []

    def call(program: str, *arguments: str, **variables: str) -> int:
        calls.append((program, *arguments, *variables.values()))
        return 0

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(run, "OUT", tmp_path / "out")
    monkeypatch.setattr(run, "call", call)
    return calls


@pytest.mark.usefixtures("complete")
def test_with_a_display_the_window_opens_on_the_sample(
    called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "has_display", lambda: True)
    assert run.start([]) == 0
    assert called == [("cellwarden", str(run.SAMPLE / "city.parquet"))]
    assert all(Path(part).exists() for part in (called[0][1], run.OF_SAMPLE[1]))


@pytest.mark.usefixtures("complete")
def test_without_a_display_results_and_a_picture_go_to_out(
    called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "has_display", lambda: False)
    assert run.start(["mine.csv"]) == 0
    out = str(tmp_path / "out")
    smoke = ("cellwarden", "--smoke", str(tmp_path / "out" / "window"), "mine.csv", "offscreen")
    assert called == [("cellwarden-cli", "analyse", "mine.csv", "--out", out), smoke]


def test_without_the_libraries_of_qt_the_analysis_still_runs(
    called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "has_display", lambda: True)
    monkeypatch.setattr(run, "install", lambda *_: False)
    monkeypatch.setattr(run, "missing", lambda *_, **__: [run.EVERYWHERE[0]])
    assert run.start([]) == 0
    assert [program for program, *_ in called] == ["cellwarden-cli"]
    assert "libEGL.so.1" in capsys.readouterr().err


def test_the_exit_code_is_that_of_the_program(made: Path) -> None:
    assert start(made, "mine.csv", SMALL_EXIT="2").returncode == 2


def test_every_check_runs_although_the_first_fails(
    monkeypatch: pytest.MonkeyPatch, called: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(run, "provide", lambda *_, **__: True)
    monkeypatch.setattr(run, "call", lambda *step, **_: called.append(step) or ("ruff" in step))
    monkeypatch.chdir(ROOT)
    assert run.test(["tests/engine", "-x"]) == 1
    assert [step[2] for step in called] == ["ruff", "ruff", "mypy", "pytest"]
    assert called[-1][3:] == ("tests/engine", "-x")


# --- the system ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings all it needs")
def test_a_library_is_missing_when_the_loader_does_not_find_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("libc.so.6", "libc6", "glibc", "glibc"), ("libno-such.so.1", "libno-such1", "no-such", "no-such"))
    monkeypatch.setattr(run, "EVERYWHERE", rows)
    monkeypatch.setattr(run, "has_font", lambda: False)
    assert run.missing(display=False) == [rows[1], run.FONT]


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("apt-get", "sudo apt-get install -y libegl1 libgl1"),
        ("dnf", "sudo dnf install -y libglvnd-egl libglvnd-glx"),
        ("pacman", "sudo pacman -S --needed libglvnd"),
    ],
)
def test_the_command_to_type_fits_the_distribution(
    program: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run.by_hand(run.packages(run.EVERYWHERE[:2], run.package_manager())) == command


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_a_display_counts_only_when_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not run.has_display()
    monkeypatch.setenv("DISPLAY", ":4711")
    assert not run.has_display()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert not run.has_display()
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert run.has_display()
