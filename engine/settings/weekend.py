"""Which days of the week are the weekend, where a person says it instead of the country: the words of it, no calendar.

Written as days joined by commas ("thu,fri"), "none" for a week without one, "" for the weekend of the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.errors import InputError, Reason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Monday is 0, as in `engine.data.Clock`."""

NONE = "none"
AS_IN_COUNTRY = ""

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST = 2


def read(text: str) -> frozenset[int] | None:
    """The days that a text names, 0 = Monday; None: those of the country. Raises InputError for what is no such text.

    Days are English names or their beginnings, of two letters at least.
    """
    told = text.strip().lower()
    if told == AS_IN_COUNTRY:
        return None
    if told == NONE:
        return frozenset()
    found = set()
    for word in re.split(r"[,;+&/\s]+", told):
        fitting = [day for day, name in enumerate(_NAMES) if len(word) >= _SHORTEST and name.startswith(word)]
        if len(fitting) != 1:
            raise InputError(Reason("weekend_unreadable", {"value": text[:80]}))
        found.update(fitting)
    if len(found) == len(DAYS):
        raise InputError(Reason("weekend_whole_week"))
    return frozenset(found)


def write(days: Iterable[int] | None) -> str:
    """The text that `read` gives these days for."""
    if days is None:
        return AS_IN_COUNTRY
    return ",".join(DAYS[day] for day in sorted(days)) or NONE
