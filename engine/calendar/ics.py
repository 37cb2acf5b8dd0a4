"""iCalendar files (RFC 5545): events with recurrence rules, exceptions, moved occurrences and time zones."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.data.event import EVENT_KINDS, Event
from engine.errors import InputError, Reason

LAST = datetime(2060, 1, 1)
"""Recurring events without an end are expanded up to here."""

MOST = 100_000
"""More occurrences than this in one file are refused: no calendar of days has them."""

_DURATION = re.compile(r"([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_PROPERTY = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[^:;="]+=(?:"[^"]*"|[^":;]*))*):(?P<value>.*)', re.S)


@dataclass(frozen=True)
class _Property:
    name: str
    params: Mapping[str, str]
    value: str
    line: int


@dataclass
class _Block:
    """One VEVENT: its properties by name, in their order."""

    line: int
    properties: dict[str, list[_Property]] = field(default_factory=dict)

    def first(self, name: str) -> _Property | None:
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        found = self.first(name)
        return "" if found is None else found.value.strip()


def parse_ics(text: str, file: str) -> list[Event]:
    """The events of an iCalendar text, every recurrence expanded (at most up to `LAST`).

    Stamps with a zone (TZID known to IANA, or described by a VTIMEZONE of the file) become UTC; floating ones and
    whole days stay in the wall-clock time of the network. The kind is the first of CATEGORIES that is an event kind,
    else "event". Cancelled events are left out. Raises InputError with file and line.
    """
    zones = _Zones(text, file)
    blocks = list(_blocks(text, file))
    moved: dict[str, list[tuple[datetime, tzinfo | None]]] = {}
    for block in blocks:
        instance = block.first("RECURRENCE-ID")
        if instance is not None:
            moved.setdefault(block.text("UID"), []).append(zones.stamp(instance, instance.value)[:2])
    events: list[Event] = []
    for block in blocks:
        if block.text("STATUS").upper() == "CANCELLED":
            continue
        apart = [] if block.first("RECURRENCE-ID") else moved.get(block.text("UID"), [])
        events += _occurrences(block, zones, apart, file)
        if len(events) > MOST:
            raise InputError(Reason("ics_too_many", {"file": file, "line": block.line, "most": MOST}))
    return events


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(number of its first physical line, unfolded content line)."""
    current, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and current:
            current += line[1:]
            continue
        if current.strip():
            yield start, current
        current, start = line, number
    if current.strip():
        yield start, current


def _blocks(text: str, file: str) -> Iterator[_Block]:
    block: _Block | None = None
    depth: list[str] = []
    for number, line in _lines(text):
        found = _PROPERTY.fullmatch(line)
        if found is None:
            raise InputError(Reason("ics_line", {"file": file, "line": number, "value": line[:80]}))
        name, value = found["name"].upper(), found["value"]
        if name == "BEGIN":
            depth.append(value.strip().upper())
            if depth[-1] == "VEVENT":
                block = _Block(number)
        elif name == "END":
            if not depth or depth.pop() != value.strip().upper():
                raise InputError(Reason("ics_line", {"file": file, "line": number, "value": line[:80]}))
            if value.strip().upper() == "VEVENT" and block is not None:
                yield block
                block = None
        elif block is not None and depth[-1] == "VEVENT":
            params = dict(
                part.split("=", 1) for part in re.findall(r';([^:;="]+=(?:"[^"]*"|[^":;]*))', found["params"])
            )
            params = {k.upper(): v.strip('"') for k, v in params.items()}
            block.properties.setdefault(name, []).append(_Property(name, params, value, number))
    if depth:
        raise InputError(Reason("ics_truncated", {"file": file, "open": depth[-1]}))


class _Zones:
    """Turns DATE and DATE-TIME values into naive stamps and a zone."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._found: dict[str, tzinfo] = {}

    def zone(self, name: str, line: int) -> tzinfo:
        """The zone called `name`: of the IANA database, else as the file itself describes it."""
        if name not in self._found:
            self._found[name] = self._iana(name) or self._described(name, line)
        return self._found[name]

    @staticmethod
    def _iana(name: str) -> tzinfo | None:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None

    def _described(self, name: str, line: int) -> tzinfo:
        from dateutil import tz

        described = re.findall(r"^BEGIN:VTIMEZONE.*?^END:VTIMEZONE", self._text, re.S | re.M | re.I)
        try:
            text = "\n".join(described) + "\n"
            found: tzinfo | None = tz.tzical(io.StringIO(text)).get(name) if described else None
        except ValueError:
            found = None
        if found is None:
            raise InputError(Reason("ics_zone", {"file": self._file, "line": line, "zone": name}))
        return found

    def stamp(self, prop: _Property, value: str) -> tuple[datetime, tzinfo | None, bool]:
        """(wall-clock stamp, its zone or None for the network's, is a whole day)."""
        value = value.strip()
        try:
            if prop.params.get("VALUE", "").upper() == "DATE" or len(value) == 8:
                return datetime.strptime(value, "%Y%m%d"), None, True
            stamp = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")
        except ValueError:
            raise InputError(
                Reason("ics_stamp", {"file": self._file, "line": prop.line, "value": value[:40]})
            ) from None
        if value.endswith("Z"):
            return stamp, UTC, False
        name = prop.params.get("TZID", "")
        return stamp, self.zone(name, prop.line) if name else None, False


def _utc(stamp: datetime, zone: tzinfo | None) -> datetime:
    return stamp if zone is None else stamp.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _length(block: _Block, start: datetime, whole: bool, zones: _Zones, file: str) -> timedelta:
    """How long the event lasts. An end before its begin is an error; no end means the day, or no time at all."""
    end, duration = block.first("DTEND"), block.first("DURATION")
    if end is not None:
        begin = block.first("DTSTART")
        stop, zone, _ = zones.stamp(end, end.value)
        begin_zone = zones.stamp(begin, begin.value)[1] if begin is not None else zone
        length = _utc(stop, zone) - _utc(start, begin_zone) if zone is not begin_zone else stop - start
    elif duration is not None:
        found = _DURATION.fullmatch(duration.value.strip().upper())
        if found is None or not any(found.groups()[1:]):
            raise InputError(Reason("ics_stamp", {"file": file, "line": duration.line, "value": duration.value[:40]}))
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    else:
        length = timedelta(days=1) if whole else timedelta(0)
    if length < timedelta(0) or (duration is not None and duration.value.startswith("-")):
        raise InputError(
            Reason("ics_backwards", {"file": file, "line": block.line, "name": _plain(block.text("SUMMARY"))})
        )
    return length


def _occurrences(
    block: _Block, zones: _Zones, apart: Sequence[tuple[datetime, tzinfo | None]], file: str
) -> list[Event]:
    """The occurrences of an event but those that are told apart, which may be named in another zone than its own."""
    begin = block.first("DTSTART")
    if begin is None:
        raise InputError(Reason("ics_no_start", {"file": file, "line": block.line}))
    start, zone, whole = zones.stamp(begin, begin.value)
    length = max(_length(block, start, whole, zones, file), timedelta(seconds=1))
    name = _plain(block.text("SUMMARY")) or block.text("UID") or "event"
    categories = [part.strip().lower() for p in block.properties.get("CATEGORIES", []) for part in p.value.split(",")]
    kind = next((part for part in categories if part in EVENT_KINDS), "event")
    skip = {_wall(stamp, zone) for stamp in apart}
    starts = [s for s in _starts(block, start, zone, zones, file) if s not in skip]
    return [Event(_utc(s, zone), _utc(s + length, zone), name, kind, (), zone is not None) for s in starts]


def _starts(block: _Block, start: datetime, zone: tzinfo | None, zones: _Zones, file: str) -> list[datetime]:
    """The wall-clock starts of all occurrences, in the event's own zone."""
    rules = block.properties.get("RRULE", [])
    dates = block.properties.get("RDATE", [])
    if not rules and not dates:
        return [start]
    from dateutil.rrule import rrule, rruleset, rrulestr

    occurrences = rruleset()
    occurrences.rdate(start)
    for rule in rules:
        text = re.sub(r"UNTIL=([0-9TZ]+)", lambda m: "UNTIL=" + _until(m[1], zone), rule.value.strip().upper())
        try:
            parsed = rrulestr(text, dtstart=start)
        except (ValueError, KeyError, TypeError):
            raise InputError(Reason("ics_rule", {"file": file, "line": rule.line, "value": rule.value[:80]})) from None
        if isinstance(parsed, rrule):
            occurrences.rrule(parsed)
    for prop in dates:
        for value in prop.value.split(","):
            occurrences.rdate(_wall(zones.stamp(prop, value.split("/")[0])[:2], zone))
    for prop in block.properties.get("EXDATE", []):
        for value in prop.value.split(","):
            occurrences.exdate(_wall(zones.stamp(prop, value)[:2], zone))
    found: list[datetime] = []
    for occurrence in occurrences:
        if occurrence >= LAST:
            break
        found.append(occurrence)
        if len(found) > MOST:
            raise InputError(Reason("ics_too_many", {"file": file, "line": block.line, "most": MOST}))
    return found


def _wall(stamp: tuple[datetime, tzinfo | None], zone: tzinfo | None) -> datetime:
    """A stamp on the wall clock of `zone`."""
    moment, own = stamp
    if own is None or zone is None or own is zone:
        return moment
    return moment.replace(tzinfo=own).astimezone(zone).replace(tzinfo=None)


def _until(value: str, zone: tzinfo | None) -> str:
    """The UNTIL of a rule on the wall clock of the event: it is given in UTC, the rule is expanded without a zone."""
    if not value.endswith("Z") or zone is None:
        return value.removesuffix("Z")
    moment = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def _plain(text: str) -> str:
    """Text without iCalendar's escapes."""
    return re.sub(r"\\(.)", lambda m: " " if m[1] in "nN" else m[1], text).strip()
