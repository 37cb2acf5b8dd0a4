"""What every dialect of performance files tells: the counters of one object in one granularity period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Events = Iterator[tuple[str, Any]]
"""("start" or "end", element) of an XML file, as `iterparse` gives them."""

Moment = tuple[int, int | None]
"""(seconds since 1970 of UTC, by how many seconds the clock was ahead of it); of the wall clock and None if unknown."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_COMPACT = re.compile(r"(\d{8})(\d{4}|\d{6})(?:[.,]\d+)?(Z|[+-]\d{2}:?\d{2})?")
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Measured:
    """The counters of one object in one granularity period.

    path: the distinguished name of the object, as written in the dialect. label: what people call its network element,
    "" where the file does not say and the path may. begin, ahead_s: the moment at which the period begins. period_s:
    its length. counters: (name, text of the value); a counter that nothing names is called "p" and its number.
    """

    path: str
    label: str
    begin: int
    ahead_s: int | None
    period_s: int
    suspect: bool
    counters: tuple[tuple[str, str], ...]


def walk(events: Events, forget: frozenset[str]) -> Iterator[tuple[str, str, Any, int]]:
    """(event, tag without namespace, element, how many elements it is in) of all elements.

    What an element holds is forgotten when one of `forget` in it ends, so that files of any size take the same memory.
    """
    above: list[Any] = []
    for event, node in events:
        tag = local(node)
        if event == "start":
            yield event, tag, node, len(above)
            above.append(node)
            continue
        above.pop()
        yield event, tag, node, len(above)
        if tag in forget and above:
            above[-1].clear()


def local(node: Any) -> str:  # noqa: ANN401 - an XML element
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def text(node: Any) -> str:  # noqa: ANN401 - an XML element
    """What stands in an element, without the blanks around it."""
    return (node.text or "").strip()


def joined(*names: str) -> str:
    """The distinguished name of an object, from those of what it is in and its own; what two say counts once."""
    parts: list[str] = []
    for name in filter(None, names):
        more = name.split(",")
        common = next((k for k in range(min(len(parts), len(more)), 0, -1) if parts[-k:] == more[:k]), 0)
        parts = more if more[: len(parts)] == parts else parts + more[common:]
    return ",".join(parts)


def ended(end: Moment | None, begin: Moment | None, length: int) -> tuple[int, int | None, int] | None:
    """(begin as a moment, length in seconds) of a period of which some of the three are known; None = too few."""
    if length <= 0 and end is not None and begin is not None and (end[1] is None) == (begin[1] is None):
        length = end[0] - begin[0]
    if length <= 0 or (end is None and begin is None):
        return None
    if end is not None:
        return end[0] - length, end[1], length
    assert begin is not None
    return *begin, length


def is_true(said: str) -> bool:
    """Whether a suspect flag is set."""
    return said.strip().lower() in ("true", "1")


def seconds(duration: str) -> int:
    """The seconds of an ISO 8601 duration such as PT900S, PT15M or P1D; 0 for anything else."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None:
        return 0
    days, hours, minutes, rest = (int(g or 0) for g in found.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + rest


def moment(stamp: str) -> Moment | None:
    """The moment of a stamp of ISO 8601 or a GeneralizedTime of ASN.1 (20230515061500Z); None for no stamp."""
    stamp = stamp.strip()
    if (compact := _COMPACT.fullmatch(stamp)) is not None:
        stamp = f"{compact[1]}T{compact[2]}{compact[3] or ''}"
    try:
        told = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    offset = told.utcoffset()
    since = told.replace(tzinfo=None) - (offset or timedelta(0)) - _EPOCH
    return int(since.total_seconds() // 1), None if offset is None else int(offset.total_seconds())
