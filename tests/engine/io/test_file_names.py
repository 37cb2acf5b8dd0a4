"""Names of files that duckdb would take for patterns of names mean the file that is called so, and no other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import io
from engine.io import READERS
from engine.io.preview import preview
from engine.io.session import NOTHING_GUESSED, file_literal
from tests.engine.io.test_contract import MINIATURES

LETTERS = "ab1[]!-^{}(),'=~%#$;@& .é" if os.name == "nt" else "ab1[]!-^{}(),'=~%#$;@& .é*?\""
NAMES = st.text(LETTERS, min_size=1, max_size=8).filter(lambda name: name.strip(". ") == name)


def read(name: str) -> list[tuple[str]]:
    with duckdb.connect() as connection:
        relation = f"read_csv({name}, {NOTHING_GUESSED}, delim='\x01', quote='', columns={{'line': 'VARCHAR'}})"
        return connection.execute(f"FROM {relation}").fetchall()


@settings(deadline=None, max_examples=60)
@given(folder=NAMES, names=st.lists(NAMES, min_size=1, max_size=5, unique_by=str.casefold))
def test_a_file_is_read_by_its_name_whatever_others_lie_beside_it(
    folder: str, names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    inside = tmp_path_factory.mktemp("names", numbered=True) / folder
    inside.mkdir()
    for name in names:
        (inside / name).write_text(f"<{name}>\n", encoding="utf-8")
    assert [read(file_literal(inside / name)) for name in names] == [[(f"<{name}>",)] for name in names]


def test_a_name_without_a_folder_means_the_folder_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~[1].csv").write_text("here\n")
    assert read(file_literal(Path("~[1].csv"))) == [("here",)]


@pytest.mark.parametrize("reader", [reader.id for reader in READERS])
def test_every_reader_reads_the_file_that_is_meant(reader: str, tmp_path: Path) -> None:
    made = MINIATURES[reader](tmp_path)
    plain = io.load([made])
    inside = tmp_path / "c1=5" / "of [a-z]"
    inside.mkdir(parents=True)
    meant = Path(shutil.copy(made, inside / f"x[1]{made.suffix}"))
    (inside / f"x1{made.suffix}").write_bytes(b"another one\n")
    found = io.load([meant])
    assert found.quality.rows_read == plain.quality.rows_read
    assert found.panel.shape == plain.panel.shape
    assert [cell.id for cell in found.panel.cells] == [cell.id for cell in plain.panel.cells]
    seen = preview([meant])
    assert seen.problem is None
    assert seen.columns


@pytest.mark.skipif(os.name == "nt", reason="no file of Windows is called so")
@pytest.mark.parametrize("name", ["y?.csv", "y*.csv", "[a-z]?.csv"])
def test_no_rows_of_other_files_come_with_those_of_a_file(name: str, tmp_path: Path) -> None:
    for other, cell in (("y1.csv", "B"), ("y2.csv", "D"), (name, "C")):
        rows = (f"2024-01-01 {hour:02}:00,{cell},{hour}" for hour in range(24))
        (tmp_path / other).write_text("\n".join(("time,cell,calls", *rows, "")))
    loaded = io.load([tmp_path / name])
    assert [cell.id for cell in loaded.panel.cells] == ["C"]
    assert loaded.quality.rows_read == 24
