"""Series of odd sizes and values through the whole pipeline: never an error, always a reason instead of an opinion."""

from __future__ import annotations

import numpy as np
import pytest

from engine import pipeline
from engine.__main__ import INTERNAL, main
from engine.command_line.commands import COMMANDS
from engine.data import Cell, Kpi, KpiKind, Panel, Quality, Result
from engine.settings import preset
from engine.text import say


def judged(values: np.ndarray, kind: KpiKind = KpiKind.COUNT) -> Result:
    cells, points = values.shape
    times = np.datetime64("2024-01-01", "s") + np.arange(points) * np.timedelta64(3600, "s")
    places = tuple(Cell(f"c{n}") for n in range(cells))
    flags = {"k": np.zeros(values.shape, np.uint8)}
    panel = Panel(times, 3600, "UTC", places, (Kpi("k", kind=kind),), {"k": values.astype(np.float32)}, flags)
    quality = Quality("made up", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    return pipeline.analyse(panel, quality, preset("balanced"))


def ordinary(cells: int, hours: int) -> np.ndarray:
    course = 200 * (1.2 + np.sin(2 * np.pi * np.arange(hours) / 24))
    return np.random.default_rng(1).poisson(np.broadcast_to(course, (cells, hours))).astype(np.float64)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (40, 1), (1, 30)])
def test_what_is_too_little_to_judge_says_so_for_every_cell_and_detector(shape: tuple[int, int]) -> None:
    result = judged(ordinary(*shape))
    assert result.anomalies == ()
    for evidence in result.evidence["k"].values():
        silent = ~np.isfinite(evidence.score).any(axis=1)
        assert [reason is not None for reason in evidence.reasons] == silent.tolist()
        assert all(say(reason) for reason in evidence.reasons if reason is not None)
    assert not np.isfinite(result.evidence["k"]["nnar"].score).any()


@pytest.mark.parametrize("kind", [KpiKind.COUNT, KpiKind.GAUGE])
def test_values_at_the_end_of_the_scale_neither_overflow_nor_end_the_run(kind: KpiKind) -> None:
    values = ordinary(3, 14 * 24)
    values[0] *= 1e34  # most beyond the largest number there is: infinite, so not measured
    values[1, 200:203] = 1e30
    result = judged(values, kind)
    found = [(a.cell, a.start) for a in result.anomalies]
    assert (1, 200) in found
    assert all(cell != 2 for cell, _ in found)
    for evidence in result.evidence["k"].values():
        assert "detector_failed" not in {reason.code for reason in evidence.reasons if reason is not None}


def test_a_cell_alone_is_judged_like_one_among_many() -> None:
    values = ordinary(6, 14 * 24)
    values[2, 250:254] = 0
    alone, many = judged(values[2:3]), judged(values)
    assert [a.start for a in alone.anomalies] == [a.start for a in many.anomalies if a.cell == 2] == [250]


def test_too_little_memory_is_said_in_one_line(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hungry(*_: object) -> None:
        raise MemoryError

    monkeypatch.setitem(COMMANDS, "inspect", hungry)
    assert main(["inspect", str(tmp_path)]) == INTERNAL
    told = capsys.readouterr().err
    assert "memory" in told
    assert told.count("\n") == 1
