"""A rule as the sentence that a person reads and confirms."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data import Panel
from engine.data.rule import Named, Rule, several
from engine.data.units import is_level
from engine.text import tell

NAMED = 3
"""So many cells and KPIs are named, the others counted."""


def sentence(rule: Rule, panel: Panel | None = None) -> str:
    """What the rule hides, in one sentence. panel: says which KPIs are levels; None where no data are open."""
    what = _or([tell(f"rule_type_{name}") for name in several(rule.type)]) or tell("rule_any_type")
    if ways := several(rule.direction):
        what = tell("rule_direction", what=what, ways=_or([tell(f"rule_direction_{name}") for name in ways]))
    parts = [tell("rule_what", what=what, largest=_limit(rule, panel))]
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


def by_percent(rule: Rule, panel: Panel | None) -> bool:
    """Whether the rule compares any KPI in percent."""
    return rule.largest_db is None or False in levels_of(rule.kpi, panel)


def by_decibels(rule: Rule, panel: Panel | None) -> bool:
    """Whether the rule compares any KPI in dB."""
    return rule.largest_db is not None and True in levels_of(rule.kpi, panel)


def levels_of(kpis: Named, panel: Panel | None) -> set[bool]:
    """Whether there are levels (True) and others (False) among these KPIs; both where the data do not say."""
    units = {one.id: one.unit for one in panel.kpis} if panel is not None else {}
    asked = several(kpis) or tuple(units)
    if not asked or any(name not in units for name in asked):
        return {True, False}
    return {is_level(units[name]) for name in asked}


def _limit(rule: Rule, panel: Panel | None) -> str:
    percent = tell("rule_percent", largest=round(rule.largest, 1))
    if rule.largest_db is None or not by_decibels(rule, panel):
        return percent
    decibels = tell("rule_decibels", largest=round(rule.largest_db, 1))
    return tell("rule_both", percent=percent, decibels=decibels) if by_percent(rule, panel) else decibels
