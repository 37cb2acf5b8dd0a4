"""Running totals become what they grew by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import io
from engine.continuation.later import add_files
from engine.errors import InputError
from engine.io import LoadOptions, totals
from engine.network import kpi_table
from engine.text import say

DAYS = 4


def counted(seed: int = 0, hours: int = DAYS * 24) -> np.ndarray:
    """Calls by the hour of three cells."""
    rng = np.random.default_rng(seed)
    return rng.poisson(40 + 30 * np.sin(np.arange(hours) / 24 * 2 * np.pi), (3, hours)).astype(float)


def write(path: Path, values: np.ndarray, first_hour: int = 0, column: str = "calls_total") -> Path:
    start = np.datetime64("2026-03-02T00:00", "m")
    rows = [
        f"{start + np.timedelta64(60 * (first_hour + hour), 'm')},C{cell},{value:.0f}"
        for cell, of_cell in enumerate(values)
        for hour, value in enumerate(of_cell)
        if np.isfinite(value)
    ]
    path.write_text("time,cell," + column + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def notes(loaded: io.Loaded) -> str:
    return " ".join(say(note) for note in loaded.quality.notes)


@given(
    counts=st.lists(st.integers(0, 900), min_size=3, max_size=60),
    begun=st.integers(0, 10_000),
    restart=st.integers(1, 59),
    gap=st.integers(1, 59),
)
def test_growth_gives_back_what_was_counted(counts: list[int], begun: int, restart: int, gap: int) -> None:
    """But for the first period, the one of a restart, a gap and the one after it."""
    running = begun + np.cumsum(counts)
    if restart < len(counts):
        running[restart:] -= running[restart - 1]
    values = running.astype(np.float32)[None]
    if gap < len(counts):
        values[0, gap] = np.nan
    restarts = totals.grow(values)
    fallen = restart < len(counts) and not {gap, gap + 1} & {restart} and running[restart] < running[restart - 1]
    assert restarts == fallen
    for at, count in enumerate(counts):
        if at in (0, gap, gap + 1) or (at == restart and fallen):
            assert np.isnan(values[0, at])
        elif at != restart:  # a restart after nothing was counted cannot be told
            assert values[0, at] == count


def test_a_counter_of_32_bits_that_runs_over_goes_on() -> None:
    values = np.array([[2.0**32 - 1024, 1024, 3072]], np.float32)
    assert totals.grow(values) == 0
    assert values[0, 1:].tolist() == [2048, 2048]


def test_a_file_of_totals_is_read_as_growth_and_says_so(tmp_path: Path) -> None:
    calls = counted()
    running = 5000 + np.cumsum(calls, axis=1)
    running[1, 50:] -= running[1, 49]
    loaded = io.load([write(tmp_path / "a.csv", running)])
    values = loaded.panel.values["calls_total"]
    assert np.isnan(values[:, 0]).all()
    assert np.isnan(values[1, 50])
    np.testing.assert_array_equal(values[0, 1:], calls[0, 1:])
    np.testing.assert_array_equal(values[1, 51:], calls[1, 51:])
    assert "calls_total: running totals, as they only rise but for 1 restart." in notes(loaded)


@pytest.mark.parametrize("kind", ["counts", "growing", "short", "subscribers", "uptime"])
def test_what_only_looks_like_it_is_left_alone(tmp_path: Path, kind: str) -> None:
    calls = counted()
    values = {
        "counts": calls,
        "growing": calls + 2 * np.arange(calls.shape[1]),
        "short": np.cumsum(calls, axis=1)[:, :40],
        "uptime": np.tile(7200.0 + 3600 * np.arange(calls.shape[1]), (3, 1)),
        "subscribers": 90_000 + np.cumsum(np.random.default_rng(1).integers(-3, 9, calls.shape), axis=1),
    }[kind]
    loaded = io.load([write(tmp_path / "a.csv", values)])
    np.testing.assert_array_equal(loaded.panel.values["calls_total"], values)
    assert "running totals" not in notes(loaded)


def test_a_level_that_never_falls_can_be_said_to_be_one(tmp_path: Path) -> None:
    running = np.cumsum(counted(), axis=1)
    table = tmp_path / "kpis.csv"
    table.write_text("kpi,kind\ncalls_total,gauge\n", encoding="utf-8")
    options = LoadOptions(dictionary=kpi_table.read_kpi_table(table))
    loaded = io.load([write(tmp_path / "a.csv", running)], options)
    np.testing.assert_array_equal(loaded.panel.values["calls_total"], running)


def test_later_files_too_short_to_tell_are_read_likewise(tmp_path: Path) -> None:
    calls = counted(hours=5 * 24)
    running = np.cumsum(calls, axis=1)
    known = io.load([write(tmp_path / "a.csv", running[:, : 4 * 24])])
    day = write(tmp_path / "b.csv", running[:, 4 * 24 - 1 :], 4 * 24 - 1)
    both = add_files(known.panel, known.quality, None, [day])
    np.testing.assert_array_equal(both.appended.panel.values["calls_total"][:, 1:], calls[:, 1:])
    apart = write(tmp_path / "c.csv", running[:, 4 * 24 :], 4 * 24)
    gap = add_files(known.panel, known.quality, None, [apart]).appended.panel.values["calls_total"]
    assert np.isnan(gap[:, 4 * 24]).all()
    np.testing.assert_array_equal(gap[:, 4 * 24 + 1 :], calls[:, 4 * 24 + 1 :])


def test_totals_are_not_put_to_totals_that_were_too_few_to_tell(tmp_path: Path) -> None:
    running = np.cumsum(counted(hours=5 * 24), axis=1)
    known = io.load([write(tmp_path / "a.csv", running[:, :24])])
    later = write(tmp_path / "b.csv", running[:, 24:], 24)
    with pytest.raises(InputError, match="running totals of calls_total"):
        add_files(known.panel, known.quality, None, [later])
