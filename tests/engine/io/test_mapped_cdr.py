"""Tables of call detail records: one or two rows per call, numbers never shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine import io
from engine.io import LoadOptions
from engine.io.base import Loaded
from engine.io.call_series import pseudonym


def load(folder: Path, header: str, *rows: str, options: LoadOptions | None = None) -> Loaded:
    path = folder / "calls.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return io.load([path], options)


def totals(loaded: Loaded) -> dict[str, float]:
    return {kpi: round(float(np.nansum(values)), 4) for kpi, values in loaded.panel.values.items()}


def codes(loaded: Loaded) -> set[str]:
    return {note.code for note in loaded.quality.notes}


def test_one_row_per_call_counts_as_a_call_made(tmp_path: Path) -> None:
    rows = [f"2026-03-02 0{h}:30:00,120,49170111,49170222,{h % 2 + 1},55" for h in range(8)]
    loaded = load(tmp_path, "start_time,duration,caller,callee,ci,lac", *rows)
    assert loaded.quality.format == "cdr-table"
    assert [c.id for c in loaded.panel.cells] == ["55-1", "55-2"]
    assert totals(loaded) == {"calls_mo": 8, "call_minutes": 16}
    assert "cdr_one_row" in codes(loaded)


def test_mirrored_rows_count_once_per_direction(tmp_path: Path) -> None:
    rows = []
    for h in range(6):
        rows += [f"2026-03-02 0{h}:30:00,60,49170111,49170222,A", f"2026-03-02 0{h}:30:00,60,49170222,49170111,B"]
    loaded = load(tmp_path, "start_time,duration,caller,callee,cell", *rows)
    assert "cdr_two_rows_mirrored" in codes(loaded)
    assert loaded.panel.values["calls_mo"].sum(axis=1).tolist() == [6, 0]
    assert loaded.panel.values["calls_mt"].sum(axis=1).tolist() == [0, 6]


def test_the_subscriber_of_a_row_is_named_by_a_keyed_hash_alone(tmp_path: Path) -> None:
    rows = [f"2026-03-02 0{h}:30:00,60,49170111,49170222,A" for h in range(6)] + ["never,60,49170333,49170444,A"]
    options = LoadOptions(mapping={"entity": "subscriber"}, key=b"k")
    loaded = load(tmp_path, "start_time,duration,caller,callee,cell", *rows, options=options)
    assert [c.id for c in loaded.panel.cells] == [pseudonym("49170111", b"k")]
    assert "49170" not in repr(loaded.quality) + repr(loaded.panel.cells)
    assert [(d.reason.code, d.rows) for d in loaded.quality.dropped] == [("row_time", 1)]
