"""From when on something is new: a while before the end of the data, or a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from engine.errors import InputError, Reason

HOUR_S = 3600
_UNITS = {"min": 60, "h": HOUR_S, "d": 24 * HOUR_S, "w": 7 * 24 * HOUR_S}
_LENGTH = re.compile(r"(\d{1,6})\s*(min|h|d|w)")


@dataclass(frozen=True, slots=True)
class Since:
    """`seconds` before the end of the data; or `moment`, if given: on the network's clock unless it has an offset."""

    seconds: int = 8 * HOUR_S
    moment: datetime | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """What a person wrote: "8h", "30min", "2d", "2017-03-02T06:00" or "2017-03-02T06:00+03:30".

        Raises InputError for anything else.
        """
        written = text.strip()
        length = _LENGTH.fullmatch(written.lower())
        if length is not None and int(length[1]):
            return cls(seconds=int(length[1]) * _UNITS[length[2]])
        try:
            return cls(moment=datetime.fromisoformat(written))
        except ValueError:
            raise InputError(Reason("since_unreadable", {"text": text})) from None
