"""The raw Milan layout from a miniature made by hand: each number is known."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from engine.data import KpiKind
from engine.io import load
from tests.engine.io.loaded import DATA, codes, rows, same, values


def test_milan_rows_are_summed_over_country_codes_and_absence_is_zero() -> None:
    loaded = load([DATA / "milan_raw.txt"])
    assert loaded.quality.format == "milan-raw"
    assert (loaded.panel.period_s, loaded.panel.zone) == (600, "Europe/Rome")
    assert [(c.id, c.row, c.col) for c in loaded.panel.cells] == [("1", 0, 0), ("102", 1, 1)]
    assert loaded.panel.times[0] == np.datetime64("2013-10-31T23:00", "s")
    same(values(loaded, "sms_in"), [[2.0, 0, 0], [1, 0, 0]])
    same(values(loaded, "internet"), [[10, 3.5, 0], [1, 0, 0]])
    same(values(loaded, "call_out"), [[0, 0, 0], [1, 0, 0.5]])
    assert (loaded.quality.rows_read, loaded.quality.rows_kept) == (5, 5)
    assert "absent_is_zero" in codes(loaded)
    assert all(k.kind is KpiKind.COUNT for k in loaded.panel.kpis)


def test_milan_rows_that_are_broken_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    broken = (
        "1\tnow\t39\t1\t1\t1\t1\t1\nx\t1383260400000\t39\t1\t1\t1\t1\t1\n1\t1383260400000\t39\toops\t\t\t\t\n1\t13\t0\n"
    )
    path.write_text((DATA / "milan_raw.txt").read_text() * 2 + broken)
    loaded = load([path])
    assert rows(loaded) == {"row_time": 1, "row_time_impossible": 1, "row_cell": 1, "row_value": 1}
    first = {d.reason.code: d.example for d in loaded.quality.dropped}
    assert first["row_time"] == "sms.txt:11, 'now'"
    assert first["row_value"] == "sms.txt:13, 'oops'"
    assert loaded.quality.rows_read == 14


def test_a_milan_day_given_twice_is_not_counted_twice(tmp_path: Path) -> None:
    packed = tmp_path / "milan_raw.txt.gz"
    packed.write_bytes(gzip.compress((DATA / "milan_raw.txt").read_bytes()))
    loaded = load([DATA / "milan_raw.txt", packed])
    same(values(loaded, "internet"), [[10, 3.5, 0], [1, 0, 0]])
    assert rows(loaded) == {"row_duplicate": 5}


def test_a_long_silence_of_all_squares_is_missing_and_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    line = "1\t{}\t39\t1\t1\t1\t1\t1\n"
    begin, step = 1383260400000, 600_000
    path.write_text("".join(line.format(begin + k * step) for k in (*range(10), *range(12, 20), *range(100, 110))))
    internet = load([path]).panel.values["internet"][0]
    assert internet[10:12].tolist() == [0, 0]
    assert np.isnan(internet[20:100]).all()
    assert np.isfinite(internet[100:]).all()


def test_stamps_within_one_second_are_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    lines = [f"{square}\t{1383260400000 + 600000 * k}\t39\t1.0\t\t\t\t2.0" for square in (1, 2) for k in range(6)]
    path.write_text("\n".join([*lines, "1\t1383260400250\t0\t0.5\t\t\t\t1.0"]) + "\n")
    loaded = load([path])
    assert loaded.quality.rows_kept == 13
    assert loaded.panel.values["sms_in"][0, 0] == 1.5
    assert loaded.panel.values["internet"][0, 0] == 3.0
