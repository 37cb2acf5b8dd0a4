"""Call detail records with all fields that TS 32.298 demands, for a second ASN.1 implementation to encode and decode.

pycrate carries the whole standard, compiled from 3GPP's own modules: nothing in it comes from this program. What it
made of `VALUES` lies in `tests/data/cdr_standard_records.txt`; `python -m tests.engine.io.standard_records` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[2] / "data" / "cdr_standard_records.txt"

PLMN = b"\x22\xf8\x10"
_AT = bytes.fromhex("2603020930002b0100")  # 2026-03-02 09:30:00+01:00
_IMSI, _MSISDN = bytes.fromhex("62021132547698f0"), bytes.fromhex("91947100000010")
_ULI = b"\x18" + PLMN + b"\x00\x2a" + PLMN + (0x12345 * 256 + 3).to_bytes(4, "big")
_IP = ("iPBinaryAddress", ("iPBinV4Address", b"\x0a\x00\x00\x01"))
_CALL: dict[str, Any] = {
    "servedIMSI": _IMSI,
    "servedMSISDN": _MSISDN,
    "recordingEntity": b"\x91\x94\x71",
    "callingNumber": bytes.fromhex("91947190999999"),
    "mscIncomingTKGP": ("tkgpName", "trunk7"),
    "location": {"locationAreaCode": b"\x00\x64", "cellId": b"\x00\x01", "mCC-MNC": PLMN},
    "basicService": ("teleservice", b"\x11"),
    "msClassmark": b"\x33\x19\xa2",
    "answerTime": _AT,
    "callDuration": 754,
    "causeForTerm": 0,
    "diagnostics": ("gsm0408Cause", 16),
    "callReference": b"\x01\x02\x03",
}
_SESSION: dict[str, Any] = {
    "servedIMSI": _IMSI,
    "servedMSISDN": _MSISDN,
    "chargingID": 77,
    "recordOpeningTime": _AT,
    "duration": 1800,
    "causeForRecClosing": 0,
    "chargingCharacteristics": b"\x08\x00",
    "accessPointNameNI": "internet",
}
_GATEWAY: dict[str, Any] = {
    **_SESSION,
    "servingNodeAddress": [_IP],
    "servingNodeType": ["gTPSGW"],
    "rATType": 6,
    "userLocationInformation": _ULI,
}
_VOLUMES = [
    {"dataVolumeGPRSUplink": 1_500_000, "dataVolumeGPRSDownlink": 22_000_000, "changeCondition": "recordClosure"}
    | {"changeTime": _AT}
]
_MESSAGE: dict[str, Any] = {"servedIMSI": _IMSI, "servedMSISDN": _MSISDN}

VALUES: Mapping[str, Mapping[str, Any]] = {
    "moCallRecord": {"recordType": 0, **_CALL},
    "mtCallRecord": {"recordType": 1, **_CALL, "causeForTerm": 4, "callDuration": 60},
    "moSMSRecord": {
        "recordType": 6,
        **_MESSAGE,
        "msClassmark": b"\x33\x19\xa2",
        "serviceCentre": b"\x91\x94\x71",
        "recordingEntity": b"\x91\x94\x71",
        "messageReference": b"\x05",
        "originationTime": _AT,
        "location": {"locationAreaCode": b"\x00\x64", "cellId": b"\x00\x02"},
    },
    "mtSMSRecord": {
        "recordType": 7,
        **_MESSAGE,
        "msClassmark": b"\x33\x19\xa2",
        "serviceCentre": b"\x91\x94\x71",
        "recordingEntity": b"\x91\x94\x71",
        "deliveryTime": _AT,
        "smsResult": ("gsm0408Cause", 41),
        "location": {"locationAreaCode": b"\x00\x64", "cellId": b"\x00\x02"},
    },
    "sgsnPDPRecord": {
        "recordType": 18,
        **_SESSION,
        "ggsnAddressUsed": _IP,
        "locationAreaCode": b"\x00\x64",
        "cellIdentifier": b"\x00\x03",
        "listOfTrafficVolumes": _VOLUMES,
    },
    "sgsnSMORecord": {
        "recordType": 20,
        **_MESSAGE,
        "messageReference": b"\x05",
        "eventTimeStamp": _AT,
        "chargingCharacteristics": b"\x08\x00",
        "servingNodeType": "mME",
        "userLocationInformation": _ULI,
    },
    "sgsnSMTRecord": {
        "recordType": 21,
        **_MESSAGE,
        "eventTimeStamp": _AT,
        "chargingCharacteristics": b"\x08\x00",
        "servingNodeType": "mME",
        "userLocationInformation": _ULI,
    },
    "sGWRecord": {"recordType": 84, "s-GWAddress": _IP, **_GATEWAY, "listOfTrafficVolumes": _VOLUMES},
    "pGWRecord": {
        "recordType": 85,
        "p-GWAddress": _IP,
        **_GATEWAY,
        "listOfServiceData": [
            {"ratingGroup": 9, "timeOfFirstUsage": _AT, "timeOfReport": _AT, "serviceConditionChange": (0, 34)}
            | {"datavolumeFBCUplink": 500_000, "datavolumeFBCDownlink": 8_000_000}
        ],
    },
}


def schema(name: str) -> Any:
    """The standard's own choice of records that holds one. Raises ImportError where pycrate is not installed."""
    from pycrate_asn1dir import CDR

    switched = CDR.CSChargingDataTypes.CSRecord
    return switched if name in switched._cont else CDR.GPRSChargingDataTypes.GPRSRecord


def encoded(name: str) -> bytes:
    """What pycrate makes of one of `VALUES`."""
    record = schema(name)
    record.set_val((name, dict(VALUES[name])))
    return bytes(record.to_ber())


def golden() -> Mapping[str, bytes]:
    """What it made of them when it was asked."""
    pairs = (line.split() for line in GOLDEN.read_text(encoding="ascii").splitlines())
    return {name: bytes.fromhex(octets) for name, octets in pairs}


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"{name} {encoded(name).hex()}\n" for name in VALUES), encoding="ascii")
