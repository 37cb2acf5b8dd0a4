"""Dates of the solar Hijri calendar are read as the days they are."""

from __future__ import annotations

import calendar
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine import io
from engine.calendar.jalali import from_jalali
from engine.errors import InputError
from engine.io import LoadOptions, jalali_stamps
from engine.io.jalali_stamps import Order
from tests.engine.io.loaded import DATA


def _read(texts: list[str], order: Order = Order.YEAR_FIRST) -> list[int | None]:
    with duckdb.connect() as connection:
        sql = jalali_stamps.sql("x", order)
        found = connection.execute(f"SELECT {sql} FROM (SELECT unnest($1::VARCHAR[]) AS x)", [texts]).fetchall()
    return [row[0] for row in found]


def test_every_day_of_a_century_is_the_day_of_the_calendar_and_no_other_day_exists() -> None:
    texts, wanted = [], []
    for year in range(1369, 1479):
        for month in range(1, 13):
            for day in range(1, 33):
                texts.append(f"{year}/{month:02d}/{day:02d} 13:45")
                try:
                    wanted.append(calendar.timegm((*from_jalali(year, month, day), 13, 45, 0)))
                except ValueError:
                    wanted.append(None)
    assert _read(texts) == wanted


def test_times_of_day_that_do_not_exist_are_no_times() -> None:
    assert _read(["1402/12/11 24:00", "1402/12/11 10:60", "1402/13/01", "1402/12/11 9"]) == [
        None,
        None,
        None,
        1709251200 + 9 * 3600,
    ]


def test_a_compact_date_may_have_a_time_behind_it() -> None:
    found = _read(["14021211", "140212110730", "14021211T0730", "14021311"], Order.COMPACT)
    assert found == [1709251200, 1709278200, 1709278200, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_persian_export_with_its_own_digits_is_read(tmp_path: Path, encoding: str) -> None:
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    lines = ["تاریخ,سلول,calls"]
    lines += [f"1402/12/{11 + d:02d} {h:02d}:00,سایت {c},{h + c}" for d in range(3) for h in range(24) for c in (1, 2)]
    path = tmp_path / "export.csv"
    path.write_bytes("\n".join(lines).translate(persian).encode(encoding))
    loaded = io.load([path])
    assert [c.id for c in loaded.panel.cells] == ["سایت 1", "سایت 2"]
    assert str(loaded.panel.times[0]) == "2024-03-01T00:00:00"
    assert loaded.panel.values["calls"][1].tolist() == [h + 2 for _ in range(3) for h in range(24)]
    assert loaded.quality.mapping["written"] == "Jalali year/month/day"


def _written(path: Path, dates: list[str], persian: bool) -> Path:
    lines = ["time,cell,calls", *(f"{d} {h:02d}:00,A,{h}" for d in dates for h in range(24))]
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    path.write_text("\n".join(x.translate(digits) if persian else x for x in lines), "utf-8")
    return path


@pytest.mark.parametrize("persian", [False, True])
@pytest.mark.parametrize(
    ("dates", "label", "first"),
    [
        (["30/09/1395", "01/10/1395"], "Jalali day/month/year", "2016-12-20"),
        (["15-12-1395", "16-12-1395"], "Jalali day/month/year", "2017-03-05"),
        (["29.12.1395", "30.12.1395", "01.01.1396"], "Jalali day/month/year", "2017-03-19"),
        (["12/15/1395", "12/16/1395"], "Jalali month/day/year", "2017-03-05"),
    ],
)
def test_the_year_may_stand_last(tmp_path: Path, dates: list[str], label: str, first: str, *, persian: bool) -> None:
    loaded = io.load([_written(tmp_path / "a.csv", dates, persian)])
    assert loaded.quality.mapping["written"] == label
    assert str(loaded.panel.times[0]) == f"{first}T00:00:00"
    assert loaded.panel.shape == (1, 24 * len(dates))
    assert not loaded.quality.dropped


def test_a_date_in_a_column_beside_the_hour_may_have_the_year_last(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{d:02d}/12/1395,{h},A,{h}" for d in (14, 15) for h in range(24)]
    path.write_text("\n".join(["date,hour,cell,calls", *rows]))
    assert str(io.load([path]).panel.times[0]) == "2017-03-04T00:00:00"


def test_day_and_month_that_could_be_swapped_are_asked_for_as_in_other_calendars(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.csv", ["03/05/1395", "04/05/1395"], persian=False)
    with pytest.raises(InputError) as refused:
        io.load([path])
    assert refused.value.reason.code == "date_ambiguous_likely"
    told = refused.value.reason.params
    assert (told["day_first"], told["month_first"]) == ("24 July 2016", "25 May 2016")
    assert told["likely"] == told["day_first"]
    for day_first, begin in ((True, "2016-07-24"), (False, "2016-05-25")):
        assert str(io.load([path], LoadOptions(day_first=day_first)).panel.times[0]) == f"{begin}T00:00:00"


def test_a_file_of_a_folder_tells_the_order_of_another(tmp_path: Path) -> None:
    _written(tmp_path / "a.csv", ["11/12/1395", "12/12/1395"], persian=False)
    _written(tmp_path / "b.csv", ["13/12/1395", "14/12/1395"], persian=False)
    loaded = io.load([tmp_path])
    assert str(loaded.panel.times[0]) == "2017-03-01T00:00:00"
    assert loaded.panel.shape == (1, 96)


def test_the_miniature_with_date_and_hour_apart_goes_over_the_new_year() -> None:
    loaded = io.load([DATA / "jalali.csv"], LoadOptions(zone="Asia/Tehran"))
    assert [c.id for c in loaded.panel.cells] == ["سایت 1", "سایت 2"]
    assert [k.id for k in loaded.panel.kpis] == ["calls", "drop_rate"]
    assert str(loaded.panel.times[0]) == "2024-03-18T20:30:00"
    assert loaded.panel.shape == (2, 48)
    assert loaded.panel.values["calls"][1].tolist() == [10 * h + 2 for h in (*range(24), *range(24))]
    np.testing.assert_allclose(loaded.panel.values["drop_rate"][0, :24], np.arange(24) / 10, rtol=1e-6)
