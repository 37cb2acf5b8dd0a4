"""What the command line says to files as they should not be: one sentence and exit code 2, or a result and a count."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.__main__ import main

HEAD = "time,cell,calls"
HOURS = 15 * 24
BEGIN = datetime(2024, 3, 1)


def rows(hours: int = HOURS) -> Iterator[tuple[datetime, float]]:
    """One cell's hourly calls with a daily rhythm and a small step that is no rhythm."""
    for hour in range(hours):
        yield BEGIN + timedelta(hours=hour), round(100 + 40 * math.sin(hour * math.tau / 24) + hour * 37 % 11, 1)


def lines(form: str = "%Y-%m-%d %H:%M", hours: int = HOURS) -> list[str]:
    return [f"{time.strftime(form)},a,{value}" for time, value in rows(hours)]


def written(folder: Path, table: list[str], encoding: str = "utf-8") -> Path:
    file = folder / "calls.csv"
    file.write_text("\n".join(table) + "\n", encoding=encoding)
    return file


def analyse(file: Path) -> int:
    return main(["analyse", str(file), "--out", str(file.parent / "out"), "--detectors", "baseline"])


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ([], "calls.csv is empty"),
        ([HEAD], "no row of data"),
        (["cell,calls", *(line.partition(",")[2] for line in lines())], "no column of time stamps"),
        (["time,cell", *(line.rpartition(",")[0] for line in lines())], "no column of numbers"),
        ([HEAD, *lines("%d.%m. %H:%M")], "a date without a year (01.03. 00:00)"),
        ([HEAD, *lines("%H:%M")], "no date"),
        ([HEAD, *lines(hours=1)], "one moment"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence_and_leaves_nothing(
    table: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, table) if table else tmp_path / "calls.csv"
    file.touch()
    assert analyse(file) == 2
    said = capsys.readouterr()
    assert what in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_an_encoding_is_found_out(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, [HEAD, *(line.replace(",a,", ",Zürich,") for line in lines())], encoding)
    assert main(["inspect", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cells"], found["rows_kept"], found["dropped"]) == (1, HOURS, {})


@pytest.mark.parametrize(
    ("table", "counted"),
    [
        ([HEAD, *lines(), *lines()[5:9]], {"row_duplicate": 4}),
        ([HEAD, *lines()[:50], "yesterday,a,5", *lines()[50:]], {"row_time": 1}),
        ([HEAD, *lines()[:50], "2024-03-03 02:00,a", *lines()[51:]], {"row_short": 1}),
        ([HEAD, *lines()[:50], "2024-03-03 02:00,a,many", *lines()[51:]], {"row_value": 1}),
    ],
)
def test_rows_that_do_not_fit_are_counted_by_reason(
    table: list[str], counted: dict[str, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, table)
    assert main(["inspect", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["dropped"] == counted
    assert found["rows_read"] == found["rows_kept"] + sum(counted.values()) == len(table) - 1
    assert main(["inspect", str(file)]) == 0
    assert "first: calls.csv:" in capsys.readouterr().out


def test_a_clock_that_goes_back_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = lines()
    assert main(["inspect", str(written(tmp_path, [HEAD, *table[:100], *table[80:90], *table[100:]])), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["clock_jumps"] >= 1
    assert found["dropped"] == {"row_duplicate": 10}


def test_what_was_not_used_is_said_after_the_analysis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyse(written(tmp_path, [HEAD, *lines(), "yesterday,a,5"])) == 0
    said = capsys.readouterr().out
    assert f"1 of {HOURS + 1} rows were not used" in said
    assert f"calls.csv:{HOURS + 2}, 'yesterday'" in said


def test_two_points_are_too_few_to_judge_and_it_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyse(written(tmp_path, [HEAD, *lines(hours=2)])) == 0
    said = capsys.readouterr().out
    assert "Nothing could be judged" in said
    assert "there are 2" in said


def test_a_constant_cell_is_nothing_unusual(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyse(written(tmp_path, [HEAD, *(f"{line.rpartition(',')[0]},7" for line in lines())])) == 0
    assert "Nothing unusual" in capsys.readouterr().out


def test_a_third_of_gaps_stays_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = [line for hour, line in enumerate(lines()) if hour % 7 not in (2, 5)]
    assert main(["inspect", str(written(tmp_path, [HEAD, *table])), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["missing_share"] == pytest.approx(1 - len(table) / HOURS, abs=0.01)
    assert analyse(tmp_path / "calls.csv") == 0


def test_a_file_deleted_after_it_was_found_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from engine.io.delimited import Delimited

    file, read = written(tmp_path, [HEAD, *lines()]), Delimited.read

    def gone(*arguments: object) -> object:
        file.unlink()
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Delimited, "read", gone)
    assert analyse(file) == 2
    assert "calls.csv" in capsys.readouterr().err
