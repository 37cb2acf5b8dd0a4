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
    "ics_too_many": "{file}, line {line}: more than {most:event|events}; that is no calendar of days.",
    # one series: history and rhythm
    "history_length": "{points:measured point|measured points} over {days:day|days}.",
    "history_none": "No measured point in {days:day|days}.",
    "history_missing": "{share} of the points are missing.",
    "season_day": "It repeats every day ({periods:period|periods}).",
    "season_week": "It repeats every week ({periods:period|periods}).",
    "season_other": "It repeats every {hours:hour|hours} ({periods:period|periods}).",
    "season_weekdays": "Weekdays differ as well: the expected course tells them apart.",
    "season_none": "No rhythm was found.",
    "boxcox_log": "Box-Cox lambda is {lambda_}: logarithms make it most even.",
    "boxcox_root": "Box-Cox lambda is {lambda_}: square roots make it most even, as for counts.",
    "boxcox_none": "Box-Cox lambda is {lambda_}: it is best left as it is.",
    "boxcox_power": "Box-Cox lambda is {lambda_}.",
    "detector_applies": "{detector} judges this series.",
    "detector_silent": "{detector} has no opinion. {why}",
    # one series: tests
    "levene_unequal": "The spread changes over time (Levene F = {statistic}, {p}).",
    "levene_equal": "The spread is the same all along (Levene F = {statistic}, {p}).",
    "levene_unknown": "Whether the spread changes cannot be tested: too few points, or no variation.",
    "anova_unequal": "The level changes over time (ANOVA F = {statistic}, {p}).",
    "anova_equal": "The level is the same all along (ANOVA F = {statistic}, {p}).",
    "anova_unknown": "Whether the level changes cannot be tested: too few points, or no variation.",
    "boxcox_unequal": (
        "A Box-Cox transformation (lambda {lambda_}) does not even out the spread (Levene F = {statistic}, {p})."
    ),
    "boxcox_equal": "A Box-Cox transformation (lambda {lambda_}) evens out the spread (Levene F = {statistic}, {p}).",
    "boxcox_unknown": "A Box-Cox transformation is not defined here: negative values, or too few different ones.",
    "arch_found": "Restless and calm hours come in clusters (Engle's LM = {statistic}, {p}).",
    "arch_none": "Restless and calm hours do not come in clusters (Engle's LM = {statistic}, {p}).",
    "arch_unknown": "Whether restless hours come in clusters cannot be tested: too few points, or no variation.",
    "adf_steady": "It returns to its level (ADF t = {statistic}, {p}: no unit root).",
    "adf_wanders": "It may wander off its level (ADF t = {statistic}, {p}: a unit root is not ruled out).",
    "adf_unknown": "Whether it wanders cannot be tested by ADF: too few points, or no variation.",
    "kpss_steady": "Its level is steady (KPSS {statistic}, p at least 0.05).",
    "kpss_wanders": "Its level is not steady (KPSS {statistic}, p below 0.05).",
    "kpss_unknown": "Whether its level is steady cannot be tested by KPSS: too few points, or no variation.",
    # one series: what the tests mean for a method, once per method
    "garch_clusters": "GARCH is suitable: its band widens in restless hours, and those come in clusters.",
    "garch_spread": (
        "GARCH is suitable: it models a changing variance, and this one changes even after a Box-Cox transformation."
    ),
    "garch_after_boxcox": "GARCH is not needed: a Box-Cox transformation evens out the spread.",
    "garch_constant": "GARCH is not needed: there is no changing variance to model.",
    "garch_unknown": "Whether GARCH is needed cannot be said: too few points, or no variation.",
    "arima_unsuitable": (
        "AR, MA, ARMA and ARIMA are not suitable: they assume a constant variance, and it changes even after a Box-Cox "
        "transformation."
    ),
    "arima_after_boxcox": (
        "AR, MA, ARMA and ARIMA are suitable only after a Box-Cox transformation: they assume a constant variance."
    ),
    "arima_differenced": "ARIMA is suitable; AR, MA and ARMA are not, for the level changes over time.",
    "arima_suitable": "AR, MA, ARMA and ARIMA are not ruled out: level and spread are the same all along.",
    "arima_unknown": "Whether AR, MA, ARMA or ARIMA are suitable cannot be said: too few points, or no variation.",
    "arima_too_short": (
        "{points:measured point is|measured points are} too few, or do not vary; {needed} are needed to fit AR, MA,"
        " ARMA and ARIMA."
    ),
    "arima_failed": "{model} could not be fitted: {error}",
    "arima_model_fits": (
        "{model} is suitable: what it leaves is noise (Ljung-Box {box}) of constant variance (Engle's LM {arch})."
    ),
    "arima_model_volatile": (
        "{model} is not suitable alone: it follows the level (Ljung-Box {box}), but the variance of what it leaves "
        "changes (Engle's LM {arch})."
    ),
    "arima_model_structure": "{model} is not suitable: it leaves structure behind (Ljung-Box {box}).",
    "arima_model_both": (
        "{model} is not suitable: it leaves structure behind (Ljung-Box {box}), and the variance of what it leaves "
        "changes (Engle's LM {arch})."
    ),
}
