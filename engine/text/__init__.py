"""The one place where facts become sentences.

A `Reason` is a code and its parameters; `say` words it. Each module of this package holds the wording of one area;
codes are unique over all of them (checked at import). Templates use `str.format` fields; numbers are worded by
`number`. `{cells:cell|cells}` is the number with what is counted: "1 cell", "36 cells".
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

from engine.errors import Reason
from engine.text import (
    actions,
    additions,
    budget,
    causes,
    command,
    detection,
    diagnosis,
    explanation,
    files,
    general,
    incidents,
    labels,
    measuring,
    models,
    pictures,
    planning,
    plots,
    quality,
    reports,
    rows,
    rules,
    shift,
    traits,
    watching,
    window,
)

AREAS: tuple[Mapping[str, str], ...] = (
    general.MESSAGES,
    command.MESSAGES,
    files.MESSAGES,
    quality.MESSAGES,
    diagnosis.MESSAGES,
    detection.MESSAGES,
    budget.MESSAGES,
    causes.MESSAGES,
    explanation.MESSAGES,
    reports.MESSAGES,
    window.MESSAGES,
    actions.MESSAGES,
    incidents.MESSAGES,
    additions.MESSAGES,
    planning.MESSAGES,
    plots.MESSAGES,
    labels.MESSAGES,
    measuring.MESSAGES,
    models.MESSAGES,
    rows.MESSAGES,
    rules.MESSAGES,
    shift.MESSAGES,
    pictures.MESSAGES,
    traits.MESSAGES,
    watching.MESSAGES,
)

MESSAGES: dict[str, str] = {}
for _area in AREAS:
    if _twice := MESSAGES.keys() & _area.keys():
        raise ValueError(f"worded twice: {sorted(_twice)}")
    MESSAGES.update(_area)


def number(value: float) -> str:
    """A number as a person writes it: thousands separated, at most three significant decimals, no needless zeros."""
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}"
    if not math.isfinite(value):
        return "unknown"
    magnitude = abs(value)
    if magnitude >= 1000:
        return f"{value:,.0f}"
    if magnitude >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def numbers_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers to be compared: with as many more decimals, up to six, as it takes to see that they differ."""
    said = number(one), number(other)
    for digits in range(4, 7):
        if said[0] != said[1] or one == other or not math.isfinite(one - other):
            break
        style = f",.{digits - 3}f" if abs(one) >= 100 else f".{digits}g"
        said = format(one, style), format(other, style)
    return said


_COUNTED = frozenset({
    "attempts", "bits", "bytes", "calls", "connections", "days", "drops", "errors", "events", "failures",
    "handovers", "hours", "messages", "minutes", "packets", "records", "requests", "seconds", "sessions",
    "subscribers", "users",
})  # fmt: skip
"""Units that are the noun of what is counted, as the KPI dictionary and users name them."""


def with_unit(value: float, unit: str) -> str:
    """A number with its unit, "" = none: "98.3 %", "36 calls", "1 call"."""
    said = number(value)
    if said == "1" and unit.lower() in _COUNTED:
        unit = unit.removesuffix("s")
    return f"{said} {unit}".rstrip()


def in_thresholds(score: float) -> str:
    """A finite score in multiples of its threshold: "2.4 ×"; what stays below is never rounded up to it: "0.98 ×"."""
    if 0.95 <= score < 1.0:
        times = f"{math.floor(100 * score) / 100:.2f}"
    else:
        times = f"{score:.1f}" if score < 100 else f"{score:.0f}"
    return tell("margin", times=times)


def p_value(p: float) -> str:
    """A p-value as it stands in a sentence: "p = 0.03", "p < 0.001"."""
    if not math.isfinite(p):
        return "p unknown"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def times(factor: float, most: float = 1000.0) -> str:
    """A factor for a sentence: two significant digits, whole from 10 on; beyond 0.001 or `most` it only says so."""
    if math.isnan(factor):
        return "unknown"
    if factor < 0.001:
        return "under 0.001"
    if factor > most:
        return f"over {most:,.0f}"
    return f"{factor:.0f}" if factor >= 9.95 else f"{factor:.2g}"


class _Worded(str):
    """A parameter in words, which a template may follow with the noun for one and for several."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if "|" not in spec:
            return super().__format__(spec)
        one, several = spec.split("|")
        return f"{self} {one if self == '1' else several}"


def say(reason: Reason) -> str:
    """The sentence for a reason; what is read from right to left in it, a name, stands apart from what follows. Raises
    KeyError for a code that nobody worded.
    """
    worded = {k: _Worded(_apart(v) if isinstance(v, str) else number(v)) for k, v in reason.params.items()}
    return MESSAGES[reason.code].format(**worded)


def right_to_left(text: str) -> bool:
    """Whether any letter of the text belongs to a script that is read from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _apart(text: str) -> str:
    """Text in the marks of Unicode's directional isolates (UAX 9) if it is read from right to left, else as it is."""
    return f"\u2068{text}\u2069" if right_to_left(text) else text


def tell(code: str, **params: str | float) -> str:
    """Short for `say(Reason(code, params))`: labels and headings that carry no fact."""
    return say(Reason(code, params))
