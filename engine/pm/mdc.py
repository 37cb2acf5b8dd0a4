"""The dialect of 3GPP TS 32.401 with short tags (`mdc`), which older nodes write: time of end, seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import InputError, Reason
from engine.pm.measured import Events, Measured, ended, is_true, joined, local, moment, text, walk

MAPPING = {"time": "mts - gp", "cell": "moid", "kpi": "mt", "values": "r"}
"""Role -> where it stands in the file."""


@dataclass
class _Info:
    """What a `mi` says of all its values."""

    types: dict[str, str] = field(default_factory=dict)
    end: str = ""
    length: str = ""


def objects(events: Events, name: str) -> Iterator[Measured]:
    """All measured objects of the file `name`.

    Raises InputError: no `md`, no value, no time or granularity period.
    """
    element = label = sender = file_begin = ""
    info = _Info()
    data = values = False
    for event, tag, node, _ in walk(events, frozenset(("mv", "mi", "md"))):
        if event == "start":
            if tag == "md":
                data, element, label = True, "", ""
            elif tag == "mi":
                info = _Info()
        elif tag == "sn":
            sender = text(node)
        elif tag == "cbt":
            file_begin = text(node)
        elif tag == "neun":
            label = text(node)
        elif tag == "nedn":
            element = text(node)
        elif tag == "mts":
            info.end = text(node)
        elif tag == "gp":
            info.length = text(node)
        elif tag == "mt":
            info.types[_position(node, len(info.types))] = text(node)
        elif tag == "mv":
            values = True
            begin, ahead_s, length = _period(info, file_begin, name)
            told = {local(child): text(child) for child in node}
            path = joined(element or label or sender or name, told.get("moid", ""))
            yield Measured(
                path, label, begin, ahead_s, length, is_true(told.get("sf", "")), tuple(_counters(node, info))
            )
    if not data:
        raise InputError(Reason("pm_no_data", {"file": name, "element": "md"}))
    if not values:
        raise InputError(Reason("pm_no_values", {"file": name, "element": "mv"}))


def _period(info: _Info, file_begin: str, name: str) -> tuple[int, int | None, int]:
    """(begin as a moment, length in seconds). Raises InputError where the file does not tell."""
    end, begin = moment(info.end), moment(file_begin)
    if end is None and begin is None:
        raise InputError(Reason("pm_no_time", {"file": name, "where": "mts", "value": info.end or file_begin}))
    period = ended(end, begin, int(info.length) if info.length.isdecimal() else 0)
    if period is None:
        raise InputError(Reason("pm_no_period", {"file": name, "where": "gp", "value": info.length}))
    return period


def _position(node: Any, before: int) -> str:  # noqa: ANN401 - an XML element
    return str(node.get("p", "")).strip() or str(before + 1)


def _counters(node: Any, info: _Info) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an XML element
    """(counter, text) of a `mv`."""
    for k, child in enumerate(child for child in node if local(child) == "r"):
        p = _position(child, k)
        yield info.types.get(p) or f"p{p}", text(child)
