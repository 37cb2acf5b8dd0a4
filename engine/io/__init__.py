"""The way in: files of any known format become a `Panel`, labels if asked for, and a quality report."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.books import xlsx
from engine.completeness import quality
from engine.errors import InputError, Reason
from engine.io import date_order
from engine.io.archives import is_archive, is_junk, unpack
from engine.io.asterisk import Asterisk
from engine.io.base import Loaded, LoadOptions, Reader, Recognition
from engine.io.ber_cdr import BerCdr
from engine.io.delimited import Delimited
from engine.io.disguise import shown
from engine.io.fill import MISSING_LABEL
from engine.io.mapped_cdr import MappedCdr
from engine.io.milan import MilanRaw
from engine.io.normalise import normalise
from engine.io.parquet import Parquet
from engine.io.peek import PROJECT, peek, unreadable
from engine.io.pm_xml import PmXml
from engine.io.session import Session
from engine.io.workbook import Workbook
from engine.monitor import Monitor
from engine.network import kpi_table
from engine.text import MESSAGES, tell

__all__ = [
    "READERS",
    "LoadOptions",
    "Loaded",
    "Recognition",
    "inspect",
    "load",
    "normalise",
    "recognise",
    "with_dictionary",
]

READERS: tuple[Reader, ...] = (
    PmXml(),
    MilanRaw(),
    Asterisk(),
    BerCdr(),
    MappedCdr(),
    Parquet(),
    Workbook(),
    Delimited(),
)
"""Every file format, the more specific first."""

_BINARY_EXCEL = "binary Excel (.xlsb)"

PACKED_OTHERWISE = ("tar", "bzip2", "xz", "zstd", "7z", _BINARY_EXCEL)

UNKNOWN = ("unknown_text", "unknown_binary")
FOREIGN = (
    *UNKNOWN,
    "file_empty",
    "header_only",
    "cell_table",
    "no_time_column",
    "no_time_no_header",
    "no_value_column",
)
"""Why a file of a folder is left out with a note: it holds no measurements. All else that is wrong is an error."""

_TELLING_SHARE = 4
_SOME = 5


@dataclass(frozen=True)
class _File:
    path: Path
    from_folder: bool


def load(paths: Sequence[str | Path], options: LoadOptions | None = None, monitor: Monitor | None = None) -> Loaded:
    """Read files, or all files of folders, of one format as one data set.

    Raises InputError (missing, empty, damaged, unknown or mixed formats, nothing usable in them ...) and Cancelled.
    """
    options, monitor = options or LoadOptions(), monitor or Monitor()
    if not paths:
        raise InputError(Reason("no_files"))
    monitor.step(0.0, Reason("stage_load", {"name": Path(paths[0]).name}))
    with Session() as session:
        files = _files(paths, session.folder, monitor.part(0.0, 0.1))
        reader, chosen, options, notes = _choose(files, options, monitor.part(0.1, 0.15))
        wanted = replace(options, kpis=kpi_table.to_read(options.kpis, options.dictionary))
        measured = reader.read(chosen, wanted, session, monitor.part(0.15, 0.6))
        measured = replace(measured, notes=(*notes, *measured.notes))
        loaded = normalise(measured, wanted, monitor.part(0.6, 1.0))
    if options.dictionary:
        loaded = with_dictionary(loaded, options.dictionary, options.kpis)
    monitor.step(1.0, Reason("stage_normalise"))
    return loaded


def with_dictionary(loaded: Loaded, table: kpi_table.KpiTable, wanted: Sequence[str] = ()) -> Loaded:
    """The data set with the KPIs of the user's table worked out, and no others than those that are wanted; () = all.

    Raises InputError when none of the wanted ones is there.
    """
    panel, notes = kpi_table.apply(loaded.panel, table)
    chosen = {name.lower() for name in wanted}
    kpis = tuple(k for k in panel.kpis if not chosen or k.id.lower() in chosen)
    if not kpis:
        names = ", ".join(k.id for k in panel.kpis)[:500]
        raise InputError(Reason("no_such_kpi", {"kpi": ", ".join(wanted), "kpis": names}))
    panel = replace(
        panel,
        kpis=kpis,
        values={k.id: panel.values[k.id] for k in kpis},
        flags={k.id: panel.flags[k.id] for k in kpis},
    )
    labels = loaded.labels
    if labels is not None:
        unknown = np.full(panel.shape, MISSING_LABEL, np.int8)
        labels = {k.id: labels.get(k.id, unknown) for k in kpis}
    found = quality.measured_again(replace(loaded.quality, notes=(*loaded.quality.notes, *notes)), panel)
    return Loaded(panel, labels, found)


def inspect(
    paths: Sequence[str | Path], options: LoadOptions | None = None, monitor: Monitor | None = None
) -> dict[str, Any]:
    """What is in the files and how good it is, as plain JSON values; see `engine.completeness.quality.as_json`.

    Reads everything, as `load` does, and raises the same.
    """
    loaded = load(paths, options, monitor)
    return quality.as_json(loaded.quality, loaded.panel)


def recognise(path: Path, options: LoadOptions | None = None) -> tuple[Reader, Recognition]:
    """The reader that claims a file with most confidence.

    Raises InputError: no reader knows it, or the one that does cannot use it.
    """
    options = options or LoadOptions()
    best: tuple[Reader, Recognition] | None = None
    for reader in READERS:
        if best is not None and best[1].confidence >= 1.0:
            break
        claim = reader.recognise(path, options)
        if claim is not None and (best is None or claim.confidence > best[1].confidence):
            best = reader, claim
    if best is None:
        seen = peek(path)
        if seen.wrapping == PROJECT:
            raise InputError(Reason("project_as_data", {"file": path.name}))
        kind = _BINARY_EXCEL if xlsx.is_binary(path) else seen.wrapping
        if kind in PACKED_OTHERWISE:
            raise InputError(Reason("packed_otherwise", {"file": path.name, "kind": kind}))
        code = "unknown_text" if seen.is_text else "unknown_binary"
        start = next((shown(line.strip())[:80] for line in seen.lines if line.strip()), "")
        raise InputError(
            Reason(code, {"file": path.name, "start": start, "formats": ", ".join(r.label for r in READERS)})
        )
    return best


def _files(paths: Sequence[str | Path], folder: Path, monitor: Monitor) -> list[_File]:
    """The files that are meant, each once: a folder or zip archive is all files in it, in order of their names.

    Archives are unpacked into `folder`.
    """
    found: dict[Path, _File] = {}
    for given in [path for written in map(Path, paths) for path in _matching(written)]:
        try:
            if given.is_dir():
                inside = sorted(p for p in given.rglob("*") if p.is_file() and not is_junk(p.relative_to(given)))
                if not inside:
                    raise InputError(Reason("folder_empty", {"folder": str(given)}))
                for path in inside:
                    for member in unpack(path, folder, monitor) if is_archive(path) else (path,):
                        found.setdefault(member.resolve(), _File(member, from_folder=True))
            elif given.exists() and is_archive(given):
                inside = list(unpack(given, folder, monitor))
                if not inside:
                    raise InputError(Reason("archive_empty", {"file": given.name}))
                found |= {path.resolve(): _File(path, from_folder=True) for path in inside}
            elif given.exists():
                found.setdefault(given.resolve(), _File(given, from_folder=False))
            else:
                raise InputError(Reason("file_missing", {"file": str(given)}))
        except (OSError, ValueError) as error:
            problem = error if isinstance(error, OSError) else OSError(str(error))
            raise unreadable(given, problem) from None
    return list(found.values())


def _matching(written: Path) -> list[Path]:
    """The files that a name with * or ? means, which not every shell finds out itself; any other name means itself."""
    if not any(mark in str(written) for mark in "*?[") or written.exists():
        return [written]
    plain = list(itertools.takewhile(lambda part: not any(mark in part for mark in "*?["), written.parts))
    found = sorted(Path(*plain).glob(str(Path(*written.parts[len(plain) :]))))
    if not found:
        raise InputError(Reason("pattern_empty", {"pattern": str(written)}))
    return found


def _choose(
    files: Sequence[_File], options: LoadOptions, monitor: Monitor
) -> tuple[Reader, list[Path], LoadOptions, list[Reason]]:
    """The one reader of all files. In a folder, files that hold no measurements are left out with a note."""
    claims: dict[Path, tuple[Reader, Recognition]] = {}
    problems: dict[Path, InputError] = {}
    for k, file in enumerate(files):
        monitor.step(k / len(files), Reason("stage_load", {"name": file.path.name}))
        try:
            claims[file.path] = recognise(file.path, options)
        except InputError as error:
            problems[file.path] = error
    undecided = [p for p, error in problems.items() if error.reason.code.startswith("date_ambiguous")]
    undecided += [p for p, (_, claim) in claims.items() if date_order.AS_USUAL in claim.mapping.get("written", "")]
    if undecided and (order := _order_of(claims.values())) is not None:
        options = replace(options, day_first=order)
        for path in undecided:
            claims[path] = recognise(path, options)
            problems.pop(path, None)
    for file in files:
        if file.path in problems and (not file.from_folder or problems[file.path].reason.code not in FOREIGN):
            raise problems[file.path]
    if not claims:
        telling = [error for error in problems.values() if error.reason.code not in UNKNOWN]
        if _TELLING_SHARE * len(telling) >= len(problems) or len(problems) == 1:
            raise (telling or list(problems.values()))[0]
        raise InputError(Reason("folder_unknown", {"files": len(files), "first": str(next(iter(problems.values())))}))
    by_format: dict[str, list[str]] = {}
    for path, (_, claim) in claims.items():
        by_format.setdefault(claim.format, []).append(path.name)
    if len(by_format) > 1:
        listed = "; ".join(f"{format_label(name)} ({_names(names)})" for name, names in by_format.items())
        raise InputError(Reason("mixed_formats", {"formats": listed}))
    left_out = [path.name for path in problems]
    notes = [Reason("files_left_out", {"count": len(left_out), "files": _names(left_out)})] if left_out else []
    chosen = [file.path for file in files if file.path in claims]
    return claims[chosen[0]][0], chosen, options, notes


def format_label(name: str) -> str:
    """What a person calls a file format: that of a reader, and how the table in it is laid out."""
    readers = [reader for reader in READERS if name == reader.id or name.startswith(f"{reader.id}-")]
    if not readers:
        return name.replace("-", " ").replace("_", " ")
    reader = max(readers, key=lambda one: len(one.id))
    layout = f"layout_{name[len(reader.id) + 1 :]}"
    return f"{reader.label}, {tell(layout)}" if layout in MESSAGES else reader.label


def _order_of(claims: Iterable[tuple[Reader, Recognition]]) -> bool | None:
    """Whether the day comes first in the dates of files that tell; None where none does or they differ."""
    orders = {date_order.told(claim.mapping.get("written", "")) for _, claim in claims} - {None}
    return orders.pop() if len(orders) == 1 else None


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + more
