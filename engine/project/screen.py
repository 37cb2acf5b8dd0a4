"""How the window was left, in a project file: what is shown, selected, filtered, and how far it is zoomed.

What stands in it is the window's; here it is a JSON object, of a bounded size as a project is somebody else's file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.project.access import noting
from engine.project.records import to_json

if TYPE_CHECKING:
    import duckdb

Screen: TypeAlias = Mapping[str, Any]
"""Plain JSON values by name; cells, KPIs and the like by their ids, times as UTC stamps."""

MOST = 100_000
"""Characters."""


def screen_in(connection: duckdb.DuckDBPyConnection) -> Screen:
    """How the window was left; empty where nothing is noted, or what is no JSON object of a reasonable size."""
    found = connection.execute("SELECT left_as FROM screen WHERE length(left_as) <= ?", [MOST]).fetchone()
    try:
        told = json.loads(found[0]) if found is not None else {}
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def set_screen(path: Path, screen: Screen) -> None:
    """Note how the window was left; the project is no other for it, see `Known`. Not in one of an older schema.

    Raises InputError, OutputError.
    """
    with noting(path) as connection:
        if connection is not None:
            replace_screen(connection, screen)


def replace_screen(connection: duckdb.DuckDBPyConnection, screen: Screen) -> None:
    """Note it in an open project."""
    connection.execute("DELETE FROM screen")
    connection.execute("INSERT INTO screen VALUES (?)", [to_json(screen)])
