"""3GPP performance files from miniatures made by hand: each number is known."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.data import Cell, Flag
from engine.errors import InputError
from engine.io import LoadOptions, load
from tests.engine.io.loaded import DATA, codes, rows, same, values

NAN = float("nan")


@pytest.mark.parametrize("packed", [False, True])
def test_ts_32435(tmp_path: Path, packed: bool) -> None:
    path = DATA / "pm_32435.xml"
    if packed:
        path = tmp_path / "A20240301.xml.gz"
        path.write_bytes(gzip.compress((DATA / "pm_32435.xml").read_bytes()))
    loaded = load([path])
    assert loaded.quality.format == "pm-xml"
    assert loaded.panel.period_s == 900
    assert loaded.panel.times.tolist() == [datetime(2024, 3, 1, 9, 0), datetime(2024, 3, 1, 9, 15)]
    assert loaded.panel.cells[0] == Cell(
        "SubNetwork=S1,ManagedElement=ENB-1,EUtranCell=C1", name="C1", site="North tower"
    )
    same(values(loaded, "RRC.ConnEstabAtt"), [[20, 22], [NAN, NAN], [5, NAN]])
    same(values(loaded, "RRC.ConnEstabSucc"), [[18, NAN], [NAN, NAN], [NAN, NAN]])
    same(values(loaded, "RRC.Hist[1]"), [[2, NAN], [NAN, NAN], [NAN, NAN]])
    assert loaded.panel.flags["RRC.ConnEstabAtt"].tolist() == [[0, 0], [0, 0], [Flag.SUSPECT, 0]]
    assert rows(loaded) == {"row_value": 1}
    assert "pm_lists" in codes(loaded)


def test_ts_28532_without_namespace() -> None:
    loaded = load([DATA / "pm_28532.xml"])
    assert loaded.panel.period_s == 3600
    assert [c.name for c in loaded.panel.cells] == ["1", "2"]
    same(values(loaded, "DRB.UEThpDl"), [[12.5], [7.5]])
    same(values(loaded, "RRU.PrbTotDl"), [[NAN], [40]])


def test_of_many_performance_files_a_broken_one_is_left_out_whole(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text()
    for hour in range(3):
        (tmp_path / f"C{hour}.xml").write_text(text.replace("T11:00:00Z", f"T1{hour}:00:00Z"))
    (tmp_path / "C3.xml").write_text(text.replace("T11:00:00Z", "T13:00:00Z")[: text.index("NRCellDU=2") + 40])
    loaded = load([tmp_path])
    assert loaded.panel.shape == (2, 3)
    (note,) = [n for n in loaded.quality.notes if n.code == "file_left_out"]
    assert "C3.xml" in str(note.params["reason"])


def test_values_of_another_granularity_are_set_aside(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text()
    (tmp_path / "a.xml").write_text(text)
    (tmp_path / "b.xml").write_text(text.replace("T11:00:00Z", "T12:00:00Z"))
    (tmp_path / "c.xml").write_text(text.replace("PT1H", "PT900S").replace("T11:00:00Z", "T13:00:00Z"))
    loaded = load([tmp_path])
    assert loaded.panel.period_s == 3600
    assert rows(loaded) == {"row_other_period": 4}


def test_performance_files_are_put_together_in_a_longer_period(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text().replace("PT1H", "PT900S")
    for k in range(8):
        stamp = f"T{11 + (k + 1) // 4}:{(k + 1) % 4 * 15:02}:00Z"
        (tmp_path / f"C{k}.xml").write_text(text.replace("T11:00:00Z", stamp))
    (tmp_path / "copy.xml").write_text(text.replace("T11:00:00Z", "T11:15:00Z"))
    loaded = load([tmp_path], LoadOptions(period_s=3600))
    assert loaded.panel.period_s == 3600
    same(values(loaded, "DRB.UEThpDl"), [[12.5, 12.5], [7.5, 7.5]])
    same(values(loaded, "RRU.PrbTotDl"), [[NAN, NAN], [40, 40]])
    assert rows(loaded) == {"row_duplicate": 4}


def test_of_performance_files_only_the_chosen_counters_are_kept() -> None:
    loaded = load([DATA / "pm_32435.xml"], LoadOptions(kpis=("rrc.connestabatt",)))
    assert [k.id for k in loaded.panel.kpis] == ["RRC.ConnEstabAtt"]
    assert rows(loaded) == {"row_kpi_not_chosen": 6}
    with pytest.raises(InputError) as caught:
        load([DATA / "pm_32435.xml"], LoadOptions(kpis=("Nothing",)))
    assert caught.value.reason.code == "no_such_kpi"
    assert "RRC.ConnEstabAtt" in str(caught.value)


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>
<measCollecFile><measData><measInfo>&lol2;</measInfo></measData></measCollecFile>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]><measCollecFile>&who;
</measCollecFile>"""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: BOMB, "pm_entities"),
        (lambda _: EXTERNAL, "pm_entities"),
        (lambda t: t[: len(t) // 2], "pm_broken"),
        (lambda _: "<measCollecFile><fileHeader/></measCollecFile>", "pm_no_data"),
        (lambda _: "<measCollecFile><measData><measInfo/></measData></measCollecFile>", "pm_no_values"),
        (lambda t: t.replace("PT900S", "often").replace("PT15M", "often").replace("beginTime", "x"), "pm_no_period"),
        (lambda t: t.replace("endTime", "x").replace("beginTime", "x"), "pm_no_time"),
    ],
)
def test_performance_files_that_cannot_be_used(tmp_path: Path, change: Callable[[str], str], code: str) -> None:
    path = tmp_path / "A.xml"
    path.write_text(change((DATA / "pm_32435.xml").read_text()))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == code
    assert "A.xml" in str(caught.value)
