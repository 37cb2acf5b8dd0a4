"""The dialect of Nokia's base stations and network manager (`OMeS`): an element per counter, minutes, time of begin.

An object is named by the distinguished name of the network manager (`DN`), or within its base station (`baseId`,
`localMoid`), which is put into the same form; counters that are told apart by more than one object (a cell and a
service class) belong to all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.errors import InputError, Reason
from engine.pm.measured import Events, Measured, local, moment, text, walk

MAPPING = {
    "time": "PMSetup startTime",
    "cell": "MO DN, localMoid",
    "kpi": "PMTarget elements",
    "values": "PMTarget elements",
}
"""Role -> where it stands in the file."""

ROOT = "PLMN-PLMN"
"""The first name of every path."""

TOGETHER = " + "
"""Between the paths of several objects that are measured together."""

_LOCAL = re.compile(r"^(?:DN:)?(?:NE-)?")


def objects(events: Events, name: str) -> Iterator[Measured]:
    """All measured objects of the file `name`.

    Raises InputError: no PMSetup, no PMMOResult, no time or interval.
    """
    start = interval = ""
    data = values = False
    for event, tag, node, _ in walk(events, frozenset(("PMMOResult", "PMSetup"))):
        if event == "start":
            if tag == "PMSetup":
                data, start, interval = True, node.get("startTime", ""), node.get("interval", "")
        elif tag == "PMMOResult":
            values = True
            begin, ahead_s, length = _period(start, interval, name)
            path = TOGETHER.join(filter(None, map(_path, (mo for mo in node if local(mo) == "MO")))) or name
            for target in node:
                if local(target) != "MO":
                    counters = tuple((local(counter), text(counter)) for counter in target if not len(counter))
                    yield Measured(path, "", begin, ahead_s, length, suspect=False, counters=counters)
    if not data:
        raise InputError(Reason("pm_no_data", {"file": name, "element": "PMSetup"}))
    if not values:
        raise InputError(Reason("pm_no_values", {"file": name, "element": "PMMOResult"}))


def _period(start: str, interval: str, name: str) -> tuple[int, int | None, int]:
    """(begin as a moment, length in seconds). Raises InputError where the file does not tell."""
    begin = moment(start)
    if begin is None:
        raise InputError(Reason("pm_no_time", {"file": name, "where": "startTime", "value": start}))
    minutes = int(interval) if interval.strip().isdecimal() else 0
    if not minutes:
        raise InputError(Reason("pm_no_period", {"file": name, "where": "interval", "value": interval}))
    return *begin, minutes * 60


def _path(node: Any) -> str:  # noqa: ANN401 - an XML element
    """The distinguished name of a MO; "" for one without."""
    told = {local(child): text(child) for child in node}
    if told.get("DN"):
        return told["DN"]
    base, own = (_LOCAL.sub("", told.get(key, "")) for key in ("baseId", "localMoid"))
    inside = own == base or own.startswith(f"{base}/") or not base
    path = own if inside else "/".join(filter(None, (base, own)))
    return path if not path or path.startswith(ROOT) else f"{ROOT}/{path}"
