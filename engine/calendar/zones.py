"""UTC to local time and back for whole arrays, through the zone's transitions; and stamps as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from engine.data import IntArray, TimeArray
from engine.errors import InputError, Reason
from engine.text import tell

DAY_S = 86_400
YEARLESS_DAYS = 300
_BLOCK_DAYS = 512
_EPOCH = datetime(1970, 1, 1)
_EARLIEST = -62_000_000_000  # seconds: the year 5; datetime cannot go before year 1
_LATEST = 253_300_000_000  # seconds: the year 9996


def check_zone(name: str) -> str:
    """The name of a zone that exists; "" is taken as UTC.

    Raises InputError naming close matches when the IANA database has no such zone.
    """
    if not name:
        return "UTC"
    _zone(name)
    return name


def zone_names() -> list[str]:
    """All zones that there are, in order."""
    from zoneinfo import available_timezones

    return sorted(available_timezones())


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = _close_zones(name)
        code = "zone_unknown" if close else "zone_unknown_no_match"
        raise InputError(Reason(code, {"zone": name, "close": ", ".join(close)})) from None


def _close_zones(name: str) -> list[str]:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    wanted = name.strip().replace(" ", "_").lower()
    by_key: dict[str, str] = {}
    for zone in sorted(available_timezones()):
        by_key.setdefault(zone.lower(), zone)
        by_key.setdefault(zone.lower().rsplit("/", 1)[-1], zone)
    found = get_close_matches(wanted, by_key, n=4, cutoff=0.6)
    found += [key for key in by_key if len(wanted) >= 4 and wanted.rsplit("/", 1)[-1] in key]
    return list(dict.fromkeys(by_key[key] for key in found))[:4]


@lru_cache(maxsize=64)
def _transitions(name: str, first_day: int, last_day: int) -> tuple[IntArray, IntArray]:
    """The offset changes of a zone between two days since 1970, UTC.

    Returns (starts, offsets), both (n,) in seconds: from `starts[i]` on the local clock is `offsets[i]` ahead of UTC.
    """
    zone = _zone(name)

    def offset(second: int) -> int:
        moment = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=UTC).astimezone(zone)
        ahead = moment.utcoffset()
        return 0 if ahead is None else round(ahead.total_seconds())

    starts, offsets = [first_day * DAY_S], [offset(first_day * DAY_S)]
    for day in range(first_day + 1, last_day + 1):
        now = offset(day * DAY_S)
        if now != offsets[-1]:
            low, high = (day - 1) * DAY_S, day * DAY_S
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            starts.append(high)
            offsets.append(now)
    return np.array(starts, np.int64), np.array(offsets, np.int64)


def _seconds(times: TimeArray) -> IntArray:
    seconds: IntArray = np.asarray(times).astype("datetime64[s]").astype(np.int64)
    if seconds.size and not (int(seconds.min()) > _EARLIEST and int(seconds.max()) < _LATEST):
        raise InputError(Reason("time_out_of_range", {"first": str(np.min(times)), "last": str(np.max(times))}))
    return seconds


def _table(seconds: IntArray, zone: str) -> tuple[IntArray, IntArray]:
    low, high = (int(seconds[0]),) * 2 if len(seconds) == 1 else (int(seconds.min()), int(seconds.max()))
    # whole blocks of days, so that stamps looked up one by one share a table
    first, last = (low // DAY_S - 2) // _BLOCK_DAYS, (high // DAY_S + 3) // _BLOCK_DAYS + 1
    earliest, latest = _EARLIEST // DAY_S - 3, _LATEST // DAY_S + 3
    return _transitions(check_zone(zone), max(first * _BLOCK_DAYS, earliest), min(last * _BLOCK_DAYS, latest))


def local_seconds(times: TimeArray, zone: str) -> IntArray:
    """Seconds since 1970-01-01 00:00 *on the local clock*, (T,), of UTC `times` (T,).

    Around the end of daylight saving time an hour occurs twice, around its begin one does not occur. zone "" = UTC.
    Raises InputError for an unknown zone, or for NaT and stamps outside the years 5 to 9996.
    """
    seconds = _seconds(times)
    if not seconds.size:
        return seconds
    starts, offsets = _table(seconds, zone)
    return seconds + offsets[np.searchsorted(starts, seconds, side="right") - 1]


def to_utc(local: TimeArray, zone: str) -> TimeArray:
    """UTC (T,) of wall-clock stamps `local` (T,) in `zone`, one by one.

    An hour that occurs twice is taken as its first occurrence, one that does not occur as if the clock had not yet
    been put forward (as Python's fold=0 does). Raises InputError as `local_seconds`.
    """
    seconds = _seconds(local)
    if not seconds.size:
        return seconds.astype("datetime64[s]")
    starts, offsets = _table(seconds, zone)
    # A stamp belongs to the interval before transition i until the *later* of both wall clocks at that moment:
    # this keeps the first occurrence of a repeated hour and the old offset in a skipped one.
    wall = starts[1:] + np.maximum(offsets[1:], offsets[:-1])
    return (seconds - offsets[np.searchsorted(wall, seconds, side="right")]).astype("datetime64[s]")


def local_text(time: np.datetime64, zone: str, *, year: bool = False) -> str:
    """A UTC stamp as it stands in tables and sentences, in local time: "Thu 02 Mar 17:00" (seconds where not 0).

    year: with the year, where it does not go without saying.
    """
    local = _EPOCH + timedelta(seconds=int(local_seconds(np.array([time]), zone)[0]))
    return tell(
        "stamp",
        weekday=tell(f"weekday_short_{local.weekday()}"),
        day=f"{local.day:02d}",
        month=tell(f"month_short_{local.month}") + (f" {local.year}" if year else ""),
        time=f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}",
    )


def needs_year(times: TimeArray) -> bool:
    """Whether a day and month alone may be misread: the periods (T,) span so much of a year, or more, that "23 Oct to
    15 Oct" would be said.
    """
    return len(times) > 1 and bool(times[-1] - times[0] >= np.timedelta64(YEARLESS_DAYS, "D"))


def iso_locals(times: TimeArray, zone: str) -> list[str]:
    """UTC stamps (T,) as ISO 8601 local times with their offset: "2017-03-02T17:00:00+03:30"."""
    utc = np.asarray(times).astype("datetime64[s]")
    local = local_seconds(utc, zone)
    ahead = local - utc.astype(np.int64)
    suffix = {int(a): offset_text(int(a)) for a in np.unique(ahead)}
    stamps = np.datetime_as_string(local.astype("datetime64[s]"))
    return [stamp + suffix[a] for stamp, a in zip(stamps.tolist(), ahead.tolist(), strict=True)]


def iso_local(time: np.datetime64, zone: str) -> str:
    """A UTC stamp as an ISO 8601 local time with its offset: "2017-03-02T17:00:00+03:30"."""
    return iso_locals(np.array([time]), zone)[0]


def offset_text(seconds: int) -> str:
    """How far a clock is ahead of UTC, as it stands behind a time: "+03:30"."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
    return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02d}"
