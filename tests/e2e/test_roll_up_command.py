"""`analyse --roll-up` over what cells are: one series for each group, refused at once where no such thing is meant."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.__main__ import main


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Four cells over ten days, one of which falls silent for an evening, and what they are."""
    rows = [
        f"2024-03-{d:02}T{h:02}:00Z,c{c},{0 if (d, c) == (9, 1) and h > 14 else 100 + 40 * (h > 8) + (d * h * c) % 7}"
        for d in range(1, 11)
        for h in range(24)
        for c in range(1, 5)
    ]
    (tmp_path / "kpi.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    (tmp_path / "cells.csv").write_text(
        "cell,region,technology\nc1,North,5G\nc2,North,5G\nc3,North,LTE\nc4,South,LTE\n"
    )
    return tmp_path / "kpi.csv", tmp_path / "cells.csv"


def test_the_traffic_of_a_technology_in_a_region_is_one_series(files: tuple[Path, Path], tmp_path: Path) -> None:
    kpi, cells = files
    told = ["analyse", str(kpi), "--out", str(tmp_path / "out"), "--cells", str(cells), "--detectors", "baseline"]
    assert main([*told, "--roll-up", "region+technology"]) == 0
    with (tmp_path / "out" / "anomalies.csv").open(newline="") as stream:
        assert {row["cell_id"] for row in csv.DictReader(stream)} == {"North / 5G"}


@pytest.mark.parametrize("by", ["colour", "region+region", "region+site+band"])
def test_what_is_no_field_is_refused_before_anything_is_written(
    by: str, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", str(files[0]), "--out", str(tmp_path / "out"), "--roll-up", by]) == 2
    assert by in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
