"""Fields of a spreadsheet: never a formula, numbers without needless digits, and any text comes back."""

from __future__ import annotations

import csv
import math
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.monitor import Monitor
from engine.writing.spreadsheet import decimal, field, text, without_guards, write_csv


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+SUM(A1)", "-2+3|cmd", "@here", '=HYPERLINK("http://x")', "＝1+1", "＠x", '"=1', "\tx", "\rx", "\nx"],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(name: str) -> None:
    assert text(name) == "'" + name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C1;=cmd|' /C calc'!A0", "C1;'=cmd|' /C calc'!A0"),
        ('C1;"=1+1";-5;-x', "C1;'\"=1+1\";-5;'-x"),
        ("a\n=1\r\n@x", "a\n'=1\r\n'@x"),
        ("\t=1", "'\t'=1"),
    ],
)
def test_what_it_would_take_for_the_next_cell_gets_one_too(name: str, shown: str) -> None:
    assert text(name) == shown


@pytest.mark.parametrize("name", ["", "c1", "-17", "+39", "-4.5", "1=1", "Città", "a;b;-3", "fell; -5 %", "'x"])
def test_plain_names_and_numbers_stay_as_they_are(name: str) -> None:
    assert text(name) == name


@given(st.text(st.sampled_from("'\"=-＝@;\t\r\n1. x"), max_size=12))
def test_guards_can_be_taken_off_again(name: str) -> None:
    assert without_guards(text(name)) == name


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (0.1 + 0.2, "0.3"), (-2.5, "-2.5"), (1234567.25, "1234567.25"),
        (0.00012345678, "0.000123457"), (1e-9, "1e-09"), (1e30, "1e+30"), (math.nan, ""), (math.inf, "inf"),
        (-0.0000001, "-1e-07"), (100.0, "100"), (1e14, "100000000000000"),
    ],
)  # fmt: skip
def test_numbers_are_short_and_exact_enough(value: float, shown: str) -> None:
    assert decimal(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_six_digits(value: float) -> None:
    assert float(decimal(value)) == pytest.approx(value, rel=1e-5, abs=5e-7 if abs(value) >= 1e-3 else 1e-300)


def test_truth_is_one_and_zero_and_nothing_is_empty() -> None:
    assert [field(v) for v in (True, False, None, 3, "x", math.nan)] == ["1", "0", "", "3", "x", ""]


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=8))
def test_any_text_comes_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, ["a", "b"], rows, Monitor())
    raw = path.read_bytes().decode("utf-8")
    assert raw.endswith("\r\n")
    assert list(csv.reader(StringIO(raw, newline=""))) == [["a", "b"], *([text(v) for v in row] for row in rows)]
