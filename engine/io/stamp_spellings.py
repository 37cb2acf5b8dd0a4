"""Stamps with words around them, rewritten to the plain ones that `stamps` knows: weekdays, months of many languages,
spans of time, clocks with letters, zones by their abbreviations.

A rule is a regular expression that Python and RE2 read alike, and what takes the place of its first match.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.writing.statement import literal

_Rule = tuple[str, str]

_MONTHS = {
    "Jan": "jan|jän|ene|gen|янв|sty|oca|ιαν",
    "Feb": "feb|fév|fev|фев|lut|şub|sub|φεβ",
    "Mar": "mar|mär|mrz|mrt|maa|мар|μαρ",
    "Apr": "apr|avr|abr|апр|kwi|nis|απρ",
    "May": "may|mai|mag|mei|май|мая|maj|μαϊ|μαι",
    "Jun": "jun|juin|giu|июн|cze|haz|ιουν",
    "Jul": "jul|juil|lug|июл|lip|tem|ιουλ",
    "Aug": "aug|août|aoû|aou|ago|авг|sie|ağu|agu|αυγ",
    "Sep": "sep|set|сен|wrz|eyl|σεπ",
    "Oct": "oct|okt|out|ott|окт|paź|paz|eki|οκτ",
    "Nov": "nov|ноя|lis|kas|νοε",
    "Dec": "dec|déc|dez|dic|дек|gru|ara|δεκ",
}
"""How months begin in the languages of Europe; what follows of the word is of no account."""

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_WEEKDAYS = (
    "mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|mié|mie|jue|jeu|ven|vie|sam|sáb|sab|dom|dim|mo|di|mi|do|fr|sa|so"
    "|пн|вт|ср|чт|пт|сб|вс|pon|wto|śro|czw|pią|sob|nie|pzt|sal|çar|per|cum|cmt|paz"
)
_DATED = r"(?:\d{1,4}[-/.]\d|\d{1,2}\.?(?: de)? ?[^\d\s,:]{3,}|[^\d\s,]{3,} +\d{1,2}[\s,])"
"""What follows a weekday: "mar" may be one, or a month."""

_ZONES = (
    "DST|ST|CET|CEST|EET|EEST|WET|WEST|BST|IST|MSK|TRT|AST|ADT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|AKST|HST|JST|KST|HKT|SGT"
    "|WIB|WITA|WIT|PKT|NPT|ICT|PHT|AEST|AEDT|ACST|AWST|NZST|NZDT|SAST|EAT|CAT|WAT|ART|BRT|BRST|CLT|CLST|COT|PET|VET|GST"
    "|IRST|IRDT|AFT|UZT"
)

_ENGLISH: tuple[_Rule, ...] = tuple(
    (rf"(?i)(^|[\s\d./-])(?:{begin})[^\d\s,:/-]*", rf"\1{month}") for month, begin in _MONTHS.items()
)

_GROUPS: tuple[tuple[_Rule, ...], ...] = (
    # what is not of the stamp: the weekday, a mark before the clock, the end of a span
    ((r"[\s,]*\([^)\d]{2,}\)", ""),),
    ((rf"(?i)^(?:{_WEEKDAYS})[^\d\s,]*[\s,]+({_DATED}.*)$", r"\1"),),
    ((r"\s+@\s+", " "),),
    ((rf"^(.*{_CLOCK}(?: ?[AaPp][Mm])?)\s+(?:-|–|—|to|bis|au|a)\s+\d.*$", r"\1"),),
    ((rf"^(.*{_CLOCK})\s*[~～至]\s*\d.*$", r"\1"),),
    ((r"^(\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2})-\d{1,2}:\d{2}$", r"\1"),),
    # the clock
    ((r"(?i)\s*a\.\s?m\.?$", " AM"),),
    ((r"(?i)\s*p\.\s?m\.?$", " PM"),),
    ((r"(?i)(\s\d{1,2})h$", r"\1:00"),),
    ((r"(?i)(\s\d{1,2})h(\d{2})$", r"\1:\2"),),
    ((r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{4}),\s*", r"\1 "),),
    # the zone: an abbreviation names no zone for certain, so the clock is one of the wall
    ((rf"^(.*{_CLOCK})\s*(?:GMT|UTC)\s*([+-]\d{{2}}(?::?\d{{2}})?)$", r"\1\2"),),
    ((rf"^(.*{_CLOCK})\s*(?:GMT|UTC)\s*([+-])(\d)$", r"\1\g<2>0\3"),),
    ((rf"^(.*{_CLOCK})\s+(?:{_ZONES})$", r"\1"),),
    # names of months: English ones in short, wherever they stand, then day, month and year in that order
    _ENGLISH,
    ((r"(?i)\s+de\s+", " "), (r"(?i)\s+de\s+", " ")),
    ((r"^(\d{1,2})\.\s*([A-Z][a-z]{2})", r"\1 \2"),),
    ((r"^([A-Z][a-z]{2})\s+(\d{1,2}),?\s+(\d{4}),?", r"\2-\1-\3"),),
    ((rf"^([A-Z][a-z]{{2}})\s+(\d{{1,2}})\s+({_CLOCK})\s+(\d{{4}})$", r"\2-\1-\4 \3"),),
    ((r"^(\d{1,2})([A-Z][a-z]{2})(\d{4}):?", r"\1-\2-\3 "),),
    ((r"^(\d{1,2})[\s-]([A-Z][a-z]{2})[\s-](\d{4}),?\s*(?:a las|à|um|alle)?\s*", r"\1-\2-\3 "),),
    ((r"(:\d{2})[.,]\d+$", r"\1"),),
)


class Spelling:
    """The rules that make the stamps of a column plain; none where they are plain already."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._rules: list[_Rule] = []
        self.plain = list(fields)
        for group in _GROUPS:
            changed = [_applied(field, group) for field in self.plain]
            if changed != self.plain:
                self._rules += group
                self.plain = changed

    def __bool__(self) -> bool:
        return bool(self._rules)

    def sql(self, text: str) -> str:
        """SQL of the plain stamp."""
        return _sql(text, self._rules)


def with_english_months(text: str) -> str:
    """SQL of a stamp with the name of its month in English, in short."""
    return _sql(text, _ENGLISH)


def _sql(text: str, rules: Sequence[_Rule]) -> str:
    for pattern, replacement in rules:
        plain = re.sub(r"\\g<(\d)>", r"\\\1", replacement)
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(plain)})"
    return f"trim({text})"


def _applied(field: str, rules: Sequence[_Rule]) -> str:
    for pattern, replacement in rules:
        field = re.sub(pattern, replacement, field, count=1)
    return field.strip()
