"""Rules as a file: JSON, `{"version": 1, "rules": [...]}`, an object per rule with the fields of `Rule`."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import AnomalyType, Direction
from engine.data.rule import Named, Rule, shortest
from engine.errors import InputError, Reason
from engine.writing.plain import write_json

VERSION = 1
NAMES = tuple(field.name for field in fields(Rule))
TEXTS = ("identity", "until", "who", "made", "why")
NAMED: Mapping[str, Collection[str] | None] = {"kpi": None, "type": tuple(AnomalyType), "direction": tuple(Direction)}
"""What one or several may be named of; the names there are, None where the data have them."""


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file. Raises InputError naming the rule and the part of it that cannot be."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(Reason("rules_unreadable", {"file": path.name, "error": error.strerror or ""})) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(Reason("rules_unreadable", {"file": path.name, "error": str(error)})) from error
    rules = told.get("rules") if isinstance(told, dict) and told.get("version") == VERSION else None
    if not isinstance(rules, list):
        raise InputError(Reason("rules_foreign", {"file": path.name}))
    return tuple(rule_of(one, path.name, number) for number, one in enumerate(rules, start=1))


def write_rules(path: Path, rules: Sequence[Rule]) -> None:
    """Write a file that `read_rules` reads back. Raises OutputError."""
    write_json(path, {"version": VERSION, "rules": [rule.to_json() for rule in rules]})


def rule_of(told: Any, file: str, number: int) -> Rule:  # noqa: ANN401 - whatever stands in the file
    """A rule from plain values; parts that are left out ask for nothing. Raises InputError."""

    def refuse(part: str) -> InputError:
        return InputError(Reason("rules_part", {"file": file, "number": number, "part": part}))

    if not isinstance(told, dict):
        raise refuse("{}")
    for part in told:
        if part not in NAMES:
            raise refuse(str(part))
    for part in TEXTS:
        if not isinstance(told.get(part, ""), str):
            raise refuse(part)
    if not told.get("identity"):
        raise refuse("identity")
    for part in ("largest", "largest_db"):
        if not _positive(told.get(part)) and (part == "largest" or told.get(part) is not None):
            raise refuse(part)
    named: dict[str, Named] = {}
    for part, known in NAMED.items():
        names = _names(told.get(part, ""))
        if names is None or not (known is None or set(names) <= set(known)):
            raise refuse(part)
        named[part] = shortest(names)
    cells, weekdays, hours = (told.get(part) or () for part in ("cells", "weekdays", "hours"))
    if not isinstance(cells, list | tuple) or not all(isinstance(one, str) for one in cells):
        raise refuse("cells")
    if not _whole(weekdays, 6):
        raise refuse("weekdays")
    if not _whole(hours, 24) or len(hours) not in (0, 2):
        raise refuse("hours")
    try:
        np.datetime64(told.get("until", "") or "NaT", "D")
    except ValueError as error:
        raise refuse("until") from error
    texts = {part: told.get(part, "") for part in TEXTS}
    return Rule(
        largest=float(told["largest"]),
        largest_db=None if told.get("largest_db") is None else float(told["largest_db"]),
        cells=tuple(cells),
        hours=(hours[0], hours[1]) if hours else None,
        weekdays=tuple(weekdays),
        kpi=named["kpi"],
        type=named["type"],
        direction=named["direction"],
        **texts,
    )


def _names(told: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - whatever stands in the file
    """One name or a list of them; "" and nothing at all name none. None: it is neither."""
    names = told if isinstance(told, list | tuple) else (told,) if told else ()
    return tuple(names) if all(isinstance(one, str) and one for one in names) else None


def _positive(value: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 < value < math.inf


def _whole(values: Any, most: int) -> bool:  # noqa: ANN401 - whatever stands in the file
    return isinstance(values, list | tuple) and all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= most for one in values
    )
