"""The dialect of events (VES, domain `perf3gpp`) in which O-RAN and ONAP carry what TS 28.532 files hold: JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from engine.errors import InputError, Reason
from engine.pm.measured import Measured, is_true, joined

MAPPING = {
    "time": "lastEpochMicrosec - granularityPeriod",
    "cell": "measObjInstId",
    "kpi": "sMeasTypesList",
    "values": "measResults, sValue",
}
"""Role -> where it stands in the file."""

_BEGIN = re.compile(r'"perf3gppFields"\s*:')
_OFFSET = re.compile(r"UTC([+-])(\d{2})[:.]?(\d{2})")
_LONGEST_S = 31 * 86_400
_LAST_EPOCH = 1e17
_UNITS = ((1e14, 1_000_000), (1e11, 1_000))
"""Epochs above the first are in so many parts of a second: senders put milliseconds where microseconds belong."""


def begins(lines: Sequence[str]) -> bool:
    """Whether a file that begins so holds such events."""
    return (
        bool(lines) and lines[0].lstrip("\ufeff \t")[:1] in ("{", "[") and _BEGIN.search("\n".join(lines)) is not None
    )


def objects(stream: IO[bytes], name: str) -> Iterator[Measured]:
    """All measured objects of the events in the file `name`: one event, a list of them, or one a line.

    Raises InputError: broken JSON (with line), no value, no time or granularity period.
    """
    values = False
    for event in _events(stream, name):
        fields = _dict(_dict(event.get("event", event)).get("perf3gppFields"))
        collection = _dict(fields.get("measDataCollection"))
        header = _dict(_dict(event.get("event", event)).get("commonEventHeader"))
        label = str(collection.get("measuredEntityUserName") or "")
        owner = str(collection.get("measuredEntityDn") or label or header.get("sourceName") or name)
        for info in _dicts(collection.get("measInfoList")):
            types = _names(info.get("measTypes"))
            for value in _dicts(info.get("measValuesList")):
                values = True
                begin, ahead_s, length = _period(header, collection, name)
                path = joined(owner, str(value.get("measObjInstId") or ""))
                suspect = is_true(str(value.get("suspectFlag", "")))
                counters = tuple(_counters(_dicts(value.get("measResults")), types))
                yield Measured(path, label, begin, ahead_s, length, suspect, counters)
    if not values:
        raise InputError(Reason("pm_no_values", {"file": name, "element": "measValuesList"}))


def _events(stream: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    try:
        text = stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Reason("file_not_read", {"file": name, "detail": str(error)})) from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield from _dicts([_line(line, number, name)])
        return
    yield from _dicts(whole if isinstance(whole, list) else [whole])


def _line(line: str, number: int, name: str) -> object:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(Reason("pm_broken_json", {"file": name, "line": number, "column": error.colno})) from None
    except RecursionError:
        raise InputError(Reason("pm_broken_json", {"file": name, "line": number, "column": 1})) from None


def _period(header: Mapping[str, Any], collection: Mapping[str, Any], name: str) -> tuple[int, int | None, int]:
    """(begin as a moment, length in seconds). Raises InputError where the event does not tell."""
    begin, end = (_seconds(header.get(key)) for key in ("startEpochMicrosec", "lastEpochMicrosec"))
    if begin is None and end is None:
        told = {"file": name, "where": "lastEpochMicrosec", "value": str(header.get("lastEpochMicrosec", ""))}
        raise InputError(Reason("pm_no_time", told))
    said = collection.get("granularityPeriod")
    length = int(said) if isinstance(said, int | float) and 0 < said <= _LONGEST_S else 0
    if not length and begin is not None and end is not None:
        length = end - begin
    if not 0 < length <= _LONGEST_S:
        raise InputError(Reason("pm_no_period", {"file": name, "where": "granularityPeriod", "value": str(said)}))
    found = _OFFSET.match(str(header.get("timeZoneOffset", "")))
    ahead_s = (3600 * int(found[2]) + 60 * int(found[3])) * (-1 if found[1] == "-" else 1) if found else 0
    return (end - length if end is not None else begin or 0), ahead_s, length


def _seconds(epoch: object) -> int | None:
    if not isinstance(epoch, int | float) or isinstance(epoch, bool) or not 0 < epoch < _LAST_EPOCH:
        return None  # NaN too, which is below nothing
    return int(epoch // next((parts for least, parts in _UNITS if epoch >= least), 1))


def _names(types: object) -> dict[str, str]:
    """The counters by their position: a list, or a map of name to position."""
    if isinstance(told := _dict(types).get("sMeasTypesList"), list):
        return {str(k): str(one) for k, one in enumerate(told, start=1)}
    return {str(position): key for key, position in _dict(_dict(types).get("map")).items()}


def _counters(results: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for k, result in enumerate(results, start=1):
        p = str(result.get("p", k))
        value = result.get("sValue", result.get("iValue", result.get("rValue", "")))
        yield types.get(p) or f"p{p}", "" if value is None else str(value)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
