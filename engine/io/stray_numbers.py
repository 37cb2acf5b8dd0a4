"""Numbers of people that stand in a column of cells: a field more or less in the row shifts them there.

A cell is told from a person by how the other cells are written: where they look alike, as global identities of fifteen
digits do, nothing is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from engine.writing.statement import literal

_MOST_SHARE, _FEW = 0.1, 2

_LONG = r"\d{14,16}"
"""IMSI, IMEI and IMEISV (3GPP TS 23.003)."""

_INTERNATIONAL = r"\+\d{8,15}|00\d{8,15}"
_BEGIN, _LEAST = 3, 10
"""Numbers of a network begin with the digits of its country, and are so long with them at least."""

_BETWEEN = r"[ ()/.]"
"""What may stand between the digits of such numbers; dashes stand in names of cells."""


def are_usual(alike: int, rows: int) -> bool:
    """Whether so many of the rows look like numbers of people that this is how cells are written."""
    return alike > max(_FEW, _MOST_SHARE * rows) or 2 * alike > rows


class Strays:
    """What of a column of cells is the number of a person and no cell. fields: some of the column; numbers: some of the
    calling and the called.
    """

    def __init__(self, fields: Sequence[str], numbers: Sequence[str]) -> None:
        self._looks = _looks(numbers)
        plain = [re.sub(_BETWEEN, "", field) for field in fields]
        alike = [field for field in plain if re.fullmatch(self._looks, field)]
        self._none = are_usual(len(alike), len(plain))
        self._lengths = {len(field) for field in plain if field.isdecimal() and field not in alike}
        """Of numbers that are cells for sure."""

    def __contains__(self, field: str) -> bool:
        plain = re.sub(_BETWEEN, "", field)
        like = re.fullmatch(self._looks, plain) is not None and len(plain) not in self._lengths
        return like and not self._none

    def sql(self, text: str) -> str:
        """SQL: whether a text is one."""
        if self._none:
            return "false"
        plain = f"regexp_replace({text}, {literal(_BETWEEN)}, '', 'g')"
        lengths = ", ".join(map(str, sorted(self._lengths)))
        other = f" AND length({plain}) NOT IN ({lengths})" if lengths else ""
        return f"coalesce(regexp_full_match({plain}, {literal(self._looks)}){other}, false)"


def _looks(numbers: Sequence[str]) -> str:
    """A regular expression of what may be the number of a person."""
    plain = [re.sub(r"\D", "", number) for number in numbers]
    begins = Counter(number[:_BEGIN] for number in plain if len(number) >= _LEAST)
    usual = begins.most_common(1)
    home = usual[0][0] if usual and 2 * usual[0][1] >= len(plain) else ""
    return "|".join([_LONG, _INTERNATIONAL, *([rf"{home}\d{{{_LEAST - _BEGIN},12}}"] if home else [])])
