"""How the window words times, durations, budgets and cells, so that every view says the same."""

from __future__ import annotations

import math

from engine.calendar import iso_local, local_text
from engine.data import Panel
from engine.text import number, tell

MINUTE, HOUR, DAY = 60, 3600, 86_400


def moment(panel: Panel, index: int) -> str:
    """The begin of a period in the network's zone: "Thu 02 Mar 17:00"."""
    return local_text(panel.times[min(max(index, 0), len(panel.times) - 1)], panel.zone)


def moment_iso(panel: Panel, index: int) -> str:
    """The same as a full ISO 8601 stamp with its offset, for tooltips."""
    return iso_local(panel.times[min(max(index, 0), len(panel.times) - 1)], panel.zone)


def lasting(panel: Panel, periods: int) -> str:
    """How long some periods are: "45 min", "3 h", "2 d 4 h"."""
    return seconds_long(periods * panel.period_s)


def seconds_long(seconds: float) -> str:
    """Seconds as a person says them: at most two units, the smaller one only where it matters."""
    whole = round(seconds)
    if whole < MINUTE:
        return tell("duration_s", s=whole)
    if whole < HOUR:
        return tell("duration_min", min=round(whole / MINUTE))
    minutes = round(whole / MINUTE)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return tell("duration_h_min", h=hours, min=rest) if rest else tell("duration_h", h=hours)
    hours = round(whole / HOUR)
    days, rest = divmod(hours, 24)
    return tell("duration_d_h", d=days, h=rest) if rest else tell("duration_d", d=days)


def budget(per_cell_week: float) -> str:
    """The alarm budget in words: "2 a week per cell", "1 per cell in 10 weeks"."""
    if per_cell_week >= 1.0:
        return tell("budget_often", alarms=number(per_cell_week))
    return tell("budget_seldom", weeks=number(round(1.0 / per_cell_week, 1)))


def cell_label(panel: Panel, cell: int) -> str:
    """What a person calls the cell: its name, else its id."""
    known = panel.cells[cell]
    return known.name or known.id


def cells_label(panel: Panel, cells: tuple[int, ...]) -> str:
    """The first cell and how many more: "Esfahan 12 +3"."""
    if not cells:
        return ""
    first = cell_label(panel, cells[0])
    return first if len(cells) == 1 else tell("cells_and_more", cell=first, more=len(cells) - 1)


def margin(value: float) -> str:
    """A score in thresholds: "2.4x"; "no opinion" for NaN."""
    if math.isnan(value):
        return tell("vote_no_opinion")
    return tell("margin", times=f"{value:.1f}" if value < 100 else f"{value:.0f}")


def share(value: float) -> str:
    """A share 0..1 in per cent, honest at the ends: 99.96 % is not "100 %" and 0.01 % is not "0 %"."""
    percent = 100.0 * value
    if math.isnan(percent):
        return number(percent)
    digits = 2 if 0 < percent < 0.1 or 99.9 < percent < 100 else 1 if 0 < percent < 10 or 90 < percent < 100 else 0
    text = f"{percent:.{digits}f}"
    if percent < 100 and float(text) >= 100:
        text = "99.99"
    return f"{text} %"
