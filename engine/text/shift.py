"""What one shift hands over to the next."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "since_unreadable": (
        "{text} is no beginning of a shift. Write how long before the end of the data (8h, 30min, 2d) or a moment on"
        " the network's clock (2017-03-02T06:00)."
    ),
    "cli_since": (
        "from when on an incident is new to the shift: how long before the end of the data (8h, the default; 30min,"
        " 2d), or a moment on the network's clock (2017-03-02T06:00)"
    ),
    "shift_span": "{first} to {last} ({duration})",
    "shift_counts": "{new} new, {standing} open from before, {cleared} cleared",
    "shift_line": "Shift {span}: {counts}.",
    "shift_state": "{tag}: {comment}",
    "shift_owner": "owner {owner}",
    "shift_seen": "seen by {by}",
    "shift_new": "new",
    "shift_standing": "open from before",
    "shift_cleared": "cleared",
    "shift_more": "and {more} more",
    "shift_title": "Shift handover",
    "shift_head_new": "New and open",
    "shift_head_standing": "Open from before",
    "shift_head_cleared": "Cleared",
    "shift_head_worst": "The worst of the whole period",
    "shift_none_new": "Nothing began in the shift that is still open.",
    "shift_none_standing": "Nothing was handed over that is still open.",
    "shift_none_cleared": "Nothing ended in the shift.",
    "shift_figure_new": "new and open",
    "shift_figure_standing": "open from before",
    "shift_figure_cleared": "cleared in the shift",
    "shift_column_state": "state, comment, owner, seen",
    "shift_more_incident": "{more} more stands in incidents.csv.",
    "shift_more_incidents": "{more} more stand in incidents.csv.",
    "shift_no_data": "There are no measurements in the data, so there is nothing to hand over.",
    "shift_false": "Left out: {false:incident|incidents} judged to be a false alarm.",
    "shift_nothing": "Nothing is open at the end of the data, and nothing ended in the shift.",
    "shift_note": (
        "Open: it lasts to the end of the data. New: it began in the shift. Cleared: it ended in the shift, whenever it"
        " began."
    ),
    "action_shift": "S&hift handover…",
    "action_shift_tip": "What is open, new and cleared since the shift began, to copy and hand over",
    "shift_hours_unit": "h",
    "shift_hours": "Hours before the end of the data",
    "shift_copy": "Copy as text",
    "shift_link": "{start}, {duration}  {what}",
    "export_since": "Shift that the report begins with: the last hours of the data",
}
