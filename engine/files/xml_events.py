"""XML files as a stream of elements: nothing that a file asks for is fetched or expanded, whatever its encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_HEAD_BYTES = 1024

_WIDER: Mapping[str, str] = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
}
"""What files are written in that name an encoding: programs take Windows' larger one for it (WHATWG Encoding)."""


def xml_events(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """("start" or "end", element) of an XML file, read as they are asked for.

    Entities are refused, and a DTD that is named is not fetched. Raises LookupError or UnicodeError where the
    file names an encoding that none is; later ParseError and DefusedXmlException of defusedxml, and UnicodeError.
    """
    from xml.etree.ElementTree import TreeBuilder

    from defusedxml.ElementTree import XMLParser, iterparse

    head = file.read(_HEAD_BYTES)
    whole = cast("IO[bytes]", _Again(head, file))
    read_as = _encoding(head)
    if read_as not in ("", "utf-8"):
        whole = cast("IO[bytes]", codecs.EncodedFile(whole, "utf-8", read_as))
    parser = XMLParser(
        target=TreeBuilder(), encoding="utf-8" if read_as else None, forbid_entities=True, forbid_external=True
    )
    events: Iterator[tuple[str, Any]] = iterparse(whole, ("start", "end"), parser)
    return events


def _encoding(head: bytes) -> str:
    """In what the file is to be read; "" where the parser knows, which it does of all that have a byte a letter."""
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if found is None:
        return ""
    named = codecs.lookup(found[1].decode("ascii")).name
    if named.startswith(("utf-16", "utf-32")) or head.startswith(codecs.BOM_UTF8):
        return "utf-8"  # whatever it says: the declaration could not be read if it were so
    if named == "utf-8" or len(bytes(range(256)).decode(named, "replace")) == 256:
        return ""
    return _WIDER.get(named, named)


class _Again:
    """A file whose begin was read already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        head, self._head = self._head, b""
        return head or self._rest.read(size)
