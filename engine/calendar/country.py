"""The holidays and weekend days of a country (package `holidays`, offline)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import InputError, Reason

_NO_COUNTRY = (5, 6)


@dataclass(frozen=True)
class Days:
    """What kind of day each of some local dates is, in their order. holiday: its name in English, "" = none."""

    weekend: tuple[bool, ...]
    holiday: tuple[str, ...]
    eve: tuple[bool, ...]


def days_of(country: str, dates: Sequence[date], weekend: Collection[int] | None = None) -> Days:
    """The days of a country by its own calendar, the weekend as it was in force on that date.

    country: ISO 3166 code of two or three letters, with a subdivision if wanted ("IT", "IT-MI", "DE-BY"); "" = no
    holidays, weekend on Saturday and Sunday. weekend: which days it is instead, 0 = Monday. An eve is the day before a
    holiday that is no holiday itself.
    Raises InputError for an unknown country or subdivision, naming close matches.
    """
    if not country:
        off = _NO_COUNTRY if weekend is None else weekend
        return Days(tuple(d.weekday() in off for d in dates), ("",) * len(dates), (False,) * len(dates))
    years = sorted({d.year for d in dates} | {(d + timedelta(days=1)).year for d in dates})
    calendar = _calendar(country, years)
    names = tuple(calendar.get(d, "") or "" for d in dates)
    return Days(
        tuple(bool(calendar.is_weekend(d)) if weekend is None else d.weekday() in weekend for d in dates),
        names,
        tuple(not name and (d + timedelta(days=1)) in calendar for d, name in zip(dates, names, strict=True)),
    )


def _calendar(country: str, years: Sequence[int]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - class of the package
    import holidays

    code, _, part = country.strip().upper().replace("_", "-").partition("-")
    known = holidays.list_supported_countries()
    if code not in known:
        close = _close_countries(country)
        reason = "country_unknown" if close else "country_unknown_no_match"
        raise InputError(Reason(reason, {"country": country, "close": ", ".join(close)}))
    if part and part not in known[code]:
        from difflib import get_close_matches

        close = get_close_matches(part, known[code], n=6, cutoff=0.3) or sorted(known[code])[:8]
        reason = "country_part_unknown" if known[code] else "country_has_no_parts"
        raise InputError(Reason(reason, {"country": code, "part": part, "close": ", ".join(close)}))
    return holidays.country_holidays(code, subdiv=part or None, years=years, language="en_US")


def _close_countries(wanted: str) -> list[str]:
    """Codes with names of countries that `wanted` may mean: "IR (Iran)"."""
    from difflib import get_close_matches

    from holidays.registry import COUNTRIES

    named = {module.replace("_", " "): codes[1] for module, codes in COUNTRIES.items()}
    by_key = {**{code.lower(): name for name, code in named.items()}, **{name: name for name in named}}
    text = wanted.strip().lower()
    found = get_close_matches(text, by_key, n=4, cutoff=0.6)
    found += [name for name in named if len(text) >= 3 and (text in name or name in text)]
    return [f"{named[name]} ({name.title()})" for name in dict.fromkeys(by_key[key] for key in found)][:4]
