"""The beginning of files as files of their own, so that anything can be tried on them in a moment, however large."""

from __future__ import annotations

import gzip
import itertools
import math
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.books.sheet import text as text_of_cell
from engine.errors import InputError, Reason
from engine.io import book, people, raw, sheet_rows
from engine.io.archives import begin, is_archive, is_junk
from engine.io.base import LoadOptions
from engine.io.disguise import Disguise
from engine.io.peek import Peek, open_binary, peek, text_of, unreadable
from engine.io.session import Session, file_literal
from engine.monitor import Monitor
from engine.writing.statement import literal, quoted

TEXT_BYTES = 1 << 19
PARQUET_ROWS = 20_000
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


def take(paths: Sequence[Path], folder: Path, monitor: Monitor, options: LoadOptions) -> Excerpt:
    """The beginnings of the first files of what is meant; copies are written into `folder`, small files stay in place.

    In copies numbers of people are in disguise; copies of files of text are UTF-8. Of a folder or archive the files
    with the commonest ending stand for all. Raises InputError (missing, unreadable, damaged, nothing in it), Cancelled.
    """
    found, files, whole = meant(paths, folder, monitor, options)
    if whole and len(found) <= _SMALL_FILES and not any(_swells(p) for p in found):
        return Excerpt(tuple(found), files, whole=True, encoding=peek(found[0], options.encoding).encoding)
    chosen, disguise = usual(found), Disguise()
    copies: list[Path] = []
    for k, path in enumerate(chosen):
        monitor.step(k / len(chosen), Reason("stage_load", {"name": path.name}))
        if is_archive(path):
            copies += begin(path, folder / f"nested{k}", monitor, 1, TEXT_BYTES, _disguised(disguise, options))[0]
        else:
            copies.append(_begin(path, folder / f"file{k}", TEXT_BYTES // len(chosen), options, disguise))
    first = chosen[0] if not is_archive(chosen[0]) else copies[0]
    return Excerpt(tuple(copies), files, whole=False, encoding=peek(first, options.encoding).encoding)


def usual(found: Sequence[Path]) -> list[Path]:
    """The first files with the commonest ending."""
    suffix = Counter(p.suffix for p in found).most_common(1)[0][0]
    return [p for p in found if p.suffix == suffix][:MOST_FILES]


def meant(paths: Sequence[Path], folder: Path, monitor: Monitor, options: LoadOptions) -> tuple[list[Path], int, bool]:
    """The files that are meant, how many they are, and whether these are small and all.

    Of archives they are the beginnings of some members, written into `folder` with the numbers of people in disguise.
    Raises as `take`.
    """
    reason = Reason("stage_load", {"name": paths[0].name if paths else ""})
    if not paths:
        raise InputError(Reason("no_files"))
    found: list[Path] = []
    size, files, packed = 0, 0, False
    written_as = _disguised(Disguise(), options)
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
                members, count, all_of_it = begin(
                    given, folder / f"archive{k}", monitor, MOST_FILES, TEXT_BYTES, written_as
                )
                found += members
                files += count
                packed = packed or not all_of_it
            else:
                found.append(given)
                files += 1
            size += sum(p.stat().st_size for p in found[:_SMALL_FILES])
        except OSError as error:
            raise unreadable(given, error) from None
    return found, files, not packed and size <= _SMALL_BYTES


def _swells(path: Path) -> bool:
    """Whether a small file is packed, so that it may hold much, or is slow to read."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        return path.stat().st_size > _SMALL_BOOK_BYTES or is_archive(path)
    return head.startswith((b"\x1f\x8b", b"PAR1")) or is_archive(path)


def _disguised(disguise: Disguise, options: LoadOptions) -> Callable[[bytes, str], bytes]:
    """What makes of the beginning of a file one with the numbers of people in disguise, if it is a table of text."""

    def of(content: bytes, name: str) -> bytes:
        packed = content.startswith(b"\x1f\x8b")
        try:
            plain = zlib.decompressobj(wbits=31).decompress(content, TEXT_BYTES) if packed else content
        except zlib.error:
            return content  # whoever reads it says what is wrong with it
        encoding, text = text_of(plain, options.encoding)
        if len(plain) == TEXT_BYTES:
            text = _whole_lines(text)
        hidden = people.hidden_in(text, name, options, disguise)
        if hidden == text:
            return content
        again = hidden.encode(encoding, "replace")
        return gzip.compress(again) if packed else again

    return of


def _begin(path: Path, folder: Path, limit: int, options: LoadOptions, disguise: Disguise) -> Path:
    """A file with the beginning of another one, of the same name; the file itself where it cannot be cut."""
    seen = peek(path, options.encoding)
    folder.mkdir(parents=True, exist_ok=True)
    if seen.wrapping == "parquet":
        return _begin_of_parquet(path, folder, options, disguise)
    if book.kind(seen):
        small = not seen.wrapping and seen.size <= _SMALL_BOOK_BYTES
        return path if small else _begin_of_workbook(seen, folder, options, disguise)
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
    text = people.hidden_in(_whole_lines(text), path.name, options, disguise)
    copy.write_text(text, encoding="utf-8", newline="")
    return copy


def _whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1] or text


def _begin_of_parquet(path: Path, folder: Path, options: LoadOptions, disguise: Disguise) -> Path:
    copy = folder / path.name
    sample = raw.first_rows(path)
    hidden = people.columns(sample, path.name, options) if sample is not None else ()
    names = [quoted(sample.dialect.names[k]) for k in hidden] if sample is not None else []
    others = ", ".join(f"disguised(CAST({name} AS VARCHAR)) AS {name}" for name in names)
    fields = f"* REPLACE ({others})" if others else "*"
    with Session() as session:
        try:
            session.connection.create_function("disguised", disguise.of, ["VARCHAR"], "VARCHAR")
            session.connection.execute(
                f"COPY (SELECT {fields} FROM read_parquet({file_literal(path)}) LIMIT {PARQUET_ROWS})"
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


def _begin_of_workbook(seen: Peek, folder: Path, options: LoadOptions, disguise: Disguise) -> Path:
    import openpyxl

    copy = folder / seen.path.name
    try:
        with book.opened(seen, glance=True) as sheets:
            short = openpyxl.Workbook(write_only=True)
            for sheet in itertools.islice(sheets, MOST_SHEETS):
                copied = short.create_sheet(_IN_TITLES.sub(" ", sheet.title)[:_LONGEST_TITLE])
                rows, sample = sheet_rows.begin(sheet.rows)
                hidden = people.columns(sample, seen.path.name, options) if sample is not None else frozenset()
                first = sample.dialect.skipped if sample is not None else 0
                for k, row in enumerate(rows):
                    copied.append(
                        _in_a_cell(disguise.of(text_of_cell(value)) if k >= first and place in hidden else value)
                        for place, value in enumerate(row)
                    )
            short.save(copy)
    except InputError:
        return seen.path  # whoever reads it says what is wrong with it
    return copy
