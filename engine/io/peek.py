"""A look at the first bytes of a file: what it is wrapped in, how its text is encoded, its first lines."""

from __future__ import annotations

import codecs
import errno
import gzip
import stat
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from engine.errors import InputError, Reason, of_system
from engine.files.encodings import LATIN, legacy
from engine.io import digits

SAMPLE_BYTES = 1 << 18
"""How much of a file decides what it is."""

CHUNK_BYTES = 1 << 20

OLD_EXCEL = "old Excel (.xls)"
"""What the container is taken for in which Excel wrote workbooks up to 2003."""

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", OLD_EXCEL),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf", "7z"),
)

NO_ROOM = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)))
NOTHING_LEFT = frozenset((errno.ENOMEM, errno.EMFILE, errno.ENFILE))

PROJECT = "project"
"""What a database of duckdb is taken for, which names itself behind a checksum."""


@dataclass(frozen=True)
class Peek:
    """The begin of a file. wrapping: "", "gzip", "zip", "parquet" ... by its magic bytes, never by its name.

    encoding: "utf-8", "utf-16" (with a byte order mark), "utf-16-le", "utf-16-be", "latin-1" or one of
    `encodings.NAMES`; "" when the content is no text. lines: the first lines, without line ends, the last one dropped
    where it was cut, with usual digits; digits: whether those of the Arabic script stand in the file itself.
    """

    path: Path
    size: int
    wrapping: str
    encoding: str
    lines: tuple[str, ...]
    whole: bool
    digits: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the content (unpacked from gzip) reads as text."""
        return bool(self.encoding) and self.wrapping in ("", "gzip")

    @property
    def duckdb_encoding(self) -> str:
        """How duckdb reads the file where it stands: what it does not know it takes byte for byte, as Latin-1."""
        if self.encoding.startswith("utf-16"):
            return "utf-16"
        return "utf-8" if self.encoding == "utf-8" else LATIN


def peek(path: Path, encoding: str = "") -> Peek:
    """Look at the first bytes of a file.

    encoding: that of the text if it is no UTF-8, one of `encodings.NAMES`, "" = find out. Raises InputError: missing, a
    folder, unreadable, empty, broken gzip.
    """
    try:
        check_kind(path)
        size = path.stat().st_size
        if path.is_dir():
            raise InputError(Reason("file_is_folder", {"file": path.name}))
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise unreadable(path, error) from None
    if not size:
        raise InputError(Reason("file_empty", {"file": path.name}))
    wrapping = next((name for magic, name in _MAGIC if head.startswith(magic)), "")
    if wrapping not in ("", "gzip"):
        return Peek(path, size, wrapping, "", (), whole=False)
    sample = _sample(path, wrapping)
    if sample[257:262] == b"ustar":
        return Peek(path, size, "tar", "", (), whole=False)
    if sample[8:12] == b"DUCK":
        return Peek(path, size, PROJECT, "", (), whole=False)
    if not sample:
        raise InputError(Reason("file_empty", {"file": path.name}))
    whole = len(sample) < SAMPLE_BYTES
    encoding = _encoding(sample, whole, encoding)
    text = _text(sample, encoding)
    lines = text.splitlines()
    if not whole and len(lines) > 1:
        lines.pop()
    foreign = not text.isascii() and digits.are_in(lines)
    if foreign:
        lines = [line.translate(digits.PLAIN) for line in lines]
    return Peek(path, size, wrapping, encoding, tuple(lines), whole, foreign)


def text_of(content: bytes, encoding: str = "") -> tuple[str, str]:
    """(encoding, text) of the beginning of a file, both "" where it is no text. encoding: as `peek` takes it."""
    found = _encoding(content, False, encoding) if content else ""
    return found, _text(content, found)


def decoded(line: bytes) -> str:
    """A line of a Latin-1 file; one that reads as UTF-8 is UTF-8, for the accents of Latin-1 hardly ever do."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def check_kind(path: Path) -> None:
    """Raises InputError for what is there but is no file or folder: a pipe or a device gives what it has only once.

    Opening a pipe waits for whoever writes to it. Raises OSError.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise InputError(Reason("file_is_pipe", {"file": str(path)}))


def unreadable(path: Path, error: OSError) -> InputError:
    """Why the system would not give us the file, as a sentence. What may be right again a moment later, be it with the
    machine or with the file, has codes of its own.
    """
    if error.errno in NO_ROOM:
        return InputError(Reason("machine_no_room", {"file": path.name, "folder": tempfile.gettempdir()}))
    if error.errno in NOTHING_LEFT:
        return InputError(Reason("machine_exhausted", {"file": path.name, "error": error.strerror or str(error)}))
    if isinstance(error, FileNotFoundError):
        return InputError(Reason("file_missing", {"file": str(path)}))
    if isinstance(error, PermissionError):
        return InputError(Reason("file_forbidden", {"file": str(path)}))
    if isinstance(error, gzip.BadGzipFile):
        return InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)}))
    code = "file_unreadable" if of_system(error) else "file_not_read"
    return InputError(Reason(code, {"file": path.name, "detail": error.strerror or str(error)}))


def open_binary(path: Path, wrapping: str) -> IO[bytes]:
    """The bytes of a file, unpacked if it is gzip. The caller closes it."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if wrapping == "gzip" else path.open("rb")


def unpacked(path: Path) -> Iterator[int]:
    """Unpack a gzip file to the end and yield the packed bytes read so far.

    duckdb takes a cut gzip file for a short one; this pass finds the cut. Raises InputError where the file is cut or
    damaged.
    """
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
            while file.read(CHUNK_BYTES):
                yield raw.tell()
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": path.name})) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _sample(path: Path, wrapping: str) -> bytes:
    try:
        with open_binary(path, wrapping) as file:
            return file.read(SAMPLE_BYTES)
    except EOFError:
        return _salvage(path)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _salvage(path: Path) -> bytes:
    """What can be unpacked of a gzip file that is cut within the sample."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        with path.open("rb") as file:
            return unpacker.decompress(file.read(SAMPLE_BYTES), SAMPLE_BYTES)
    except (zlib.error, OSError) as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None


def _text(sample: bytes, encoding: str) -> str:
    if encoding == LATIN:
        return "".join(map(decoded, sample.splitlines(keepends=True)))
    return sample.decode(encoding, errors="replace").removeprefix("\ufeff") if encoding else ""


def _encoding(sample: bytes, whole: bool, asked: str) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    zeros = sample[:4096].count(0)
    if zeros:
        pairs = sample[: len(sample[:4096]) // 2 * 2]
        if pairs[1::2].count(0) > 0.7 * len(pairs) / 2:
            return "utf-16-le"
        if pairs[0::2].count(0) > 0.7 * len(pairs) / 2:
            return "utf-16-be"
        if zeros > 0.01 * len(sample[:4096]):
            return ""
    if _control_share(sample) > 0.02:
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        # One broken line does not make a UTF-8 file Latin-1: its other lines decide.
        return "utf-8" if _mostly_utf8(sample) else asked or legacy(sample)
    return "utf-8"


def _control_share(sample: bytes) -> float:
    kept = sample.translate(None, bytes(b for b in range(32) if b not in (9, 10, 12, 13)) + b"\x7f")
    return 1.0 - len(kept) / len(sample)


def _mostly_utf8(sample: bytes) -> bool:
    """Whether multi-byte UTF-8 characters outnumber the bytes that are none."""
    decoded = sample.decode("utf-8", errors="replace")
    broken = decoded.count("\ufffd")
    return len(decoded) - len(decoded.encode("ascii", "ignore")) - broken > 2 * broken
