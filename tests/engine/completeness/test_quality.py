"""How complete a panel is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.completeness import quality
from engine.data import Cell, Dropped, Kpi, Panel, Quality
from engine.errors import Reason

NAN = np.nan


def panel_of(*matrices: np.ndarray) -> Panel:
    cells, periods = matrices[0].shape
    kpis = tuple(Kpi(f"k{i}") for i in range(len(matrices)))
    return Panel(
        times=np.datetime64("2024-03-01T00:00:00", "s") + 900 * np.arange(periods),
        period_s=900,
        zone="UTC",
        cells=tuple(Cell(f"c{i}") for i in range(cells)),
        kpis=kpis,
        values={k.id: m.astype(np.float32) for k, m in zip(kpis, matrices, strict=True)},
        flags={k.id: np.zeros(m.shape, np.uint8) for k, m in zip(kpis, matrices, strict=True)},
    )


def test_gaps_are_runs_in_which_no_kpi_was_measured() -> None:
    one = np.array([[NAN, 1, NAN, NAN, 2, NAN], [1, 2, 3, 4, 5, 6], [NAN] * 6])
    two = np.array([[NAN, NAN, NAN, NAN, NAN, 3], [NAN] * 6, [NAN] * 6])
    missing, completeness, gaps = quality.measure(panel_of(one, two))
    assert gaps.tolist() == [2, 0, 1]
    assert completeness.tolist() == pytest.approx([3 / 12, 6 / 12, 0])
    assert missing == pytest.approx(1 - 9 / 36)


@given(arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 30)), elements=st.sampled_from([np.nan, 1.0])))
@settings(deadline=None, max_examples=60)
def test_gaps_agree_with_counting_by_hand(values: np.ndarray) -> None:
    missing, completeness, gaps = quality.measure(panel_of(values))
    by_hand = ["".join("." if np.isnan(v) else "x" for v in row) for row in values]
    assert gaps.tolist() == [len([run for run in row.split("x") if run]) for row in by_hand]
    assert completeness.tolist() == pytest.approx([row.count("x") / len(row) for row in by_hand])
    assert missing == pytest.approx(float(np.isnan(values).mean()))


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.where(np.random.default_rng(1).random((50, 40)) < 0.3, np.nan, 1.0)
    whole = quality.measure(panel_of(values, values[::-1]))
    monkeypatch.setattr(quality, "BLOCK_POINTS", 70)
    parts = quality.measure(panel_of(values, values[::-1]))
    assert whole[0] == parts[0]
    np.testing.assert_array_equal(whole[1], parts[1])
    np.testing.assert_array_equal(whole[2], parts[2])


def test_the_report_is_plain_json_that_counts_drops_by_reason() -> None:
    panel = panel_of(np.array([[1, NAN, 3, 4]]))
    missing, completeness, gaps = quality.measure(panel)
    dropped = (Dropped(Reason("row_time"), 2, "a.csv:3, 'x'"), Dropped(Reason("row_duplicate"), 1, "a.csv:9"))
    found = Quality(
        "csv-long", {"time": "when"}, 6, 3, dropped, (Reason("zone_assumed"),), 1, 0, missing, completeness, gaps
    )
    report = json.loads(json.dumps(quality.as_json(found, panel), allow_nan=False))
    assert report["dropped"] == {"row_time": 2, "row_duplicate": 1}
    assert report["first_dropped"]["row_time"] == "a.csv:3, 'x'"
    assert (report["start_utc"], report["end_utc"]) == ("2024-03-01T00:00:00Z", "2024-03-01T01:00:00Z")
    assert (report["rows_read"], report["rows_kept"], report["cells"], report["kpis"]) == (6, 3, 1, ["k0"])
    assert report["missing_share"] == 0.25
    assert "zone" in report["notes"][0]


def test_a_span_is_told_with_its_years_and_to_the_end_of_its_last_period() -> None:
    text = quality.span_text(panel_of(np.zeros((1, 4))))
    assert text.startswith("Fri 01 Mar 2024 00:00 to Fri 01 Mar 2024 01:00")
    assert quality.span_text(panel_of(np.zeros((1, 0)))) == ""
