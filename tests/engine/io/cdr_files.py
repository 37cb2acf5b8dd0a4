"""Makes binary call detail records as a charging gateway writes them: TS 32.297 files of TS 32.298 records."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from engine.io.cdr_decoder import encode

MONDAY = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=1)))
CS, PS, CHF = 6, 7, 20
"""Codes of TS 32.250, 32.251 and 32.255 in the header of a record."""


def stamp(time: datetime) -> bytes:
    """A TimeStamp: YYMMDDhhmmss as BCD, the sign in ASCII, hhmm as BCD."""
    ahead = int((time.utcoffset() or timedelta()).total_seconds())
    sign = b"-" if ahead < 0 else b"+"
    hours, minutes = divmod(abs(ahead) // 60, 60)
    return bytes.fromhex(f"{time:%y%m%d%H%M%S}") + sign + bytes.fromhex(f"{hours:02d}{minutes:02d}")


def digits(number: str) -> bytes:
    """Telephony BCD: two digits per octet, the first in the low half, filled up with 15."""
    padded = number + "F" * (len(number) % 2)
    return bytes(int(padded[k + 1] + padded[k], 16) for k in range(0, len(padded), 2))


def isdn(number: str) -> bytes:
    """An international E.164 number behind its octet of numbering plan."""
    return b"\x91" + digits(number)


def place(lac: int, ci: int) -> dict[str, bytes]:
    return {"locationAreaCode": struct.pack(">H", lac), "cellId": struct.pack(">H", ci)}


def uli_ecgi(eci: int, plmn: bytes = b"\x22\xf8\x10") -> bytes:
    """User Location Information of TS 29.274: tracking area and LTE cell."""
    return b"\x18" + plmn + b"\x00\x2a" + plmn + struct.pack(">I", eci)


def call(
    time: datetime,
    cell: tuple[int, int] | None = (100, 1),
    *,
    seconds: int = 60,
    cause: int = 0,
    mt: bool = False,
    msisdn: str = "491700000001",
    **more: object,
) -> bytes:
    fields: dict[str, object] = {
        "recordType": int(mt),
        "servedIMSI": digits("262011234567890"),
        "servedMSISDN": isdn(msisdn),
        "callingNumber": isdn("491709999999"),
        "answerTime": stamp(time),
        "callDuration": seconds,
        "causeForTerm": cause,
        **more,
    }
    if cell is not None:
        fields["location"] = place(*cell)
    return encode("mtCallRecord" if mt else "moCallRecord", fields)


def message(time: datetime, cell: tuple[int, int] = (100, 1), *, mt: bool = False, failed: bool = False) -> bytes:
    fields: dict[str, object] = {"recordType": 7 if mt else 6, "location": place(*cell)}
    fields["deliveryTime" if mt else "originationTime"] = stamp(time)
    if failed:
        fields["smsResult"] = {"gsm0408Cause": 41}
    return encode("mtSMSRecord" if mt else "moSMSRecord", fields)


def session(
    time: datetime, containers: Sequence[tuple[int, int, datetime]], eci: int | None = 0x12345 * 256 + 3, cause: int = 0
) -> bytes:
    """A session of a packet gateway. containers: octets up, octets down, when each ended."""
    fields: dict[str, object] = {
        "recordType": 85,
        "servedMSISDN": isdn("491700000002"),
        "recordOpeningTime": stamp(time),
        "causeForRecClosing": cause,
        "listOfTrafficVolumes": [
            {"dataVolumeGPRSUplink": up, "dataVolumeGPRSDownlink": down, "changeTime": stamp(end)}
            for up, down, end in containers
        ],
    }
    if eci is not None:
        fields["userLocationInformation"] = uli_ecgi(eci)
    return encode("pGWRecord", fields)


def framed(
    record: bytes, ts: int = CS, *, encoding: int = 1, length: int | None = None, extended: bool = False
) -> bytes:
    """A record behind its header."""
    release = 7 if extended else 6
    header = struct.pack(">HBB", len(record) if length is None else length, release << 5 | 1, encoding << 5 | ts)
    return header + (b"\x06" if extended else b"") + record


def file(
    framed_records: Iterable[bytes],
    *,
    length: int | None = None,
    count: int | None = None,
    lost: int = 0,
    routeing: bytes = b"",
    private: bytes = b"",
    extended: bool = False,
) -> bytes:
    """A whole file."""
    records = list(framed_records)
    body = b"".join(records)
    tail = struct.pack(">H", len(routeing)) + routeing + struct.pack(">H", len(private)) + private
    tail += b"\x06\x06" if extended else b""
    header_length = 48 + len(tail)
    release = 0xE1 if extended else 0xC1
    return (
        struct.pack(
            ">IIBBIIIIB",
            header_length + len(body) if length is None else length,
            header_length,
            release,
            release,
            packed_time(MONDAY),
            packed_time(MONDAY + timedelta(hours=1)),
            len(records) if count is None else count,
            7,
            0,
        )
        + bytes(12)
        + b"\x00\x00\xff\xff\x0a\x00\x00\x01"
        + bytes([lost])
        + tail
        + body
    )


def packed_time(time: datetime) -> int:
    """The time stamp of a file header: month, day, hour, minute, sign (1 = ahead), hours and minutes ahead of UTC."""
    hours, minutes = divmod(int((time.utcoffset() or timedelta()).total_seconds()) // 60, 60)
    return time.month << 28 | time.day << 23 | time.hour << 18 | time.minute << 12 | 1 << 11 | hours << 6 | minutes


def week(folder: Path, cells: Sequence[tuple[int, int]], *, calls_per_hour: int, seed: int) -> Mapping[str, int]:
    """A week of hourly files of calls, messages and sessions with a daily rhythm. Returns how many of each there are.

    On Thursday from 10:00 to 13:00 the first cell is silent.
    """
    chance = random.Random(seed)
    written = {"call": 0, "message": 0, "session": 0}
    for hour in range(7 * 24):
        begin = MONDAY + timedelta(hours=hour)
        level = 1.1 - math.cos(2 * math.pi * (begin.hour - 4) / 24)
        records = []
        for number, cell in enumerate(cells):
            if number == 0 and 3 * 24 + 10 <= hour < 3 * 24 + 13:
                continue
            for _ in range(round(chance.gauss(1, 0.08) * calls_per_hour * level)):
                time = begin + timedelta(seconds=chance.randrange(3600))
                msisdn = f"49170{chance.randrange(10**7):07d}"
                cause = chance.choices((0, 3, 4), (96, 3, 1))[0]
                seconds = round(chance.expovariate(1 / 90))
                records.append(
                    framed(call(time, cell, seconds=seconds, cause=cause, mt=chance.random() < 0.5, msisdn=msisdn))
                )
                written["call"] += 1
            for _ in range(round(calls_per_hour * level / 2)):
                time = begin + timedelta(seconds=chance.randrange(3600))
                records.append(framed(message(time, cell, mt=chance.random() < 0.5)))
                written["message"] += 1
        (folder / f"MSC01_{begin:%Y%m%d%H}.cdr").write_bytes(file(records))
    return written
