"""Rows to a regular grid: periods, duplicates, strays, daylight saving time, labels."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from engine.data import Direction, KpiKind
from engine.errors import InputError
from engine.execution import arrays, scratch
from engine.execution.mapping import Mapping
from engine.io import LoadOptions, fill, load
from engine.text import say
from tests.engine.io.loaded import codes, rows


def write(folder: Path, text: str, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def utc(*stamps: str) -> np.ndarray:
    return np.array(stamps, "datetime64[s]")


def test_rows_land_on_a_regular_utc_grid(tmp_path: Path) -> None:
    path = write(tmp_path, "time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 01:00,A,2\n2024-03-01 03:00,A,4\n")
    loaded = load([path])
    assert loaded.panel.period_s == 3600
    assert (
        loaded.panel.times.tolist() == utc("2024-03-01T00", "2024-03-01T01", "2024-03-01T02", "2024-03-01T03").tolist()
    )
    np.testing.assert_array_equal(loaded.panel.values["calls"], np.array([[1, 2, np.nan, 4]], np.float32))
    assert loaded.panel.values["calls"].dtype == np.float32
    assert loaded.quality.missing_share == pytest.approx(0.25)
    assert loaded.quality.gaps.tolist() == [1]


def test_cells_come_in_natural_order(tmp_path: Path) -> None:
    text = "time,cell,calls\n" + "".join(f"2024-03-01 0{h}:00,{c},1\n" for c in ("C10", "C9", "B1") for h in range(3))
    assert [c.id for c in load([write(tmp_path, text)]).panel.cells] == ["B1", "C9", "C10"]


def test_the_first_of_rows_that_repeat_a_cell_and_time_stays(tmp_path: Path) -> None:
    path = write(tmp_path, "time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 01:00,A,2\n2024-03-01 01:00,A,9\n"
                           "2024-03-01 02:00,A,3\n2024-03-01 03:00,A,4\n2024-03-01 04:00,A,5\n")  # fmt: skip
    loaded = load([path])
    assert loaded.panel.values["calls"][0].tolist() == [1, 2, 3, 4, 5]
    assert rows(loaded) == {"row_duplicate": 1}
    assert loaded.quality.duplicates == 1
    assert loaded.quality.dropped[0].example == "data.csv:4"


def test_a_later_row_fills_the_values_that_the_first_did_not_have(tmp_path: Path) -> None:
    one = write(tmp_path, "time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 01:00,A,2\n", "a.csv")
    two = write(tmp_path, "time,cell,drops\n2024-03-01 00:00,A,7\n2024-03-01 01:00,A,8\n", "b.csv")
    loaded = load([one, two])
    assert loaded.panel.values["calls"][0].tolist() == [1, 2]
    assert loaded.panel.values["drops"][0].tolist() == [7, 8]
    assert rows(loaded) == {}
    assert loaded.quality.rows_kept == 4


def test_a_file_given_twice_changes_nothing(tmp_path: Path) -> None:
    text = "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(24))
    once, again = write(tmp_path, text), write(tmp_path, text, "copy.csv")
    loaded = load([once, again, once])
    assert loaded.panel.values["calls"][0].tolist() == list(range(24))
    assert rows(loaded) == {"row_duplicate": 24}


def test_every_row_is_kept_or_dropped_for_a_reason(tmp_path: Path) -> None:
    good = "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(20))
    text = f"time,cell,calls\n{good}yesterday,A,1\n2024-03-01 20:00,,1\n,,\n2024-03-01 21:00,A,many\n2024-03-01 22:00\n"
    text += "2024-03-01 23:00,A,1,2\n2024-03-01 19:00,A,5\n1970-01-01 00:00,A,5\n"
    loaded = load([write(tmp_path, text)])
    assert rows(loaded) == {
        "row_blank": 1, "row_time": 1, "row_time_impossible": 1, "row_cell": 1, "row_value": 1,
        "row_short": 1, "row_long": 1, "row_duplicate": 1,
    }  # fmt: skip
    assert loaded.quality.rows_read == 28
    assert loaded.quality.rows_kept == 20
    first = {d.reason.code: d.example for d in loaded.quality.dropped}
    assert first["row_time"] == "data.csv:22, 'yesterday'"
    assert first["row_value"] == "data.csv:25, 'many'"
    assert first["row_short"].startswith("data.csv:26")


def test_an_unreadable_value_among_good_ones_counts_as_missing(tmp_path: Path) -> None:
    text = "time,cell,calls,drops\n2024-03-01 00:00,A,1,2\n2024-03-01 01:00,A,#¡VALOR!,3\n2024-03-01 02:00,A,4,5\n"
    loaded = load([write(tmp_path, text)])
    np.testing.assert_array_equal(loaded.panel.values["calls"][0], np.array([1, np.nan, 4], np.float32))
    assert rows(loaded) == {}
    (note,) = [n for n in loaded.quality.notes if n.code == "values_unreadable"]
    assert note.params == {"values": 1, "example": "data.csv:3, '#¡VALOR!'"}


def test_infinity_is_no_value(tmp_path: Path) -> None:
    loaded = load([write(tmp_path, "time,cell,a,b\n2024-03-01 00:00,A,1,inf\n2024-03-01 01:00,A,1,2\n")])
    assert np.isnan(loaded.panel.values["b"][0, 0])
    assert "values_unreadable" in codes(loaded)


def test_a_stray_date_is_dropped_and_makes_no_giant_grid(tmp_path: Path) -> None:
    good = "".join(f"2024-03-{d:02} {h:02}:00,A,{h}\n" for d in range(1, 15) for h in range(24))
    loaded = load([write(tmp_path, f"time,cell,calls\n{good}2074-03-01 00:00,A,9\n")])
    assert rows(loaded) == {"row_stray_time": 1}
    assert loaded.panel.shape == (1, 14 * 24)
    assert loaded.quality.dropped[0].example == "data.csv:338"


def test_a_span_of_decades_without_a_main_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(
            [
                write(
                    tmp_path,
                    "time,cell,calls\n1995-01-01 00:00:00,A,1\n1995-01-01 00:00:01,A,1\n2074-01-01 00:00,A,1\n",
                )
            ]
        )
    assert caught.value.reason.code == "span_too_long"


def test_a_clock_that_goes_back_is_counted_per_cell_and_loses_nothing(tmp_path: Path) -> None:
    text = "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,{c},{h}\n" for c in "AB" for h in (0, 1, 3, 2, 4))
    loaded = load([write(tmp_path, text)])
    assert loaded.quality.clock_jumps == 2
    assert loaded.panel.values["calls"].tolist() == [[0, 1, 2, 3, 4]] * 2


def test_rows_beside_the_grid_go_into_the_period_that_holds_them(tmp_path: Path) -> None:
    text = "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(10)) + "2024-03-01 10:07,A,10\n"
    loaded = load([write(tmp_path, text)])
    assert loaded.panel.values["calls"][0].tolist() == list(range(11))
    (note,) = [n for n in loaded.quality.notes if n.code == "rows_off_grid"]
    assert note.params["rows"] == 1
    assert note.params["example"] == "data.csv:12"


def test_a_common_offset_within_the_period_is_the_grid(tmp_path: Path) -> None:
    loaded = load(
        [write(tmp_path, "time,cell,calls\n2024-03-01 00:27,A,1\n2024-03-01 00:32,A,2\n2024-03-01 00:37,A,3\n")]
    )
    assert loaded.panel.period_s == 300
    assert loaded.panel.times[0] == np.datetime64("2024-03-01T00:27", "s")
    assert "rows_off_grid" not in codes(loaded)


def test_two_points_make_a_series(tmp_path: Path) -> None:
    loaded = load([write(tmp_path, "time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 00:15,A,2\n")])
    assert loaded.panel.shape == (1, 2)
    assert loaded.panel.period_s == 900


def test_one_moment_is_refused_unless_the_period_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, "time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 00:00,B,2\n")
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "one_moment"
    assert load([path], LoadOptions(period_s=900)).panel.shape == (2, 1)


def test_a_constant_cell_and_a_third_of_gaps_load(tmp_path: Path) -> None:
    kept = [h for h in range(240) if h % 10 not in (3, 4, 7)]
    text = "time,cell,calls\n" + "".join(f"2024-03-{1 + h // 24:02} {h % 24:02}:00,A,5\n" for h in kept)
    loaded = load([write(tmp_path, text)])
    assert loaded.quality.missing_share == pytest.approx(71 / 239, abs=0.01)
    assert loaded.quality.completeness[0] == pytest.approx(1 - loaded.quality.missing_share)
    assert set(loaded.panel.values["calls"][0][~np.isnan(loaded.panel.values["calls"][0])]) == {5.0}


# --- time zones ------------------------------------------------------------------------------------------------------


def hourly(first: str, walls: list[str]) -> str:
    return "time,cell,calls\n" + "".join(f"{first} {wall},A,{k}\n" for k, wall in enumerate(walls))


def test_the_day_of_25_hours_keeps_both_two_o_clocks(tmp_path: Path) -> None:
    walls = [f"{h:02}:{m:02}" for h in (0, 1, 2) for m in (0, 30)] + ["02:00", "02:30", "03:00", "03:30"]
    loaded = load([write(tmp_path, hourly("2024-10-27", walls))], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.times[0] == np.datetime64("2024-10-26T22:00", "s")
    assert loaded.panel.values["calls"][0].tolist() == list(range(10))
    assert rows(loaded) == {}
    assert loaded.quality.clock_jumps == 0
    assert loaded.panel.zone == "Europe/Rome"


def test_the_day_of_23_hours_has_no_gap(tmp_path: Path) -> None:
    walls = ["00:00", "01:00", "03:00", "04:00", "05:00"]
    loaded = load([write(tmp_path, hourly("2024-03-31", walls))], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.values["calls"][0].tolist() == list(range(5))
    assert loaded.quality.missing_share == 0


def test_a_stamp_in_the_hour_that_spring_skips_is_dropped(tmp_path: Path) -> None:
    walls = ["00:00", "01:00", "02:00", "03:00", "04:00"]
    loaded = load([write(tmp_path, hourly("2024-03-31", walls))], LoadOptions(zone="Europe/Rome"))
    assert rows(loaded) == {"row_skipped_hour": 1}
    assert loaded.quality.dropped[0].example == "data.csv:4"
    assert loaded.panel.values["calls"][0].tolist() == [0, 1, 3, 4]


def test_half_hour_zones_keep_their_hours(tmp_path: Path) -> None:
    loaded = load([write(tmp_path, hourly("2024-03-05", ["00:00", "01:00", "02:00"]))], LoadOptions(zone="Asia/Tehran"))
    assert loaded.panel.times[0] == np.datetime64("2024-03-04T20:30", "s")


def test_days_stay_days_across_daylight_saving_time(tmp_path: Path) -> None:
    days = [f"2024-{m:02}-{d:02}" for m in (3, 4) for d in range(1, 31)] + ["2024-03-31"]
    text = "date,cell,calls\n" + "".join(f"{day},A,{k}\n" for k, day in enumerate(sorted(days)))
    loaded = load([write(tmp_path, text)], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.period_s == 86_400
    assert loaded.panel.values["calls"][0].tolist() == list(range(61))
    from engine.calendar.zones import local_seconds

    local = local_seconds(loaded.panel.times, "Europe/Rome").astype("datetime64[s]").astype("datetime64[D]")
    assert [str(day) for day in local] == sorted(days)


def test_offsets_in_the_stamps_win_over_the_zone(tmp_path: Path) -> None:
    text = "time,cell,calls\n2024-03-05T10:00:00+08:00,A,1\n2024-03-05T11:00:00+08:00,A,2\n"
    loaded = load([write(tmp_path, text)], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.times[0] == np.datetime64("2024-03-05T02:00", "s")
    assert loaded.panel.zone == "Europe/Rome"


def test_stamps_without_a_zone_are_taken_as_utc_and_that_is_said(tmp_path: Path) -> None:
    loaded = load([write(tmp_path, hourly("2024-03-05", ["00:00", "01:00", "02:00"]))])
    assert loaded.panel.zone == "UTC"
    assert "zone_assumed" in codes(loaded)


@pytest.mark.parametrize(
    ("suffix", "zone", "said"),
    [
        ("+08:00", "", "+08:00"),
        ("-0330", "", "-03:30"),
        ("Z", "", None),
        ("+00:00", "", None),
        ("+08:00", "Asia/Shanghai", None),
    ],
)
def test_clocks_that_were_not_those_of_utc_are_told_until_a_zone_is_said(
    tmp_path: Path, suffix: str, zone: str, said: str | None
) -> None:
    stamps = [f"2024-03-05T1{hour}:00:00{suffix}" for hour in range(3)]
    text = "time,cell,calls\n" + "".join(f"{stamp},A,{k}\n" for k, stamp in enumerate(stamps))
    loaded = load([write(tmp_path, text)], LoadOptions(zone=zone))
    told = [note.params["offsets"] for note in loaded.quality.notes if note.code == "clocks_ahead"]
    assert told == ([] if said is None else [said])


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load([write(tmp_path, hourly("2024-03-05", ["00:00", "01:00"]))], LoadOptions(zone="Europe/Roma"))


def test_utc_stamps_of_local_days_are_days_too(tmp_path: Path) -> None:
    stamps = ["2024-03-29T23:00Z", "2024-03-30T23:00Z", "2024-03-31T22:00Z", "2024-04-01T22:00Z"]
    text = "time,cell,calls\n" + "".join(f"{stamp},A,{k}\n" for k, stamp in enumerate(stamps))
    loaded = load([write(tmp_path, text)], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.period_s == 86_400
    assert loaded.panel.values["calls"][0].tolist() == [0, 1, 2, 3]
    assert "rows_off_grid" not in codes(loaded)


def test_a_repeated_hour_is_told_apart_cell_by_cell(tmp_path: Path) -> None:
    walls = ["00:00", "01:00", "02:00", "02:00", "03:00"]
    text = "time,cell,calls\n" + "".join(
        f"2024-10-27 {wall},{cell},{k}\n" for cell in "AB" for k, wall in enumerate(walls)
    )
    loaded = load([write(tmp_path, text + "2024-10-27 02:00,A,9\n")], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.values["calls"].tolist() == [[0, 1, 2, 3, 4]] * 2
    assert rows(loaded) == {"row_duplicate": 1}


def test_an_hour_that_is_repeated_in_autumn_but_was_logged_once_leaves_a_gap(tmp_path: Path) -> None:
    loaded = load(
        [write(tmp_path, hourly("2024-10-27", ["00:00", "01:00", "02:00", "03:00"]))], LoadOptions(zone="Europe/Rome")
    )
    np.testing.assert_array_equal(loaded.panel.values["calls"][0], np.array([0, 1, 2, np.nan, 3], np.float32))
    assert "repeated_hour_once" in codes(loaded)


def test_files_that_begin_in_the_repeated_hour_and_go_on_after_it_begin_in_the_winter_hour(tmp_path: Path) -> None:
    walls = ["02:00", "02:30", "03:00", "03:30"]
    loaded = load([autumn(tmp_path / "from_two.csv", walls)], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.times[0] == np.datetime64("2024-10-27T01:00", "s")
    assert loaded.panel.values["calls"].tolist() == [[0, 1, 2, 3]] * 2
    assert "repeated_hour_late" in codes(loaded)
    assert "repeated_hour_once" not in codes(loaded)


def test_files_that_end_in_the_repeated_hour_end_in_the_summer_hour(tmp_path: Path) -> None:
    loaded = load([autumn(tmp_path / "to_two.csv", ["01:00", "02:00"])], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.times[-1] == np.datetime64("2024-10-27T00:00", "s")
    assert "repeated_hour_once" in codes(loaded)


def autumn(path: Path, walls: list[str], first: int = 0) -> Path:
    text = "".join(f"2024-10-27 {wall},{cell},{first + k}\n" for cell in "AB" for k, wall in enumerate(walls))
    path.write_text("time,cell,calls\n" + text)
    return path


@pytest.mark.parametrize(
    ("walls", "wanted"),
    [
        (["01:00", "02:00", "02:00", "03:00"], [0, 1, 2, 3]),
        (["01:00", "02:00", "03:00"], [0, 1, np.nan, 2]),
    ],
)
def test_the_same_file_again_brings_no_second_hour(tmp_path: Path, walls: list[str], wanted: list[float]) -> None:
    once, again = autumn(tmp_path / "a.csv", walls), autumn(tmp_path / "copy.csv", walls)
    loaded = load([once, again], LoadOptions(zone="Europe/Rome"))
    np.testing.assert_array_equal(loaded.panel.values["calls"], np.array([wanted] * 2, np.float32))
    assert rows(loaded) == {"row_duplicate": 2 * len(walls)}


def test_where_every_hour_is_a_file_the_second_file_of_the_hour_is_the_second_hour(tmp_path: Path) -> None:
    walls = ["01:00", "02:00", "02:00", "03:00"]
    files = [autumn(tmp_path / f"{k}.csv", [wall], 10 * k) for k, wall in enumerate(walls)]
    loaded = load(files, LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.values["calls"].tolist() == [[0, 10, 20, 30]] * 2
    copies = [autumn(tmp_path / f"copy{k}.csv", [wall], 10 * k) for k, wall in enumerate(walls)]
    again = load([*files, *copies], LoadOptions(zone="Europe/Rome"))
    assert again.panel.values["calls"].tolist() == [[0, 10, 20, 30]] * 2
    assert rows(again) == {"row_duplicate": 8}


def test_a_week_that_overlaps_a_day_tells_its_own_hours(tmp_path: Path) -> None:
    day = autumn(tmp_path / "day.csv", ["02:00", "02:00", "03:00"], 1)
    week = autumn(tmp_path / "week.csv", ["01:00", "02:00", "02:00", "03:00"])
    loaded = load([day, week], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.values["calls"].tolist() == [[0, 1, 2, 3]] * 2
    assert rows(loaded) == {"row_duplicate": 6}


def test_a_column_named_utc_is_utc(tmp_path: Path) -> None:
    text = "time_utc,cell,calls\n2024-07-01 00:00,A,1\n2024-07-01 01:00,A,2\n"
    loaded = load([write(tmp_path, text)], LoadOptions(zone="Europe/Rome"))
    assert loaded.panel.times[0] == np.datetime64("2024-07-01T00:00", "s")


# --- large panels ----------------------------------------------------------------------------------------------------


def on_disk(array: object) -> bool:
    while isinstance(array, np.ndarray):
        array = array.base
    return isinstance(array, Mapping)


def test_a_large_panel_lives_in_a_file_that_is_gone_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,C{c},{h * c}\n" for c in range(40) for h in range(24))
    path = write(tmp_path, text)
    small = load([path]).panel.values["calls"]
    monkeypatch.setattr(arrays, "MAPPED_BYTES", 0)
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 100)
    monkeypatch.setattr(fill, "CHUNK_ROWS", 77)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    large = load([path]).panel.values["calls"]
    assert on_disk(large)
    assert list((tmp_path / "temporary").iterdir()) == []
    np.testing.assert_array_equal(small, large)


def test_chunks_make_no_difference_to_what_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    order = chance.permutation(np.concatenate([np.arange(200), np.arange(40)]))
    text = "time,cell,calls\n" + "".join(f"{1_700_000_000 + 60 * k},C1,{n}\n" for n, k in enumerate(order.tolist()))
    path = write(tmp_path, text)
    whole = load([path])
    monkeypatch.setattr(fill, "CHUNK_ROWS", 13)
    parts = load([path])
    np.testing.assert_array_equal(whole.panel.values["calls"], parts.panel.values["calls"])
    assert rows(whole) == rows(parts)
    assert whole.quality.clock_jumps == parts.quality.clock_jumps > 0
    first = {int(k): n for n, k in reversed(list(enumerate(order.tolist())))}
    for k, n in first.items():
        assert parts.panel.values["calls"][0, k] == n


# --- KPIs and labels -------------------------------------------------------------------------------------------------


def test_labels_are_read_only_when_asked_for(tmp_path: Path) -> None:
    text = "timestamp,value,label\n" + "".join(f"{1_700_000_000 + 60 * k},{k},{int(k == 3)}\n" for k in range(6))
    path = write(tmp_path, text)
    without, with_them = load([path]), load([path], LoadOptions(with_labels=True))
    assert without.labels is None
    assert [k.id for k in without.panel.kpis] == ["value"]
    assert with_them.labels is not None
    assert with_them.labels["value"].tolist() == [[0, 0, 0, 1, 0, 0]]
    assert with_them.labels["value"].dtype == np.int8
    np.testing.assert_array_equal(with_them.panel.values["value"], without.panel.values["value"])


def test_points_without_a_row_are_not_labelled(tmp_path: Path) -> None:
    text = "timestamp,value,label\n" + "".join(f"{1_700_000_000 + 60 * k},{k},1\n" for k in (0, 1, 2, 4))
    loaded = load([write(tmp_path, text)], LoadOptions(with_labels=True))
    assert loaded.labels is not None
    assert loaded.labels["value"].tolist() == [[1, 1, 1, -1, 1]]


def test_kpis_are_described_by_the_dictionary_or_by_their_values(tmp_path: Path) -> None:
    text = "time,cell,ERAB_Success_Rate,widgets,blah\n" + "".join(
        f"2024-03-01 {h:02}:00,A,{99 + h / 10},{h},{-h / 3}\n" for h in range(5)
    )
    by_id = {k.id: k for k in load([write(tmp_path, text)]).panel.kpis}
    assert (by_id["ERAB_Success_Rate"].kind, by_id["ERAB_Success_Rate"].bad) == (KpiKind.RATIO, Direction.DOWN)
    assert by_id["widgets"].kind is KpiKind.COUNT
    assert by_id["blah"].kind is KpiKind.GAUGE


def test_only_the_chosen_kpis_are_loaded(tmp_path: Path) -> None:
    text = "time,cell,calls,drops\n2024-03-01 00:00,A,1,2\n2024-03-01 01:00,A,1,2\n"
    path = write(tmp_path, text)
    assert [k.id for k in load([path], LoadOptions(kpis=("DROPS",))).panel.kpis] == ["drops"]
    with pytest.raises(InputError) as caught:
        load([path], LoadOptions(kpis=("drop",)))
    assert "calls, drops" in say(caught.value.reason)


def test_a_kpi_without_any_value_is_left_out_and_named(tmp_path: Path) -> None:
    path = write(
        tmp_path, "time,cell,calls,drops\n2024-03-01 00:00,A,1,\n2024-03-01 01:00,A,1,\n2024-03-01 02:00,A,1,NA\n"
    )
    loaded = load([path], LoadOptions(mapping={"cell": "cell"}))
    assert [k.id for k in loaded.panel.kpis] == ["calls"]
