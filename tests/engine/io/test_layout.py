"""What columns mean: time, cell, KPIs, label."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.io import LoadOptions, dialect, layout
from engine.io.layout import Layout


def find(text: str, options: LoadOptions | None = None, stem: str = "data") -> Layout:
    sample = dialect.sample(text.splitlines())
    assert sample is not None
    return layout.find(sample, f"{stem}.csv", stem, options or LoadOptions())


def kpis(found: Layout) -> list[str | None]:
    return list(found.kpis)


@pytest.mark.parametrize("time", ["time", "Timestamp", "DateTime", "START_TIME", "SDATE", "Result Time", "thour"])
@pytest.mark.parametrize(
    "cell", ["cell", "CellName", "Cell ID", "eNodeB ID", "LNCEL_ID", "bs", "measObjLdn", "square_id"]
)
def test_usual_names_of_time_and_cell_make_a_long_table(time: str, cell: str) -> None:
    found = find(f"{time},{cell},calls\n2024-03-01 00:00,7,1\n2024-03-01 01:00,7,2\n")
    assert found.kind == layout.LONG
    assert found.mapping["time"] == time
    assert found.mapping["cell"] == cell
    assert kpis(found) == ["calls"]


def test_a_name_column_without_a_known_name_is_taken_and_that_is_said() -> None:
    found = find("time,antenna,calls\n2024-03-01 00:00,north,1\n2024-03-01 01:00,south,2\n")
    assert found.mapping["cell"] == "antenna"
    assert [n.code for n in found.notes] == ["cell_column_taken"]


def test_epoch_beats_text_where_a_table_has_both() -> None:
    found = find("square_id,time_ms,internet,time\n5,1383260400000,1.5,2013-10-31 23:00:00\n")
    assert found.mapping["time"] == "time_ms"
    assert kpis(found) == ["internet"]


def test_one_value_column_without_cell_is_a_series() -> None:
    found = find("timestamp,value\n1469376000,0.8\n1469376300,0.9\n")
    assert (found.kind, found.cell) == (layout.SERIES, None)


def test_columns_with_kpi_names_are_kpis_of_one_entity() -> None:
    found = find("time,down,up,rnti_count,mcs_down_var,rb_up\n2018-03-28 15:56,1,2,3,4,5\n2018-03-28 15:58,1,2,3,4,5\n")
    assert found.kind == layout.SERIES
    assert kpis(found) == ["down", "up", "rnti_count", "mcs_down_var", "rb_up"]
    assert [n.code for n in found.notes] == ["columns_are_kpis"]


def test_columns_with_other_names_are_cells() -> None:
    text = "timestamp,IntGW-01,IntGW-02,RR-01\n20200629105300,1,2,3\n20200629105400,1,2,3\n"
    found = find(text, stem="cpu_util")
    assert found.kind == layout.WIDE
    assert found.kpis == ("cpu_util",)
    assert found.cells == ("IntGW-01", "IntGW-02", "RR-01")


def test_the_user_overrides_what_was_recognised() -> None:
    text = "timestamp,IntGW-01,IntGW-02\n20200629105300,1,2\n20200629105400,1,2\n"
    assert find(text, LoadOptions(mapping={"layout": "series"})).kind == layout.SERIES
    long = "when,where,calls,drops\n2024-03-01 00:00,A,1,2\n2024-03-01 01:00,A,1,2\n"
    assert kpis(find(long, LoadOptions(mapping={"time": "when", "cell": "where", "value": "drops"}))) == ["drops"]


def test_intervals_name_their_kpi_in_a_column() -> None:
    found = find(
        "start_time,end_time,value,label,kpi_id\n1564588800,1564592400,730,0,abc\n1564592400,1564596000,3,1,abc\n"
    )
    assert found.kind == layout.INTERVALS
    assert (found.mapping["kpi"], found.mapping["label"], found.mapping["time"]) == ("kpi_id", "label", "start_time")


def test_a_label_never_is_a_kpi() -> None:
    for name in ("label", "anomaly", "Unusual", "is_anomaly"):
        assert kpis(find(f"timestamp,value,{name}\n1469376000,0.8,0\n1469376300,0.9,1\n")) == ["value"]


def test_identifiers_and_positions_are_no_kpis() -> None:
    text = "Date,eNodeB ID,eNodeB ID Encoded,TAC,lat,lon,UL_TP\n2019-08-01,11,1,7,45,9,3.5\n2019-08-02,11,1,7,45,9,4\n"
    assert kpis(find(text)) == ["UL_TP"]


def test_the_row_number_of_a_data_frame_is_no_kpi() -> None:
    assert kpis(find(",timestamp,value\n0,1469376000,0.8\n1,1469376300,0.9\n2,1469376600,0.7\n")) == ["value"]


def test_a_broken_row_does_not_hide_the_row_number() -> None:
    rows = "".join(f"{'x;y' if k == 2 else k},{1469376000 + 300 * k},0.{k}\n" for k in range(6))
    assert kpis(find(f",timestamp,value\n{rows}")) == ["value"]


def test_masked_names_do_not_make_a_cell_column() -> None:
    found = find("SDATE,CGI,RACH_ATTEMPTS,DROP_RATE\n2018-09-03,#,370,1\n2018-09-04,#,396,2\n")
    assert found.cell is None
    assert kpis(found) == ["RACH_ATTEMPTS", "DROP_RATE"]


def test_date_and_clock_in_two_columns() -> None:
    found = find("Date,Time,cell,calls\n2024-03-01,14:15,A,1\n2024-03-01,14:30,A,2\n")
    assert (found.mapping["date"], found.mapping["time"]) == ("Date", "Time")
    assert not found.stamps.utc


def test_repeated_column_names_are_told_apart() -> None:
    assert kpis(find("time,cell,calls,calls\n2024-03-01 00:00,A,1,2\n2024-03-01 01:00,A,1,2\n")) == ["calls", "calls_2"]


def test_subscriber_numbers_are_marked() -> None:
    found = find("time,msisdn,calls\n2024-03-01 00:00,393331234567,1\n2024-03-01 01:00,393331234568,2\n")
    assert found.subscribers
    assert kpis(found) == ["calls"]
    beside_cells = find(
        "time,cell,msisdn,calls\n2024-03-01 00:00,A,393331234567,1\n2024-03-01 01:00,A,393331234568,2\n"
    )
    assert not beside_cells.subscribers
    assert kpis(beside_cells) == ["calls"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("square_id,internet\n1,92992.6\n2,93368.4\n", "no_time_column"),
        ("1.0,2.0,3.0\n1.0,2.5,3.5\n", "no_time_no_header"),
        ("time,cell\n2024-03-01 00:00,A\n2024-03-01 01:00,B\n", "no_value_column"),
        ("time,cell,calls\n", "header_only"),
        ("2024-03-01 00:00,1,2\n2024-03-01 01:00,1,2\n", "header_missing"),
        ("time,cell,calls\nsoon,A,1\nlater,A,2\n", "time_unreadable"),
        ("type,lng,lat,range\nLTE,9.01,45.36,1000\nLTE,9.02,45.35,900\n", "cell_table"),
        (
            "lng,lat,created,range\n9.01,45.36,2016-11-15 07:47:45,1000\n9.02,45.35,2016-11-16 07:47:45,900\n",
            "cell_table",
        ),
    ],
)
def test_tables_that_cannot_be_used_are_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        find(text)
    assert caught.value.reason.code == code
    assert "data.csv" in str(caught.value)


def test_a_mapping_that_names_no_column_is_refused_with_the_columns_there_are() -> None:
    with pytest.raises(InputError) as caught:
        find("time,cell,calls\n2024-03-01 00:00,A,1\n", LoadOptions(mapping={"cell": "sector"}))
    assert caught.value.reason.code == "no_such_column"
    assert "time, cell, calls" in str(caught.value)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("cpu_util", "cpu_util"),
        ("internet_10min_grid5x5", "internet"),
        ("traffic_2013-11-01", "traffic"),
        ("20131101", "value"),
        ("rx-pps", "rx_pps"),
    ],
)
def test_a_wide_file_measures_what_its_name_says(stem: str, expected: str) -> None:
    assert layout.kpi_of_file(stem) == expected


@pytest.mark.parametrize("hour", ["Hour", "HR", "hour_of_day", "\u0633\u0627\u0639\u062a"])
@pytest.mark.parametrize("day", ["2024-03-01", "13.03.2024", "1402/12/11"])
def test_an_hour_beside_a_date_is_the_time_and_no_kpi(hour: str, day: str) -> None:
    rows = "".join(f"{day},{h},7,{h * 10}\n" for h in range(24))
    found = find(f"Date,{hour},cell,calls\n{rows}")
    assert (found.mapping["time"], found.mapping["date"]) == (hour, "Date")
    assert kpis(found) == ["calls"]


def test_a_busy_hour_beside_a_date_is_a_number_like_others() -> None:
    rows = "".join(f"2024-03-{d:02d},{d % 24},7,{d}\n" for d in range(1, 20))
    found = find(f"Date,busy_hour,cell,calls\n{rows}")
    assert found.mapping["time"] == "Date"


def test_a_constant_period_is_no_kpi_but_a_changing_one_is_told() -> None:
    lines = "time,Period (min),cell,calls\n2024-03-01 00:00,{},7,1\n2024-03-01 01:00,60,7,2\n"
    assert kpis(find(lines.format(60))) == ["calls"]
    assert kpis(find(lines.format(30))) == ["Period (min)", "calls"]
