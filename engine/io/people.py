"""Which columns of a table hold numbers of people, and the table with these in disguise.

They are known by the names of columns, in call records also by what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from engine.errors import InputError
from engine.files.header_words import is_of_people
from engine.io import asterisk, call_columns, dialect, digits
from engine.io.base import LoadOptions
from engine.io.dialect import Sample
from engine.io.disguise import NUMBERS, Disguise, lines_of, rewritten
from engine.io.stamps import is_time

_PLAIN_ROLES = ("start", "date", "duration", "cell", "callee_cell", "lac")
_RECORDS_SHARE = 0.6


def columns(sample: Sample, file: str, options: LoadOptions) -> frozenset[int]:
    """The columns that hold numbers of people."""
    places = range(len(sample.dialect.names))
    if sample.rows and sum(map(asterisk.is_record, sample.rows)) >= _RECORDS_SHARE * len(sample.rows):
        return frozenset(places) - asterisk.WITHOUT_NUMBERS
    found = {k for k in places if is_of_people(sample.dialect.names[k])}
    with suppress(InputError):  # loading says which column is missing
        roles = call_columns.roles(sample, file, options) or {}
        plain = {k for role, k in roles.items() if role in _PLAIN_ROLES}
        found |= {k for role, k in roles.items() if role in ("caller", "callee")}
        found |= {k for k in places if roles and k not in plain and are_numbers(sample.column(k))}
    return frozenset(found)


def are_numbers(texts: Sequence[str]) -> bool:
    """Whether most texts hold what may be numbers of people: seven digits or more that are no time."""
    filled = [text for text in texts if text]
    return 2 * sum(bool(NUMBERS.search(text)) for text in filled) > len(filled) and not is_time(filled)


def hidden_in(text: str, file: str, options: LoadOptions, disguise: Disguise) -> str:
    """The text of a table with the numbers of people in it in disguise; any other text as it is."""
    lines = [*lines_of([text])]
    found = dialect.sample([line.rstrip("\r\n").translate(digits.PLAIN) for line in lines])
    hidden = columns(found, file, options) if found is not None else ()
    return "".join(rewritten(lines, found.dialect, hidden, disguise.of)) if found is not None and hidden else text
