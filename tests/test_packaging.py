"""The checks of the built programs notice what is wrong; the build itself takes minutes and is no part of the tests."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from engine.detectors import DETECTORS
from engine.io import READERS, recognise

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """A script of packaging/, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_program_that_lives_and_is_quiet_passes() -> None:
    script("smoke").judge(0, "2026-11-21 22:04:52,756 INFO ready\n  CRITICAL calls fell at Thu 02 Mar 17:00\n", "ready")


@pytest.mark.parametrize(
    ("code", "said", "wrong"),
    [
        (1, "ready", "exit code 1"),
        (0, "", "never said 'ready'"),
        (0, "ready\nTraceback (most recent call last):", "Traceback"),
        (0, "ready\n2026-11-21 22:04:52,756 ERROR a worker did not stop", "ERROR"),
        (0, "ready\nqt.qpa.plugin: Could not load the Qt platform plugin", "Qt platform plugin"),
    ],
)
def test_no_sign_of_life_or_a_mark_of_a_broken_build_fails(code: int, said: str, wrong: str) -> None:
    smoke = script("smoke")
    with pytest.raises(smoke.BrokenError, match=wrong):
        smoke.judge(code, said, "ready")


def test_the_check_asks_for_every_detector() -> None:
    assert set(script("smoke").JUDGES) == {detector.id for detector in DETECTORS}


def test_the_files_of_the_check_are_what_it_takes_them_for(tmp_path: Path) -> None:
    smoke = script("smoke")
    smoke.make_workbook(tmp_path / "calls.xlsx")
    files = {smoke.FILES / name: known for name, known in smoke.FORMATS.items()} | {tmp_path / "calls.xlsx": "workbook"}
    found = {file: recognise(file)[0].id for file in files}
    assert [file.name for file, known in files.items() if not known.startswith(found[file])] == []
    assert {reader.id for reader in READERS} - {"parquet"} == {*found.values()}


def test_programs_that_are_not_there_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["smoke.py", str(tmp_path)])
    assert script("smoke").main() == 1


def test_the_built_programs_carry_the_version_of_the_project(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    identity = script("identity")
    assert project["version"] == identity.VERSION == identity.bundle_info()["CFBundleShortVersionString"]
    assert identity.bundle_info()["LSBackgroundOnly"] is False  # the bundle holds a console program, and has a window
    text = identity.version_file(tmp_path).read_text("utf-8")
    assert f'"ProductVersion", "{project["version"]}"' in text
    assert project["description"] in text


def test_every_library_of_the_program_brings_its_terms() -> None:
    notices = script("notices")
    names = {one.metadata["Name"].lower().replace("_", "-") for one in notices.libraries()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = {line.partition("==")[0].lower() for line in project["dependencies"]}
    assert direct - {*notices.ABSENT} <= names
    entries = notices.entries()
    homes = {folder.split("/")[1].lower().replace("_", "-") for _, folder in entries}
    assert homes == names | {"qt", "python", "dejavu", "wenquanyimicrohei"}
    assert [file for file, _ in entries if not Path(file).stat().st_size] == []
    assert len({(folder, Path(file).name) for file, folder in entries}) == len(entries), "one text hides another"


def test_every_direct_dependency_is_named_in_the_notes() -> None:
    told = (ROOT / "THIRD_PARTY.md").read_text("utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [line.partition("==")[0].lower().removesuffix("-essentials") for line in project["dependencies"]]
    assert [name for name in names if name not in told] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a menu of the freedesktop kind")
def test_the_menu_entry_starts_the_folder_wherever_it_lies_and_goes_again(tmp_path: Path) -> None:
    folder = tmp_path / 'my "tools" $5 100%'
    (folder / "_internal/resources").mkdir(parents=True)
    shutil.copy(ROOT / "packaging/linux/add-to-menu.sh", folder)
    shutil.copytree(ROOT / "resources/icons", folder / "_internal/resources/icons")
    program = folder / "cellwarden"
    data = tmp_path / "data"

    def run(*arguments: str) -> None:
        environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(data), "PATH": "/usr/bin:/bin"}
        subprocess.run([folder / "add-to-menu.sh", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)

    run()
    entry = (data / "applications/cellwarden.desktop").read_text("utf-8")
    line = next(line for line in entry.splitlines() if line.startswith("Exec="))
    quoted, _, rest = line.removeprefix('Exec="').rpartition('"')
    unescaped = quoted.replace("\\\\", "\\")  # as the entry is read
    for sign in '"$`\\':
        unescaped = unescaped.replace("\\" + sign, sign)  # as the command line in it is read
    assert (unescaped.replace("%%", "%"), rest) == (str(program), " %F")
    assert (data / "icons/hicolor/256x256/apps/cellwarden.png").stat().st_size > 0
    run("--remove")
    assert not (data / "applications/cellwarden.desktop").exists()
