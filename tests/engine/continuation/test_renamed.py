"""Later files that call a KPI by another unit, and others that only seem to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.continuation.later import Later, add_files
from engine.io import load
from engine.text import say


def day(folder: Path, number: int, columns: dict[str, float], cells: str = "AB") -> Path:
    """A day of hours; each column holds a course over the day times a size."""
    path = folder / f"{number}.csv"
    rows = [
        ",".join([f"2024-01-{number:02} {h:02}:00", cell, *(f"{(h + 1.5) * size:g}" for size in columns.values())])
        for h in range(24)
        for cell in cells
    ]
    path.write_text("\n".join([",".join(["time", "cell", *columns]), *rows]) + "\n")
    return path


def later(folder: Path, before: dict[str, float], after: dict[str, float]) -> Later:
    first = load([day(folder, 1, before)])
    return add_files(first.panel, first.quality, None, [day(folder, 2, after)])


def names(found: Later) -> list[str]:
    return [kpi.id for kpi in found.appended.panel.kpis]


def codes(found: Later) -> list[str]:
    return [note.code for note in found.told[1:]]


@pytest.mark.parametrize(
    ("before", "after", "times"),
    [
        ("data_mb", "data_gb", 1e3),
        ("data_gb", "data_mb", 1e-3),
        ("thr_kbps", "thr_mbps", 1e3),
        ("DL volume (MB)", "DL volume (GB)", 1e3),
        ("VolumeMB", "VolumeGB", 1e3),
        ("thr_mbps_mean", "thr_kbps_mean", 1e-3),
        ("latency_ms", "latency_s", 1e3),
        ("data_MByte", "data_MB", 1.0),
    ],
)
def test_a_name_that_differs_by_its_unit_alone_is_the_same_kpi_converted(
    tmp_path: Path, before: str, after: str, times: float
) -> None:
    found = later(tmp_path, {"calls": 1, before: 700}, {"calls": 1, after: 800 / times})
    assert names(found) == ["calls", before]
    values = found.appended.panel.values[before][0]
    assert values[24:].tolist() == pytest.approx((values[:24] * 8 / 7).tolist(), rel=1e-4)
    assert found.appended.new == 96
    (note,) = found.told[1:]
    assert note in found.quality.notes
    assert say(note).startswith(f"{after} of the later files is {before} of the data before")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("data_mb", "data_GB"),  # small letters may be bits
        ("data_mb", "data_mbit"),
        ("delay_min", "delay_ms"),  # a minimum
        ("dl_tb", "dl_gb"),  # transport blocks
        ("calls_m", "calls_km"),
        ("data_mb", "voice_gb"),
        ("data", "data_gb"),
        ("level_dbm", "level_dbw"),
    ],
)
def test_what_may_be_something_else_is_another_kpi_and_both_are_named(tmp_path: Path, before: str, after: str) -> None:
    found = later(tmp_path, {"calls": 1, before: 700}, {"calls": 1, after: 0.7})
    assert names(found) == ["calls", before, after]
    assert codes(found) == ["append_kpis_new", "append_kpis_without"]
    text = " ".join(say(note) for note in found.told)
    assert f"1 KPI was not there before: {after}." in text
    assert "1 KPI has no values from Tue 02 Jan 2024 00:00 on" in text
    assert before in text


@pytest.mark.parametrize("size", [700, 70, 0.01])
def test_numbers_that_do_not_agree_with_the_names_are_not_converted(tmp_path: Path, size: float) -> None:
    found = later(tmp_path, {"calls": 1, "data_mb": 700}, {"calls": 1, "data_gb": size})
    assert names(found) == ["calls", "data_mb", "data_gb"]


def test_a_kpi_that_has_two_such_twins_or_is_in_both_files_is_left_alone(tmp_path: Path) -> None:
    found = later(tmp_path, {"calls": 1, "data_mb": 700}, {"calls": 1, "data_gb": 0.7, "data_kb": 7e5})
    assert names(found) == ["calls", "data_mb", "data_gb", "data_kb"]
    found = later(tmp_path, {"data_mb": 700}, {"data_mb": 700, "data_gb": 0.7})
    assert names(found) == ["data_mb", "data_gb"]
    assert codes(found) == ["append_kpis_new"]


def test_a_calm_night_is_compared_with_nights(tmp_path: Path) -> None:
    """The first hours of the day are a sixteenth of the last ones."""
    first = load([day(tmp_path, 1, {"thr_kbps": 8000})])
    night = tmp_path / "night.csv"
    night.write_text("time,cell,thr_mbps\n2024-01-02 00:00,A,12\n2024-01-02 01:00,A,20\n")
    found = add_files(first.panel, first.quality, None, [night])
    assert found.appended.panel.values["thr_kbps"][0, 24:].tolist() == pytest.approx([12_000, 20_000])


def test_a_day_of_zeros_goes_on_with_its_kpi(tmp_path: Path) -> None:
    assert names(later(tmp_path, {"data_mb": 700}, {"data_gb": 0})) == ["data_mb"]


def test_labels_go_with_the_kpi(tmp_path: Path) -> None:
    first = load([day(tmp_path, 1, {"data_mb": 700})])
    path = tmp_path / "labelled.csv"
    rows = [f"2024-01-02 {h:02}:00,A,{(h + 1) * 0.7:g},{int(h == 5)}" for h in range(24)]
    path.write_text("time,cell,data_gb,label\n" + "\n".join(rows) + "\n")
    from engine.continuation.later import add
    from engine.io import LoadOptions

    loaded = load([path], LoadOptions(with_labels=True))
    assert loaded.labels is not None
    found = add(first.panel, first.quality, None, loaded)
    assert found.labels is not None
    assert np.flatnonzero(found.labels["data_mb"][0] == 1).tolist() == [29]
