"""A rule as the sentence that a person reads and confirms."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.rule import Rule, several
from engine.text import tell

NAMED = 3
"""So many cells and KPIs are named, the others counted."""


def sentence(rule: Rule) -> str:
    """What the rule hides, in one sentence."""
    what = _or([tell(f"rule_type_{name}") for name in several(rule.type)]) or tell("rule_any_type")
    if ways := several(rule.direction):
        what = tell("rule_direction", what=what, ways=_or([tell(f"rule_direction_{name}") for name in ways]))
    parts = [tell("rule_what", what=what, largest=round(rule.largest, 1))]
    if kpis := several(rule.kpi):
        names, more = ", ".join(kpis[:NAMED]), len(kpis) - NAMED
        parts.append(tell("rule_kpi", kpi=names) if more <= 0 else tell("rule_more_kpis", kpis=names, more=more))
    if rule.cells:
        names, more = ", ".join(rule.cells[:NAMED]), len(rule.cells) - NAMED
        parts.append(tell("rule_cells", cells=names) if more <= 0 else tell("rule_more_cells", cells=names, more=more))
    if rule.weekdays:
        parts.append(tell("rule_weekdays", days=", ".join(tell(f"weekday_short_{day}") for day in rule.weekdays)))
    if rule.hours is not None:
        first, last = rule.hours
        parts.append(tell("rule_hours", first=f"{first:02d}:00", last=f"{last:02d}:00"))
    parts.append(tell("rule_until", day=rule.until) if rule.until else tell("rule_no_end"))
    return tell("rule_sentence", told=", ".join(parts))


def _or(words: Sequence[str]) -> str:
    *first, last = words or ("",)
    return tell("rule_or", first=", ".join(first), last=last) if first else last
