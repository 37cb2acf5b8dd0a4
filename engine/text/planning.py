"""The weekend, and the calendar in the window: events, holidays and maintenance windows, one by one and as a list."""

from __future__ import annotations

_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

MESSAGES: dict[str, str] = {
    # The weekend
    **{f"weekday_{day}": name for day, name in _DAYS.items()},
    "weekend_country": "as in the country",
    "weekend_fri": "Friday",
    "weekend_thu_fri": "Thursday and Friday",
    "weekend_fri_sat": "Friday and Saturday",
    "weekend_sat_sun": "Saturday and Sunday",
    "weekend_sun": "Sunday",
    "weekend_none": "no weekend",
    "weekend_other": "other days\u2026",
    "weekend_unreadable": (
        "{value} are no days of the week. Write them as fri or thu,fri, or none for a week without a weekend."
    ),
    "weekend_whole_week": "All seven days cannot be the weekend: leave out the working days.",
    "weekend_days_and": "{days} and {last}",
    # The calendar
    "action_planned": "Main&tenance window\u2026",
    "action_planned_tip": "Say that work was or will be done: what lies in it is shown, never alarmed and never learned"
    " from. Shift and a drag in the timeline mark the time before",
    "action_calendar": "Calen&dar\u2026",
    "action_calendar_tip": "Events, holidays and maintenance windows: as a list, from a file and into one",
    "doing_calendar": "Judging by the new calendar",
    "calendar_undo_add": "event of the calendar",
    "calendar_undo_change": "change of an event",
    "calendar_undo_remove": "remove event",
    "calendar_undo_read": "events of {name}",
    "calendar_title": "Calendar",
    "calendar_none": "There is nothing in the calendar beside the holidays of the country. Take events and maintenance"
    " windows from a file (CSV or iCalendar), or add them one by one.",
    "calendar_filter_in": "Calendars (*.csv *.ics);;All files (*)",
    "calendar_filter_out": "Calendars (*.csv)",
    "calendar_column_kind": "Kind",
    "calendar_column_start": "From",
    "calendar_column_stop": "To",
    "calendar_column_name": "What",
    "calendar_column_where": "Where",
    "calendar_everywhere": "whole network",
    "calendar_foreign": "Not in these data: {cells}.",
    "calendar_foreign_more": "Not in these data: {cells} and {more:cell|cells} more.",
    "calendar_kind_maintenance": "maintenance",
    "calendar_kind_event": "event",
    "calendar_kind_holiday": "holiday",
    "calendar_kind_working": "working day",
    "event_title": "Event of the calendar",
    "event_label_kind": "Kind",
    "event_label_name": "What",
    "event_label_start": "From",
    "event_label_stop": "To",
    "event_label_where": "Where",
    "event_name_hint": "ticket, work order, match, concert",
    "event_about_maintenance": "Shown, never alarmed and never learned from. Holds for the past at once.",
    "event_about_event": "Named where incidents fall into it.",
    "event_about_holiday": "Compared with other holidays. Everything is learned anew.",
    "event_about_working": "No weekend and no holiday. Everything is learned anew.",
    "event_clock": "Times are those of {zone}.",
    "event_backwards": "It has to end after it begins.",
    "event_these_cells": "these {cells} cells",
    "event_site": "all cells of {site}",
    "event_incident": "the {cells} cells of the incident",
    "event_confirm": "Take over",
}
