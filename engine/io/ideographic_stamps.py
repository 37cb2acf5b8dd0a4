"""Time stamps whose parts are named by Chinese, Japanese or Korean characters, as spreadsheets there write them:
year, month and day behind each number, the halves of the day in front of the clock.
"""

from __future__ import annotations

import re

_YEAR, _MONTH, _DAY = "[年년]", "[月월]", "[日号號일]"
_HOUR, _MINUTE, _SECOND = "[时時시点點]", "[分분]", "[秒초]"
_MORNING, _AFTERNOON = "(?:上午|午前|오전)", "(?:下午|午後|오후)"

STAMP = re.compile(
    rf"\d{{4}} ?(?:{_YEAR}|[-/.]) ?\d{{1,2}} ?(?:{_MONTH}|[-/.]) ?\d{{1,2}} ?{_DAY}?"
    rf"(?: *(?:{_MORNING}|{_AFTERNOON})? *\d{{1,2}} ?(?:[:：]|{_HOUR})"
    rf" ?(?:\d{{1,2}} ?(?:[:：]|{_MINUTE})? ?(?:\d{{1,2}} ?{_SECOND}?)?)?)?"
)

_STEPS = (
    ("：", ":"),
    (rf" *(?:{_YEAR}|{_MONTH}|[/.]) *", "-"),
    (rf" *{_DAY} *", " "),
    (rf" *(?:{_HOUR}|{_MINUTE}) *", ":"),
    (rf" *{_SECOND} *", ""),
    (":+ *$", ""),
    (r"^(\S+ +)(\d+)$", r"\1\2:00"),
    (rf"^(\S+) *{_MORNING} *(\d+)$", r"\1 \2:00 AM"),
    (rf"^(\S+) *{_AFTERNOON} *(\d+)$", r"\1 \2:00 PM"),
    (rf"^(\S+) *{_MORNING} *(.*)$", r"\1 \2 AM"),
    (rf"^(\S+) *{_AFTERNOON} *(.*)$", r"\1 \2 PM"),
)


def plain_sql(text: str) -> str:
    """SQL of the same stamp as "YYYY-MM-DD hh:mm[:ss][ AM]", days and months without leading zeros as they are."""
    written = f"trim({text})"
    for pattern, replacement in _STEPS:
        written = f"regexp_replace({written}, '{pattern}', '{replacement}', 'g')"
    return f"trim({written})"
