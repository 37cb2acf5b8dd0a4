"""What one decoded call detail record (3GPP TS 32.298) says: whose traffic, where, when and how much.

A record becomes usages: one for a call or a message, one per container of a data session, as a session may last for
hours and cross cells. Numbers of subscribers are used for nothing but the name of a subscriber, hashed by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.data import Cell
from engine.io.call_series import MEGABYTE, MINUTE_S, Amounts

NORMAL, UNSUCCESSFUL, ABNORMAL = 0, 3, 4
"""causeForTerm and causeForRecClosing of TS 32.298 that count: normal release, failed attempt, abnormal release."""

_TBCD = "0123456789*#abc"
_FILLER = 0xF
_UTC_SIGNS = {0x2B: 1, 0x2D: -1}
_MAX_OFFSET_S = 15 * 3600

# TS 29.274 section 8.21: what a User Location Information holds, in this order, by the bits of its first octet.
_CGI, _SAI, _RAI, _TAI, _ECGI = 0x01, 0x02, 0x04, 0x08, 0x10
_SIZES = ((_CGI, 7), (_SAI, 7), (_RAI, 7), (_TAI, 5), (_ECGI, 7))
# TS 29.060 section 7.7.51: geographic location types of the same size, which name a cell or a service area.
_OLD_TYPES = (0, 1)


@dataclass(frozen=True)
class Usage:
    """Traffic that began at a moment in a cell. second: UTC seconds since 1970. cell: None = the record names none.

    offset_s: how far the clock of the record was ahead of UTC. amounts: what it adds to each KPI.
    """

    second: int
    offset_s: int
    cell: Cell | None
    amounts: Amounts


class NoTimeError(ValueError):
    """A record that does not tell its time."""


def usages(name: str, fields: Mapping[str, Any]) -> Iterator[Usage]:
    """The usages of a record of a type, at least one. Raises NoTimeError."""
    if name in ("moCallRecord", "mtCallRecord"):
        yield _call(fields, "calls_mo" if name == "moCallRecord" else "calls_mt")
    elif name in ("moSMSRecord", "sgsnSMORecord"):
        yield _message(fields, "sms_mo")
    elif name in ("mtSMSRecord", "sgsnSMTRecord"):
        yield _message(fields, "sms_mt")
    else:
        yield from _session(name, fields)


def subscriber(fields: Mapping[str, Any]) -> str:
    """The digits that name the subscriber whose traffic this is: the MSISDN, else the IMSI; "" if there is neither."""
    if number := fields.get("servedMSISDN"):
        # One octet of numbering plan, a second one (presentation) where the first does not say that it is the last.
        return tbcd(number[1:] if number[0] & 0x80 else number[2:])
    if imsi := fields.get("servedIMSI"):
        return tbcd(imsi)
    text = str(fields.get("subscriberIdentifier", {}).get("subscriptionIDData", ""))
    return text.removeprefix("msisdn-").removeprefix("imsi-")


def tbcd(octets: bytes) -> str:
    """The digits of a telephony BCD string (TS 29.002): the low half of every octet first, 15 fills up."""
    halves = (half for octet in octets for half in (octet & 0xF, octet >> 4))
    return "".join(_TBCD[half] for half in halves if half != _FILLER)


def moment(octets: bytes) -> tuple[int, int]:
    """(UTC seconds since 1970, seconds that the clock was ahead of UTC) of a TimeStamp: YYMMDDhhmmss, sign, hhmm.

    Nine octets: binary coded decimals in plain order, the sign in ASCII. Raises NoTimeError.
    """
    if len(octets) != 9 or octets[6] not in _UTC_SIGNS:
        raise NoTimeError(octets.hex())
    digits = (octets[:6] + octets[7:]).hex()
    if not digits.isdecimal():
        raise NoTimeError(octets.hex())
    year, month, day, hour, minute, second, ahead_hours, ahead_minutes = (
        int(digits[k : k + 2]) for k in range(0, len(digits), 2)
    )
    offset_s = _UTC_SIGNS[octets[6]] * (3600 * ahead_hours + 60 * ahead_minutes)
    try:
        local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise NoTimeError(octets.hex()) from None
    if abs(offset_s) > _MAX_OFFSET_S:
        raise NoTimeError(octets.hex())
    return int(local.timestamp()) - offset_s, offset_s


def located(octets: bytes | None) -> Cell | None:
    """The cell of a User Location Information of TS 29.274 (flags) or TS 29.060 (type); None where it names none."""
    if not octets:
        return None
    if len(octets) == 8 and octets[0] in _OLD_TYPES:
        return area_and_cell(octets[4:6], octets[6:8])
    at, found = 1, None
    for flag, size in _SIZES:
        if not octets[0] & flag:
            continue
        part = octets[at : at + size]
        if len(part) < size:
            return found
        if flag in (_CGI, _SAI):
            found = found or area_and_cell(part[3:5], part[5:7])
        elif flag == _ECGI:
            # The most specific one; its upper four bits are spare.
            found = ecgi(part[:3], int.from_bytes(part[3:], "big") & 0x0FFFFFFF)
        at += size
    return found


def area_and_cell(area: bytes | None, cell: bytes | None) -> Cell | None:
    """The cell "LAC-CI" (or the service area), in decimal; None where the record does not name both."""
    if not area or not cell:
        return None
    lac, ci = int.from_bytes(area, "big"), int.from_bytes(cell, "big")
    return Cell(f"{lac}-{ci}", name=f"{lac}-{ci}", site=f"LAC {lac}")


def ecgi(plmn: bytes, identity: int) -> Cell:
    """The LTE cell "MCC-MNC-ECI"; people know it as eNB / cell."""
    return Cell(f"{_plmn(plmn)}-{identity}", name=f"{identity >> 8}/{identity & 0xFF}", site=f"eNB {identity >> 8}")


def _plmn(octets: bytes) -> str:
    digits = [half for octet in octets for half in (octet & 0xF, octet >> 4)]
    mnc = [digits[4], digits[5], *([] if digits[3] == _FILLER else [digits[3]])]
    return "".join(map(str, digits[:3])) + "-" + "".join(map(str, mnc))


def _plain_location(location: Mapping[str, Any] | None) -> Cell | None:
    """The cell of a location that is written in ASN.1 (5G core)."""
    for technology, identity in (("nrLocation", "ncgi"), ("eutraLocation", "ecgi")):
        found = (location or {}).get(technology, {}).get(identity, {})
        plmn, text = found.get("plmnId", b""), found.get("cellId", "")
        try:
            number = int(text, 16)
        except ValueError:
            continue
        if len(plmn) != 3:
            continue
        if identity == "ecgi":
            return ecgi(plmn, number)
        return Cell(f"{_plmn(plmn)}-{number}", name=f"NR {number}", site="")
    return None


def _call(fields: Mapping[str, Any], direction: str) -> Usage:
    second, offset_s = _first(fields, ("answerTime", "seizureTime", "releaseTime"))
    place = fields.get("location", {})
    cause = fields.get("causeForTerm")
    # A long call is split into partial records, numbered from 1: its minutes are in all, the call is in the first.
    whole = fields.get("sequenceNumber") in (None, 1)
    talked_s = 0 if cause == UNSUCCESSFUL else max(fields.get("callDuration", 0), 0)
    amounts = {
        direction: float(whole),
        "call_minutes": talked_s / MINUTE_S,
        "call_drops": float(cause == ABNORMAL),
        "call_failures": float(cause == UNSUCCESSFUL),
    }
    return Usage(second, offset_s, area_and_cell(place.get("locationAreaCode"), place.get("cellId")), amounts)


def _message(fields: Mapping[str, Any], direction: str) -> Usage:
    second, offset_s = _first(fields, ("originationTime", "deliveryTime", "eventTimeStamp"))
    place = fields.get("location", {})
    area = place.get("locationAreaCode") or fields.get("locationArea")
    cell = located(fields.get("userLocationInformation")) or area_and_cell(
        area, place.get("cellId") or fields.get("cellIdentifier")
    )
    return Usage(second, offset_s, cell, {direction: 1.0, "sms_failures": float("smsResult" in fields)})


def _session(name: str, fields: Mapping[str, Any]) -> Iterator[Usage]:
    """A data session: what was used at its begin, then what each container adds where and when it began."""
    opened = _first(fields, ("recordOpeningTime",))
    containers = _containers(name, fields)
    places = [_cell_of_container(container) for container in containers]
    cell = _cell_of_session(fields) or next((place for place in places if place), None)
    amounts = {
        # Partial records of a session are numbered from 1, like those of a call.
        "data_sessions": float(fields.get("recordSequenceNumber") in (None, 1)),
        "data_drops": float(fields.get("causeForRecClosing") == ABNORMAL),
        "data_mb_up": 0.0,
        "data_mb_down": 0.0,
    }
    yield Usage(*opened, cell, amounts)
    begin = opened
    for container, place in zip(containers, places, strict=True):
        first = container.get("timeOfFirstUsage") or container.get("pDUContainerInformation", {}).get(
            "timeOfFirstUsage"
        )
        volumes = {
            "data_mb_up": _volume(container, ("dataVolumeGPRSUplink", "datavolumeFBCUplink", "dataVolumeUplink")),
            "data_mb_down": _volume(
                container, ("dataVolumeGPRSDownlink", "datavolumeFBCDownlink", "dataVolumeDownlink")
            ),
        }
        yield Usage(*(moment(first) if first else begin), place or cell, volumes)
        # A container of traffic volumes ends where the next one begins.
        if "changeTime" in container:
            begin = moment(container["changeTime"])


def _cell_of_container(container: Mapping[str, Any]) -> Cell | None:
    information = container.get("pDUContainerInformation", {})
    return (
        _plain_location(information.get("userLocationInformationASN1"))
        or located(information.get("userLocationInformation"))
        or located(container.get("userLocationInformation"))
    )


def _cell_of_session(fields: Mapping[str, Any]) -> Cell | None:
    information = fields.get("pDUSessionChargingInformation", {})
    return (
        located(fields.get("userLocationInformation"))
        or _plain_location(information.get("userLocationInformationASN1"))
        or located(information.get("userLocationInformation"))
        or area_and_cell(fields.get("locationAreaCode"), fields.get("cellIdentifier"))
    )


def _containers(name: str, fields: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The containers with volumes. Flow based ones repeat the traffic volumes, so only one kind counts."""
    if name == "chargingFunctionRecord":
        return [
            used for unit in fields.get("listOfMultipleUnitUsage", []) for used in unit.get("usedUnitContainers", [])
        ]
    volumes: Sequence[Mapping[str, Any]] = fields.get("listOfTrafficVolumes") or fields.get("listOfServiceData") or []
    return volumes


def _volume(container: Mapping[str, Any], names: Sequence[str]) -> float:
    """Octets as MB (a million octets); negative ones are nonsense and count as none."""
    return max(float(next((container[n] for n in names if n in container), 0)), 0.0) / MEGABYTE


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> tuple[int, int]:
    """The first of some time stamps that the record has. Raises NoTimeError."""
    found = next((fields[n] for n in names if fields.get(n)), None)
    if found is None:
        raise NoTimeError("")
    return moment(found)
