"""The immutable run record: which files, which versions, which settings, which seed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from engine.data import RunRecord
from engine.errors import InputError, Reason
from engine.settings import Settings

PACKAGES = ("cellwarden", "numpy", "scipy", "pandas", "duckdb", "arch", "statsmodels", "scikit-learn", "onnxruntime")

KERNEL = "garch kernel"
"""The name under which the versions say what fits GARCH."""

Fingerprint = tuple[str, int, str]
"""File name, size in bytes, SHA-256 in hexadecimal."""


def fingerprint(paths: Sequence[Path]) -> tuple[Fingerprint, ...]:
    """Name, size and SHA-256 of every file (a folder: of the files in it). Raises InputError if one cannot be read."""
    files: list[Path] = []
    for path in paths:
        files.extend(sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])
    found = []
    for path in files:
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            found.append((path.name, path.stat().st_size, digest))
        except OSError as error:
            raise InputError(
                Reason("file_unreadable", {"file": str(path), "detail": error.strerror or str(error)})
            ) from error
    return tuple(found)


def versions() -> Mapping[str, str]:
    """Versions of Python and of the packages that numbers depend on, and whether GARCH is fitted by the compiled kernel
    or by its twin in NumPy; packages that are not installed are left out.
    """
    from engine.garch.likelihood import compiled

    known = {"python": platform.python_version(), KERNEL: "compiled" if compiled() else "numpy"}
    for package in PACKAGES:
        try:
            known[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return known


def make_record(
    run_id: str,
    inputs: Sequence[Fingerprint],
    settings: Settings,
    started: datetime,
    seconds: float,
    learned_until: str = "",
) -> RunRecord:
    """The record of a run. run_id: see `engine.identity`."""
    return RunRecord(
        run_id=run_id,
        started_utc=started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=seconds,
        inputs=tuple(inputs),
        versions=versions(),
        seed=settings.seed,
        settings_hash=settings.digest(),
        learned_until=learned_until,
    )
