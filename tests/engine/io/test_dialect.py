"""Separators, decimal marks and headers, found from the first lines."""

from __future__ import annotations

import pytest

from engine.io import dialect


@pytest.mark.parametrize(
    ("lines", "separator", "decimal", "names"),
    [
        (["time,cell,v", "2024-01-01,A,1.5", "2024-01-02,A,2"], ",", ".", ("time", "cell", "v")),
        (["time;cell;v", "2024-01-01;A;1,5", "2024-01-02;A;2,25"], ";", ",", ("time", "cell", "v")),
        (["time\tcell\tv", "2024-01-01\tA\t1,5", "2024-01-02\tA\t2"], "\t", ",", ("time", "cell", "v")),
        (["time|cell|v", "2024-01-01|A|1.5", "2024-01-02|A|2"], "|", ".", ("time", "cell", "v")),
        (["time;v", "2024-01-01;1,5", "2024-01-02;2,5"], ";", ",", ("time", "v")),
    ],
)
def test_the_usual_dialects(lines: list[str], separator: str, decimal: str, names: tuple[str, ...]) -> None:
    found = dialect.sample(lines)
    assert found is not None
    assert (found.dialect.separator, found.dialect.decimal, found.dialect.names) == (separator, decimal, names)
    assert found.dialect.header
    assert found.dialect.skipped == 1


def test_thousands_marks_are_understood() -> None:
    found = dialect.sample(["time;v", "2024-01-01;1.234.567,5", "2024-01-02;2.000,25"])
    assert found is not None
    assert found.dialect.number("1.234.567,5") == 1_234_567.5
    quoted = dialect.sample(["time,v", '2024-01-01,"1,234,567.5"', '2024-01-02,"2,000.25"'])
    assert quoted is not None
    assert quoted.dialect.number("1,234,567.5") == 1_234_567.5


def test_a_percent_sign_is_no_obstacle() -> None:
    found = dialect.sample(["time,v", "2024-01-01,99.5 %", "2024-01-02,98%"])
    assert found is not None
    assert found.dialect.number("99.5 %") == 99.5


def test_a_file_without_header_is_told_from_one_with_numbers_as_names() -> None:
    without = dialect.sample(["1383260400000,1.5", "1383261000000,2.5"])
    assert without is not None
    assert not without.dialect.header
    assert without.dialect.names == ("column1", "column2")
    squares = dialect.sample(["time_ms,4142,4143", "1383260400000,1.5,2", "1383261000000,2.5,3"])
    assert squares is not None
    assert squares.dialect.names == ("time_ms", "4142", "4143")


def test_lines_above_the_table_are_skipped() -> None:
    found = dialect.sample(["Report of cells", "", "time,cell,v", "2024-01-01,A,1", "2024-01-02,A,2"])
    assert found is not None
    assert found.dialect.names == ("time", "cell", "v")
    assert found.dialect.skipped == 3


def test_nothing_is_no_table() -> None:
    assert dialect.sample([]) is None
    assert dialect.sample(["", "   "]) is None


def test_markup_is_no_table() -> None:
    assert dialect.sample(["<a>,<b>", "<c>,<d>"]) is None
    assert dialect.sample(['{"a": 1, "b": 2}', '{"a": 3, "b": 4}']) is None


DATA = ["2024-03-01 00:00,A,1,", "2024-03-01 01:00,A,2,5", "2024-03-01 02:00,A,3,6"]


@pytest.mark.parametrize(
    "above",
    [
        ["Hourly report,,,", "time,cell,calls,drops"],
        ["Hourly report,,,", ",,,", "time,cell,calls,drops"],
        ["Hourly report,,,", "Period,2024-03-01,to,2024-03-02", "time,cell,calls,drops"],
        ["Hourly report", "", "Made by,someone", "time,cell,calls,drops"],
        ["2024-03-02,,,", "time,cell,calls,drops"],
        [",,Traffic,Quality", "time,cell,calls,drops"],
        ["Hourly report,,,", ",,Traffic,", "time,cell,calls,drops"],
    ],
)
def test_titles_above_the_names_are_passed_over(above: list[str]) -> None:
    found = dialect.sample([*above, *DATA], ",")
    assert found is not None
    assert (found.dialect.names, found.dialect.skipped) == (("time", "cell", "calls", "drops"), len(above))
    assert len(found.rows) == len(DATA)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["time,cell,calls,drops", "2024-03-01 00:00,A,,", *DATA], ("time", "cell", "calls", "drops")),
        (["time,cell,,", *DATA], ("time", "cell", "", "")),
        (["2024-03-01 00:00,A,,", *DATA], ("column1", "column2", "column3", "column4")),
        (["1,,,", "2,3,4,5", "6,7,8,9"], ("column1", "column2", "column3", "column4")),
        (["a,b,c,d", "e,f,g,h", "i,j,k,l"], ("a", "b", "c", "d")),
    ],
)
def test_a_first_row_that_may_be_data_or_names_is_no_title(lines: list[str], names: tuple[str, ...]) -> None:
    found = dialect.sample(lines, ",")
    assert found is not None
    assert found.dialect.names == names


@pytest.mark.parametrize(
    ("fields", "decimal", "value"),
    [
        (["1 234,5", "999,25"], ",", 1234.5),
        (["1\u00a0234\u00a0567", "999"], ".", 1_234_567.0),
        (["12\u202f345,25", "7,5"], ",", 12_345.25),
        (["1'234.5", "999.25"], ".", 1234.5),
        (["-1\u2019234", "5"], ".", -1234.0),
    ],
)
def test_thousands_apart_by_blanks_and_apostrophes(fields: list[str], decimal: str, value: float) -> None:
    found = dialect.sample(["time;v", *(f"2024-01-0{k};{field}" for k, field in enumerate(fields, start=1))])
    assert found is not None
    assert (found.dialect.decimal, found.dialect.number(fields[0])) == (decimal, value)


def test_names_with_numbers_apart_are_no_thousands() -> None:
    found = dialect.sample(["time;cell;v", "2024-01-01;Site 12 345;1,5", "2024-01-02;Site 12 346;2,5"])
    assert found is not None
    assert (found.dialect.decimal, found.dialect.thousands) == (",", "")


def test_a_row_above_that_is_wider_than_the_table_is_cut() -> None:
    found = dialect.sample(["a,b,c,d,e", "time,cell,calls", "2024-03-01,A,1", "2024-03-02,A,2"], ",")
    assert found is not None
    assert (found.dialect.names, found.above) == (("time", "cell", "calls"), ("a", "b", "c"))


def test_rows_that_are_wider_than_the_table_name_no_columns() -> None:
    rows = ["1,,", "a,b,c,d", "2,,", "3,,", "4,,"]
    found = dialect.sample(rows, ",")
    assert found is not None
    assert (found.dialect.names, len(found.rows)) == (("column1", "column2", "column3"), 4)
