"""Mutated files: always a data set or an InputError that says why; never a traceback, a hang or a silent nothing.

The environment variable CELLWARDEN_FUZZ sets how many mutations of each format are tried (default 25).
"""

from __future__ import annotations

import gzip
import os
import random
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import io
from engine.errors import InputError
from engine.io import LoadOptions
from engine.text import say

DATA = Path(__file__).resolve().parents[2] / "data" / "io"
TRIES = int(os.environ.get("CELLWARDEN_FUZZ", "25"))
NASTY = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"-", b"+", b"e308",
    b"inf", b"nan", b"1e999", b"99999999999999999999", b"0x1F", b"#REF!", b"\xe2\x80\xae", b"<!--", b"]]>", b"&lt;",
    b"</", b"<r>", b"P", b"PT0S", b"2024-02-30", b"24:00", b"0000-00-00", b"9999-12-31 23:59:59", b"1969-12-31", b"%",
    b"{}", b"{strict}", b"'; DROP TABLE rows1; --", b" ", b"\\", b"$1", b"\x1a",
)  # fmt: skip


def mutate(content: bytes, seed: int) -> bytes:
    """A few changes of the kinds that happen: bytes, pieces, lines lost, doubled, swapped or replaced by nonsense."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        if not content:
            break
        at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        lines = content.splitlines(keepends=True)
        kind = chance.randrange(9)
        if kind == 0:
            content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        elif kind == 1:
            content = content[:at] + chance.choice(NASTY) + content[at:]
        elif kind == 2:
            content = content[:at] + chance.choice(NASTY) + content[min(at + chance.randrange(12), len(content)) :]
        elif kind == 3:
            content = content[:at] + content[min(to, at + 40) :]
        elif kind == 4:
            content = content[:at]
        elif kind == 5:
            content = content[:at] + content[at:to] * 2 + content[to:]
        elif kind == 6:
            chance.shuffle(lines)
            content = b"".join(lines)
        elif kind == 7:
            content = b"".join(x for x in lines if chance.random() < 0.8)
        else:
            content = b"".join(lines) + b"".join(chance.choices(lines, k=chance.randrange(1, 30)))
    return content


def mutate_within(content: bytes, seed: int) -> bytes:
    """A zip archive (or workbook) that is whole, with one of its members mutated."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        names = before.namelist()
        chosen = random.Random(seed).choice(names)
        for name in names:
            member = before.read(name)
            after.writestr(name, mutate(member, seed) if name == chosen else member)
    return packed.getvalue()


def mutated(name: str, content: bytes, seed: int) -> bytes:
    """A mutation of a file; of zip containers every other one inside, where it is not all caught by the checksum."""
    return (mutate_within if seed % 2 and name.endswith((".xlsx", ".ods", ".zip")) else mutate)(content, seed)


def judge(path: Path, options: LoadOptions) -> str:
    """Load a file that may be anything; the code of the reason why it was refused, "" where it was loaded."""
    try:
        loaded = io.load([path], options)
    except InputError as error:
        sentence = say(error.reason)
        assert sentence
        assert "Traceback" not in sentence
        return error.reason.code
    quality = loaded.quality
    assert quality.rows_read == quality.rows_kept + sum(d.rows for d in quality.dropped)
    assert quality.rows_kept > 0
    assert loaded.panel.shape[0] > 0
    assert any((v == v).any() for v in loaded.panel.values.values())
    assert all(say(d.reason) for d in quality.dropped)
    assert all(say(note) for note in quality.notes)
    return ""


@pytest.mark.timeout(max(300, TRIES))
@pytest.mark.parametrize("name", sorted(p.name for p in DATA.iterdir()))
@settings(deadline=None, max_examples=TRIES, suppress_health_check=list(HealthCheck), database=None)
@given(
    seed=st.integers(0, 2**32),
    packed=st.sampled_from([False, False, False, True]),
    zone=st.sampled_from(["", "Europe/Rome"]),
)
def test_any_mutation_loads_or_is_refused_with_a_reason(
    name: str, seed: int, packed: bool, zone: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = mutated(name, (DATA / name).read_bytes(), seed)
    path = tmp_path_factory.getbasetemp() / f"fuzz-{name}"
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    judge(path, LoadOptions(zone=zone, with_labels=seed % 2 == 0, day_first=True if seed % 3 else None))


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx", ".zip", ".tar.xz"])
@settings(deadline=None, max_examples=TRIES, suppress_health_check=list(HealthCheck), database=None)
@given(seed=st.integers(0, 2**32))
def test_any_mutation_of_a_binary_file_loads_or_is_refused(
    suffix: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    original = folder / f"original{suffix}"
    if not original.exists():
        BINARY[suffix](original)
    path = folder / f"fuzz{suffix}"
    path.write_bytes(mutated(original.name, original.read_bytes(), seed))
    judge(path, LoadOptions())


def _parquet(path: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{DATA / 'long.csv'}')) TO '{path}' (FORMAT parquet)")


def _workbook(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for line in (DATA / "long.csv").read_text().splitlines():
        book.active.append(line.split(","))
    book.save(path)


def _tar(path: Path) -> None:
    with tarfile.open(path, "w:xz") as archive:
        for name in ("north.csv", "south.csv"):
            archive.add(DATA / "kpi_series.csv", f"folder/{name}")


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("north.csv", "south.csv"):
            archive.write(DATA / "kpi_series.csv", f"folder/{name}")


BINARY = {".parquet": _parquet, ".xlsx": _workbook, ".zip": _archive, ".tar.xz": _tar}
