"""Asterisk's call detail records from a miniature made by hand: each number is known."""

from __future__ import annotations

from pathlib import Path

from engine import io
from engine.io import LoadOptions, load
from tests.engine.io.loaded import DATA, rows, same, values


def test_asterisk_records_become_calls_per_hour_and_context() -> None:
    loaded = load([DATA / "cdr_asterisk.csv"], LoadOptions(zone="UTC"))
    assert loaded.quality.format == "cdr-asterisk"
    assert loaded.panel.period_s == 3600
    assert [c.id for c in loaded.panel.cells] == ["hq", "production"]
    same(values(loaded, "calls"), [[2, 0, 0], [0, 0, 1]])
    same(values(loaded, "answered"), [[2, 0, 0], [0, 0, 0]])
    same(values(loaded, "talk_seconds"), [[574, 0, 0], [0, 0, 0]])
    (note,) = [n for n in loaded.quality.notes if n.code == "cdr_legs"]
    assert note.params == {"rows": 4, "calls": 3}
    assert loaded.quality.rows_read == 4


def test_no_subscriber_number_of_a_call_record_gets_out(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    text = (DATA / "cdr_asterisk.csv").read_text()
    path.write_text(
        text * 3 + text.splitlines()[0].replace("2017-06-20 09:49:22", "someday") + '\n"","039888","too few"\n'
    )
    loaded = load([path])
    assert rows(loaded) == {"row_short": 1, "row_time": 1}
    assert not [n for n in ("0391112222", "0393334444", "039888") if n in repr(loaded.quality)]


def test_talk_may_be_split_over_the_periods_in_which_it_was_talked(tmp_path: Path) -> None:
    # Rings from 09:58:00, is answered at 10:00:30 and talks for 75 minutes; the other call is short.
    line = '"","1","2","hq","","a","b","Dial","c","{}","","",{},{},"ANSWERED","DOC","{}",""\n'
    path = tmp_path / "Master.csv"
    path.write_text(
        line.format("2017-06-20 09:58:00", 4650, 4500, "1.0") + line.format("2017-06-20 12:00:00", 70, 60, "2.0")
    )
    whole = io.load([path]).panel
    split = io.load([path], LoadOptions(mapping={"call_hours": "split"})).panel
    assert whole.values["talk_seconds"][0].tolist() == [4500, 0, 0, 60]
    assert split.values["talk_seconds"][0].tolist() == [0, 3570, 930, 60]
    for panel in (whole, split):
        assert panel.values["calls"][0].tolist() == [1, 0, 0, 1]
        assert panel.values["answered"][0].tolist() == [1, 0, 0, 1]
    quarter = io.load([path], LoadOptions(period_s=900, mapping={"call_hours": "split"})).panel
    assert quarter.period_s == 900
    assert quarter.values["talk_seconds"][0, :7].tolist() == [0, 870, 900, 900, 900, 900, 30]
