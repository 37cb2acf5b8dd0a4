"""The way in: files of any known format become a `Panel`, labels if asked for, and a quality report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import quality
from engine.errors import InputError, Reason
from engine.io.base import Loaded, LoadOptions, Reader, Recognition
from engine.io.delimited import Delimited
from engine.io.milan import MilanRaw
from engine.io.normalise import normalise
from engine.io.parquet import Parquet
from engine.io.peek import peek, unreadable
from engine.io.session import Session
from engine.monitor import Monitor

__all__ = ["READERS", "LoadOptions", "Loaded", "Recognition", "inspect", "load", "normalise", "recognise"]

READERS: tuple[Reader, ...] = (MilanRaw(), Parquet(), Delimited())
"""Every file format, the more specific first."""

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
    files = _files(paths)
    monitor.step(0.0, Reason("stage_load", {"name": files[0].path.name}))
    reader, chosen, notes = _choose(files, options, monitor.part(0.0, 0.05))
    with Session() as session:
        measured = reader.read(chosen, options, session, monitor.part(0.05, 0.6))
        measured = replace(measured, notes=(*notes, *measured.notes))
        loaded = normalise(measured, options, monitor.part(0.6, 1.0))
    monitor.step(1.0, Reason("stage_normalise"))
    return loaded


def inspect(
    paths: Sequence[str | Path], options: LoadOptions | None = None, monitor: Monitor | None = None
) -> dict[str, Any]:
    """What is in the files and how good it is, as plain JSON values; see `engine.quality.as_json`.

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
        code = "unknown_text" if seen.is_text else "unknown_binary"
        start = next((line.strip()[:80] for line in seen.lines if line.strip()), "")
        raise InputError(
            Reason(code, {"file": path.name, "start": start, "formats": ", ".join(r.label for r in READERS)})
        )
    return best


def _files(paths: Sequence[str | Path]) -> list[_File]:
    """The files that are meant, a folder being all files in it; each once, in natural order within a folder."""
    if not paths:
        raise InputError(Reason("no_files"))
    found: dict[Path, _File] = {}
    for given in map(Path, paths):
        try:
            if given.is_dir():
                inside = sorted(p for p in given.rglob("*") if p.is_file() and not _is_junk(p.relative_to(given)))
                if not inside:
                    raise InputError(Reason("folder_empty", {"folder": str(given)}))
                for path in inside:
                    found.setdefault(path.resolve(), _File(path, from_folder=True))
            elif given.exists():
                found.setdefault(given.resolve(), _File(given, from_folder=False))
            else:
                raise InputError(Reason("file_missing", {"file": str(given)}))
        except (OSError, ValueError) as error:
            problem = error if isinstance(error, OSError) else OSError(str(error))
            raise unreadable(given, problem) from None
    return list(found.values())


def _is_junk(path: Path) -> bool:
    """Hidden files and what archives of other systems leave behind."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _choose(files: Sequence[_File], options: LoadOptions, monitor: Monitor) -> tuple[Reader, list[Path], list[Reason]]:
    """The one reader of all files. In a folder, files that no reader knows are left out with a note."""
    by_format: dict[str, list[Path]] = {}
    readers: dict[str, Reader] = {}
    left_out: list[str] = []
    problem: InputError | None = None
    for k, file in enumerate(files):
        monitor.step(k / len(files), Reason("stage_load", {"name": file.path.name}))
        try:
            reader, claim = recognise(file.path, options)
        except InputError as error:
            if not file.from_folder:
                raise
            problem = problem or error
            left_out.append(file.path.name)
            continue
        by_format.setdefault(claim.format, []).append(file.path)
        readers[claim.format] = reader
    if not by_format:
        assert problem is not None
        if len(files) == 1:
            raise problem
        raise InputError(Reason("folder_unknown", {"files": len(files), "first": str(problem)}))
    if len(by_format) > 1:
        listed = "; ".join(f"{name}: {_some(paths)}" for name, paths in by_format.items())
        raise InputError(Reason("mixed_formats", {"formats": listed}))
    ((name, chosen),) = by_format.items()
    notes = [Reason("files_left_out", {"count": len(left_out), "files": _names(left_out)})] if left_out else []
    return readers[name], chosen, notes


def _some(paths: Sequence[Path]) -> str:
    return _names([path.name for path in paths])


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + more
