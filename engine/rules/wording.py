"""A rule as the sentence that a person reads and confirms."""

from __future__ import annotations

from engine.data.rule import Rule
from engine.text import tell

CELLS_NAMED = 3


def sentence(rule: Rule) -> str:
    """What the rule hides, in one sentence."""
    what = tell(f"rule_type_{rule.type}") if rule.type else tell("rule_any_type")
    if rule.direction:
        what = tell(f"rule_direction_{rule.direction}", what=what)
    parts = [tell("rule_what", what=what, largest=round(rule.largest, 1))]
    if rule.kpi:
        parts.append(tell("rule_kpi", kpi=rule.kpi))
    if rule.cells:
        names, more = ", ".join(rule.cells[:CELLS_NAMED]), len(rule.cells) - CELLS_NAMED
        parts.append(tell("rule_cells", cells=names) if more <= 0 else tell("rule_more_cells", cells=names, more=more))
    if rule.weekdays:
        parts.append(tell("rule_weekdays", days=", ".join(tell(f"weekday_short_{day}") for day in rule.weekdays)))
    if rule.hours is not None:
        first, last = rule.hours
        parts.append(tell("rule_hours", first=f"{first:02d}:00", last=f"{last:02d}:00"))
    parts.append(tell("rule_until", day=rule.until) if rule.until else tell("rule_no_end"))
    return tell("rule_sentence", told=", ".join(parts))
