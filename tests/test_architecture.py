"""The lines between the rooms: who may import whom, where Qt, threads and time zones live, what loads when."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

Modules = Mapping[str, ast.Module]

LAYERS = (
    ("resources",),
    ("engine", "engine.text", "engine.errors"),
    ("engine.monitor", "engine.settings"),
    ("engine.data", "engine.writing", "engine.files"),
    (
        "engine.calendar",
        "engine.books",
        "engine.pm",
        "engine.numerics",
        "engine.garch",
        "engine.neural",
        "engine.convlstm",
        "engine.vote",
    ),
    ("engine.level",),
    ("engine.palette", "engine.record", "engine.season"),
    ("engine.detectors", "engine.execution"),
    (
        "engine.network",
        "engine.completeness",
        "engine.diagnose",
        "engine.calibration",
        "engine.expectation",
        "engine.identity",
    ),
    ("engine.io", "engine.blocks", "engine.group", "engine.attribute", "engine.ranking"),
    ("engine.labelling", "engine.budget", "engine.inspection", "engine.rowwise"),
    ("engine.continuation", "engine.evaluate", "engine.rules", "engine.simulate"),
    ("engine.pipeline", "engine.project", "engine.reports", "engine.finetuning"),
    ("engine.command_line",),
    ("engine.__main__",),
    ("gui", "gui.hands", "gui.look", "gui.said"),
    ("gui.garbage", "gui.problems", "gui.preferences"),
    ("gui.job",),
    ("gui.actions", "gui.left", "gui.prepared"),
    ("gui.state",),
    ("gui.kept",),
    ("gui.calls",),
    ("gui.foreground", "gui.label_files", "gui.shelf", "gui.tuning", "gui.voting"),
    ("gui.outgoing",),
    ("gui.desk",),
    ("gui.scheduling", "gui.watching"),
    ("gui.models", "gui.plots"),
    ("gui.widgets",),
    ("gui.views", "gui.dialogs"),
    ("gui.arrangement",),
    ("gui.screen",),
    ("gui.loading",),
    ("gui.main_window",),
    ("gui.smoke",),
    ("gui.app",),
)
"""Lowest first. A module imports from lower layers and from its own package only."""

WORDED = {"engine.text", "engine.errors"}
"""The one pair that knows each other: what is said are reasons, and an error says its reason."""

QT = ("PySide6", "shiboken6", "pyqtgraph")
TRAINING = ("torch", "onnx")
SLOW = (
    "pandas",
    "sklearn",
    "statsmodels",
    "arch",
    "reportlab",
    "onnxruntime",
    "openpyxl",
    "xlrd",
    "asn1tools",
    "distributed",
)
PICKLES = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
THREADS = ("Thread", "QThread", "QThreadPool", "QRunnable", "ThreadPoolExecutor", "QtConcurrent")
EMPTY_NAMES = ("utils", "util", "helpers", "helper", "managers", "manager", "misc", "common", "tools", "stuff")
LONGEST = 450


# --- reading the modules ---------------------------------------------------------------------------------------------


def imports(name: str, tree: ast.Module, known: Modules) -> Iterator[tuple[str, int]]:
    """Every module that a module imports, wherever in it, with the line: `from a import b` is a.b where that is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            if node.level:
                here = name.split(".") if is_package(name, known) else name.split(".")[:-1]
                package = ".".join([*here[: len(here) - node.level + 1], *([package] if package else [])])
            for alias in node.names:
                whole = f"{package}.{alias.name}"
                yield (whole if whole in known else package), node.lineno
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
            first = node.args[0]
            yield (first.value if isinstance(first, ast.Constant) else "<computed>"), node.lineno


def is_package(name: str, known: Modules) -> bool:
    """Whether a module has modules under it."""
    return any(other.startswith(name + ".") for other in known)


def called(node: ast.Call) -> str:
    """The last part of the name that is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of these or lies in one of them."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def layer(name: str) -> tuple[int, str]:
    """The number of a module's layer and the package of it that the module lies in."""
    place = [(number, p) for number, packages in enumerate(LAYERS) for p in packages if within(name, p)]
    return max(place, key=lambda found: len(found[1]))


def imported(sources: Modules) -> Iterator[tuple[str, str, str]]:
    """(importing module, imported module, "file:line") for all modules."""
    for name, tree in sources.items():
        for target, line in imports(name, tree, sources):
            yield name, target, f"{name} line {line}"


def names_used(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name, attribute and imported name of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.name, node.lineno) for alias in node.names)


# --- the rules see what they must see --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("def f():\n    from gui import app", "gui.app"),
        ("def f():\n    import gui.app as a", "gui.app"),
        ("from gui.app import main", "gui.app"),
        ("from . import app", "gui.app"),
        ("from .app import main", "gui.app"),
        ("if False:\n    import importlib\n    importlib.import_module('gui.app')", "gui.app"),
    ],
)
def test_an_import_is_seen_however_it_is_written(code: str, target: str) -> None:
    known = {"gui": ast.parse(""), "gui.app": ast.parse(""), "gui.x": ast.parse("")}
    assert target in [name for name, _ in imports("gui.x", ast.parse(code), known)]


def test_every_folder_and_single_module_has_its_layer(sources: Modules) -> None:
    there = {".".join(name.split(".")[:2]) for name in sources if within(name, "engine", "gui")}
    assert there == {name for names in LAYERS for name in names} - {"resources"}


def test_layers_are_told_apart() -> None:
    assert layer("engine.data.found")[0] < layer("engine.detectors.garch")[0] < layer("engine.pipeline")[0]
    assert (
        layer("gui.said.reviews")[0]
        < layer("gui.state")[0]
        < layer("gui.plots.timeline")[0]
        < layer("gui.views.map_view")[0]
    )
    assert layer("resources")[0] < layer("engine.io.normalise")[0] < layer("gui.job")[0]


# --- who may import whom ---------------------------------------------------------------------------------------------


def test_imports_point_down_and_never_across(sources: Modules) -> None:
    wrong = []
    for name, target, place in imported(sources):
        if not within(target, "resources", "engine", "gui"):
            continue
        (mine, package), (theirs, other) = layer(name), layer(target)
        if {package, other} == WORDED:
            continue
        if theirs > mine or (theirs == mine and package != other):
            wrong.append(f"{place}: {package} imports {target}, which lies above or beside it")
    assert wrong == []


@pytest.mark.parametrize(
    ("registry", "module"),
    [
        ("DETECTORS", "engine.detectors"),
        ("READERS", "engine.io"),
        ("WRITERS", "engine.reports"),
        ("VIEWS", "gui.views"),
    ],
)
def test_siblings_do_not_import_each_other(registry: str, module: str, sources: Modules) -> None:
    entries = getattr(importlib.import_module(module), registry)
    family = {entry.__module__ if isinstance(entry, type) else type(entry).__module__ for entry in entries}
    assert len(family) == len(entries), f"{registry} has two entries in one module"
    assert [
        f"{p} imports its sibling {t}" for name, t, p in imported(sources) if {name, t} <= family and name != t
    ] == []


def test_a_view_is_never_reached_from_a_view(sources: Modules) -> None:
    wrong = [
        f"{place} imports {target}"
        for name, target, place in imported(sources)
        if within(name, "gui.views") and within(target, "gui.views") and name != "gui.views"
    ]
    assert wrong == []


def test_only_the_pipelines_callers_import_it(sources: Modules) -> None:
    wrong = [
        f"{place} imports the pipeline that calls it"
        for name, target, place in imported(sources)
        if target == "engine.pipeline"
        and within(name, "engine")
        and name not in ("engine.__main__", "engine.command_line.commands")
    ]
    assert wrong == []


def test_qt_stays_in_the_window(sources: Modules) -> None:
    wrong = [f"{p} imports {t}" for name, t, p in imported(sources) if within(t, *QT) and not within(name, "gui")]
    assert wrong == []


def test_time_zones_are_looked_up_in_two_places_only(sources: Modules) -> None:
    homes = ("engine.io.normalise", "engine.calendar")
    wrong = [
        f"{place} imports zoneinfo"
        for name, t, place in imported(sources)
        if t == "zoneinfo" and not within(name, *homes)
    ]
    assert wrong == []


def test_threads_of_the_window_start_in_one_module(sources: Modules) -> None:
    wrong = [
        f"{name} line {line} uses {used}"
        for name, tree in sources.items()
        if within(name, "gui") and name != "gui.job"
        for used, line in names_used(tree)
        if used in THREADS
    ]
    assert wrong == []


def test_nothing_is_pickled(sources: Modules) -> None:
    wrong = [f"{place} imports {target}" for _, target, place in imported(sources) if within(target, *PICKLES)]
    for name, tree in sources.items():
        wrong += [
            f"{name} line {line}: {used}" for used, line in names_used(tree) if used in ("to_pickle", "read_pickle")
        ]
        wrong += [
            f"{name} line {node.value.lineno}: allow_pickle"
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and getattr(node.value, "value", 1) is not False
        ]
    assert wrong == []


def test_what_builds_and_what_is_bundled_is_no_code_of_the_program(sources: Modules) -> None:
    wrong = [
        f"{place} imports {target}"
        for _, target, place in imported(sources)
        if within(target, "packaging", "resources.models", "run", "tests", *TRAINING)
    ]
    assert wrong == []
    assert list((ROOT / "packaging").rglob("__init__.py")) == [], (
        "packaging/__init__.py would shadow the library packaging"
    )
    assert list((ROOT / "resources").glob("*/**/*.py")) == [], "resources holds data under its one module"


def test_nothing_is_imported_by_a_computed_name(sources: Modules) -> None:
    assert [place for _, target, place in imported(sources) if target == "<computed>"] == []


def test_every_module_is_reached_from_a_program(sources: Modules) -> None:
    reached, waiting = set(), ["engine.__main__", "gui.app"]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in sources:
            continue
        reached.add(name)
        waiting += [target for target, _ in imports(name, sources[name], sources)]
        waiting += [name.rpartition(".")[0]]
    assert sorted(set(sources) - reached - {""}) == []


# --- size and names --------------------------------------------------------------------------------------------------


def python_files() -> list[Path]:
    folders = ("engine", "gui", "resources", "packaging", "tests")
    return [ROOT / "run.py", *(file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))]


def test_no_module_has_grown_a_second_subject() -> None:
    lengths = {file.relative_to(ROOT): len(file.read_text("utf-8").splitlines()) for file in python_files()}
    long = [
        f"{file} has {n} lines; over {LONGEST} it holds two subjects: split it"
        for file, n in lengths.items()
        if n > LONGEST
    ]
    assert long == []


def test_modules_are_named_for_their_subject() -> None:
    empty = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if {*file.relative_to(ROOT).with_suffix("").parts} & {*EMPTY_NAMES}
        or file.stem.endswith(("_utils", "_helpers", "_manager"))
    ]
    assert empty == []


# --- what loads when -------------------------------------------------------------------------------------------------


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running `code`."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True, timeout=120
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_engine_loads_neither_qt_nor_the_training_libraries(sources: Modules) -> None:
    every = [name for name in sources if within(name, "engine")]
    assert loaded_after("".join(f"import {name}\n" for name in every)) & {*QT, *TRAINING, "gui", "tkinter"} == set()


def test_the_command_line_starts_without_the_slow_libraries() -> None:
    assert loaded_after("import engine.__main__") & {*SLOW} == set()
