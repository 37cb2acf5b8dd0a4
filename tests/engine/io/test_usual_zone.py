"""The zone of files: what was said, else what they name, else the one that is usual."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.io import LoadOptions, load, mappings, remembered
from engine.io.preview import preview
from engine.monitor import Monitor
from tests.engine.io.loaded import codes


def write(folder: Path, text: str, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_usual_zone_holds_only_where_neither_the_options_nor_the_files_name_one(tmp_path: Path) -> None:
    table = write(tmp_path, "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(5)))
    squares = write(tmp_path, "time_ms,square_id,internet\n1383260400000,1,5\n1383264000000,1,6\n", "squares.csv")
    usual = LoadOptions(usual_zone="Europe/Moscow")
    loaded = load([table], usual)
    assert (loaded.panel.zone, loaded.panel.times[0]) == ("Europe/Moscow", np.datetime64("2024-02-29T21:00", "s"))
    assert "zone_usual" in codes(loaded)
    assert "zone_assumed" not in codes(loaded)
    named = load([table], LoadOptions(zone="Europe/Rome", usual_zone="Europe/Moscow"))
    own = load([squares], usual)
    assert (named.panel.zone, own.panel.zone) == ("Europe/Rome", "Europe/Rome")
    assert "zone_usual" not in codes(named) + codes(own)


def test_a_usual_zone_answers_the_question_and_is_told_in_the_preview(tmp_path: Path) -> None:
    table = write(tmp_path, "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(5)))
    assert [asked.code for asked in preview([table]).questions] == ["ask_zone"]
    seen = preview([table], LoadOptions(usual_zone="Europe/Moscow"))
    assert seen.questions == ()
    assert "zone_usual" in [note.code for note in seen.why]


def test_a_usual_zone_is_not_kept_as_what_was_said_of_files(tmp_path: Path) -> None:
    table = write(tmp_path, "time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(5)))
    mark, store = remembered.mark([table], Monitor()), tmp_path / "mappings.json"
    mappings.remember(mark, LoadOptions(kpis=("calls",), usual_zone="Europe/Moscow"), store)
    found = remembered.completed([table], LoadOptions(usual_zone="Asia/Tehran", with_labels=True), store=store)
    assert found.options == LoadOptions(kpis=("calls",), usual_zone="Asia/Tehran", with_labels=True)
