"""How time stamps are recognised, and that SQL reads them as they are meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import InputError
from engine.io import stamps
from engine.io.session import Session


def seconds(text: str, *, day_first: bool | None = None, others: tuple[str, ...] = ()) -> int | None:
    """What the SQL of the recognised format makes of a text."""
    found = stamps.find([text, *others], "time", "file.csv", day_first)
    assert found is not None
    with Session() as session:
        return session.rows(f"SELECT {found.sql('$1')}", [text])[0][0]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01", at(2024, 3, 1)),
        ("2024-03-01 14", at(2024, 3, 1, 14)),
        ("2024-03-01 14:15", at(2024, 3, 1, 14, 15)),
        ("2024-03-01T14:15:30", at(2024, 3, 1, 14, 15, 30)),
        ("2024-03-01 14:15:30.900", at(2024, 3, 1, 14, 15, 30)),
        ("2024-03-01 14:15:30,900", at(2024, 3, 1, 14, 15, 30)),
        ("2024/03/01 14:15", at(2024, 3, 1, 14, 15)),
        ("2024-03-01T14:15:00Z", at(2024, 3, 1, 14, 15)),
        ("2024-03-01T14:15Z", at(2024, 3, 1, 14, 15)),
        ("2024-03-01 14:15+01", at(2024, 3, 1, 13, 15)),
        ("2024-03-01 14:15 UTC", at(2024, 3, 1, 14, 15)),
        ("2024-03-01T14Z", at(2024, 3, 1, 14)),
        ("2024-03-01 14:15:00 +0330", at(2024, 3, 1, 10, 45)),
        ("2024-03-01T14:15:00+03:30", at(2024, 3, 1, 10, 45)),
        ("2024-03-01T14:15:00+0100", at(2024, 3, 1, 13, 15)),
        ("20240301141530", at(2024, 3, 1, 14, 15, 30)),
        ("202403011415", at(2024, 3, 1, 14, 15)),
        ("20240301", at(2024, 3, 1)),
        ("2019.12.16_13.40.04", at(2019, 12, 16, 13, 40, 4)),
        ("1709302530", 1_709_302_530),
        ("1709302530.75", 1_709_302_530),
        ("1709302530123", 1_709_302_530),
        ("1709302530123456", 1_709_302_530),
        ("1709302530123456789", 1_709_302_530),
        ("31.03.2024 14:15", at(2024, 3, 31, 14, 15)),
        ("05.04.2024 14:15", at(2024, 4, 5, 14, 15)),
        ("04.25.2024 14:15", at(2024, 4, 25, 14, 15)),
        ("3/31/2024 2:15 PM", at(2024, 3, 31, 14, 15)),
        ("31/03/24 14:15", at(2024, 3, 31, 14, 15)),
        ("31-Mar-2024 14:15:00", at(2024, 3, 31, 14, 15)),
        ("31 March 2024 14:15", at(2024, 3, 31, 14, 15)),
        ("2024年3月1日", at(2024, 3, 1)),
        ("2024年03月01日 14:15", at(2024, 3, 1, 14, 15)),
        ("2024年3月1日14时", at(2024, 3, 1, 14)),
        ("2024年3月1日 8時5分30秒", at(2024, 3, 1, 8, 5, 30)),
        ("2024年3月1日14时15分", at(2024, 3, 1, 14, 15)),
        ("2024년 3월 1일 14시 15분", at(2024, 3, 1, 14, 15)),
        ("2024-03-01 오후 2:15:30", at(2024, 3, 1, 14, 15, 30)),
        ("2024-03-01 오전 12:00", at(2024, 3, 1)),
        ("2024/3/1 下午 02:15", at(2024, 3, 1, 14, 15)),
        ("2024/3/1 上午 2時", at(2024, 3, 1, 2)),
        ("2024年3月1日 午後3:00", at(2024, 3, 1, 15)),
        ("2024-03-01 14：15", at(2024, 3, 1, 14, 15)),
    ],
)
def test_stamps_are_read_as_they_are_meant(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(("day_first", "expected"), [(True, at(2024, 4, 3)), (False, at(2024, 3, 4))])
def test_the_user_decides_which_comes_first(day_first: bool, expected: int) -> None:
    assert seconds("3/4/2024", day_first=day_first) == expected


def test_a_later_row_decides_which_comes_first() -> None:
    assert seconds("3/4/2024", others=("3/13/2024",)) == at(2024, 3, 4)
    assert seconds("3/4/2024", others=("13/3/2024",)) == at(2024, 4, 3)


def test_what_the_rows_say_wins_over_what_the_user_says() -> None:
    assert seconds("3/4/2024", day_first=True, others=("3/13/2024",)) == at(2024, 3, 4)


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "2024-02-30 10:00", "25:00", ""])
def test_what_is_no_stamp_becomes_null(text: str) -> None:
    with Session() as session:
        assert session.rows(f"SELECT {stamps.wall_clock('$1')}", [text]) == [(None,)]


@pytest.mark.parametrize("text", ["", " " * 40, "\t" * 40, "\x0b" * 40, "3.", "03.04.2024 05:", "03.04.2024 05:06 x"])
def test_white_space_and_halves_of_stamps_become_null(text: str) -> None:
    found = stamps.find(["03.04.2024 05:06", "23.04.2024 05:06"], "time", "file.csv", None)
    assert found is not None
    with Session() as session:
        assert session.rows(f"SELECT {found.sql('$1')}", [text]) == [(None,)]


def test_offsets_make_utc_and_their_absence_wall_clock() -> None:
    with_offset = stamps.find(["2024-03-01T14:15:00Z"], "t", "f", None)
    without = stamps.find(["2024-03-01T14:15:00"], "t", "f", None)
    assert with_offset is not None
    assert with_offset.utc
    assert without is not None
    assert not without.utc


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (["14:15", "14:30"], "time_without_date"),
        (["3:00", "20:30"], "time_without_date"),
        (["03-01 14:15", "03-01 14:30"], "date_without_year"),
        (["01 Mar 14:15", "01 Mar 14:30"], "date_without_year"),
        (["3/4/2024 10:00", "3/5/2024 10:00"], "date_ambiguous_likely"),
        (["3/4/2024 10:00", "3/4/2024 11:00"], "date_ambiguous"),
        (["13/4/2024 10:00", "4/13/2024 11:00"], "date_mixed_order"),
    ],
)
def test_stamps_that_cannot_be_placed_are_refused(fields: list[str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        stamps.find(fields, "when", "file.csv", None)
    assert caught.value.reason.code == code
    assert caught.value.reason.params["column"] == "when"
    assert "file.csv" in str(caught.value)


def test_the_question_about_day_and_month_names_both_readings_and_the_likelier() -> None:
    with pytest.raises(InputError) as caught:
        stamps.find(["9/3/2018", "9/4/2018", "9/5/2018"], "SDATE", "cell.csv", None)
    params = caught.value.reason.params
    assert (params["day_first"], params["month_first"], params["likely"]) == (
        "09 March 2018",
        "03 September 2018",
        "03 September 2018",
    )


@pytest.mark.parametrize("fields", [["1", "2"], ["0.5", "0.7"], ["cell 1", "cell 2"], ["12345", "99999"], []])
def test_other_columns_are_no_stamps(fields: list[str]) -> None:
    assert stamps.find(fields, "x", "f", None) is None
