"""Plots and the views that hold them: axes, lanes, legends, empty states."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "plot_unknown": "–",
    "plot_day": "{weekday} {day} {month}",
    "plot_month": "{month} {year}",
}
