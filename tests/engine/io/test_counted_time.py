"""Files without time stamps: the user says when the first row begins and how long a period is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.errors import InputError
from engine.io import LoadOptions

SAID = LoadOptions(mapping={"first_time": "2024-03-01 06:00"}, period_s=900)


def _grid(tmp_path: Path, header: str = "") -> Path:
    path = tmp_path / "wifi_traffic.csv"
    path.write_text(header + "".join(f"{k},{k * 2},{k * 3}\n" for k in range(300)))
    return path


@pytest.mark.parametrize("header", ["", "a1,a2,a3\n"])
def test_rows_are_counted_from_the_moment_that_was_said(tmp_path: Path, header: str) -> None:
    loaded = io.load([_grid(tmp_path, header)], SAID)
    assert loaded.panel.period_s == 900
    assert str(loaded.panel.times[0]) == "2024-03-01T06:00:00"
    assert loaded.panel.shape == (3, 300)
    np.testing.assert_array_equal(loaded.panel.values["wifi_traffic"][2], np.arange(300) * 3)
    assert "time_counted" in {note.code for note in loaded.quality.notes}


def test_an_offset_makes_the_moment_one_of_utc(tmp_path: Path) -> None:
    said = replace(SAID, mapping={"first_time": "2024-03-01T06:00+03:30"}, zone="Asia/Tehran")
    assert str(io.load([_grid(tmp_path)], said).panel.times[0]) == "2024-03-01T02:30:00"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (LoadOptions(), "no_time_no_header"),
        (replace(SAID, period_s=None), "first_time_needs_period"),
        (replace(SAID, mapping={"first_time": "yesterday"}), "first_time_unreadable"),
    ],
)
def test_without_both_nothing_is_guessed(tmp_path: Path, said: LoadOptions, code: str) -> None:
    with pytest.raises(InputError) as caught:
        io.load([_grid(tmp_path)], said)
    assert caught.value.reason.code == code


def test_a_broken_row_would_shift_all_later_ones_so_the_file_is_refused(tmp_path: Path) -> None:
    path = _grid(tmp_path)
    path.write_text(path.read_text().replace("\n150,300,450\n", "\n150,300\n"))
    with pytest.raises(InputError) as caught:
        io.load([path], SAID)
    assert caught.value.reason.code == "first_time_broken"
    assert "151" in str(caught.value)
