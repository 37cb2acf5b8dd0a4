"""How much memory is left, by whoever limits it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import blocks
from engine.execution import room

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def nothing_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("_MEMINFO", "_STATUS"):
        monkeypatch.setattr(room, name, tmp_path / name)
    monkeypatch.setattr(room, "_GROUPS", ((str(tmp_path / "max"), str(tmp_path / "current")),))
    return tmp_path


def test_where_the_system_does_not_say_nothing_is_assumed(nothing_said: Path) -> None:
    assert room.free_memory() is None


def test_the_tightest_limit_counts(nothing_said: Path) -> None:
    (nothing_said / "_MEMINFO").write_text("MemTotal: 9000 kB\nMemAvailable:   5000 kB\n")
    assert room.free_memory() == 5000 * 1024
    (nothing_said / "max").write_text("max\n")
    (nothing_said / "current").write_text("1000000\n")
    assert room.free_memory() == 5000 * 1024
    (nothing_said / "max").write_text("3000000\n")
    assert room.free_memory() == 2_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="limits on the address space are kept there")
def test_a_limit_on_the_address_space_counts() -> None:
    code = (
        "import resource; from engine.execution import room\n"
        "resource.setrlimit(resource.RLIMIT_AS, (300 * 2**20, 300 * 2**20))\n"
        "left = room.free_memory(); assert 0 < left < 300 * 2**20, left"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(("free", "workers", "rows"), [(None, 2, 254), (1 << 34, 2, 254), (400 << 20, 2, 127)])
def test_blocks_shrink_where_memory_is_short(
    free: int | None, workers: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: free)
    assert len(blocks.plan(1000, 2160, workers)[0]) == rows


def test_blocks_never_shrink_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: 1)
    assert len(blocks.plan(1000, 2160, 64)[0]) == blocks.LEAST_POINTS // 2160
