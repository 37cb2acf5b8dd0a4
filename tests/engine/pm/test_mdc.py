"""TS 32.401 with short tags, from a miniature made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.data import Cell, Flag
from engine.errors import InputError
from engine.io import load
from tests.engine.io.loaded import DATA, codes, rows, same, values

NAN = float("nan")
FILE = DATA / "pm_mdc.xml"


def test_values_stand_at_the_begin_of_their_period_and_suspect_ones_are_marked() -> None:
    loaded = load([FILE])
    assert loaded.quality.format == "pm-xml"
    assert loaded.panel.period_s == 900
    assert loaded.panel.times.tolist() == [datetime(2024, 3, 1, 9, 0), datetime(2024, 3, 1, 9, 15)]
    same(values(loaded, "pmCalls"), [[20, 22], [7, NAN]])
    same(values(loaded, "pmHist[2]"), [[3, NAN], [NAN, NAN]])
    assert loaded.panel.flags["pmCalls"].tolist() == [[0, 0], [Flag.SUSPECT, 0]]
    assert rows(loaded) == {}
    assert "pm_lists" in codes(loaded)
    path = "SubNetwork=South,MeContext=RNC01,ManagedElement=1,RncFunction=1,UtranCell=U1"
    assert loaded.panel.cells[0] == Cell(path, name="U1", site="RNC Südstadt")


def test_a_dtd_that_is_named_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "MeasDataCollection.dtd").write_text('<!ATTLIST r p CDATA "9"><!ENTITY nine "9">')
    path = tmp_path / "A.xml"
    path.write_bytes(FILE.read_bytes())
    same(values(load([path]), "pmCalls"), [[20, 22], [7, NAN]])
    path.write_bytes(FILE.read_bytes().replace(b"<r>20</r>", b"<r>&nine;</r>"))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "pm_broken"


def test_a_file_without_names_of_elements_is_named_by_its_sender(tmp_path: Path) -> None:
    text = FILE.read_text("latin-1").replace("RNC Südstadt", "")
    text = text.replace("<nedn>SubNetwork=South,MeContext=RNC01</nedn>", "<nedn/>")
    (tmp_path / "A.xml").write_text(text, "latin-1")
    first = load([tmp_path / "A.xml"]).panel.cells[0]
    assert (first.id[:32], first.name, first.site) == ("SubNetwork=South,MeContext=RNC01", "U1", "RNC01")


def test_stamps_without_a_zone_are_of_the_wall_clock(tmp_path: Path) -> None:
    (tmp_path / "A.xml").write_text(FILE.read_text("latin-1").replace("00Z<", "00<"), "latin-1")
    loaded = load([tmp_path / "A.xml"])
    assert "zone_assumed" in codes(loaded)
    assert loaded.panel.times[0] == FIRST


FIRST = datetime(2024, 3, 1, 9, 0)


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda t: t.replace("20240301", "today"), "pm_no_time", "mts"),
        (lambda t: t.replace("<gp>900", "<gp>often").replace("<cbt>2", "<cbt>x"), "pm_no_period", "often"),
        (lambda t: t[: t.index("<md>")] + "</mdc>", "pm_no_data", " md,"),
        (lambda t: t[: t.index("<mi>")] + "</md></mdc>", "pm_no_values", " mv,"),
        (lambda t: t[:-40], "pm_broken", "line"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, change: Callable[[str], str], code: str, says: str
) -> None:
    (tmp_path / "A.xml").write_text(change(FILE.read_text("latin-1")), "latin-1")
    with pytest.raises(InputError) as caught:
        load([tmp_path / "A.xml"])
    assert caught.value.reason.code == code
    assert "A.xml" in str(caught.value)
    assert says in str(caught.value)
