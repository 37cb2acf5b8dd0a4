"""One rule that says which incidents are not to be shown as new: what a person concluded from a false alarm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

Named = str | tuple[str, ...]
"""One, or several; "" for any."""


def several(named: Named) -> tuple[str, ...]:
    """What is named, () for any."""
    return ((named,) if named else ()) if isinstance(named, str) else named


def shortest(names: Iterable[str]) -> Named:
    """The same the other way round: one alone stands for itself."""
    found = tuple(names)
    return found if len(found) > 1 else "".join(found)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an anomaly has to be for the rule to cover it; an empty part asks for nothing.

    cells: ids. kpi: id. type, direction: of the anomaly; of these three several may be named, then it has to be one of
    them. hours: local hours [first, last) in which it begins, the last
    may be the smaller one (22 to 6). weekdays: of its begin, 0 = Monday. largest: how far it may be from what was
    expected, in percent of that; what is further off is never covered. largest_db: the same for levels (dB, dBm), in
    dB; None = those too by percent of their number, as in rules from before levels had a limit of their own. until: the
    last local day, ISO, on which it may begin; "" = no end. identity: what the rule is called in files. who, made (UTC,
    ISO), why: the audit.
    """

    identity: str
    largest: float
    cells: tuple[str, ...] = ()
    kpi: Named = ""
    type: Named = ""
    direction: Named = ""
    hours: tuple[int, int] | None = None
    weekdays: tuple[int, ...] = ()
    until: str = ""
    who: str = ""
    made: str = ""
    why: str = ""
    largest_db: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The rule as plain values."""
        return asdict(self)
