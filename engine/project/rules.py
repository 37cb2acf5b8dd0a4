"""Rules that hide incidents, in a project file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.rule import Rule
from engine.project.access import changing, reading
from engine.project.records import to_json
from engine.project.writing import insert
from engine.rules.files import rule_of

if TYPE_CHECKING:
    import duckdb


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a project, in the order they were made. Raises InputError as `open_project`."""
    with reading(path) as connection:
        return rules_in(connection, path.name)


def rules_in(connection: duckdb.DuckDBPyConnection, file: str) -> tuple[Rule, ...]:
    """The rules of an open project. file: what it is called. Raises InputError for a rule that is none."""
    rows = connection.execute("SELECT rule FROM rules ORDER BY position").fetchall()
    return tuple(rule_of(json.loads(told), file, number) for number, (told,) in enumerate(rows, start=1))


def set_rules(path: Path, rules: Iterable[Rule], gone: Iterable[str] = ()) -> None:
    """Add rules to those of a project, each in the place of the one of its identity, and take away those that are
    called `gone`; in one transaction. Raises InputError, OutputError.
    """
    with changing(path) as connection:
        found = {rule.identity: rule for rule in (*rules_in(connection, path.name), *rules)}
        for identity in gone:
            found.pop(identity, None)
        replace_rules(connection, found.values())


def replace_rules(connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> None:
    """Put these rules in the place of those in an open project."""
    connection.execute("DELETE FROM rules")
    insert(connection, "rules", [(position, to_json(rule.to_json())) for position, rule in enumerate(rules)])
