"""One 3GPP performance file as a stream of measured objects.

TS 32.435 `measCollecFile` and TS 28.532 `measDataFile`, with or without namespace, both value notations
(`measTypes`/`measResults` lists, and `measType p`/`r p` mapped by p). Entities and DTDs are refused, and an element is
forgotten as soon as it is read, so that a file of any size takes the same memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, cast

from engine.errors import InputError, Reason

MAX_BYTES = 2 << 30
"""No element manager writes larger files; one that unpacks to more is a bomb."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Measured:
    """The counters of one object in one granularity period.

    element: the network element (DN), label: its user label. ldn: the object within it, "" for the element itself.
    begin: seconds since 1970 of the begin of the period, of UTC, or of the wall clock where `utc` is false. period_s:
    its length. counters: (name, text of the value); a counter that no measType names is called "p" and its number.
    """

    element: str
    label: str
    ldn: str
    begin: int
    utc: bool
    period_s: int
    suspect: bool
    counters: tuple[tuple[str, str], ...]


class Limited:
    """A stream that ends in an InputError when it unpacks to more than any real file."""

    def __init__(self, raw: IO[bytes], name: str) -> None:
        self._raw, self._name, self.done = raw, name, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._raw.read(size)
        self.done += len(chunk)
        if self.done > MAX_BYTES:
            raise InputError(Reason("archive_too_large", {"file": self._name, "limit": MAX_BYTES >> 30}))
        return chunk


def objects(stream: Limited, name: str) -> Iterator[Measured]:
    """All measured objects of a file.

    Raises InputError: broken XML (with line), entities, no measData, no value, no usable granularity period.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        yield from _objects(iterparse(cast("IO[bytes]", stream), ("start", "end"), forbid_dtd=True), name)
    except DefusedXmlException:
        raise InputError(Reason("pm_entities", {"file": name})) from None
    except ParseError as error:
        line, column = error.position
        raise InputError(Reason("pm_broken", {"file": name, "line": line, "column": column + 1})) from None
    except LookupError as error:  # an encoding that nobody knows
        raise InputError(Reason("file_not_read", {"file": name, "detail": str(error)})) from None


@dataclass
class _Info:
    """What a measInfo says of all its values."""

    types: dict[str, str] = field(default_factory=dict)
    end: str = ""
    durations: list[str] = field(default_factory=list)

    def learn(self, tag: str, node: Any) -> None:  # noqa: ANN401 - an XML element
        """Take in one of its elements."""
        if tag == "granPeriod":
            self.end = node.get("endTime", "")
            self.durations.insert(0, node.get("duration", ""))
        elif tag == "repPeriod":
            self.durations.append(node.get("duration", ""))
        elif tag == "measType":
            self.types[node.get("p", str(len(self.types) + 1)).strip()] = (node.text or "").strip()
        elif tag == "measTypes":
            self.types = {str(k): n for k, n in enumerate((node.text or "").split(), start=1)}

    def period(self, file_begin: str, name: str) -> tuple[int, bool, int]:
        """(begin, whether it is UTC, length in seconds). Raises InputError where the file does not tell."""
        length = next((s for d in self.durations if (s := seconds(d))), 0)
        end, begin = _stamp(self.end), _stamp(file_begin)
        if end is None and begin is None:
            raise InputError(Reason("pm_no_time", {"file": name, "value": self.end or file_begin}))
        if not length and end is not None and begin is not None and end[1] == begin[1]:
            length = end[0] - begin[0]
        if length <= 0:
            raise InputError(Reason("pm_no_period", {"file": name, "value": ", ".join(self.durations)}))
        if end is not None:
            return end[0] - length, end[1], length
        assert begin is not None
        return begin[0], begin[1], length


def seconds(duration: str) -> int:
    """The seconds of an ISO 8601 duration such as PT900S, PT15M or P1D; 0 for anything else."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None:
        return 0
    days, hours, minutes, rest = (int(g or 0) for g in found.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + rest


def _stamp(text: str) -> tuple[int, bool] | None:
    """(seconds since 1970, whether of UTC) of a stamp such as 2023-05-15T07:15:00+0100; None for no stamp."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    offset = moment.utcoffset()
    since = moment.replace(tzinfo=None) - (offset or timedelta(0)) - _EPOCH
    return int(since.total_seconds() // 1), offset is not None


def _objects(events: Iterator[tuple[str, Any]], name: str) -> Iterator[Measured]:
    element = label = sender = prefix = file_begin = ""
    info: _Info | None = None
    data = values = False
    above: list[Any] = []
    for event, node in events:
        tag = node.tag.rpartition("}")[2]
        if event == "start":
            if tag == "measInfo":
                info = _Info()
            elif tag == "measData" and len(above) == 1:
                data, element, label = True, "", ""
            above.append(node)
            continue
        above.pop()
        if tag == "fileHeader":
            prefix = node.get("dnPrefix", "")
        elif tag == "fileSender":
            sender = node.get("localDn") or node.get("senderName") or ""
        elif tag in ("measCollec", "measData") and node.get("beginTime"):
            file_begin = node.get("beginTime")
        elif tag in ("managedElement", "measEntity"):
            element, label = node.get("localDn") or "", node.get("userLabel") or ""
        elif tag == "measValue" and info is not None:
            values = True
            begin, utc, length = info.period(file_begin, name)
            owner = element or label or sender or prefix or name
            ldn = (node.get("measObjLdn") or "").strip()
            yield Measured(owner, label, ldn, begin, utc, length, _suspect(node), tuple(_counters(node, info)))
        elif info is not None:
            info.learn(tag, node)
        if tag in ("measValue", "measInfo", "measData") and above:
            above[-1].clear()
    if not data:
        raise InputError(Reason("pm_no_data", {"file": name}))
    if not values:
        raise InputError(Reason("pm_no_values", {"file": name}))


def _suspect(node: Any) -> bool:  # noqa: ANN401 - an XML element
    return any(c.tag.rpartition("}")[2] == "suspect" and (c.text or "").strip().lower() in ("true", "1") for c in node)


def _counters(node: Any, info: _Info) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an XML element
    """(counter, text) of a measValue, in either notation."""
    position = 0
    for child in node:
        tag = child.tag.rpartition("}")[2]
        if tag == "measResults":
            names = list(info.types.values())
            for k, text in enumerate((child.text or "").split()):
                yield (names[k] if k < len(names) else f"p{k + 1}"), text
        elif tag == "r":
            position += 1
            p = child.get("p", str(position)).strip()
            yield info.types.get(p) or f"p{p}", (child.text or "").strip()
