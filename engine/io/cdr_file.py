"""The file format of charging gateways (3GPP TS 32.297): a file header, then records behind a small header each.

All numbers are big endian. Lengths that lie lose as little as possible: where a record does not end where its header
says, the length inside the record decides; where neither leads to another record, the next place that looks like one is
searched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from engine.io import cdr_decoder
from engine.io.cdr_decoder import BrokenBerError
from engine.io.peek import CHUNK_BYTES

UNKNOWN_LENGTH = 0xFFFFFFFF
BER = 1
ENCODINGS = {1: "BER", 2: "unaligned PER", 3: "aligned PER", 4: "XER"}

_FIXED = 50
_BEYOND_RELEASE_9 = 7
_MAX_HEADER = 1 << 17
_MAX_RECORD = 0xFFFF + 5
_LOST_UNKNOWN = 0x80
_SCAN_BYTES = 1 << 17


@dataclass(frozen=True)
class FileHeader:
    """What the first octets of a file say. length: of the file, None where it does not tell. records: their number.

    release: of TS 32.298, the highest in the file. lost: records that never reached the file, -1 = some.
    """

    length: int | None
    header_length: int
    release: int
    records: int
    lost: int


@dataclass(frozen=True)
class Framed:
    """One record. offset: where its header begins. encoding: of `ENCODINGS`. ts: number of the specification, coded."""

    offset: int
    encoding: int
    ts: int
    octets: bytes


@dataclass(frozen=True)
class Gap:
    """Octets that are no record. cut: the file ends within one. begins: the first octets of this gap."""

    offset: int
    octets: int
    cut: bool
    begins: bool


def file_header(octets: bytes) -> FileHeader | None:
    """The header that a file begins with; None where its lengths do not fit each other, so it is no such file."""
    if len(octets) < _FIXED + 2:
        return None
    header_length = _number(octets, 4, 4)
    if not _FIXED + 2 <= header_length <= _MAX_HEADER:
        return None
    filter_octets = _number(octets, 48, 2)
    at = _FIXED + filter_octets
    if at + 2 > len(octets) and at + 2 <= header_length:
        # The routeing filter reaches beyond what was given: its length has to do.
        rest = 0
    elif at + 2 <= header_length:
        rest = _number(octets, at, 2)
    else:
        return None
    releases = (octets[8] >> 5, octets[9] >> 5)
    extensions = header_length - at - 2 - rest
    if not 0 <= extensions <= 2:
        return None
    length = _number(octets, 0, 4)
    if length != UNKNOWN_LENGTH and length < header_length:
        return None
    release = releases[0]
    if release == _BEYOND_RELEASE_9 and extensions and header_length <= len(octets):
        release = 10 + octets[header_length - extensions]
    lost = octets[47]
    return FileHeader(
        None if length == UNKNOWN_LENGTH else length,
        header_length,
        # Codes 0 to 6 are releases 99 and 4 to 9.
        release if release >= 10 else 99 if release == 0 else release + 3,
        _number(octets, 18, 4),
        -1 if lost & _LOST_UNKNOWN else lost,
    )


def records(file: IO[bytes], header: FileHeader) -> Iterator[Framed | Gap]:
    """The records of a file and the gaps between them, in order. Raises what reading raises.

    `file` stands at its begin; it is read to its end, in pieces.
    """
    window = _Window(file)
    window.skip(header.header_length)
    while window.fill():
        found = _record(window)
        if found is None:
            yield from _gap(window)
        else:
            yield found[1]
            window.skip(found[0])


def _gap(window: _Window) -> Iterator[Gap]:
    """Go to the next place that begins a record, or to the end; long gaps come in pieces."""
    begin, begins, cut = window.position, True, window.ended and _is_cut(window.octets, window.at)
    window.skip(1)
    while window.fill() and _record(window, strict=True) is None:
        window.skip(1)
        if window.position - begin >= _SCAN_BYTES:
            yield Gap(begin, window.position - begin, cut=False, begins=begins)
            begin, begins = window.position, False
    if window.position > begin:
        yield Gap(begin, window.position - begin, cut=cut and begins and not window.left, begins=begins)


class _Window:
    """A look at the next octets of a file: enough for the longest record and the header behind it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.octets = b""
        self.at = 0
        self.position = 0
        self.ended = False

    @property
    def left(self) -> int:
        return len(self.octets) - self.at

    def fill(self) -> bool:
        """Whether there is anything left."""
        while self.left < 2 * _MAX_RECORD and not self.ended:
            more = self._file.read(CHUNK_BYTES)
            self.ended = not more
            self.octets, self.at = self.octets[self.at :] + more, 0
        return self.left > 0

    def skip(self, count: int) -> None:
        while count > self.left and not self.ended:
            count -= self.left
            self.position += self.left
            self.at = len(self.octets)
            self.fill()
        count = min(count, self.left)
        self.at += count
        self.position += count


def _record(window: _Window, *, strict: bool = False) -> tuple[int, Framed] | None:
    """(octets with header, record) of a record that begins here; None where there is none.

    strict: its own length must agree with its header, as octets in the middle of a gap may look like a header.
    """
    octets, at = window.octets, window.at
    if len(octets) < at + 5 or octets[at + 3] >> 5 not in ENCODINGS:
        return None
    encoding, ts = octets[at + 3] >> 5, octets[at + 3] & 0x1F
    length = _number(octets, at, 2)
    # Some gateways leave out the extension of the release.
    sizes = (5, 4) if octets[at + 2] >> 5 == _BEYOND_RELEASE_9 else (4,)
    if encoding != BER:
        end = at + sizes[0] + length
        if strict or not length or end > len(octets):
            return None
        return end - at, Framed(window.position, encoding, ts, octets[at + sizes[0] : end])
    inner = {size: _inner_length(octets, at + size) for size in sizes}
    for size in sizes:
        if length and inner[size] == length:
            return size + length, Framed(window.position, encoding, ts, octets[at + size : at + size + length])
    if strict:
        return None
    for size in sizes:
        for trusted in (length, inner[size]):
            end = at + size + (trusted or 0)
            if trusted and end <= len(octets) and _begins(octets, end, window.ended):
                return end - at, Framed(window.position, encoding, ts, octets[at + size : end])
    return None


def _inner_length(octets: bytes, at: int) -> int | None:
    """How long the record that begins here says it is; None where none begins."""
    if at >= len(octets) or octets[at] & 0xE0 != 0xA0:
        return None
    try:
        found = cdr_decoder.element(octets, at, min(len(octets), at + _MAX_RECORD))
    except BrokenBerError:
        return None
    return found.end - at if 0 < found.end - at <= 0xFFFF else None


def _begins(octets: bytes, at: int, ended: bool) -> bool:
    """Whether a record that fits its own header begins here, or the file ends."""
    if at == len(octets):
        return ended
    if len(octets) < at + 5 or octets[at + 3] >> 5 not in ENCODINGS:
        return False
    length = _number(octets, at, 2)
    sizes = (5, 4) if octets[at + 2] >> 5 == _BEYOND_RELEASE_9 else (4,)
    return any(_inner_length(octets, at + size) == length for size in sizes)


def _is_cut(octets: bytes, at: int) -> bool:
    """Whether what is left looks like the begin of a record that was longer."""
    left = len(octets) - at
    if left < 5:
        return True
    size = 5 if octets[at + 2] >> 5 == _BEYOND_RELEASE_9 else 4
    starts = octets[at + size : at + size + 1]
    return (
        octets[at + 3] >> 5 in ENCODINGS
        and _number(octets, at, 2) + size > left
        and (not starts or octets[at + 3] >> 5 != BER or starts[0] & 0xE0 == 0xA0)
    )


def _number(octets: bytes, at: int, size: int) -> int:
    return int.from_bytes(octets[at : at + size], "big")
