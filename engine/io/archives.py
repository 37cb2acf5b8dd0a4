"""Zip archives: their members stand for them, what other systems leave behind in them is skipped."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from engine.errors import InputError, Reason
from engine.io.peek import CHUNK_BYTES, unreadable
from engine.monitor import Monitor

MAX_UNPACKED = 20 << 30
MAX_MEMBERS = 200_000
_DEPTH = 3

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    UnicodeDecodeError,
    RuntimeError,
)
"""What the zip library raises on a damaged container (RuntimeError: a version or an encryption it does not know)."""


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive of other files; a workbook (.xlsx) is one too, but stands for itself."""
    try:
        with path.open("rb") as file:
            if not file.read(4).startswith((b"PK\x03\x04", b"PK\x05\x06")):
                return False
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except BROKEN:
        raise InputError(Reason("zip_damaged", {"file": path.name})) from None
    except OSError as error:
        raise unreadable(path, error) from None


def is_junk(path: PurePosixPath | Path) -> bool:
    """Hidden files and what archives of other systems leave behind."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def unpack(path: Path, folder: Path, monitor: Monitor, depth: int = 1) -> Iterator[Path]:
    """Unpack an archive, archives in it included, into a new folder within `folder`; yields the files in order.

    Raises InputError: damaged, encrypted, or larger than anybody's measurements; Cancelled.
    """
    target = folder / f"{path.stem}-{depth}"
    while target.exists():
        target = target.with_name(target.name + "+")
    reason = Reason("stage_load", {"name": path.name})
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not is_junk(PurePosixPath(m.filename))]
            size = sum(m.file_size for m in members)
            if size > MAX_UNPACKED or len(members) > MAX_MEMBERS:
                raise InputError(Reason("archive_too_large", {"file": path.name, "limit": MAX_UNPACKED >> 30}))
            if any(m.flag_bits & 1 for m in members):
                raise InputError(Reason("zip_encrypted", {"file": path.name}))
            for k, member in enumerate(sorted(members, key=lambda m: m.filename)):
                monitor.step(k / len(members), reason)
                inside = _unpack_member(archive, member, target, monitor, reason)
                if depth < _DEPTH and is_archive(inside):
                    yield from unpack(inside, folder, monitor, depth + 1)
                else:
                    yield inside
    except BROKEN:
        raise InputError(Reason("zip_damaged", {"file": path.name})) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _unpack_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, monitor: Monitor, reason: Reason
) -> Path:
    """Write one member below `target`; ".." and absolute names stay inside."""
    parts = [p for p in PurePosixPath(member.filename.replace("\\", "/")).parts if p not in ("", ".", "..", "/")]
    inside = target.joinpath(*parts)
    inside.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, inside.open("wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            file.write(chunk)
            monitor.step(0.0, reason)
    return inside
