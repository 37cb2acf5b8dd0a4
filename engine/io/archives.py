"""Archives, zip or tar, and files that are packed: their members stand for them, what other systems left is skipped.

gzip of a single file is none of these: readers unpack it themselves.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from operator import itemgetter
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, cast

from engine.errors import InputError, Reason
from engine.io.member_places import Places
from engine.io.peek import CHUNK_BYTES, check_kind, unreadable
from engine.monitor import Monitor

MAX_UNPACKED = 20 << 30
MAX_MEMBERS = 200_000
_DEPTH = 3
_LOOKED_BYTES = 1 << 25
_LOOKED_MEMBERS = 200

BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    UnicodeDecodeError,
    RuntimeError,
)
"""What the libraries raise on a damaged container (RuntimeError: a version or an encryption that zip does not know)."""

_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"))
_OPENERS: Mapping[str, Callable[[IO[bytes]], object]] = {
    "gzip": lambda raw: gzip.GzipFile(fileobj=raw),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
SUFFIXES = (".zip", ".tar", ".tgz", ".bz2", ".xz")
"""How files end that stand for others, for people to choose among; what they are is told by their content."""

_OF_ONE = (".bz2", ".xz")
_WORKBOOKS = frozenset(("[Content_Types].xml", "mimetype"))
"""What is in the containers of documents, which are zip archives, too, but stand for themselves."""

_BLOCK = tarfile.BLOCKSIZE
_TAR_MAGIC = slice(257, 262)

_Member = tuple[float, int, PurePosixPath, IO[bytes]]
"""(share of the archive that was read before, bytes that lie before the next one, name, content)"""


def is_archive(path: Path) -> bool:
    """Whether a file stands for others packed in it; a workbook (.xlsx) is a zip archive but stands for itself.

    Raises InputError: unreadable, damaged.
    """
    return bool(_kind(path))


def is_junk(path: PurePosixPath | Path) -> bool:
    """Hidden files and what archives of other systems leave behind."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


class _Budget:
    """What may be unpacked of one archive and of all that are in it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bytes, self._members = MAX_UNPACKED, MAX_MEMBERS

    def member(self) -> None:
        """One more file. Raises InputError where there are too many."""
        self._members -= 1
        if self._members < 0:
            raise InputError(Reason("archive_too_many", {"file": self._name, "most": MAX_MEMBERS}))

    def content(self, size: int) -> None:
        """So many more bytes. Raises InputError where they are too many."""
        self._bytes -= size
        if self._bytes < 0:
            raise InputError(Reason("archive_too_large", {"file": self._name, "limit": MAX_UNPACKED >> 30}))


def unpack(path: Path, folder: Path, monitor: Monitor) -> Iterator[Path]:
    """Unpack an archive, archives in it included, into new folders within `folder`; yields the files in order.

    Raises InputError: damaged, encrypted, or larger than anybody's measurements; Cancelled.
    """
    yield from _unpack(path, folder, monitor, _Budget(path.name), 1)


def _unpack(path: Path, folder: Path, monitor: Monitor, budget: _Budget, depth: int) -> Iterator[Path]:
    target = folder / f"{path.stem}-{depth}"
    while target.exists():
        target = target.with_name(target.name + "+")
    reason = Reason("stage_load", {"name": path.name})
    places = Places(target)
    written: list[tuple[PurePosixPath, Path]] = []
    with _telling(path):
        for share, _, name, source in _members(path):
            budget.member()
            written.append((name, place := places.of(name)))
            with place.open("wb") as file:
                while chunk := source.read(CHUNK_BYTES):
                    budget.content(len(chunk))
                    file.write(chunk)
                    monitor.step(share, reason)
    for _, inside in sorted(written, key=itemgetter(0)):  # of one name the later ones come later
        if depth < _DEPTH and is_archive(inside):
            yield from _unpack(inside, folder, monitor, budget, depth + 1)
        else:
            yield inside


def begin(
    path: Path, folder: Path, monitor: Monitor, most: int, limit: int, written_as: Callable[[bytes, str], bytes]
) -> tuple[list[Path], int, bool]:
    """The first `limit` bytes of the first `most` members with the commonest ending, how many members there are, and
    whether nothing was left out.

    written_as: what is written of these bytes of a member of some name. Of a tar archive only the begin is looked at,
    so it may have more members. Raises as `unpack`.
    """
    reason = Reason("stage_load", {"name": path.name})
    written: list[Path] = []
    looked, cut = 0, False
    with _telling(path):
        names = _names_in_zip(path) if _kind(path) == "zip" else []
        chosen = sorted(name for name in names if name.suffix == _commonest(names))[:most]
        for share, size, name, source in _members(path, frozenset(chosen)):
            monitor.step(share, reason)
            written.append(Places(folder / str(len(written))).of(PurePosixPath(name.name)))
            content = source.read(limit)
            written[-1].write_bytes(written_as(content, name.name))
            looked += size
            cut = cut or len(content) == limit
            if looked > _LOOKED_BYTES or len(written) == _LOOKED_MEMBERS:
                cut = True
                break
    if not written:
        raise InputError(Reason("archive_empty", {"file": path.name}))
    count = max(len(written), len(names))
    usual = sorted(inside for inside in written if inside.suffix == _commonest(written))
    return usual[:most], count, not cut and count <= most


def _commonest(names: Sequence[PurePath]) -> str:
    return Counter(name.suffix for name in names).most_common(1)[0][0] if names else ""


def _kind(path: Path) -> str:
    """ "zip", "tar" (packed or not), "bzip2" or "xz" (of a single file); "" for what is read as it is."""
    with _telling(path):
        check_kind(path)
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with zipfile.ZipFile(path) as archive:
                kind = "zip" if _WORKBOOKS.isdisjoint(archive.namelist()) else ""
        else:
            kind = "" if (packed := _packed(head)) == "gzip" else packed
            if packed:
                with _unpacking(path, packed) as (source, _):
                    head = _head_of_gzip(source) if packed == "gzip" else source.read(512)
            kind = "tar" if head[_TAR_MAGIC] == b"ustar" else kind
    return kind


def _head_of_gzip(source: IO[bytes]) -> bytes:
    try:
        return source.read(512)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return b""  # whoever reads it says what is wrong with it


def _members(path: Path, chosen: Set[PurePosixPath] = frozenset()) -> Iterator[_Member]:
    """The files in an archive without the junk; each is to be read before the next is asked for.

    chosen: of a zip archive only these, if any.
    """
    kind = _kind(path)
    if kind == "zip":
        yield from _of_zip(path, chosen)
    elif kind == "tar":
        yield from _of_tar(path)
    else:
        with _unpacking(path, kind) as (source, _):
            name = path.name if path.suffix not in _OF_ONE else path.stem
            yield 0.0, 0, PurePosixPath(name), source


def _names_in_zip(path: Path) -> list[PurePosixPath]:
    with zipfile.ZipFile(path) as archive:
        names = [PurePosixPath(m.filename) for m in archive.infolist() if not m.is_dir()]
    return [name for name in names if not is_junk(name)]


def _of_zip(path: Path, chosen: Set[PurePosixPath]) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not is_junk(PurePosixPath(m.filename))]
        if sum(m.file_size for m in members) > MAX_UNPACKED:
            raise InputError(Reason("archive_too_large", {"file": path.name, "limit": MAX_UNPACKED >> 30}))
        if any(m.flag_bits & 1 for m in members):
            raise InputError(Reason("zip_encrypted", {"file": path.name}))
        for k, member in enumerate(sorted(members, key=lambda m: m.filename)):
            if not chosen or PurePosixPath(member.filename) in chosen:
                with archive.open(member) as source:
                    yield k / len(members), 0, PurePosixPath(member.filename), source


def _of_tar(path: Path) -> Iterator[_Member]:
    with path.open("rb") as file:
        packed = _packed(file.read(8))
    size = path.stat().st_size
    with _unpacking(path, packed) as (unpacked, raw):
        blocks = _Blocks(unpacked)
        with tarfile.open(fileobj=cast("IO[bytes]", blocks), mode="r|", bufsize=_BLOCK) as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                content = archive.extractfile(member) if member.isreg() and not is_junk(name) else None
                if content is not None:
                    yield raw.tell() / size, member.size, name, content
        blocks.check_end()


class _Blocks:
    """The blocks of a tar archive, which the library takes for ended where it is cut or its next header is damaged."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._last = b""

    def read(self, size: int) -> bytes:
        """The next bytes."""
        self._last = self._source.read(size)
        return self._last

    def check_end(self) -> None:
        """Raise one of `BROKEN` unless the last block was an empty one and nothing but such ones follow."""
        while self._last and not self._last.strip(b"\0"):
            self.read(CHUNK_BYTES)
            if not self._last:
                return
        raise tarfile.ReadError


@contextlib.contextmanager
def _unpacking(path: Path, packed: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """(content, the file as it lies there) of a file packed so."""
    with contextlib.ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(path.open("rb"))
        source = raw
        if packed in _OPENERS:
            source = stack.enter_context(cast("IO[bytes]", _OPENERS[packed](raw)))
        yield source, raw


def _packed(head: bytes) -> str:
    return next((name for magic, name in _PACKED if head.startswith(magic)), "")


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Say what is wrong with an archive in words."""
    try:
        yield
    except BROKEN:
        raise _damaged(path) from None
    except OSError as error:  # bz2 says so of damaged data, without a number
        raise (_damaged(path) if error.errno is None else unreadable(path, error)) from None


def _damaged(path: Path) -> InputError:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return InputError(Reason("zip_damaged", {"file": path.name}))
    return InputError(Reason("archive_damaged", {"file": path.name, "kind": _packed(head) or "tar"}))
