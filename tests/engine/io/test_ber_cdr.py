"""Binary call detail records: what is counted where, and what happens to files and records that lie."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.errors import InputError
from engine.io import LoadOptions
from engine.io.base import Loaded
from engine.io.call_series import pseudonym
from engine.io.cdr_decoder import encode
from tests.engine.io import cdr_files as made
from tests.engine.io.cdr_files import CHF, MONDAY, PS, call, file, framed, message, session, stamp

GOLDEN = bytes.fromhex(
    # --- file header (TS 32.297 section 6.1.1), 52 octets ---
    "0000006c"  # file length: 108
    "00000034"  # header length: 52
    "c3"        # high release 6 (code of release 9), version 3
    "c3"        # low release, the same
    "3138e95e"  # opened: month 0011, day 00010, hour 01110, minute 001110, ahead 1, hours 00101, minutes 011110
    "3138e95e"  # last record appended
    "00000001"  # one record
    "00000009"  # file sequence number
    "00"        # closed normally
    "000000000000000000000000" "0000ffff0a000001"  # address of the node
    "82"        # records were lost, their number is not told
    "0000"      # no routeing filter
    "0000"      # no private extension
    # --- record header (section 6.1.2) ---
    "0034"      # the record has 52 octets
    "c3"        # release 9, version 3
    "26"        # 001 = BER, 00110 = TS 32.250
    # --- record (TS 32.298): moCallRecord [0], a SET of 50 octets ---
    "a032"
    "800100"                      # recordType [0]: 0
    "8108" "62021021436587f9"     # servedIMSI [1]: 262001123456789 in halves, filled up with F
    "8307" "91947100000010"       # servedMSISDN [3]: 91 = international E.164, then 491700000001
    "ac08" "80020064" "81020007"  # location [12]: LAC 100, CI 7
    "9709" "260302143015" "2b0530"  # answerTime [23]: 2026-03-02 14:30:15 + 05:30 = 09:00:15 UTC
    "9902" "00b4"                 # callDuration [25]: 180 s
    "9e01" "04"                   # causeForTerm [30]: 4, abnormal release
)  # fmt: skip


def load(folder: Path, content: bytes, options: LoadOptions | None = None, name: str = "MSC.cdr") -> Loaded:
    path = folder / name
    path.write_bytes(content)
    return io.load([path], options)


def totals(loaded: Loaded) -> dict[str, float]:
    return {kpi: round(float(np.nansum(values)), 6) for kpi, values in loaded.panel.values.items()}


def dropped(loaded: Loaded) -> Mapping[str, tuple[int, str]]:
    return {d.reason.code: (d.rows, d.example) for d in loaded.quality.dropped}


def notes(loaded: Loaded) -> dict[str, Mapping[str, str | int | float]]:
    return {note.code: note.params for note in loaded.quality.notes}


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_file_written_by_hand_is_read_octet_by_octet(tmp_path: Path) -> None:
    assert len(GOLDEN) == 108
    loaded = load(tmp_path, GOLDEN)
    assert [c.id for c in loaded.panel.cells] == ["100-7"]
    assert list(loaded.panel.times) == [np.datetime64("2026-03-02T09:00:00", "s")]
    assert totals(loaded) == {"calls_mo": 1, "call_minutes": 3, "call_drops": 1, "call_failures": 0}
    assert {"cdr_lost_unknown", "clocks_ahead"} <= notes(loaded).keys()
    assert notes(loaded)["clocks_ahead"] == {"offsets": "+05:30"}


def test_the_encoder_of_the_tests_writes_the_same_record() -> None:
    record = encode(
        "moCallRecord",
        {
            "recordType": 0,
            "servedIMSI": made.digits("262001123456789"),
            "servedMSISDN": b"\x91\x94\x71\x00\x00\x00\x10",
            "location": made.place(100, 7),
            "answerTime": stamp(datetime(2026, 3, 2, 14, 30, 15, tzinfo=timezone(timedelta(hours=5.5)))),
            "callDuration": 180,
            "causeForTerm": 4,
        },
    )
    assert framed(record)[4:] == GOLDEN[56:]
    assert made.file([framed(record)])[18:26] == b"\0\0\0\1" + b"\0\0\0\7"


# --- what counts where -----------------------------------------------------------------------------------------------


def test_a_call_counts_with_all_its_minutes_in_the_hour_in_which_it_starts(tmp_path: Path) -> None:
    late = MONDAY + timedelta(minutes=59)
    loaded = load(tmp_path, file([framed(call(late, seconds=7200)), framed(call(MONDAY + timedelta(hours=3)))]))
    assert loaded.panel.values["calls_mo"].tolist() == [[1, 0, 0, 1]]
    assert loaded.panel.values["call_minutes"].tolist() == [[120, 0, 0, 1]]


def test_its_minutes_may_be_split_over_the_hours_in_which_they_were_talked(tmp_path: Path) -> None:
    late = MONDAY + timedelta(minutes=59)
    octets = file([framed(call(late, seconds=7200)), framed(call(MONDAY + timedelta(hours=3)))])
    loaded = load(tmp_path, octets, options=LoadOptions(mapping={"call_hours": "split"}))
    assert loaded.panel.values["calls_mo"].tolist() == [[1, 0, 0, 1]]
    assert loaded.panel.values["call_minutes"].tolist() == [[1, 60, 59, 1]]
    assert loaded.quality.rows_kept == 2


def test_directions_messages_drops_and_failures_are_counted_apart(tmp_path: Path) -> None:
    records = [
        call(MONDAY),
        call(MONDAY, mt=True, seconds=30, cause=4),
        call(MONDAY, mt=True, seconds=20, cause=3),
        message(MONDAY),
        message(MONDAY, mt=True, failed=True),
        message(MONDAY, mt=True),
    ]
    assert totals(load(tmp_path, file(map(framed, records)))) == {
        "calls_mo": 1,
        "calls_mt": 2,
        "call_minutes": 1.5,
        "call_drops": 1,
        "call_failures": 1,
        "sms_mo": 1,
        "sms_mt": 2,
        "sms_failures": 1,
    }


def test_partial_records_of_a_long_call_add_minutes_but_no_calls(tmp_path: Path) -> None:
    records = [call(MONDAY + timedelta(hours=k), seconds=3600, sequenceNumber=k + 1) for k in range(3)]
    loaded = load(tmp_path, file(map(framed, records)))
    assert loaded.panel.values["calls_mo"].tolist() == [[1, 0, 0]]
    assert loaded.panel.values["call_minutes"].tolist() == [[60, 60, 60]]


def test_volumes_count_where_their_container_began(tmp_path: Path) -> None:
    record = session(
        MONDAY + timedelta(minutes=30),
        [(1_000_000, 2_000_000, MONDAY + timedelta(hours=2)), (3_000_000, 4_000_000, MONDAY + timedelta(hours=5))],
        cause=4,
    )
    loaded = load(tmp_path, file([framed(record, PS)]))
    assert [(c.id, c.name, c.site) for c in loaded.panel.cells] == [("228-01-19088643", "74565/3", "eNB 74565")]
    assert loaded.panel.values["data_mb_up"].tolist() == [[1, 0, 3]]
    assert loaded.panel.values["data_mb_down"].tolist() == [[2, 0, 4]]
    assert totals(loaded)["data_drops"] == totals(loaded)["data_sessions"] == 1


def test_a_session_of_the_5g_core_is_placed_by_its_nr_cell(tmp_path: Path) -> None:
    cell = {"nrLocation": {"ncgi": {"plmnId": b"\x22\xf8\x10", "cellId": "00012300A"}}}
    record = encode(
        "chargingFunctionRecord",
        {
            "recordType": 200,
            "recordOpeningTime": stamp(MONDAY),
            "pDUSessionChargingInformation": {"userLocationInformationASN1": cell},
            "listOfMultipleUnitUsage": [
                {"usedUnitContainers": [{"dataVolumeUplink": 500_000, "dataVolumeDownlink": 1_500_000}] * 2}
            ],
        },
    )
    loaded = load(tmp_path, file([framed(record, CHF, extended=True)], extended=True))
    assert [c.id for c in loaded.panel.cells] == [f"228-01-{0x12300A}"]
    assert (totals(loaded)["data_mb_up"], totals(loaded)["data_mb_down"]) == (1, 3)


@pytest.mark.parametrize(
    ("uli", "cell"),
    [
        ("0122f8100064000a", "100-10"),  # TS 29.274: CGI; TS 29.060: SAI - the same octets say the same
        ("0022f8100064000a", "100-10"),  # TS 29.060: CGI
        ("1822f810002a22f81002345603", "228-01-36984323"),  # TAI and ECGI
        ("0822f810002a", None),  # a tracking area is no cell
        ("1822f810002a22f810", None),  # cut
    ],
)
def test_user_location_of_either_specification_names_the_cell(tmp_path: Path, uli: str, cell: str | None) -> None:
    record = encode("sGWRecord", {"recordOpeningTime": stamp(MONDAY), "userLocationInformation": bytes.fromhex(uli)})
    loaded = load(tmp_path, file([framed(record, PS), framed(call(MONDAY, (1, 1)))]))
    assert {c.id for c in loaded.panel.cells} == {"1-1", cell} - {None}
    assert ("cdr_no_cell" in dropped(loaded)) == (cell is None)


def test_records_of_one_hour_in_several_files_are_summed(tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.cdr").write_bytes(file([framed(call(MONDAY + timedelta(minutes=k)))] * 2))
    loaded = io.load([tmp_path])
    assert totals(loaded)["calls_mo"] == 6
    assert loaded.quality.duplicates == 0
    assert loaded.quality.rows_kept == 6


def test_periods_may_be_shorter_and_longer_than_an_hour(tmp_path: Path) -> None:
    content = file([framed(call(MONDAY + timedelta(minutes=20 * k))) for k in range(144)])
    quarters = load(tmp_path, content, LoadOptions(period_s=900)).panel
    assert (quarters.period_s, quarters.values["calls_mo"].sum()) == (900, 144)
    days = load(tmp_path, content, LoadOptions(period_s=86_400, zone="Europe/Berlin")).panel
    assert days.values["calls_mo"].tolist() == [[72, 72]]


def test_hours_begin_on_the_hour_of_the_zone(tmp_path: Path) -> None:
    kolkata = datetime(2026, 3, 2, 9, 10, tzinfo=timezone(timedelta(hours=5.5)))
    loaded = load(tmp_path, file([framed(call(kolkata))]), LoadOptions(zone="Asia/Kolkata"))
    assert list(loaded.panel.times) == [np.datetime64("2026-03-02T03:30:00", "s")]
    assert "rows_off_grid" not in notes(loaded)


# --- people ----------------------------------------------------------------------------------------------------------


def test_subscribers_become_keyed_hashes_and_cells_need_none(tmp_path: Path) -> None:
    content = file([framed(call(MONDAY, msisdn="491700000001")), framed(call(MONDAY, mt=True, msisdn="491700000002"))])
    options = LoadOptions(mapping={"entity": "subscriber"}, key=b"secret")
    loaded = load(tmp_path, content, options)
    expected = sorted(pseudonym(n, b"secret") for n in ("491700000001", "491700000002"))
    assert sorted(c.id for c in loaded.panel.cells) == expected
    other = load(tmp_path, content, LoadOptions(mapping={"entity": "subscriber"}, key=b"other"))
    assert not {c.id for c in other.panel.cells} & set(expected)
    for said in (loaded.quality, loaded.panel, load(tmp_path, content).quality):
        assert "49170" not in repr(said)
        assert "26201" not in repr(said)


def test_series_may_be_of_location_areas(tmp_path: Path) -> None:
    content = file([framed(call(MONDAY, (7, ci))) for ci in (1, 2, 3)])
    loaded = load(tmp_path, content, LoadOptions(mapping={"entity": "area"}))
    assert [c.id for c in loaded.panel.cells] == ["LAC 7"]
    assert totals(loaded)["calls_mo"] == 3
    with pytest.raises(InputError) as caught:
        load(tmp_path, content, LoadOptions(mapping={"entity": "handset"}))
    assert caught.value.reason.code == "cdr_no_such_choice"


# --- what cannot be used ---------------------------------------------------------------------------------------------


def test_unknown_fields_are_passed_over_wherever_they_stand(tmp_path: Path) -> None:
    record = call(MONDAY)
    # Trunk group [10], a change of location [13] and an extension [35] in front of all that is read.
    extra = bytes.fromhex("aa03800101") + bytes.fromhex("ad053003800101") + bytes.fromhex("bf23028001")
    extra = extra[:-4] + bytes.fromhex("bf2303800101")
    longer = b"\xa0" + bytes([record[1] + len(extra)]) + extra + record[2:]
    assert totals(load(tmp_path, file([framed(longer)])))["calls_mo"] == 1


def test_a_record_of_indefinite_length_is_read(tmp_path: Path) -> None:
    record = call(MONDAY)
    assert totals(load(tmp_path, file([framed(b"\xa0\x80" + record[2:] + b"\0\0")])))["calls_mo"] == 1


def test_what_cannot_be_used_is_counted_by_reason_with_its_place(tmp_path: Path) -> None:
    good = framed(call(MONDAY))
    undecodable = framed(b"\xa0\x05\x99\x03\x01\x02")  # its inner length reaches beyond it
    records = [
        good,
        framed(b"\xae\x03\x80\x01\x0e"),  # [14]: common equipment
        good,
        undecodable,
        good,
        framed(b"\x00\x01\x02", encoding=2),
        framed(call(MONDAY, None)),
        framed(call(MONDAY, answerTime=b"\x26\x13\x45" + bytes(3) + b"+\0\0")),
        good,
    ]
    content = file(records)
    loaded = load(tmp_path, content)
    assert totals(loaded)["calls_mo"] == 4
    found = dropped(loaded)
    assert {code: rows for code, (rows, _) in found.items()} == {
        "cdr_other_type": 1,
        "cdr_undecodable": 1,
        "cdr_encoding": 1,
        "cdr_no_cell": 1,
        "row_time": 1,
    }
    assert found["cdr_other_type"][1] == f"MSC.cdr, byte {52 + len(good)}, record type [14]"
    assert found["cdr_encoding"][1].endswith("unaligned PER")
    assert loaded.quality.rows_read == 9


def test_a_handover_of_calls_is_not_taken_for_a_data_session(tmp_path: Path) -> None:
    srvcc = encode("sgsnPDPRecord", {"recordType": 87, "recordOpeningTime": stamp(MONDAY)})
    loaded = load(tmp_path, file([framed(srvcc), framed(call(MONDAY))]))
    assert dropped(loaded)["cdr_other_type"][0] == 1


@pytest.mark.parametrize("wrong", [-3, 3, 40_000])
def test_a_record_header_that_lies_loses_nothing(tmp_path: Path, wrong: int) -> None:
    records = [call(MONDAY + timedelta(minutes=k)) for k in range(5)]
    lying = [framed(r, length=len(r) + wrong) if k == 2 else framed(r) for k, r in enumerate(records)]
    assert totals(load(tmp_path, file(lying)))["calls_mo"] == 5


def test_junk_between_records_costs_only_itself(tmp_path: Path) -> None:
    good = [framed(call(MONDAY + timedelta(minutes=k))) for k in range(6)]
    content = file([*good[:3], b"\xff" * 300_000, *good[3:]])
    loaded = load(tmp_path, content)
    assert totals(loaded)["calls_mo"] == 6
    assert dropped(loaded)["cdr_framing"] == (1, f"MSC.cdr, byte {52 + sum(map(len, good[:3]))}")


def test_a_cut_file_is_read_up_to_there_and_says_so(tmp_path: Path) -> None:
    records = [framed(call(MONDAY + timedelta(minutes=k))) for k in range(4)]
    content = file(records)
    loaded = load(tmp_path, content[:-10])
    assert totals(loaded)["calls_mo"] == 3
    assert dropped(loaded)["cdr_cut"] == (1, f"MSC.cdr, byte {len(content) - len(records[-1])}")
    assert notes(loaded)["cdr_file_length"] == {"file": "MSC.cdr", "said": len(content), "found": len(content) - 10}
    assert notes(loaded)["cdr_file_records"] == {"file": "MSC.cdr", "said": 4, "found": 3}


def test_lost_records_are_told(tmp_path: Path) -> None:
    content = file([framed(call(MONDAY))], lost=12)
    assert notes(load(tmp_path, content))["cdr_lost"] == {"records": 12}


def test_headers_with_filter_extension_and_both_releases_are_understood(tmp_path: Path) -> None:
    for extended in (False, True):
        content = file(
            [framed(call(MONDAY), extended=extended)], routeing=b"abc", private=bytes(5000), extended=extended
        )
        assert totals(load(tmp_path, content))["calls_mo"] == 1


def test_a_file_without_any_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, file([]))
    assert caught.value.reason.code == "no_rows"


def test_a_file_whose_lengths_do_not_fit_is_none_of_these(tmp_path: Path) -> None:
    content = bytearray(file([framed(call(MONDAY))]))
    content[7] += 9
    with pytest.raises(InputError) as caught:
        load(tmp_path, bytes(content))
    assert caught.value.reason.code == "unknown_binary"


def test_packed_files_and_long_ones_are_read_in_pieces(tmp_path: Path) -> None:
    records = [framed(call(MONDAY + timedelta(seconds=k % 3600), (1, k % 50))) for k in range(300)] * 100
    loaded = load(tmp_path, gzip.compress(file(records), 1), name="MSC.cdr.gz")
    assert totals(loaded)["calls_mo"] == 30_000
    assert loaded.panel.shape == (50, 1)


def test_several_kinds_of_gateways_are_told(tmp_path: Path) -> None:
    packet = framed(session(MONDAY, []), PS)
    serving = encode("sGWRecord", {"recordOpeningTime": stamp(MONDAY), "userLocationInformation": made.uli_ecgi(1)})
    assert "cdr_gateways" in notes(load(tmp_path, file([packet, framed(serving, PS)])))
