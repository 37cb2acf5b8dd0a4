"""The dialect of 3GPP TS 32.435 (`measCollecFile`) and TS 28.532 (`measDataFile`), with or without namespace.

Both notations of values: lists (`measTypes`, `measResults`), and `measType p`, `r p`, mapped by p.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import InputError, Reason
from engine.pm.measured import Events, Measured, ended, is_true, joined, local, moment, seconds, text, walk

MAPPING = {
    "time": "granPeriod endTime - duration",
    "cell": "measObjLdn",
    "kpi": "measType",
    "values": "measResults, r",
}
"""Role -> where it stands in the file."""


def objects(events: Events, name: str) -> Iterator[Measured]:
    """All measured objects of the file `name`.

    Raises InputError: no measData, no value, no time or granularity period.
    """
    element = label = sender = prefix = file_begin = ""
    info: _Info | None = None
    data = values = False
    for event, tag, node, depth in walk(events, frozenset(("measValue", "measInfo", "measData"))):
        if event == "start":
            if tag == "measInfo":
                info = _Info()
            elif tag == "measData" and depth == 1:
                data, element, label = True, "", ""
        elif tag == "fileHeader":
            prefix = node.get("dnPrefix", "").strip()
        elif tag == "fileSender":
            sender = node.get("localDn") or node.get("senderName") or ""
        elif tag in ("measCollec", "measData") and node.get("beginTime"):
            file_begin = node.get("beginTime")
        elif tag in ("managedElement", "measEntity"):
            element, label = node.get("localDn") or "", node.get("userLabel") or ""
        elif tag == "measValue" and info is not None:
            values = True
            begin, ahead_s, length = info.period(file_begin, name)
            owner = element or label or sender or (name if not prefix else "")
            path = joined(prefix, owner.strip(), (node.get("measObjLdn") or "").strip())
            yield Measured(path, label, begin, ahead_s, length, _suspect(node), tuple(_counters(node, info)))
        elif info is not None:
            info.learn(tag, node)
    if not data:
        raise InputError(Reason("pm_no_data", {"file": name, "element": "measData"}))
    if not values:
        raise InputError(Reason("pm_no_values", {"file": name, "element": "measValue"}))


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
            self.types[node.get("p", str(len(self.types) + 1)).strip()] = text(node)
        elif tag == "measTypes":
            self.types = {str(k): n for k, n in enumerate(text(node).split(), start=1)}

    def period(self, file_begin: str, name: str) -> tuple[int, int | None, int]:
        """(begin as a moment, length in seconds). Raises InputError where the file does not tell."""
        length = next((s for d in self.durations if (s := seconds(d))), 0)
        end, begin = moment(self.end), moment(file_begin)
        if end is None and begin is None:
            told = {"file": name, "where": "endTime", "value": self.end or file_begin}
            raise InputError(Reason("pm_no_time", told))
        period = ended(end, begin, length)
        if period is None:
            told = {"file": name, "where": "duration", "value": ", ".join(self.durations)}
            raise InputError(Reason("pm_no_period", told))
        return period


def _suspect(node: Any) -> bool:  # noqa: ANN401 - an XML element
    return any(local(child) == "suspect" and is_true(text(child)) for child in node)


def _counters(node: Any, info: _Info) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an XML element
    """(counter, text) of a measValue, in either notation."""
    position = 0
    for child in node:
        tag = local(child)
        if tag == "measResults":
            names = list(info.types.values())
            for k, value in enumerate(text(child).split()):
                yield (names[k] if k < len(names) else f"p{k + 1}"), value
        elif tag == "r":
            position += 1
            p = child.get("p", str(position)).strip()
            yield info.types.get(p) or f"p{p}", text(child)
