"""What would become of files: found on their beginning, told with the reason, never raised."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import openpyxl
import pytest

from engine import io
from engine.io import LoadOptions
from engine.io.preview import ROWS, Preview, agrees, assign, preview
from engine.text import say

DATA = Path(__file__).parents[2] / "data" / "io"
PERSON = re.compile(r"039\d{7}|49170\d+")
TIME = re.compile(r"\d:\d\d")

HEADER = "when;cell;calls;drop rate"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.csv"
    rows = [f"2024-01-{d:02} {h:02}:00;{c};{h};0,5" for d in range(1, 4) for h in range(24) for c in "AB"]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.fixture
def ambiguous(tmp_path: Path) -> Path:
    path = tmp_path / "ambiguous.csv"
    rows = [f"0{d}/0{m}/2024 {h:02}:00,A,{h}" for m in (1, 2) for d in (1, 2) for h in range(24)]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


def roles(seen: Preview) -> dict[str, str]:
    return {c.name: c.role for c in seen.columns}


def index(seen: Preview, name: str) -> int:
    return [c.name for c in seen.columns].index(name)


def test_a_clean_file_is_told_whole(clean: Path) -> None:
    seen = preview([clean])
    assert seen.problem is None
    assert seen.whole
    assert seen.format == "csv-long"
    assert roles(seen) == {"when": "time", "cell": "cell", "calls": "value", "drop rate": "value"}
    assert seen.effect is not None
    assert (seen.effect.rows_read, seen.effect.cells, seen.effect.kpis, seen.effect.period_s) == (144, 2, 2, 3600)
    assert seen.zone_open
    assert all(say(reason) for reason in seen.why)
    assert all(len(c.fields) == ROWS for c in seen.columns)


def test_fields_are_shown_beside_what_they_were_read_as(clean: Path) -> None:
    seen = preview([clean])
    when, rate = seen.columns[0].fields[1], seen.columns[3].fields[0]
    assert (when.raw, when.read) == ("2024-01-01 00:00", "Mon 01 Jan 2024 00:00")
    assert (rate.raw, rate.read) == ("0,5", "0.5")


def test_offending_fields_carry_the_reason(clean: Path) -> None:
    text = clean.read_text().splitlines()
    text[3], text[4], text[5] = "soon;A;1;0,5", "2024-01-01 02:00;A;#VALUE;0,5", "2024-01-01 02:00;;1;0,5"
    clean.write_text("\n".join(text) + "\n")
    seen = preview([clean])
    assert [c.fields[k].problem.code for c, k in zip(seen.columns, (2, 4, 3), strict=False) if c.fields[k].problem] == [
        "preview_no_time",
        "preview_no_name",
        "preview_no_number",
    ]
    assert "#VALUE" in say(seen.columns[2].fields[3].problem)
    assert seen.effect is not None
    assert {d.reason.code for d in seen.effect.dropped} >= {"row_time", "row_cell"}


def test_an_open_question_is_a_problem_that_the_answer_solves(ambiguous: Path) -> None:
    seen = preview([ambiguous])
    assert seen.problem is not None
    assert seen.problem.code.startswith("date_ambiguous")
    assert seen.dates_open
    assert roles(seen)["time"] == "time"
    for day_first, second in ((True, "Tue 02 Jan 2024 00:00"), (False, "Thu 01 Feb 2024 00:00")):
        answered = preview([ambiguous], LoadOptions(day_first=day_first))
        assert answered.problem is None
        assert answered.dates_open
        assert answered.columns[0].fields[24].read == second


def test_an_unknown_zone_is_a_problem(clean: Path) -> None:
    seen = preview([clean], LoadOptions(zone="Mars/Olympus"))
    assert seen.problem is not None
    assert "Mars/Olympus" in say(seen.problem)
    assert seen.columns


@pytest.mark.parametrize("zone", ["", "Asia/Tehran"])
def test_an_answered_zone_stays_a_question_that_may_be_answered_otherwise(clean: Path, zone: str) -> None:
    assert preview([clean], LoadOptions(zone=zone)).zone_open


def test_offsets_do_not_tell_the_zone_and_which_ones_agree_with_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,cell,calls\n" + "".join(f"2024-03-05T{h:02}:00:00+03:00,A,{h}\n" for h in range(24)))
    seen = preview([path])
    assert [(asked.code, asked.params) for asked in seen.questions] == [("ask_zone_ahead", {"offsets": "+03:00"})]
    assert [zone for zone in ("Europe/Istanbul", "Asia/Riyadh", "Europe/Berlin", "UTC") if agrees(seen, zone)] == [
        "Europe/Istanbul",
        "Asia/Riyadh",
    ]
    assert preview([path], LoadOptions(zone="Europe/Istanbul")).questions == ()


def test_a_time_column_of_another_name_is_taken_when_said(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b,calls\n" + "".join(f"{1704067200 + 3600 * h},A,{h}\n" for h in range(48)))
    seen = preview([path])
    assert seen.problem is not None
    assert seen.problem.code == "no_time_column"
    options = assign(seen, index(seen, "a"), "time")
    assert options.mapping == {"time": "a"}
    again = preview([path], options)
    assert again.problem is None
    assert roles(again)["a"] == "time"


def test_a_kpi_can_be_left_out_and_taken_back(clean: Path) -> None:
    seen = preview([clean])
    without = assign(seen, index(seen, "calls"), "")
    assert without.kpis == ("drop rate",)
    seen = preview([clean], without)
    assert roles(seen)["calls"] == ""
    assert seen.effect is not None
    assert seen.effect.kpis == 1
    assert "" not in seen.columns[index(seen, "drop rate")].roles
    assert assign(seen, index(seen, "calls"), "value").kpis == ()


def test_another_column_can_be_the_cell(clean: Path) -> None:
    clean.write_text(clean.read_text().replace(";A;", ";A;").replace("drop rate", "cluster"))
    seen = preview([clean])
    options = assign(seen, index(seen, "cluster"), "cell")
    again = preview([clean], options)
    assert roles(again)["cluster"] == "cell"
    assert assign(again, index(again, "cluster"), "value").mapping.get("cell") is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "file_empty"),
        ("header.csv", b"time,cell,calls\n", "header_only"),
        ("noise.bin", bytes(range(256)) * 8, "unknown_binary"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "zip_damaged"),
        ("clock.csv", b"time,calls\n" + b"".join(b"%d:00,1\n" % (h % 24) for h in range(30)), "time_without_date"),
    ],
)
def test_what_cannot_be_loaded_is_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    seen = preview([path])
    assert seen.problem is not None
    assert seen.problem.code == code
    assert seen.effect is None


def test_missing_files_and_none_are_told(tmp_path: Path) -> None:
    assert preview([]).problem.code == "no_files"
    assert preview([tmp_path / "gone.csv"]).problem.code == "file_missing"
    assert preview([tmp_path]).problem.code == "folder_empty"


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_large_file_the_beginning_is_tried(tmp_path: Path, packed: bool) -> None:
    text = "time,cell,calls\n" + "".join(f"{1704067200 + 60 * m},A,{m}\n" for m in range(200_000))
    path = tmp_path / ("big.csv.gz" if packed else "big.csv")
    path.write_bytes(gzip.compress(text.encode(), 1) if packed else text.encode())
    seen = preview([path])
    assert not seen.whole
    assert seen.problem is None
    assert seen.effect is not None
    assert 1_000 < seen.effect.rows_read < 200_000
    assert not seen.effect.dropped
    assert not seen.zone_open


@pytest.mark.parametrize("rows", [24, 60_000], ids=["small", "large"])
def test_the_encoding_is_told_and_another_one_can_be_said(tmp_path: Path, rows: int) -> None:
    text = "time,cell,calls\n" + "".join(f"{1704067200 + 60 * m},Łódź,{m}\n" for m in range(rows))
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode("cp1250"))
    seen = preview([path])
    assert seen.encoding == "latin-1"
    again = preview([path], LoadOptions(encoding="cp1250"))
    assert again.encoding == "cp1250"
    assert again.columns[index(again, "cell")].fields[0].raw == "Łódź"
    path.write_text(text, encoding="utf-8")
    assert preview([path]).encoding == "utf-8"


def test_a_beginning_of_one_moment_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = [f"2024-01-01 00:00,c{k:06},1" for k in range(60_000)] + ["2024-01-01 01:00,c1,1"]
    path.write_text("\n".join(["time,cell,calls", *rows]))
    seen = preview([path])
    assert seen.problem is None
    assert "preview_too_short" in [reason.code for reason in seen.why]


def test_a_folder_is_told_by_the_first_file_with_measurements(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("These are measurements.\n")
    seen = preview([tmp_path])
    assert (seen.files, seen.problem) == (2, None)
    assert roles(seen)["when"] == "time"
    assert clean.exists()


def test_subscriber_numbers_are_masked(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("time,msisdn,calls\n" + "".join(f"2024-01-01 {h:02}:00,98912345678{h % 2},1\n" for h in range(24)))
    shown = preview([path]).columns[1]
    assert shown.role == "cell"
    assert not any("98912345" in f.raw for f in shown.fields)


@pytest.mark.parametrize("said", [{}, {"cell": "cell", "within": "msisdn"}, {"cell": "cell", "value": "msisdn"}])
def test_subscriber_numbers_are_masked_whatever_they_are_made_of(tmp_path: Path, said: dict[str, str]) -> None:
    path = tmp_path / "people.csv"
    rows = [f"2024-01-01 {h:02}:00,North,98912345678{h % 2},1\n" for h in range(24)]
    path.write_text("time,cell,msisdn,mb\n" + "".join(rows))
    shown = {column.name: column for column in preview([path], LoadOptions(mapping=said)).columns}
    assert not any("98912345" in field.raw + field.read for field in shown["msisdn"].fields)
    assert shown["cell"].fields[0].raw == "North"


@pytest.mark.parametrize("name", ["cdr_asterisk.csv", "cdr_calls.csv"])
def test_of_call_records_no_number_of_a_person_is_shown_but_times_are(name: str) -> None:
    seen = preview([DATA / name])
    shown = [f.raw for column in seen.columns for f in column.fields]
    assert any(PERSON.search(line) for line in (DATA / name).read_text().splitlines())
    assert not [raw for raw in shown if PERSON.search(raw)]
    assert any(TIME.search(raw) for raw in shown)
    assert any("\u2022" in raw for raw in shown)


def test_every_real_folder_is_told(shared_data: Path) -> None:
    for folder in sorted(p for p in shared_data.iterdir() if p.is_dir()):
        seen = preview([folder])
        assert (seen.effect is not None) != (seen.problem is not None) or "preview_too_short" in [
            r.code for r in seen.why
        ], folder.name
        assert all(say(reason) for reason in seen.why)
        if seen.problem is not None:
            assert say(seen.problem)


def test_the_preview_of_a_small_file_is_what_loading_brings(clean: Path) -> None:
    loaded, seen = io.load([clean]), preview([clean]).effect
    assert seen is not None
    assert (seen.rows_kept, seen.cells) == (loaded.quality.rows_kept, len(loaded.panel.cells))
    assert (seen.start, seen.stop) == (loaded.panel.times[0], loaded.panel.times[-1])


def test_of_a_workbook_the_sheet_that_is_measured_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Report", "April"], ["Made by", "someone"], ["Level", "cell"]):
        book.active.append(row)
    data = book.create_sheet("Data")
    data.append(["Period start time", "Cell", "calls"])
    for hour in range(72):
        data.append([f"04.{1 + hour // 24:02}.2024 {hour % 24:02}:00:00", "A", hour])
    book.save(tmp_path / "report.xlsx")
    seen = preview([tmp_path / "report.xlsx"])
    assert seen.problem is not None
    assert seen.problem.code == "date_ambiguous_likely"
    assert [column.name for column in seen.columns] == ["Period start time", "Cell", "calls"]
    assert preview([tmp_path / "report.xlsx"], LoadOptions(day_first=False)).problem is None


def test_the_preview_of_a_large_workbook_looks_at_its_later_sheets_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("Cover", "Settings", "Formulas"):
        sheet = book.create_sheet(title)
        for k in range(900):
            sheet.append([f"{title} {k}", f"text {k * 7919}"])
    data = book.create_sheet("Data")
    data.append(["time", "cell", "calls"])
    for hour in range(72):
        data.append([f"2024-03-{1 + hour // 24:02} {hour % 24:02}:00", "A", hour])
    book.save(tmp_path / "report.xlsx")
    seen = preview([tmp_path / "report.xlsx"])
    assert (seen.problem, seen.whole, seen.format) == (None, False, "workbook-long")
    assert [column.name for column in seen.columns] == ["time", "cell", "calls"]
