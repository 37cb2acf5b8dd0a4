"""A rule as the sentence that a person reads and confirms."""

from __future__ import annotations

from engine.data import Panel
from engine.data.rule import Rule
from engine.data.units import is_level
from engine.text import tell

CELLS_NAMED = 3


def sentence(rule: Rule, panel: Panel | None = None) -> str:
    """What the rule hides, in one sentence. panel: says which KPIs are levels; None where no data are open."""
    what = tell(f"rule_type_{rule.type}") if rule.type else tell("rule_any_type")
    if rule.direction:
        what = tell(f"rule_direction_{rule.direction}", what=what)
    parts = [tell("rule_what", what=what, largest=_limit(rule, panel))]
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


def by_percent(rule: Rule, panel: Panel | None) -> bool:
    """Whether the rule compares any KPI in percent."""
    return rule.largest_db is None or not rule.kpi or _is_level(rule.kpi, panel) is not True


def by_decibels(rule: Rule, panel: Panel | None) -> bool:
    """Whether the rule compares any KPI in dB."""
    return rule.largest_db is not None and (not rule.kpi or _is_level(rule.kpi, panel) is not False)


def _is_level(kpi: str, panel: Panel | None) -> bool | None:
    """Whether a KPI is a level; None where the data do not say."""
    known = {one.id: one.unit for one in panel.kpis} if panel is not None else {}
    return is_level(known[kpi]) if kpi in known else None


def _limit(rule: Rule, panel: Panel | None) -> str:
    percent = tell("rule_percent", largest=round(rule.largest, 1))
    if rule.largest_db is None or not by_decibels(rule, panel):
        return percent
    decibels = tell("rule_decibels", largest=round(rule.largest_db, 1))
    return tell("rule_both", percent=percent, decibels=decibels) if by_percent(rule, panel) else decibels
