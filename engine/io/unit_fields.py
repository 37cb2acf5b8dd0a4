"""Fields of a number and its unit ("12.5 Mbps", "98.2 %", "1,234 kB"): columns of them are numbers of one unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from engine.data.units import SPELT, USUAL, Unit
from engine.writing.statement import literal

Number = Callable[[str], float | None]
"""The number that a text is in the dialect of its file."""

NEARLY_ALL = 0.9
"""The share of a column's fields at least that are numbers with units of one quantity."""

PERCENT = "%"
"""It may stand behind numbers in any column and changes nothing about them."""

_MARKS = "'\u2019\u00a0\u202f"
_WITH_UNIT = rf"^\s*([-+]?[0-9.,{_MARKS} ]*[0-9.](?:[eE][-+]?[0-9]+)?)\s*([^-+0-9.,{_MARKS}\s].*?)?\s*$"
_FIELD = re.compile(_WITH_UNIT)


def units_of(fields: Sequence[str], number: Number) -> tuple[Unit, ...]:
    """The units of a column, the commonest first; none where not nearly all fields are numbers with units of one
    quantity. A 0 needs no unit.
    """
    if all(field[-1:].isdigit() for field in fields):
        return ()
    found: Counter[Unit] = Counter()
    zeros = 0
    for field in fields:
        value, unit = _split(field, number)
        if unit is not None:
            found[unit] += 1
        elif value == 0:
            zeros += 1
    one = len({unit.quantity for unit in found}) == 1
    fitting = sum(found.values()) + zeros
    return tuple(unit for unit, _ in found.most_common()) if one and fitting >= NEARLY_ALL * len(fields) else ()


def unit_of(units: Sequence[Unit]) -> Unit:
    """The unit that numbers of these units, all of one quantity, are brought to: their own, or else the usual one."""
    return units[0] if len(set(units)) == 1 else USUAL[units[0].quantity]


def value(field: str, unit: Unit, number: Number) -> float | None:
    """The number of a field in `unit`; None where it holds none, or one of another quantity or without a unit."""
    found, own = _split(field, number)
    if found is None or own is None:
        return 0.0 if found == 0 else None
    return found * own.size / unit.size if own.quantity == unit.quantity else None


def sql(text: str, unit: Unit, decimal: str, thousands: str) -> str:
    """SQL of a field in `unit`, still as text with that decimal mark; what cannot be brought to it is no number there
    and, where it has no unit, says so.
    """
    if unit.symbol == PERCENT:
        return text
    number = f"regexp_extract({text}, {literal(_WITH_UNIT)}, 1)"
    if thousands:
        number = f"replace({number}, {literal(thousands)}, '')"
    if decimal == ",":
        number = f"replace({number}, ',', '.')"
    number = f"TRY_CAST({number} AS DOUBLE)"
    own = f"regexp_extract({text}, {literal(_WITH_UNIT)}, 2)"
    factors = " ".join(
        f"WHEN {literal(spelt)} THEN {one.size / unit.size!r}"
        for spelt, one in SPELT.items()
        if one.quantity == unit.quantity
    )
    told = f"replace(CAST({number} * CASE {own} {factors} END AS VARCHAR), '.', {literal(decimal)})"
    bare = f"CASE WHEN {own} = '' AND {number} <> 0 THEN {text} || ' (no unit)' ELSE {text} END"
    return f"coalesce({told}, {bare})"


def without_unit(field: str) -> str:
    """The number of a field that has a unit behind it, as it is written; any other field as it is."""
    found = None if field[-1:].isdigit() else _FIELD.match(field)
    return found[1] if found is not None and found[2] in SPELT else field


def _split(field: str, number: Number) -> tuple[float | None, Unit | None]:
    """(the number of a field, its unit); (None, None) where it is not a number, alone or with a known unit."""
    found = _FIELD.match(field)
    value = number(found[1]) if found is not None else None
    if found is None or value is None or (found[2] is not None and found[2] not in SPELT):
        return None, None
    return value, SPELT[found[2]] if found[2] is not None else None
