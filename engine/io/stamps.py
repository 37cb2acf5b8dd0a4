"""How the time stamps of a column are written, found from a sample; and the SQL that reads them.

Every expression yields seconds since 1970 as BIGINT, of UTC or of the wall clock, NULL where the text is no stamp.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from engine.errors import InputError, Reason
from engine.files.header_words import TIME_NAMES, is_one_of, plain
from engine.io import date_order, ideographic_stamps, jalali_stamps
from engine.io.jalali_stamps import Order
from engine.io.stamp_spellings import Spelling, with_english_months

EARLIEST_S = 631_152_000  # 1990-01-01
LATEST_S = 4_102_444_800  # 2100-01-01
"""Stamps outside are no measurements of a mobile network: an unset clock, or a number that is no time at all."""

_MOST_OFFSETS = 4
_WORDED = re.compile(r"(?=.*\d\d).*([^\W\d_eE]|[:@~]).*", re.DOTALL)
_NUMBER = re.compile(r"\d+([.,]\d+)?")
_SERIAL_OF_1970, _FIRST_SERIAL, _LAST_SERIAL = 25_569, 32_874, 73_051
_NEAR_S = 5
"""Four decimals of a day are accurate to so many seconds."""

_EPOCHS = (("s", 1), ("ms", 1_000), ("us", 1_000_000), ("ns", 1_000_000_000))

_ISO = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}(:\d{2}(:\d{2}([.,]\d+)?)?)?)?(?P<zone> ?(Z|[+-]\d{2}(:?\d{2})?| ?UTC))?"
)
_PARTS = re.compile(
    r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<year>\d{4}|\d{2})"
    r"((?P<gap>[T ] ?)?(?P<time>\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?)|[T ]\d{1,2})?"
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?P<mark>[- ])(?P<month>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february"
    r"|march|april|june|july|august|september|october|november|december))[- ](?P<year>\d{4}|\d{2})"
    r"((?P<gap> )?(?P<time>\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)| \d{1,2})?"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?")
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_NO_YEAR = re.compile(
    rf"(\d{{1,2}}[-/.]\d{{1,2}}\.?|\d{{1,2}}[- ]{_MONTH}|{_MONTH} \d{{1,2}})(,? +\d{{1,2}}(:\d{{2}}(:\d{{2}})?)?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(19|20)\d{2}[._]?(0[1-9]|1[0-2])[._]?(0[1-9]|[12]\d|3[01])"
    r"([T_. -]?([01]\d|2[0-3])[:._-]?[0-5]\d([:._-]?[0-5]\d)?)?"
)
_SAYS_UTC = re.compile(r"(^|[^a-z])(utc|gmt)([^a-z]|$)", re.IGNORECASE)
_EPOCH = re.compile(r"\d{9,19}(\.\d+)?")
_HOUR = re.compile(r"([01]?\d|2[0-3])(\.0+)?")


@dataclass(frozen=True)
class Stamps:
    """A way of writing time. label: shown to the user. utc: the stamps are UTC (epoch, offset or Z), else wall clock.

    sql(text) takes an SQL expression of a VARCHAR and returns one of BIGINT seconds. example: one such text. ahead_s:
    how many seconds the clocks were ahead of UTC, as offsets say, the commonest first.
    """

    label: str
    utc: bool
    sql: Callable[[str], str]
    example: str
    ahead_s: tuple[int, ...] = ()


def find(fields: Sequence[str], column: str, file: str, day_first: bool | None) -> Stamps | None:
    """The way the stamps of a column are written; None when the fields are no time stamps.

    `fields` are non-empty samples. Raises InputError for stamps that cannot be placed: a clock time without a date, a
    date without a year, or day and month that could be swapped (unless `day_first` says which).
    """
    fields = [f.strip() for f in fields]
    if not fields:
        return None
    found = _written(fields, column, file, day_first) or _spelt(fields, column, file, day_first)
    if found is None and is_one_of(plain(column), TIME_NAMES):
        found = _serial(fields)
    if found is not None and not found.utc and _SAYS_UTC.search(column):
        return replace(found, utc=True, label=f"{found.label}, UTC by the column's name")
    return found


def _written(fields: Sequence[str], column: str, file: str, day_first: bool | None) -> Stamps | None:
    named = {"column": column, "file": file}
    if _share(_EPOCH, fields) and (unit := _epoch_unit(fields)):
        return unit
    for pattern, order in ((jalali_stamps.STAMP, Order.YEAR_FIRST), (jalali_stamps.COMPACT, Order.COMPACT)):
        if _share(pattern, fields):
            return Stamps(
                "Jalali year/month/day", utc=False, sql=partial(jalali_stamps.sql, order=order), example=fields[0]
            )
    if _share(jalali_stamps.PARTS, fields):
        return _jalali_parts(fields, named, day_first)
    if _share(_ISO, fields) and not _are_spans(fields):
        return _iso(fields)
    if _share(ideographic_stamps.STAMP, fields):
        return Stamps("year, month and day by their characters", utc=False, sql=_ideographic, example=fields[0])
    if _share(_COMPACT, fields):
        return _compact(fields)
    if _share(_PARTS, fields):
        return _parts(fields, named, day_first)
    if _share(_NAMED, fields):
        return _month_names(fields)
    example = fields[0]
    if _share(_CLOCK, fields):
        raise InputError(Reason("time_without_date", {**named, "value": example}))
    if _share(_NO_YEAR, fields) and any(re.search(r"[:/A-Za-z]", f) for f in fields):
        raise InputError(Reason("date_without_year", {**named, "value": example}))
    return None


def _spelt(fields: Sequence[str], column: str, file: str, day_first: bool | None) -> Stamps | None:
    """Stamps with words in them."""
    spelling = Spelling(fields) if _share(_WORDED, fields) else None
    found = _written(spelling.plain, column, file, day_first) if spelling else None
    if found is None or spelling is None:
        return None
    written, plain_of = found.sql, spelling.sql
    return replace(found, sql=lambda text: written(plain_of(text)), example=fields[0])


def _are_spans(fields: Sequence[str]) -> bool:
    """Whether what looks like an offset is the end of a period: 13:00-14:00."""
    zones = {found["zone"] for f in fields if (found := _ISO.fullmatch(f)) and found["zone"]}
    return len(zones) > _MOST_OFFSETS and all(zone.startswith("-") for zone in zones)


def _serial(fields: Sequence[str]) -> Stamps | None:
    """Days since the end of 1899, as spreadsheets count them, on the wall clock; what is near a minute is one."""
    numbers = [float(f.replace(",", ".")) for f in fields if _NUMBER.fullmatch(f)]
    if len(numbers) < 0.6 * len(fields) or not all(_FIRST_SERIAL <= n < _LAST_SERIAL for n in numbers):
        return None

    def sql(text: str) -> str:
        seconds = f"(TRY_CAST(replace({text}, ',', '.') AS DOUBLE) - {_SERIAL_OF_1970}) * 86400"
        minutes = f"round({seconds} / 60) * 60"
        near = f"abs({seconds} - {minutes}) <= {_NEAR_S}"
        return f"TRY_CAST(CASE WHEN {near} THEN {minutes} ELSE round({seconds}) END AS BIGINT)"

    return Stamps("days of a spreadsheet", utc=False, sql=sql, example=fields[0])


def moment(text: str) -> tuple[int, bool] | None:
    """(seconds since 1970, whether of UTC) of one ISO stamp that a person wrote; None where it is none."""
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    offset = written.utcoffset()
    since = written.replace(tzinfo=None) - (offset or timedelta(0)) - datetime(1970, 1, 1)
    return int(since.total_seconds() // 1), offset is not None


def is_time(fields: Sequence[str]) -> bool:
    """Whether the fields are stamps of any kind, also ones that cannot be placed."""
    try:
        return find(fields, "", "", day_first=None) is not None
    except InputError:
        return True


def is_date_only(fields: Sequence[str]) -> bool:
    """Whether the fields are calendar dates without a clock time."""
    return bool(fields) and is_time(fields) and not any(":" in f or _EPOCH.fullmatch(f.strip()) for f in fields)


def is_clock_only(fields: Sequence[str]) -> bool:
    """Whether the fields are clock times without a date."""
    return bool(fields) and _share(_CLOCK, [f.strip() for f in fields])


def are_hours(fields: Sequence[str]) -> bool:
    """Whether all fields are whole hours of a day, as they stand beside a date."""
    return bool(fields) and all(_HOUR.fullmatch(f.strip()) for f in fields)


def _share(pattern: re.Pattern[str], fields: Sequence[str]) -> bool:
    """Whether most fields match: a few broken stamps are counted row by row, they do not hide the format."""
    matching = sum(bool(pattern.fullmatch(f)) for f in fields)
    return matching >= max(1, 0.6 * len(fields))


def _epoch_unit(fields: Sequence[str]) -> Stamps | None:
    numbers = [float(f) for f in fields if _EPOCH.fullmatch(f)]
    for unit, scale in _EPOCHS:
        inside = sum(EARLIEST_S <= n / scale < LATEST_S for n in numbers)
        if inside >= 0.6 * len(numbers):
            return epoch(unit, fields[0])
    return None


def epoch(unit: str, example: str = "") -> Stamps:
    """Numbers of seconds, "ms", "us" or "ns" since 1970, UTC."""
    scale = dict(_EPOCHS)[unit]
    return Stamps(
        f"epoch {unit}",
        utc=True,
        sql=lambda text: (
            f"CASE WHEN contains(CAST({text} AS VARCHAR), '.')"
            f" THEN TRY_CAST(floor(TRY_CAST({text} AS DOUBLE) / {scale}) AS BIGINT)"
            f" ELSE TRY_CAST({text} AS BIGINT) // {scale} END"
        ),
        example=example,
    )


def _iso(fields: Sequence[str]) -> Stamps:
    zones = [found["zone"].strip() for f in fields if (found := _ISO.fullmatch(f)) and found["zone"]]
    utc = len(zones) >= 0.6 * len(fields)
    ahead_s = tuple(seconds for seconds, _ in Counter(map(_seconds_ahead, zones)).most_common()) if utc else ()
    return Stamps("date and time" + (" with offset" if utc else ""), utc, wall_clock, fields[0], ahead_s)


def _seconds_ahead(zone: str) -> int:
    """The seconds of an offset such as +05:30, +0530 or -3; none of Z and UTC."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (3600 * int(digits[:2]) + 60 * int(digits[2:])) * (-1 if zone[0] == "-" else 1)


def wall_clock(text: str) -> str:
    """SQL of the seconds since 1970 of a stamp "YYYY-MM-DD[ hh:mm[:ss]]": UTC if it has an offset, else wall clock."""
    # A cast to TIMESTAMPTZ honours an offset; without one it takes the session's zone, which is UTC. It wants minutes,
    # seconds before an offset, and a point before fractions: what it does not take is completed and tried again.
    plain = f"replace(trim({text}), ',', '.')"
    whole = f"regexp_replace({plain}, ' ([+-]\\d)', '\\1')"
    whole = f"regexp_replace({whole}, '^(\\S+?[T ]\\d{{1,2}})( ?(Z|UTC|[+-].*))?$', '\\1:00\\2')"
    whole = f"regexp_replace({whole}, '^(\\S+?[T ]\\d{{1,2}}:\\d{{2}})( ?(Z|UTC|[+-].*))$', '\\1:00\\2')"
    moment = f"coalesce(TRY_CAST({plain} AS TIMESTAMPTZ), TRY_CAST({whole} AS TIMESTAMPTZ))"
    return f"CAST(floor(epoch_us({moment}) / 1000000) AS BIGINT)"


def _ideographic(text: str) -> str:
    return _with_clock(ideographic_stamps.plain_sql(text), "%Y-%m-%d")


def _compact(fields: Sequence[str]) -> Stamps:
    def sql(text: str) -> str:
        digits = f"regexp_replace(trim({text}), '[^0-9]', '', 'g')"
        return _strptime(digits, ["%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d"], exact=True)

    return Stamps("YYYYMMDDhhmmss", utc=False, sql=sql, example=fields[0])


def _parts(fields: Sequence[str], named: dict[str, str], day_first: bool | None) -> Stamps:
    matches = [found for f in fields if (found := _PARTS.fullmatch(f))]
    mark = matches[0]["mark"]
    usual = day_first is None and mark == "." and not date_order.only_month_first_follows(matches, _date)
    first = date_order.day_first(matches, named, True if usual else day_first, _date)
    year = "%Y" if len(matches[0]["year"]) == 4 else "%y"
    written = mark.join(("%d", "%m", year) if first else ("%m", "%d", year))
    label = mark.join(("day", "month", "year") if first else ("month", "day", "year"))
    if usual and not date_order.tell(matches):
        label += date_order.AS_USUAL
    return Stamps(label, utc=False, sql=lambda text: _with_clock(text, written), example=fields[0])


def _jalali_parts(fields: Sequence[str], named: dict[str, str], day_first: bool | None) -> Stamps:
    matches = [found for f in fields if (found := jalali_stamps.PARTS.fullmatch(f))]
    first = date_order.day_first(matches, named, day_first, jalali_stamps.day)
    label = "Jalali day/month/year" if first else "Jalali month/day/year"
    order = Order.DAY_FIRST if first else Order.MONTH_FIRST
    return Stamps(label, utc=False, sql=partial(jalali_stamps.sql, order=order), example=fields[0])


def _date(year: int, month: int, day: int) -> date:
    return date(min(year + (2000 if year < 100 else 0), 9999), month, day)


def _month_names(fields: Sequence[str]) -> Stamps | None:
    found = next(m for f in fields if (m := _NAMED.fullmatch(f)))
    mark, year = found["mark"], "%Y" if len(found["year"]) == 4 else "%y"
    short, long = (mark.join(("%d", month, year)) for month in ("%b", "%B"))

    def sql(text: str) -> str:
        ways = (_with_clock(text, short), _with_clock(text, long), _with_clock(with_english_months(text), short))
        return f"coalesce({', '.join(ways)})"  # short forms of several languages are alike in most months

    return Stamps("day month-name year", utc=False, sql=sql, example=fields[0])


def _with_clock(text: str, date: str) -> str:
    plain = f"trim(regexp_replace(replace({text}, 'T', ' '), '[\\s\\v]+', ' ', 'g'))"
    clocks = ["%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%H"]
    return _strptime(plain, [*(f"{date} {clock}" for clock in clocks), date])


def _strptime(text: str, formats: Sequence[str], *, exact: bool = False) -> str:
    if exact:
        lengths = {"%Y%m%d%H%M%S": 14, "%Y%m%d%H%M": 12, "%Y%m%d": 8}
        cases = " ".join(f"WHEN {lengths[f]} THEN try_strptime({text}, '{f}')" for f in formats)
        parsed = f"CASE length({text}) {cases} END"
    else:
        listed = ", ".join(f"'{f}'" for f in formats)
        # duckdb looks at the sign behind the last one, and behind nothing but white space at ever further ones; where
        # that is the end of the memory it crashes (its issue 25082). So there is always a space, which it skips.
        parsed = f"try_strptime(nullif({text}, '') || ' ', [{listed}])"
    return f"CAST(floor(epoch_us({parsed}) / 1000000) AS BIGINT)"
