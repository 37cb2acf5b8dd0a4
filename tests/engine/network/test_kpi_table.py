"""The user's KPI dictionary: kinds, units, directions and ratios of sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.data import Direction, Kpi, KpiKind
from engine.errors import InputError
from engine.io import LoadOptions
from engine.network.kpi_table import KpiEntry, read_kpi_table, to_read

TABLE = """kpi;unit;kind;bad;numerator;denominator
X123;;count;down;;
Y7;K;gauge;up;;
drop ratio;%;;up;drops;calls
unheard of;%;;up;nothing;calls
"""


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "kpis.csv"
    path.write_text(text, encoding="utf-8")
    return path


def two_sectors(folder: Path, hours: int = 48) -> Path:
    """Two rows per site and hour: the sectors. A mean of their ratios would be 30 %, that of the sums is 12 %."""
    lines = ["time,site,X123,Y7,drops,calls,drop ratio"]
    for h in range(hours):
        stamp = f"2024-03-{1 + h // 24:02d} {h % 24:02d}:00"
        lines += [f"{stamp},S1,1.5,{h},10,100,10", f"{stamp},S1,2.5,{h + 2},5,10,50"]
        lines += [f"{stamp},S2,1.5,{h},0,0,0", f"{stamp},S2,2.5,{h + 2},0,0,0"]
    path = folder / "sites.csv"
    path.write_text("\n".join(lines))
    return path


def test_everything_in_a_table_is_read(tmp_path: Path) -> None:
    found = read_kpi_table(table(tmp_path))
    assert found["x123"] == KpiEntry("X123", kind=KpiKind.COUNT, bad=Direction.DOWN)
    assert found["drop ratio"] == KpiEntry(
        "drop ratio", "%", KpiKind.RATIO, Direction.UP, numerator="drops", denominator="calls"
    )


def test_rows_are_put_together_as_the_table_says_and_ratios_are_of_sums(tmp_path: Path) -> None:
    loaded = io.load([two_sectors(tmp_path)], LoadOptions(dictionary=read_kpi_table(table(tmp_path))))
    panel = loaded.panel
    assert panel.kpi("X123") == Kpi("X123", "", KpiKind.COUNT, Direction.DOWN)
    assert panel.values["X123"][0, 0] == 4
    assert panel.kpi("Y7") == Kpi("Y7", "K", KpiKind.GAUGE, Direction.UP)
    assert panel.values["Y7"][0, :3].tolist() == [1, 2, 3]
    assert panel.kpi("drop ratio").kind is KpiKind.RATIO
    assert panel.kpi("drop ratio").denominator == "calls"
    np.testing.assert_allclose(panel.values["drop ratio"][0], 100 * 15 / 110, rtol=1e-6)
    assert np.isnan(panel.values["drop ratio"][1]).all()  # nothing was tried, so nothing failed
    codes = {n.code: n.params for n in loaded.quality.notes}
    assert codes["kpis_worked_out"] == {"kpis": "drop ratio"}
    assert codes["kpis_parts_lacking"] == {"kpis": "unheard of"}


def test_a_ratio_of_longer_periods_is_of_sums_too(tmp_path: Path) -> None:
    lines = [
        "time,cell,drops,calls",
        *(f"2024-03-0{1 + h // 24} {h % 24}:00,a,{h % 2},{1 + 9 * (h % 2)}" for h in range(72)),
    ]
    path = tmp_path / "cells.csv"
    path.write_text("\n".join(lines))
    said = LoadOptions(dictionary=read_kpi_table(table(tmp_path)), period_s=86_400)
    panel = io.load([path], said).panel
    np.testing.assert_allclose(panel.values["drop ratio"], 100 * 12 / (12 * 11), rtol=1e-6)


def test_a_ratio_may_be_all_that_is_asked_for(tmp_path: Path) -> None:
    said = LoadOptions(dictionary=read_kpi_table(table(tmp_path)), kpis=("drop ratio",), with_labels=True)
    panel = io.load([two_sectors(tmp_path)], said).panel
    assert [k.id for k in panel.kpis] == ["drop ratio"]
    assert to_read(("Drop Ratio", "Y7"), said.dictionary) == ("drops", "calls", "Y7")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,unit\na,%\n", "side_table_no_column"),
        ("kpi,kind\na,sum\n", "side_table_value"),
        ("kpi,bad\na,worse\n", "side_table_value"),
        ("kpi,numerator,denominator\na,b,\n", "kpi_table_half"),
        ("kpi\n", "side_table_empty"),
        ("", "side_table_no_column"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_kpi_table(table(tmp_path, text))
    assert caught.value.reason.code == code


def test_an_absent_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv"):
        read_kpi_table(tmp_path / "gone.csv")
