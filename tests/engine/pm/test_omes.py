"""Nokia's dialect, from a miniature made by hand."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.data import Cell
from engine.errors import InputError
from engine.io import load
from tests.engine.io.loaded import DATA, rows, same, values

NAN = float("nan")
FILE = DATA / "pm_omes.xml"
CELL = "PLMN-PLMN/MRBTS-7/LNBTS-7/LNCEL-1/MCC-244/MNC-5"
SHARED = "PLMN-PLMN/RNC-3/WBTS-20/WCEL-4 + PLMN-PLMN/MCC-244/MNC-5"


def test_values_stand_at_the_begin_of_their_interval_whoever_wrote_the_file() -> None:
    loaded = load([FILE])
    assert loaded.quality.format == "pm-xml"
    assert loaded.panel.period_s == 900
    assert loaded.panel.times.tolist() == [datetime(2024, 3, 1, 8, 0), datetime(2024, 3, 1, 8, 15)]
    assert loaded.panel.cells == (
        Cell(CELL, name="LNCEL-1", site="MRBTS-7"),
        Cell(SHARED, name="WCEL-4", site="RNC-3/WBTS-20"),
    )
    same(values(loaded, "M8001C6"), [[20, 22], [NAN, NAN]])
    same(values(loaded, "M8001C7"), [[150, NAN], [NAN, NAN]])
    same(values(loaded, "M1017C0"), [[NAN, NAN], [122.5, NAN]])
    assert rows(loaded) == {}


@pytest.mark.parametrize(
    ("base", "own", "path"),
    [
        ("NE-WBTS-5", "DN:NE-WBTS-5/WCEL-1", "PLMN-PLMN/WBTS-5/WCEL-1"),
        ("NE-RNC-1", "DN:NE-WBTS-5/WCEL-1", "PLMN-PLMN/RNC-1/WBTS-5/WCEL-1"),
        ("NE-MRBTS-7", "", "PLMN-PLMN/MRBTS-7"),
        ("NE-MRBTS-7", "DN:NE-MRBTS-7", "PLMN-PLMN/MRBTS-7"),
        ("", "DN:PLMN-PLMN/MRBTS-7", "PLMN-PLMN/MRBTS-7"),
        ("", "", "A.xml"),
    ],
)
def test_names_within_a_base_station_become_those_of_the_network_manager(
    tmp_path: Path, base: str, own: str, path: str
) -> None:
    text = FILE.read_text().replace("NE-MRBTS-7", base).replace("DN:NE-LNBTS-7/LNCEL-1/MCC-244/MNC-5", own)
    (tmp_path / "A.xml").write_text(text)
    assert path in [cell.id for cell in load([tmp_path / "A.xml"]).panel.cells]


def test_files_of_several_vendors_are_one_data_set(tmp_path: Path) -> None:
    (tmp_path / "PM.xml.gz").write_bytes(gzip.compress(FILE.read_bytes()))
    for name in ("pm_mdc.xml", "pm_32435.xml"):
        shutil.copy(DATA / name, tmp_path)
    loaded = load([tmp_path])
    assert loaded.panel.shape == (7, 6)
    assert len({cell.site for cell in loaded.panel.cells}) == 4


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda t: t.replace("startTime", "begin"), "pm_no_time", "startTime"),
        (lambda t: t.replace('interval="15"', 'interval="hourly"'), "pm_no_period", "hourly"),
        (lambda t: t[: t.index("<PMSetup")] + "</OMeS>", "pm_no_data", "PMSetup"),
        (lambda t: t.replace("PMMOResult", "Result"), "pm_no_values", "PMMOResult"),
        (lambda t: t[:-20], "pm_broken", "line"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, change: Callable[[str], str], code: str, says: str
) -> None:
    (tmp_path / "A.xml").write_text(change(FILE.read_text()))
    with pytest.raises(InputError) as caught:
        load([tmp_path / "A.xml"])
    assert caught.value.reason.code == code
    assert says in str(caught.value)
