"""How long something lasted, in words."""

from __future__ import annotations

from engine.text import tell

MINUTE_S, HOUR_S, DAY_HOURS = 60, 3600, 24


def duration_text(seconds: float) -> str:
    """Seconds as a person says them: at most two units, the smaller one only where it matters ("3 h", "2 d 4 h")."""
    whole = round(seconds)
    if whole < MINUTE_S:
        return tell("duration_s", s=whole)
    if whole < HOUR_S:
        return tell("duration_min", min=round(whole / MINUTE_S))
    minutes = round(whole / MINUTE_S)
    if minutes < DAY_HOURS * 60:
        hours, rest = divmod(minutes, 60)
        return tell("duration_h_min", h=hours, min=rest) if rest else tell("duration_h", h=hours)
    days, rest = divmod(round(whole / HOUR_S), DAY_HOURS)
    return tell("duration_d_h", d=days, h=rest) if rest else tell("duration_d", d=days)
