"""The KPI dictionary: what a counter or rate of that name is, how it may be summed, and which direction hurts.

Names are those of 3GPP TS 28.552 / 32.425 families, of vendors' exports and of regulators' reports (TS 32.450, 28.554).
An unknown name is judged by its values: whole numbers that are never negative are counts, all else is a gauge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.data import Direction, FloatArray, Kpi, KpiKind

_COUNT, _RATIO, _GAUGE = KpiKind.COUNT, KpiKind.RATIO, KpiKind.GAUGE
_UP, _DOWN, _BOTH = Direction.UP, Direction.DOWN, Direction.BOTH


@dataclass(frozen=True)
class _Family:
    """Names that contain all words of one alternative of `words` ("a+b|c") are of this kind."""

    words: str
    kind: KpiKind
    unit: str
    bad: Direction


_EXACT: dict[str, Kpi] = {
    "sms_in": Kpi("sms_in", "activity", _COUNT, _BOTH),
    "sms_out": Kpi("sms_out", "activity", _COUNT, _BOTH),
    "call_in": Kpi("call_in", "activity", _COUNT, _BOTH),
    "call_out": Kpi("call_out", "activity", _COUNT, _BOTH),
    "internet": Kpi("internet", "activity", _COUNT, _BOTH),
    "calls": Kpi("calls", "calls", _COUNT, _BOTH),
    "answered": Kpi("answered", "calls", _COUNT, _DOWN),
    "talk_seconds": Kpi("talk_seconds", "s", _COUNT, _BOTH),
}

# Order matters: the first family that fits wins, so the specific stands before the general.
_FAMILIES: tuple[_Family, ...] = (
    _Family("var|variance|stddev|std", _GAUGE, "", _BOTH),
    _Family("drop+rate|drop+ratio|dr|dcr|erabdr|failure+rate|fail+rate|fr|error+rate|bler|loss+rate", _RATIO, "%", _UP),
    _Family("success|completes+rate|setup+rate|sr|cssr|availability|avail|rrcssr|erabsr|ichosr", _RATIO, "%", _DOWN),
    _Family("prb|utilisation|utilization|usage|load|occupancy|cpu|memory|disk+util|oper+util", _GAUGE, "%", _UP),
    _Family("latency|delay|rtt|jitter|response+time|travel+time|traveltime", _GAUGE, "", _UP),
    _Family("rssi|rsrp|rsrq|snr|sinr|interference|temperature|power", _GAUGE, "", _BOTH),
    _Family("cqi|mcs|speed", _GAUGE, "", _DOWN),
    _Family("mbps", _GAUGE, "Mbit/s", _DOWN),
    _Family("kbps", _GAUGE, "kbit/s", _DOWN),
    _Family("throughput|thr|tput|tp|bitrate|thp", _GAUGE, "", _DOWN),
    _Family("ratio|percent|pct|share", _RATIO, "%", _BOTH),
    _Family("rate", _GAUGE, "", _BOTH),
    _Family("drops|drop|failures|fail|fails|failed|errors|error|rejects|discard|discarded|lost|loss", _COUNT, "", _UP),
    _Family("mean|avg|average|max|min|maximum|minimum|median", _GAUGE, "", _BOTH),
    _Family("availability|available", _GAUGE, "", _DOWN),
    _Family("erlang|erl", _COUNT, "Erl", _BOTH),
    _Family("mb", _COUNT, "MB", _BOTH),
    _Family("gb", _COUNT, "GB", _BOTH),
    _Family("kb", _COUNT, "kB", _BOTH),
    _Family("bytes|octets", _COUNT, "B", _BOTH),
    _Family("traffic|volume|vol", _COUNT, "", _BOTH),
    _Family("att|attempts|attempt|req|requests|request|succ|calls|call|sms|sessions|packets|pps", _COUNT, "", _BOTH),
    _Family("users|user|ue|ues|count|number|num|nbr|rnti|connections|conn|handovers|ho|paging", _COUNT, "", _BOTH),
)  # fmt: skip

_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|[A-Z]|\d+")


def words(name: str) -> frozenset[str]:
    """The words of a name in small letters: "PRBUsageDL" -> prb, usage, dl; "E_RAB_DR" -> e, rab, dr."""
    found = {w.lower() for part in re.split(r"[^A-Za-z0-9]+", name) for w in _WORD.findall(part)}
    found |= {part.lower() for part in re.split(r"[^A-Za-z0-9]+", name) if part}
    return frozenset(found)


def known(name: str) -> Kpi | None:
    """The KPI of a well-known name, with the given name as its id; None for an unknown one."""
    exact = _EXACT.get(re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_"))
    if exact is not None:
        return Kpi(name, exact.unit, exact.kind, exact.bad)
    have = words(name)
    for family in _FAMILIES:
        if any(set(alternative.split("+")) <= have for alternative in family.words.split("|")):
            return Kpi(name, family.unit, family.kind, family.bad)
    return None


def describe(name: str, values: FloatArray) -> Kpi:
    """The KPI of a name; an unknown one is judged by its `values` (any shape, NaN = missing, not empty of numbers)."""
    import numpy as np

    from engine.execution.scratch import release

    def is_whole(part: FloatArray) -> bool:
        there = part[np.isfinite(part)]
        return bool((there >= 0).all()) and bool((there == np.floor(there)).all())

    found = known(name)
    parts = np.array_split(values.reshape(-1), max(1, values.size >> 21))
    if found is None:
        some = any(bool(np.isfinite(part).any()) for part in parts)
        found = Kpi(name, "", _COUNT if some and all(map(is_whole, parts)) else _GAUGE, _BOTH)
    elif found.kind is _COUNT and any(bool((part < 0).any()) for part in parts):
        found = Kpi(name, found.unit, _GAUGE, found.bad)
    release([values])
    return found


def is_exact(name: str) -> bool:
    """Whether the dictionary knows this very name."""
    return name.strip().lower() in _EXACT
