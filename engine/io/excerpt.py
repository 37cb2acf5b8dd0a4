"""The beginning of files as files of their own, so that anything can be tried on them in a moment, however large."""

from __future__ import annotations

import itertools
import math
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import InputError, Reason
from engine.io import book
from engine.io.archives import begin, is_archive, is_junk
from engine.io.peek import Peek, open_binary, peek, unreadable
from engine.io.session import Session, file_literal
from engine.monitor import Monitor
from engine.writing.statement import literal

TEXT_BYTES = 1 << 19
PARQUET_ROWS = 20_000
SHEET_ROWS = 500
MOST_SHEETS = 8
MOST_FILES = 4
_SMALL_BYTES = 1 << 20
_SMALL_BOOK_BYTES = 1 << 15
_SMALL_FILES = 40
_LONGEST_TITLE, _LONGEST_TEXT = 31, 32_767
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Excerpt:
    """paths: what to read instead. files: how many files are meant. whole: the excerpt is all there is.

    encoding: of the first file, as `peek` tells it; "" if that is no text.
    """

    paths: tuple[Path, ...]
    files: int
    whole: bool
    encoding: str = ""


def take(paths: Sequence[Path], folder: Path, monitor: Monitor, encoding: str = "") -> Excerpt:
    """The beginnings of the first files of what is meant; copies are written into `folder`, small files stay in place.

    encoding: as `peek` takes it; copies are UTF-8. Of a folder or archive the files with the commonest ending stand for
    all. Raises InputError (missing, unreadable, damaged, nothing in it) and Cancelled.
    """
    reason = Reason("stage_load", {"name": paths[0].name if paths else ""})
    if not paths:
        raise InputError(Reason("no_files"))
    found: list[Path] = []
    size, files, packed = 0, 0, False
    for k, given in enumerate(paths):
        monitor.step(0.0, reason)
        try:
            if given.is_dir():
                inside = sorted(p for p in given.rglob("*") if p.is_file() and not is_junk(p.relative_to(given)))
                if not inside:
                    raise InputError(Reason("folder_empty", {"folder": str(given)}))
                found += inside
                files += len(inside)
            elif not given.exists():
                raise InputError(Reason("file_missing", {"file": str(given)}))
            elif is_archive(given):
                members, count, all_of_it = begin(given, folder / f"archive{k}", monitor, MOST_FILES, TEXT_BYTES)
                found += members
                files += count
                packed = packed or not all_of_it
            else:
                found.append(given)
                files += 1
            size += sum(p.stat().st_size for p in found[:_SMALL_FILES])
        except OSError as error:
            raise unreadable(given, error) from None
    if not packed and size <= _SMALL_BYTES and len(found) <= _SMALL_FILES and not any(_swells(p) for p in found):
        return Excerpt(tuple(found), files, whole=True, encoding=peek(found[0], encoding).encoding)
    usual = Counter(p.suffix for p in found).most_common(1)[0][0]
    chosen = [p for p in found if p.suffix == usual][:MOST_FILES]
    copies: list[Path] = []
    for k, path in enumerate(chosen):
        monitor.step(k / len(chosen), reason)
        if is_archive(path):
            copies += begin(path, folder / f"nested{k}", monitor, 1, TEXT_BYTES)[0]
        else:
            copies.append(_begin(path, folder / f"file{k}", TEXT_BYTES // len(chosen), encoding))
    first = chosen[0] if not is_archive(chosen[0]) else copies[0]
    return Excerpt(tuple(copies), files, whole=False, encoding=peek(first, encoding).encoding)


def _swells(path: Path) -> bool:
    """Whether a small file is packed, so that it may hold much, or is slow to read."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        return path.stat().st_size > _SMALL_BOOK_BYTES or is_archive(path)
    return head.startswith((b"\x1f\x8b", b"PAR1")) or is_archive(path)


def _begin(path: Path, folder: Path, limit: int, encoding: str) -> Path:
    """A file with the beginning of another one, of the same name; the file itself where it cannot be cut."""
    seen = peek(path, encoding)
    folder.mkdir(parents=True, exist_ok=True)
    if seen.wrapping == "parquet":
        return _begin_of_parquet(path, folder)
    if book.kind(seen):
        return _begin_of_workbook(seen, folder) if seen.wrapping or seen.size > _SMALL_BOOK_BYTES else path
    markup = next((line.lstrip()[:1] for line in seen.lines if line.strip()), "") == "<"
    if not seen.is_text or markup or (not seen.wrapping and seen.size <= limit):
        return path
    try:
        with open_binary(path, seen.wrapping) as file:
            text = file.read(limit).decode(seen.encoding, errors="replace").removeprefix("\ufeff")
    except EOFError:
        text = "\n".join(seen.lines) + "\n"  # a cut gzip file: what can be unpacked; loading it says that it is cut
    except OSError as error:
        raise unreadable(path, error) from None
    copy = folder / path.name.removesuffix(".gz")
    copy.write_text(text[: text.rfind("\n") + 1] or text, encoding="utf-8", newline="")
    return copy


def _begin_of_parquet(path: Path, folder: Path) -> Path:
    copy = folder / path.name
    with Session() as session:
        try:
            session.connection.execute(
                f"COPY (SELECT * FROM read_parquet({file_literal(path)}) LIMIT {PARQUET_ROWS})"
                f" TO {literal(str(copy))} (FORMAT parquet)"
            )
        except session.errors:
            shutil.rmtree(folder)
            return path  # whoever reads it says what is wrong with it
    return copy


def _in_a_cell(value: object) -> object:
    """A value as a cell of a workbook may hold it: no control characters, no number that is none."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)[:_LONGEST_TEXT]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _begin_of_workbook(seen: Peek, folder: Path) -> Path:
    import openpyxl

    copy = folder / seen.path.name
    try:
        with book.opened(seen, glance=True) as sheets:
            short = openpyxl.Workbook(write_only=True)
            for sheet in itertools.islice(sheets, MOST_SHEETS):
                begin = short.create_sheet(_IN_TITLES.sub(" ", sheet.title)[:_LONGEST_TITLE])
                for row in itertools.islice(sheet.rows, SHEET_ROWS):
                    begin.append([_in_a_cell(value) for value in row])
            short.save(copy)
    except InputError:
        return seen.path  # whoever reads it says what is wrong with it
    return copy
