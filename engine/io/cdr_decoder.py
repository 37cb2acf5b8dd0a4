"""BER (ITU-T X.690) of call detail records: the elements of a record, and the fields that the schema knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine.io.cdr_schema import MODULE, RECORD, SCHEMA

MAX_DEPTH = 12
"""Deeper nesting is no call detail record."""

_CONTEXT, _CONSTRUCTED = 0x80, 0x20


class BrokenBerError(ValueError):
    """Octets that are no BER, or not of the schema."""


@dataclass(frozen=True)
class _Known:
    """What the schema knows below an element. element: what a list consists of. leaf: nothing below."""

    members: Mapping[int, _Known] = field(default_factory=dict)
    element: _Known | None = None
    leaf: bool = False


@dataclass(frozen=True)
class Element:
    """One tag-length-value. klass: 0x00 universal, 0x80 context. start..stop: its value; end: where the next begins."""

    klass: int
    number: int
    constructed: bool
    first: int
    start: int
    stop: int
    end: int


def element(octets: bytes, at: int, stop: int, depth: int = 0) -> Element:
    """The element that begins at `at`. Raises BrokenBerError where it does not end before `stop`."""
    first = at
    if at >= stop:
        raise BrokenBerError("no element")
    lead = octets[at]
    number, at = lead & 0x1F, at + 1
    if number == 0x1F:
        number = 0
        while True:
            if at >= stop or number > 0xFFFF:
                raise BrokenBerError("tag")
            number, more, at = number << 7 | octets[at] & 0x7F, octets[at] & 0x80, at + 1
            if not more:
                break
    if at >= stop:
        raise BrokenBerError("no length")
    length, at = octets[at], at + 1
    constructed = bool(lead & _CONSTRUCTED)
    if length == 0x80:
        if not constructed or depth > MAX_DEPTH:
            raise BrokenBerError("indefinite length")
        inner = at
        while octets[inner : inner + 2] != b"\0\0":
            inner = element(octets, inner, stop, depth + 1).end
        if inner + 2 > stop:
            raise BrokenBerError("length")
        return Element(lead & 0xC0, number, constructed, first, at, inner, inner + 2)
    if length > 0x80:
        size = length & 0x7F
        if size > 4 or at + size > stop:
            raise BrokenBerError("length")
        length, at = int.from_bytes(octets[at : at + size], "big"), at + size
    if at + length > stop:
        raise BrokenBerError("length")
    return Element(lead & 0xC0, number, constructed, first, at, at + length, at + length)


def record_type(octets: bytes) -> int:
    """The tag of a record, which says its type. Raises BrokenBerError: no record."""
    found = element(octets, 0, len(octets))
    if found.klass != _CONTEXT or not found.constructed:
        raise BrokenBerError("no record")
    return found.number


@cache
def record_types() -> Mapping[int, str]:
    """Tag -> name of the record types that are read."""
    return {int(m["tag"]["number"]): str(m["name"]) for m in _types()[RECORD]["members"]}


def decode(octets: bytes) -> tuple[str, dict[str, Any]]:
    """(name of the record type, its fields by name) of one record of a known type.

    Fields that the schema does not know are left out before decoding, wherever they stand: the decoder would stop at
    the first of them. Raises BrokenBerError.
    """
    import asn1tools

    pruned = b"".join(_pruned(octets, 0, len(octets), _known(), 0))
    try:
        name, fields = _compiled().decode(RECORD, pruned)
    except (asn1tools.DecodeError, ValueError, IndexError) as error:
        raise BrokenBerError(str(error)) from None
    return str(name), dict(fields)


def encode(name: str, fields: Mapping[str, Any]) -> bytes:
    """The BER of a record: the inverse of `decode`. Raises ValueError for fields that do not fit."""
    import asn1tools

    try:
        return bytes(_compiled().encode(RECORD, (name, dict(fields))))
    except asn1tools.EncodeError as error:
        raise ValueError(str(error)) from None


@cache
def _parsed() -> dict[str, Any]:
    import asn1tools

    parsed: dict[str, Any] = asn1tools.parse_string(SCHEMA)
    return parsed


def _types() -> dict[str, Any]:
    types: dict[str, Any] = _parsed()[MODULE]["types"]
    return types


@cache
def _compiled() -> Any:  # noqa: ANN401 - asn1tools has no types
    import asn1tools

    _known()  # reads the parsed schema, which compiling changes
    record_types()
    return asn1tools.compile_dict(_parsed(), "ber")


@cache
def _known() -> _Known:
    return _below({"type": RECORD})


def _below(described: Mapping[str, Any]) -> _Known:
    """What the schema knows below a type."""
    while described["type"] in _types():
        described = _types()[described["type"]]
    if described["type"] in ("SEQUENCE OF", "SET OF"):
        return _Known(element=_below(described["element"]))
    if "members" in described:
        return _Known({int(m["tag"]["number"]): _below(m) for m in described["members"]})
    return _Known(leaf=True)


def _pruned(octets: bytes, at: int, stop: int, known: _Known, depth: int) -> Iterator[bytes]:
    """The known elements between two places, with definite lengths."""
    while at < stop:
        found = element(octets, at, stop, depth)
        at = found.end
        below = known.element or (known.members.get(found.number) if found.klass == _CONTEXT else None)
        if below is None:
            continue
        if below.leaf:
            yield octets[found.first : found.end]
            continue
        if not found.constructed:
            raise BrokenBerError("not constructed")
        inner = b"".join(_pruned(octets, found.start, found.stop, below, depth + 1))
        yield _tag(found) + _length(len(inner)) + inner


def _tag(found: Element) -> bytes:
    lead = found.klass | _CONSTRUCTED
    if found.number < 0x1F:
        return bytes([lead | found.number])
    digits = [found.number & 0x7F]
    while found.number >> 7 * len(digits):
        digits.append(found.number >> 7 * len(digits) & 0x7F | 0x80)
    return bytes([lead | 0x1F, *reversed(digits)])


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
