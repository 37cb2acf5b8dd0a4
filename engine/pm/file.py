"""The dialects of performance files, and how each is read. Entities are refused, no DTD is fetched."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, cast

from engine.errors import InputError, Reason
from engine.files.xml_events import xml_events
from engine.pm import mdc, measdata, omes, ves
from engine.pm.measured import Events, Measured, local

MAX_BYTES = 2 << 30
"""No element manager writes larger files; one that unpacks to more is a bomb."""


class Limited:
    """A stream that ends in an InputError when it unpacks to more than any real file."""

    def __init__(self, raw: IO[bytes], name: str) -> None:
        self._raw, self._name, self.done = raw, name, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._raw.read(size if size >= 0 else MAX_BYTES + 1)
        self.done += len(chunk)
        if self.done > MAX_BYTES:
            raise InputError(Reason("archive_too_large", {"file": self._name, "limit": MAX_BYTES >> 30}))
        return chunk


@dataclass(frozen=True)
class Dialect:
    """A way of writing performance files. label: its name; mapping: role -> where it stands in the file."""

    label: str
    mapping: Mapping[str, str]
    objects: Callable[[Limited, str], Iterator[Measured]]


_Elements = Callable[[Events, str], Iterator[Measured]]


def _xml(dialects: Mapping[str, _Elements], stream: Limited, name: str) -> Iterator[Measured]:
    """All measured objects of an XML file, by the dialect of its root element."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        events = xml_events(cast("IO[bytes]", stream))
    except (LookupError, UnicodeError) as error:
        raise _unread(name, error) from None
    try:
        first = next(events)
        objects = dialects.get(local(first[1]))
        if objects is None:
            raise InputError(Reason("pm_no_data", {"file": name, "element": "measData"}))
        yield from objects(itertools.chain([first], events), name)
    except DefusedXmlException:
        raise InputError(Reason("pm_entities", {"file": name})) from None
    except ParseError as error:
        line, column = error.position
        raise InputError(Reason("pm_broken", {"file": name, "line": line, "column": column + 1})) from None
    except UnicodeError as error:
        raise _unread(name, error) from None


def _unread(name: str, error: Exception) -> InputError:
    """An encoding that nobody knows, or that the file is not in."""
    return InputError(Reason("file_not_read", {"file": name, "detail": str(error)}))


_ROOTS: Mapping[str, _Elements] = {
    "measCollecFile": measdata.objects,
    "measDataFile": measdata.objects,
    "mdc": mdc.objects,
    "OMeS": omes.objects,
}
_read_xml = partial(_xml, _ROOTS)

BY_ROOT = {
    "measCollecFile": Dialect("3GPP TS 32.435", measdata.MAPPING, _read_xml),
    "measDataFile": Dialect("3GPP TS 28.532", measdata.MAPPING, _read_xml),
    "mdc": Dialect("3GPP TS 32.401", mdc.MAPPING, _read_xml),
    "OMeS": Dialect("Nokia OMeS", omes.MAPPING, _read_xml),
}
"""The dialects of XML by the root element."""

EVENTS = Dialect("VES perf3gpp", ves.MAPPING, lambda stream, name: ves.objects(cast("IO[bytes]", stream), name))
"""That of events in JSON."""

_ROOT = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(BY_ROOT)})[\s/>]")


def dialect(lines: Sequence[str]) -> Dialect | None:
    """The dialect of a file that begins so; None if it is no performance file."""
    if ves.begins(lines):
        return EVENTS
    found = _ROOT.search("\n".join(lines))
    return BY_ROOT[found[1]] if found is not None else None
