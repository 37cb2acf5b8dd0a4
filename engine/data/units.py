"""What a unit says of its numbers: whether they are logarithms, and whether they count events or measure an amount."""

from __future__ import annotations

import re

NEPER_DB = 4.342944819
"""10 / ln 10: a change of power by a small share is so many decibels times that share."""

_LEVEL = re.compile(r"dB(?:[mWVcirdK]|[uµμ][VAW](?:/m)?|FS)?", re.IGNORECASE)

_AMOUNT = re.compile(
    r"""(?:m|k|)(?:Erl|Erlang|Erlangs)
    | (?:[kKMGTP]i?|kilo|mega|giga|tera|peta|)(?:B|b|bytes?|octets?|bits?)
    | (?:m|u|µ|)(?:s|sec|second|seconds|ms) | min | minutes? | h | hours?
    | .+(?:/|\bper\b).+ | [kMG]?bps | [kMGT]?W | [kMGT]?Wh | [kMG]?Hz""",
    re.VERBOSE,
)


def is_level(unit: str) -> bool:
    """Whether numbers of this unit are logarithms of power (dB, dBm ...): percentages of them say nothing."""
    return _LEVEL.fullmatch(unit.strip()) is not None


def is_amount(unit: str) -> bool:
    """Whether the unit measures an amount (bytes, erlang, seconds ...) and could as well be a thousand times as large.

    What has no such unit (calls, users, "activity", none at all) is taken as a number of events.
    """
    return _AMOUNT.fullmatch(unit.strip()) is not None
