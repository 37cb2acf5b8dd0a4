"""What tests of readers ask of a load, and the miniatures that they read."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from engine.io import Loaded

DATA = Path(__file__).resolve().parents[2] / "data" / "io"


def rows(loaded: Loaded) -> dict[str, int]:
    """Dropped rows by the code of their reason."""
    return {d.reason.code: d.rows for d in loaded.quality.dropped}


def codes(loaded: Loaded) -> list[str]:
    """The codes of all notes of the load."""
    return [note.code for note in loaded.quality.notes]


def values(loaded: Loaded, kpi: str) -> list[list[float]]:
    """The values of one KPI, (cell, time), to four digits."""
    return np.round(loaded.panel.values[kpi].astype(float), 4).tolist()


def same(found: list[list[float]], expected: list[list[float]]) -> None:
    """Equal everywhere, missing values included."""
    np.testing.assert_array_equal(np.array(found), np.array(expected))


def late(tmp_path: Path, cells: list[bytes], packed: bool = False) -> Path:
    """A file whose first hundred thousand lines are ASCII; then an hour of each of the other cells."""
    begin = np.datetime64("2010-01-01T00:00")
    lines = [f"{begin + np.timedelta64(k, 'h')},A,{k}\n".encode() for k in range(100_000)]
    lines += [b"%s,%s,7\n" % (str(begin + np.timedelta64(k, "h")).encode(), cell) for k, cell in enumerate(cells)]
    path = tmp_path / "late.csv"
    content = b"time,cell,calls\n" + b"".join(lines)
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    return path


def _holds_any(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def kept_in_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a load from now on keeps in temporary folders: the text of each file, once its folder is removed."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    kept: list[str] = []
    forget = shutil.rmtree

    def looked(folder: str, *more: object, **named: object) -> None:
        kept.extend(one.read_text("latin-1") for one in Path(folder).rglob("*") if _holds_any(one))
        forget(folder, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(shutil, "rmtree", looked)
    return kept
