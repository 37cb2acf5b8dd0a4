"""Where to put the alarm budget: what each would give."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "action_explore": "Alarms by &budget…",
    "action_explore_tip": "What every alarm budget would give, as a curve that sets it",
    "explore_title": "Alarms by budget",
    "explore_wait": "Working it out…",
    "explore_none": "Run the detection first: the curve is of its result.",
    "explore_stale": "Run the detection first: the settings are not those of the result.",
    "explore_budgets": "alarm budget: false alarms per cell and week",
    "explore_alarms": "Anomalies a day (dashed: false ones that the budget allows for)",
    "explore_errors": "Share of the labelled points judged wrongly (ring: the least)",
    "explore_tip": "{budget}\n{alarms:anomaly|anomalies} a day\n{expected:false one|false ones} a day allowed for",
    "explore_tip_errors": "{errors} of the labelled points judged wrongly",
    "explore_now": "Now: {budget}, {alarms:anomaly|anomalies} a day.",
    "explore_best": (
        "Fewest labelled points are judged wrongly at {budget}: {errors}. Without any alarm it would be {never}."
    ),
    "explore_note": (
        "Counted by the vote and the other settings in force. A click or the arrow keys set the budget; thresholds "
        "moved by hand return to it."
    ),
    "explore_take_best": "Take the least wrong",
}
