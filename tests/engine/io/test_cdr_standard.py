"""Records and octets held against a second ASN.1 implementation with the whole of TS 32.298."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.io import LoadOptions, cdr_decoder
from tests.engine.io import standard_records
from tests.engine.io.cdr_files import CS, PS, file, framed
from tests.engine.io.standard_records import VALUES

PACKET = {"sgsnPDPRecord", "sgsnSMORecord", "sgsnSMTRecord", "sGWRecord", "pGWRecord"}


def _elements(octets: bytes) -> set[bytes]:
    """The octets of every element inside a record."""
    outer = cdr_decoder.element(octets, 0, len(octets))
    found, at = set(), outer.start
    while at < outer.stop:
        inner = cdr_decoder.element(octets, at, outer.stop)
        found.add(octets[at : inner.end])
        at = inner.end
    return found


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_complete_record_of_the_other_implementation_is_decoded_to_its_values(name: str) -> None:
    found, fields = cdr_decoder.decode(standard_records.golden()[name])
    assert found == name
    told = VALUES[name]
    assert {"recordType", "servedMSISDN", "servedIMSI"} <= fields.keys()
    for key in fields.keys() - {"smsResult", "location", "listOfTrafficVolumes", "listOfServiceData"}:
        assert fields[key] == told[key], key
    for key in fields.keys() & {"listOfTrafficVolumes", "listOfServiceData"}:
        for ours, theirs in zip(fields[key], told[key], strict=True):
            assert ours == {k: theirs[k] for k in ours}
            assert len(ours) >= 3
    if "location" in fields:
        assert fields["location"] == {k: told["location"][k] for k in ("locationAreaCode", "cellId")}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_our_encoder_writes_the_same_octets_as_the_other_implementation(name: str) -> None:
    theirs = standard_records.golden()[name]
    _, fields = cdr_decoder.decode(theirs)
    partial = {"location", "listOfTrafficVolumes", "listOfServiceData"}  # hold more than is read
    ours = cdr_decoder.encode(name, {k: v for k, v in fields.items() if k not in partial})
    assert len(_elements(ours)) == len(fields.keys() - partial) >= 4
    assert _elements(ours) <= _elements(theirs)


def test_a_file_of_its_records_becomes_the_series_they_tell(tmp_path: Path) -> None:
    records = [framed(octets, PS if name in PACKET else CS) for name, octets in standard_records.golden().items()]
    path = tmp_path / "mixed.cdr"
    later = standard_records.golden()["moCallRecord"].replace(b"\x26\x03\x02\x09", b"\x26\x03\x02\x10")
    path.write_bytes(file([*records, framed(later)]))
    loaded = io.load([path], LoadOptions(zone="UTC"))
    panel, first = loaded.panel, {kpi: v[:, 0] for kpi, v in loaded.panel.values.items()}
    assert str(panel.times[0]) == "2026-03-02T08:00:00"
    assert [c.id for c in panel.cells] == ["100-1", "100-2", "100-3", f"228-01-{0x12345 * 256 + 3}"]
    totals = {kpi: round(float(np.nansum(v)), 3) for kpi, v in first.items()}
    assert totals == {
        "calls_mo": 1,
        "calls_mt": 1,
        "call_minutes": round((754 + 60) / 60, 3),
        "call_drops": 1,
        "call_failures": 0,
        "sms_mo": 2,
        "sms_mt": 2,
        "sms_failures": 1,
        "data_sessions": 3,
        "data_mb_up": 3.5,
        "data_mb_down": 52,
        "data_drops": 0,
    }
    assert not loaded.quality.dropped


@pytest.mark.parametrize("name", sorted(VALUES))
def test_the_other_implementation_still_writes_and_reads_these_octets(name: str) -> None:
    pytest.importorskip("pycrate_asn1dir", reason="pycrate comes with the extra `test`")
    octets = standard_records.golden()[name]
    assert standard_records.encoded(name) == octets
    record = standard_records.schema(name)
    record.from_ber(octets)
    found, value = record.get_val()
    assert found == name
    assert {k: value[k] for k in VALUES[name]} == dict(VALUES[name])
