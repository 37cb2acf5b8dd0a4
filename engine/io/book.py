"""Which kind of workbook a file is, and its sheets."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from engine.books import html, json_records, ods, spreadsheetml, xls, xlsx
from engine.books.sheet import BookError, LockedError, Sheet
from engine.errors import InputError, Reason
from engine.io.peek import OLD_EXCEL, Peek, open_binary, unreadable

MAX_UNPACKED = 4 << 30

XLSX, ODS, XLS, XML, HTML, JSON = "xlsx", "ods", "xls", "xml", "html", "json"

_CONTAINERS = {XLSX: xlsx.opened, ODS: ods.opened, XLS: xls.opened}
_TEXTS = {XML: spreadsheetml.begins, HTML: html.begins, JSON: json_records.begins}


def kind(seen: Peek) -> str:
    """Which kind of workbook it is, "" for none. Raises InputError where one would unpack to more than any is."""
    if seen.wrapping == "zip":
        sizes = {XLSX: xlsx.unpacked_bytes(seen.path), ODS: ods.unpacked_bytes(seen.path)}
        if max(size or 0 for size in sizes.values()) > MAX_UNPACKED:
            raise InputError(Reason("archive_too_large", {"file": seen.path.name, "limit": MAX_UNPACKED >> 30}))
        return next((how for how, size in sizes.items() if size is not None), "")
    if seen.wrapping == OLD_EXCEL:
        return XLS
    if not seen.is_text:
        return ""
    return next((how for how, begins in _TEXTS.items() if begins(seen.lines)), "")


@contextmanager
def opened(seen: Peek, *, glance: bool = False) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, in order. Raises InputError where it cannot be read, also later from the rows.

    glance: no more than the first rows will be asked for, so that what is far behind need not be known.
    """
    try:
        with ExitStack() as stack:
            yield _sheets(seen, stack, glance=glance)
    except LockedError:
        raise InputError(Reason("workbook_locked", {"file": seen.path.name})) from None
    except BookError as error:
        damaged = "json_damaged" if seen.is_text and kind(seen) == JSON else "workbook_damaged"
        raise InputError(Reason(damaged, {"file": seen.path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None


def _sheets(seen: Peek, stack: ExitStack, *, glance: bool) -> Iterator[Sheet]:
    how = kind(seen)
    if not how:  # whoever asks has seen one here a moment ago
        raise InputError(Reason("file_changed", {"file": seen.path.name}))
    try:
        if how in _CONTAINERS:
            return stack.enter_context(_CONTAINERS[how](seen.path))
        raw = stack.enter_context(open_binary(seen.path, seen.wrapping))
    except OSError as error:
        raise unreadable(seen.path, error) from None
    if how == XML:
        return stack.enter_context(spreadsheetml.opened(raw))
    encoding = "utf-8-sig" if seen.encoding == "utf-8" else seen.encoding  # a mark at the begin is no part of the text
    text = stack.enter_context(io.TextIOWrapper(raw, encoding, "replace"))
    return stack.enter_context(html.opened(text) if how == HTML else json_records.opened(text, glance=glance))
