"""Cause classes, their evidence and the regression's sentences."""

from __future__ import annotations

_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

# term of the regression -> (what it is, beginning of its sentence, what it is compared with)
_TERMS: dict[str, tuple[str, str, str]] = {
    "night": ("night", "At night (00:00 to 06:00)", "those by day"),
    "weekend": ("weekend", "At the weekend", "those of other days"),
    "holiday": ("public holiday", "On public holidays", "those of other days"),
    "eve": ("day before a holiday", "On the day before a holiday", "those of other days"),
    "traffic_low": ("low traffic", "In the fifth of the periods with least traffic", "those at medium traffic"),
    "traffic_high": ("high traffic", "In the fifth of the periods with most traffic", "those at medium traffic"),
    "neighbours": ("anomalous neighbour", "When a neighbouring cell is anomalous", "those when none is"),
    **{f"weekday_{i}": (day[:-1], f"On {day}", "those of other days") for i, day in enumerate(_DAYS)},
    **{
        f"hour_{h}": (f"{h:02d}:00", f"Between {h:02d}:00 and {(h + 1) % 24:02d}:00", "those of other hours")
        for h in range(24)
    },
}

_WORDED = {**_TERMS, "weekend_days": ("", "At the weekend ({days})", "those of other days")}

MESSAGES: dict[str, str] = {
    # odds ratios
    **{f"term_{term}": name for term, (name, _, _) in _TERMS.items()},
    **{
        f"association_{term}": (
            f"{when} the odds of an anomaly are {{ratio}} times {other} (95 % interval {{low}} to {{high}}, {{p}})."
        )
        for term, (_, when, other) in _WORDED.items()
    },
    **{
        f"association_{term}_unclear": (
            f"{when} the odds of an anomaly are {{ratio}} times {other}, which may be chance "
            "(95 % interval {low} to {high}, {p})."
        )
        for term, (_, when, other) in _WORDED.items()
    },
    "association_never": (
        "Not one anomalous point was seen there; the ratio is a penalised estimate (Firth), only its direction counts."
    ),
    "association_always": (
        "Every point there was anomalous; the ratio is a penalised estimate (Firth), only its direction counts."
    ),
    "association_rare": (
        "Only {events:anomalous point|anomalous points} for {variables:circumstance|circumstances} (10 for each are"
        " advised); the ratio is a "
        "penalised estimate (Firth)."
    ),
    "association_unfinished": "The regression did not settle; take the ratio as a hint only.",
    "association_entangled": (
        "This circumstance mostly occurs together with others (variance inflation {factor}); which of them it is "
        "cannot be told."
    ),
    "association_spells": (
        "Anomalous points come in spells, so the interval was widened {times} times against independent points."
    ),
    "association_circular": (
        "The level of {kpi} itself defines what is anomalous in it; this ratio says how the detector works, not why it "
        "happened."
    ),
    # cause classes
    "cause_outage": "Outage",
    "cause_sleeping_cell": "Sleeping cell",
    "cause_surge": "Surge of demand",
    "cause_crowd": "Crowd or event",
    "cause_takeover": "Traffic taken over",
    "cause_calendar": "Calendar",
    "cause_maintenance": "Maintenance",
    "cause_level_shift": "Change of level",
    "cause_new_cell": "New cell",
    "cause_decommissioned": "Decommissioned",
    "cause_data_fault": "Fault of the data",
    "cause_flood": "Flood of messages",
    "cause_area_failure": "Failure of an area",
    "cause_kind_failure": "Equipment fault",
    "cause_degradation": "Degraded quality",
    "cause_few_events": "Chance: few events",
    "cause_unknown": "Unknown",
    # evidence
    "evidence_nothing_fits": "No known pattern fits well.",
    "evidence_zero": "{kpis} fell to zero.",
    "evidence_zero_mostly": "{kpis} fell to zero for most of the time.",
    "evidence_silent": "Nothing at all was reported: a base station that is down reports nothing either.",
    "evidence_share_down": "{kpis}: {share} of what was expected.",
    "evidence_share_up": "{kpis}: {times} times what was expected.",
    "evidence_rose": "{kpi} was {times} times what was expected.",
    "evidence_other_unit": "{kpis}: {times} what was expected, as if the unit were another from then on.",
    "evidence_clock_late": (
        "Moved {moved} back, all of that day is as usual in these cells: the clock of what wrote them may be late."
    ),
    "evidence_clock_early": (
        "Moved {moved} on, all of that day is as usual in these cells: the clock of what wrote them may be early."
    ),
    "times_of": "{factor} times",
    "part_of": "1/{factor} of",
    "evidence_worse": "{kpi} was {actual} where {expected} was expected.",
    "evidence_failures": "{kpi}: {times} times as many failures as usual.",
    "evidence_together": "{kpis} rose together.",
    "evidence_others_usual": "{kpis} stayed as usual.",
    "evidence_traffic_usual": "Traffic stayed as usual.",
    "evidence_others_move": "Everything else of the cell went on as usual.",
    "evidence_one_cell": "Only this cell.",
    "evidence_alone": (
        "Only this cell: none of its {neighbours} neighbours is anomalous, they carry {share} of what was expected."
    ),
    "evidence_alone_cells": (
        "Only these cells: none of their {neighbours} neighbours is anomalous, they carry {share} of what was expected."
    ),
    "evidence_alone_one": (
        "Only this cell: its only neighbour is not anomalous, it carries {share} of what was expected."
    ),
    "evidence_alone_cells_one": (
        "Only these cells: their only neighbour is not anomalous, it carries {share} of what was expected."
    ),
    "evidence_one_site": "{cells:cell|cells}, all of site {site}.",
    "evidence_several": "{cells:cell|cells} of {sites:site|sites} at the same time.",
    "evidence_several_cells": "{cells:cell|cells} at the same time.",
    "evidence_part_of_sites": "These are {cells} of the {all} cells of their sites.",
    "evidence_most_of_kind": "These are {cells} of the {all} cells of {traits}.",
    "evidence_shared": "Common to all of these cells: {traits}.",
    "evidence_neighbours_too": "{count} of {neighbours} neighbouring cells are anomalous at the same time.",
    "evidence_one_neighbour_too": (
        "1 of {neighbours:neighbouring cell|neighbouring cells} is anomalous at the same time."
    ),
    "evidence_neighbours_moved": (
        "Its {neighbours} neighbouring cells move the same way: {share} of what was expected."
    ),
    "evidence_neighbour_moved": "Its only neighbouring cell moves the same way: {share} of what was expected.",
    "evidence_alone_alike": (
        "Only this cell: none of the {neighbours} cells that usually take the same course is anomalous, they carry"
        " {share} of what was expected."
    ),
    "evidence_alone_one_alike": (
        "Only this cell: the only one that usually takes the same course is not anomalous, it carries {share} of what"
        " was expected."
    ),
    "evidence_alone_cells_alike": (
        "Only these cells: none of the {neighbours} cells that usually take the same course is anomalous, they carry"
        " {share} of what was expected."
    ),
    "evidence_alone_cells_one_alike": (
        "Only these cells: the only other that usually takes the same course is not anomalous, it carries {share} of"
        " what was expected."
    ),
    "evidence_neighbours_too_alike": (
        "{count} of {neighbours} cells that usually take the same course are anomalous at the same time."
    ),
    "evidence_one_neighbour_too_alike": (
        "1 of {neighbours:cell that usually takes|cells that usually take} the same course is anomalous at the same"
        " time."
    ),
    "evidence_neighbours_moved_alike": (
        "The {neighbours} cells that usually take the same course move the same way: {share} of what was expected."
    ),
    "evidence_neighbour_moved_alike": (
        "The only cell that usually takes the same course moves the same way: {share} of what was expected."
    ),
    "evidence_neighbours_more": "The neighbouring cells carry {share} of what is expected of them: they take over.",
    "evidence_takes_over": "It takes over traffic of {cells}, which fell to {share} of what was expected.",
    "evidence_taken_over": "{kpi}: {more} more than expected here, {lost} less there, at the same time.",
    "evidence_network": "The rest of the network carries {share} of what was expected.",
    "evidence_others_too": "{share} of all other cells are anomalous at the same time.",
    "evidence_sharp": "It began from one period to the next.",
    "evidence_lasted": "It lasted {duration}.",
    "evidence_steady": "The deviation stayed the same all along.",
    "evidence_to_end": "It goes on where the data end.",
    "evidence_after": (
        "On the days after it the same hours carry {share} of what they carried before it: the change stayed."
    ),
    "evidence_recovered": (
        "On the days after it the same hours carry {share} of what they carried before it: it went back."
    ),
    "evidence_first_values": "New cell: first values on {time}.",
    "evidence_first_values_before": (
        "New cell: first values on {time}, {duration} before. What is usual for it is hardly known yet."
    ),
    "evidence_renamed_from": "{cells}, at the same site, stopped about then: it may be that with a new name.",
    "evidence_gone": "Nothing from {time} to the end of the data, for {duration}, while other cells go on.",
    "evidence_renamed": "{cells}, at the same site, began about then: it may have been renamed to that.",
    "evidence_missing": "{share} of the measurements are missing.",
    "evidence_stuck": "{kpi} repeats the value {value} for {times:period|periods}.",
    "evidence_flat": "The value does not move.",
    "evidence_suspect": "{points:point is|points are} marked as suspect by the file.",
    "evidence_imputed": "{points:point was|points were} filled in, not measured.",
    "evidence_maintenance": "Maintenance was planned for these cells then.",
    "evidence_night": "It lies in the usual maintenance hours (00:00 to 06:00).",
    "evidence_day_off": "It was a day off, when little work is planned.",
    "evidence_few_events": "{kpi} is off by about {events} of {total} {base}: over so few a ratio moves by chance.",
    "evidence_few_expected": "Only about {expected} {kpi} were expected: so few may fail to come by chance.",
    "evidence_holiday": "Public holiday: {name}.",
    "evidence_eve": "It was the day before a public holiday.",
    "evidence_after_holiday": "It was the day after a public holiday.",
    "evidence_fills_holiday": "It lasted as long as the holiday.",
    "evidence_everywhere": "All of the data show it.",
    "evidence_nothing_beside": "There is no other cell to compare it with.",
    "names_more": "{names} and {more} more",
    "evidence_weekend": "It was the weekend.",
    "evidence_event": "In the calendar: {name}.",
    # similar events
    "similar_same_cell": "The same cell.",
    "similar_course": "The same course.",
    "similar_kpis": "The same KPIs: {kpis}.",
    "similar_size": "The same size.",
    "similar_length": "As long.",
    "similar_hour": "The same hour of the day, {hour}.",
    # what else moved
    "mover_together_up": "{cell}: {kpi} rose at the same time, {move} times its usual range.",
    "mover_together_down": "{cell}: {kpi} fell at the same time, {move} times its usual range.",
    "mover_after_up": "{cell}: {kpi} rose {lag} later, {move} times its usual range.",
    "mover_after_down": "{cell}: {kpi} fell {lag} later, {move} times its usual range.",
    "mover_before_up": "{cell}: {kpi} rose {lag} earlier, {move} times its usual range.",
    "mover_before_down": "{cell}: {kpi} fell {lag} earlier, {move} times its usual range.",
}

MESSAGES.update(
    {
        f"against_{code.removeprefix('evidence_')}": f"Against it: {wording}"
        for code, wording in tuple(MESSAGES.items())
        if code.startswith(("evidence_", "association_"))
    }
)
