"""What the command line says about files, as options of the loader."""

from __future__ import annotations

import hashlib
import json
import re
from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.errors import AppError, InputError, Reason
from engine.files.encodings import NAMES
from engine.io.base import LoadOptions
from engine.text import say, tell

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"

HINTS = {
    "date_ambiguous": "cli_hint_dates",
    "date_ambiguous_likely": "cli_hint_dates",
    "dates_as_usual": "cli_hint_dates",
    "no_time_column": "cli_hint_first_time",
    "no_time_no_header": "cli_hint_first_time",
    "first_time_needs_period": "cli_hint_granularity",
    "span_too_long": "cli_hint_granularity",
    "too_many_points": "cli_hint_kpi",
    "mixed_periods": "cli_hint_granularity",
}
"""Code of what is wrong with files or was assumed of them -> the option of this command line that helps."""

ABOUT_FILES = ("kpi", "zone", "map", "dates", "encoding", "granularity", "first_time", "per", "call_hours", "call_rows")
"""What is said about files in words."""

_UNITS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LENGTH = re.compile(r"(\d{1,9})\s*(s|sec|min|m|h|d|w)?")


def add_arguments(command: ArgumentParser, *, folder: bool = False) -> None:
    """Give a command the inputs, or one folder of them, and everything that may be said about them."""
    if folder:
        command.add_argument("inputs", nargs=1, type=Path, metavar="FOLDER", help=tell("cli_folder"))
    else:
        command.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help=tell("cli_input"))
    command.add_argument("--kpi", nargs="+", default=[], metavar="NAME", help=tell("cli_kpi"))
    command.add_argument("--zone", default="", metavar="ZONE", help=tell("cli_zone"))
    command.add_argument("--map", nargs="+", default=[], metavar="ROLE=COLUMN", help=tell("cli_map"))
    command.add_argument("--dates", choices=(DAY_FIRST, MONTH_FIRST), help=tell("cli_dates"))
    command.add_argument("--encoding", choices=tuple(NAMES), help=tell("cli_encoding"))
    command.add_argument("--granularity", metavar="PERIOD", help=tell("cli_granularity"))
    command.add_argument("--first-time", metavar="MOMENT", help=tell("cli_first_time"))
    command.add_argument("--per", metavar="cell|area|subscriber", help=tell("cli_per"))
    command.add_argument("--call-hours", metavar="start|split", help=tell("cli_call_hours"))
    command.add_argument("--call-rows", metavar="one|two", help=tell("cli_call_rows"))
    command.add_argument("--kpi-table", type=Path, metavar="FILE", help=tell("cli_kpi_table"))
    command.add_argument("--key", type=Path, metavar="FILE", help=tell("cli_key"))


def of(given: Namespace) -> LoadOptions:
    """The options. Raises InputError for what cannot be meant, and for a key file that cannot be used."""
    from engine.io.subscriber_key import read_key
    from engine.network.kpi_table import read_kpi_table

    mapping: dict[str, str] = {}
    for pair in given.map:
        role, told, column = pair.partition("=")
        if not told or not role.strip() or not column.strip():
            raise InputError(Reason("map_not_a_pair", {"text": pair}))
        mapping[role.strip()] = column.strip()
    said = {
        "first_time": given.first_time,
        "entity": given.per,
        "call_hours": given.call_hours,
        "call_rows": given.call_rows,
    }
    mapping |= {role: text for role, text in said.items() if text}
    return LoadOptions(
        zone=given.zone,
        mapping=mapping,
        kpis=tuple(given.kpi),
        period_s=seconds(given.granularity) if given.granularity else None,
        day_first=None if given.dates is None else given.dates == DAY_FIRST,
        key=read_key(given.key) if given.key else b"",
        encoding=given.encoding or "",
        dictionary=read_kpi_table(given.kpi_table) if given.kpi_table else {},
    )


def told(error: AppError) -> str:
    """What went wrong, with the option of this command line that helps where there is one."""
    return with_hint(error.reason)


def with_hint(reason: Reason) -> str:
    """What is to be said of files, with the option of this command line that helps where there is one."""
    hint = HINTS.get(reason.code)
    return f"{say(reason)} {tell(hint)}" if hint else say(reason)


def digest(given: Namespace) -> str:
    """Hexadecimal digits of all that was said about the files: another answer may let in what was refused."""
    table = given.kpi_table
    said = [getattr(given, name) for name in ABOUT_FILES] + [given.key is not None]
    known = table.read_bytes() if table is not None and table.is_file() else b""
    return hashlib.sha256(json.dumps(said).encode() + known).hexdigest()[:12]


def seconds(text: str) -> int:
    """The seconds of a length of time such as 15min, 1h, 1d or 900. Raises InputError."""
    found = _LENGTH.fullmatch(text.strip().lower())
    length = int(found[1]) * _UNITS[found[2] or "s"] if found else 0
    if not 1 <= length <= 31 * 86_400:
        raise InputError(Reason("granularity_unreadable", {"text": text}))
    return length
