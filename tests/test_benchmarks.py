"""Benchmarks run by hand: what they take from the program must be there when somebody runs them again."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.test_architecture import within

FILES = sorted((Path(__file__).parent / "benchmarks").glob("*.py"))
OURS = ("engine", "gui", "resources", "tests.benchmarks")
NOTHING = object()
"""What is not there; None may be there, as the compiled kernel is where nobody has built it."""


def taken(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of what a benchmark imports from the program, and what it takes from imported modules."""
    modules: dict[str, ModuleType] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and within(node.module or "", *OURS):
            for alias in node.names:
                yield node.module, alias.name
                found = part_of(node.module, alias.name)
                if isinstance(found, ModuleType):
                    modules[alias.asname or alias.name] = found
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id].__name__, node.attr


def part_of(module: str, name: str) -> object:
    """A module's attribute, or the module under it of that name; `NOTHING` if there is neither."""
    try:
        found = getattr(importlib.import_module(module), name, NOTHING)
        return importlib.import_module(f"{module}.{name}") if found is NOTHING else found
    except ModuleNotFoundError as error:
        if not within(error.name or "", *OURS):
            raise
        return NOTHING


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_benchmark_finds_what_it_takes_from_the_program(file: Path) -> None:
    wanted = set(taken(ast.parse(file.read_text("utf-8"))))
    assert sorted(f"{module}.{name}" for module, name in wanted if part_of(module, name) is NOTHING) == []


def test_what_is_none_is_there_and_what_nobody_wrote_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.garch.likelihood._likelihood", None)
    assert part_of("engine.garch.likelihood", "_likelihood") is None
    assert part_of("engine.garch", "likelihood") is not NOTHING
    assert part_of("engine.garch.likelihood", "gone") is NOTHING
    assert part_of("engine.gone", "likelihood") is NOTHING
