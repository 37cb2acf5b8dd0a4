"""Numbers of people: in no file that the program writes for itself, whatever is looked at and however it is packed."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import io
from engine.execution.leftovers import SCRATCH, WorkingFolder, clear
from engine.io import LoadOptions, dialect, excerpt, raw, remembered
from engine.io.disguise import Disguise, rewritten, without_people
from engine.io.people import hidden_in
from engine.io.preview import preview
from engine.io.session import Session
from engine.monitor import Monitor
from tests.engine.io.loaded import kept_in_scratch

PEOPLE = [f"98912{k * 7919 % 10_000_000:07}" for k in range(90)]
USAGE = "time,msisdn,calls\n" + "".join(
    f"2024-01-{1 + hour // 24:02} {hour % 24:02}:00,{person},{k % 9}\n"
    for hour in range(24 * 20)
    for k, person in enumerate(PEOPLE)
)
CALLS = "start_time,duration,a_number,b_number,cell,imsi_hint\n" + "".join(
    f"2024-01-{1 + hour // 24:02} {hour % 24:02}:00:00,{k % 90},{person},{PEOPLE[k - 1]},C{k % 3},4321{person}\n"
    for hour in range(24 * 10)
    for k, person in enumerate(PEOPLE)
)
EXCHANGE = "".join(
    f'"","{person}","{PEOPLE[k - 1]}","default","""A B"" <{person}>","SIP/{person}-0000001","SIP/trunk-1","Dial"'
    f',"SIP/{PEOPLE[k - 1]},20","2024-01-{1 + hour // 24:02} {hour % 24:02}:00:00",'
    f'"2024-01-{1 + hour // 24:02} {hour % 24:02}:00:05","2024-01-{1 + hour // 24:02} {hour % 24:02}:01:05"'
    f',65,60,"ANSWERED","DOCUMENTATION","1704067200.{hour * 90 + k}",""\n'
    for hour in range(24 * 2)
    for k, person in enumerate(PEOPLE)
)
TABLES = {"usage": USAGE, "calls": CALLS, "exchange": EXCHANGE}


def plain(text: str, path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text(text)
    return path


def packed(text: str, path: Path) -> Path:
    path = path.with_suffix(".csv.gz")
    path.write_bytes(gzip.compress(text.encode(), 1))
    return path


def in_archive(text: str, path: Path) -> Path:
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    return path


def packed_in_archive(text: str, path: Path) -> Path:
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv.gz", gzip.compress(text.encode(), 1))
    return path


def as_parquet(text: str, path: Path) -> Path:
    path = plain(text, path)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_csv('{path}')) TO '{path.with_suffix('.parquet')}' (FORMAT parquet)")
    return path.with_suffix(".parquet")


def as_workbook(text: str, path: Path) -> Path:
    made = openpyxl.Workbook()
    for line in text.splitlines()[:5000]:
        made.active.append([int(field) if field.isdigit() else field for field in line.split(",")])
    made.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


WAYS = (plain, packed, in_archive, packed_in_archive, as_parquet, as_workbook)


def fields(path: Path) -> str:
    """All that can be read in a copy."""
    sample = raw.first_rows(path)
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return text.decode("latin-1") + repr(sample)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("table", TABLES)
def test_beginnings_hold_no_number_of_a_person(table: str, way: Callable[[str, Path], Path], tmp_path: Path) -> None:
    if table == "exchange" and way in (as_parquet, as_workbook):
        pytest.skip("an exchange writes text")
    (tmp_path / "copies").mkdir()
    path = way(TABLES[table], tmp_path / "given")
    found = excerpt.take([path], tmp_path / "copies", Monitor(), LoadOptions())
    for copy in found.paths:
        assert copy.is_relative_to(tmp_path / "copies")
        assert not [person for person in PEOPLE if person in fields(copy)]
    names = raw.first_rows(found.paths[0])
    assert names is not None
    if table != "exchange":
        assert ",".join(names.dialect.names) == TABLES[table].partition("\n")[0]


@pytest.mark.parametrize("way", WAYS)
def test_the_preview_of_people_in_disguise_is_that_of_people(way: Callable[[str, Path], Path], tmp_path: Path) -> None:
    seen = preview([way(USAGE, tmp_path / "given")], LoadOptions(zone="UTC"))
    assert seen.problem is None
    assert seen.subscribers
    assert [column.role for column in seen.columns] == ["time", "cell", "value"]
    assert [f.raw for f in seen.columns[1].fields[:3]] == ["\u2022" * 6 + person[-2:] for person in PEOPLE[:3]]
    assert seen.effect is not None
    assert seen.effect.cells == 90
    assert not seen.effect.dropped


def test_calls_in_disguise_are_the_same_calls(tmp_path: Path) -> None:
    seen = preview([packed(CALLS, tmp_path / "given")], LoadOptions(mapping={"entity": "subscriber"}))
    assert seen.format == "cdr-table"
    assert seen.effect is not None
    assert seen.effect.cells == 90
    shown = {column.name: column.fields[0].raw for column in seen.columns}
    assert all(shown[name].startswith("\u2022") for name in ("a_number", "b_number", "imsi_hint"))
    assert shown["cell"] == "C0"


@pytest.mark.parametrize("way", WAYS)
def test_what_loading_asks_of_a_file_beforehand_is_written_nowhere(
    way: Callable[[str, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = way(USAGE, tmp_path / "given")
    written = kept_in_scratch(tmp_path, monkeypatch)
    assert remembered.mark([path], Monitor()) == remembered.mark([plain(USAGE, tmp_path / "other")], Monitor()) != ""
    assert bool(written) is (path.suffix == ".zip")
    assert not [person for person in PEOPLE for text in written if person in text]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1256"])
def test_a_file_of_cells_is_written_anew_without_the_people_in_it(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "سلول" if encoding == "cp1256" else "Zürich"
    rows = [f'2024-03-01 {h:02}:00,"{name}, {h % 2}",{PEOPLE[h]},{h}\n' for h in range(24)]
    path = tmp_path / "a.csv"
    path.write_bytes("".join(["time,cell,msisdn,calls\n", *rows, f"{PEOPLE[0]} broken\n"]).encode(encoding))
    written = kept_in_scratch(tmp_path, monkeypatch)
    loaded = io.load([path], LoadOptions(zone="UTC", encoding=encoding if encoding == "cp1256" else ""))
    assert [cell.id for cell in loaded.panel.cells] == [f"{name}, 0", f"{name}, 1"]
    assert loaded.quality.rows_kept == 24
    assert written
    assert not [person for person in PEOPLE for text in written if person in text]
    (dropped,) = loaded.quality.dropped
    assert dropped.example == "a.csv:26"


def test_a_line_that_is_no_row_of_a_table_with_people_is_told_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a, b.csv"
    rows = "".join(f"2024-03-01 {h:02}:00,A,{PEOPLE[h]},{h}\n" for h in range(24))
    path.write_text(f"time,cell,msisdn,calls\n{rows}2024-03-02,A,{PEOPLE[0]}\n")
    (dropped,) = io.load([path], LoadOptions(zone="UTC")).quality.dropped
    assert dropped.example == "a, b.csv:26"


# --- disguise --------------------------------------------------------------------------------------------------------


@given(st.lists(st.from_regex(r"\+?[0-9 -]{1,15}|[a-zA-Z0-9@.]{1,12}|[۰-۹]{3,11}", fullmatch=True), unique=True))
def test_a_disguise_is_as_long_ends_alike_and_differs_where_the_numbers_do(numbers: list[str]) -> None:
    disguise = Disguise()
    others = [disguise.of(number) for number in numbers]
    assert len({*others}) == len(others)
    assert others == [disguise.of(number) for number in numbers]
    for number, other in zip(numbers, others, strict=True):
        assert [one.isdecimal() for one in number] == [one.isdecimal() for one in other]
        assert [one for one in number if not one.isalnum()] == [one for one in other if not one.isalnum()]
        assert number[-1:] == other[-1:]


def test_a_number_is_the_same_however_it_is_written() -> None:
    disguise = Disguise()
    written = ["+98 912 345-67-8-9", "989123456789", "98 (912) 3456 789"]
    assert len({"".join(filter(str.isdecimal, disguise.of(number))) for number in written}) == 1


def test_every_disguise_is_another() -> None:
    assert len({Disguise().of(PEOPLE[1]) for _ in range(20)}) == 20
    assert sum(Disguise().of(person) == person for person in PEOPLE) == 0


FIELD = st.one_of(
    st.from_regex(r"[a-z0-9 ]{0,9}", fullmatch=True), st.sampled_from(['a "b"', "x,y", "two\nlines", '"'])
)


@given(st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_all_but_the_hidden_columns_stays_where_it_was(rows: list[tuple[str, ...]], end: str) -> None:
    import csv
    import io as texts

    told = texts.StringIO(newline="")
    csv.writer(told, lineterminator=end).writerows([("time", "msisdn", "b"), *rows])
    found = dialect.Dialect(",", ".", "", header=True, skipped=1, names=("time", "msisdn", "b"))
    lines = told.getvalue().splitlines(keepends=True)
    again = "".join(rewritten(lines, found, {1}, lambda _: "hidden"))
    read = list(csv.reader(texts.StringIO(again, newline="")))
    assert read[1:] == [[a, "hidden", b] for a, _, b in rows]
    assert again.count(end) == told.getvalue().count(end) - sum(text.count(end) for _, text, _ in rows)
    pieces = [told.getvalue()[k : k + 3] for k in range(0, len(told.getvalue()), 3)]
    assert "".join(without_people(pieces, found)) == "".join(rewritten(lines, found, {1}, lambda _: ""))


def test_numbers_in_titles_and_in_lines_that_are_no_rows_are_hidden_too() -> None:
    rows = "".join(f"2024-01-01 {h:02}:00,{h}\n" for h in range(24))
    text = f"Subscriber: {PEOPLE[0]}\nReport 20240101\ntime,msisdn\n{rows}{PEOPLE[1]};{PEOPLE[2]}\n"
    hidden = hidden_in(text, "a.csv", LoadOptions(), Disguise())
    assert not [person for person in PEOPLE if person in hidden]
    assert hidden.splitlines()[1:3] == ["Report 20240101", "time,msisdn"]
    assert len(hidden) == len(text)


# --- folders ---------------------------------------------------------------------------------------------------------

DYING = """
import os, sys, tempfile
tempfile.tempdir = sys.argv[1]
from engine.io.session import Session
session = Session()
session.new_file(".csv").write_text("98912")
print(session.folder, flush=True)
sys.stdin.read()
os._exit(9)
"""


def test_the_folder_of_a_process_that_died_goes_and_that_of_one_that_lives_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    with subprocess.Popen(
        [sys.executable, "-c", DYING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        clear(folder.parent, SCRATCH)
        assert (folder / "file1.csv").exists()
        other.communicate()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Session() as session:
        assert [path.name for path in tmp_path.iterdir()] == [session.folder.name]
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder of temporary files to its user")
def test_nobody_else_may_look_into_a_working_folder() -> None:
    with WorkingFolder() as folder:
        assert folder.path.stat().st_mode & 0o077 == 0
