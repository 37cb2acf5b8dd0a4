"""The calendar, statistical tests and what they mean for the detectors."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # stamps
    "stamp": "{weekday} {day} {month} {time}",
    **{f"weekday_short_{i}": name for i, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))},
    **{
        f"weekday_{i}": name
        for i, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    },
    **{
        f"month_short_{i}": name
        for i, name in enumerate(
            ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
        )
    },
    # zones and countries
    "zone_unknown": "There is no time zone called {zone}. Did you mean {close}?",
    "zone_unknown_no_match": "There is no time zone called {zone}. Give an IANA name such as Europe/Rome.",
    "time_out_of_range": "Times from {first} to {last} cannot be put on a calendar (years 5 to 9996).",
    "country_unknown": "There is no holiday calendar for {country}. Did you mean {close}?",
    "country_unknown_no_match": (
        "There is no holiday calendar for {country}. Give the country's two-letter ISO code, such as IT or IR; "
        "leave it empty for none."
    ),
    "country_part_unknown": "The holiday calendar of {country} has no part {part}. Known are for instance {close}.",
    "country_has_no_parts": "The holiday calendar of {country} has no part {part}; give {country} alone.",
    # calendar files
    "calendar_unreadable": "{file} cannot be read: {why}.",
    "calendar_too_large": "{file} is larger than {limit_mb} MB; that is no calendar of events.",
    "calendar_not_utf8": "{file} is not UTF-8 text (byte {position}). Save it as UTF-8 and try again.",
    "calendar_empty": "{file} holds no event.",
    "calendar_columns": (
        "{file} lacks the column {missing}; it has {found}. A calendar needs start,end,name[,kind][,cells]."
    ),
    "calendar_csv": "{file}, line {line}: not readable as CSV ({why}).",
    "calendar_stamp": (
        "{file}, line {line}: {value} is not a date or time. Write the year first: 2024-03-20 or 2024-03-20 18:30."
    ),
    "calendar_no_end": "{file}, line {line}: the event that starts {start} has no end.",
    "calendar_backwards": "{file}, line {line}: the event ends ({end}) before it starts ({start}).",
    "calendar_mixed_zones": (
        "{file}, line {line}: {start} and {end}: give both with an offset from UTC or both without."
    ),
    "calendar_kind": "{file}, line {line}: {kind} is not one of: {choices}.",
    "ics_line": "{file}, line {line}: not a line of an iCalendar file: {value}",
    "ics_truncated": "{file} ends inside {open}; the file is not complete.",
    "ics_stamp": "{file}, line {line}: {value} is not a date, time or duration of iCalendar.",
    "ics_zone": "{file}, line {line}: the time zone {zone} is neither known nor described in the file.",
    "ics_no_start": "{file}, line {line}: an event without DTSTART.",
    "ics_backwards": "{file}, line {line}: the event {name} ends before it starts.",
    "ics_rule": "{file}, line {line}: the recurrence rule {value} cannot be understood.",
    "ics_too_many": "{file}, line {line}: more than {most} events; that is no calendar of days.",
}
