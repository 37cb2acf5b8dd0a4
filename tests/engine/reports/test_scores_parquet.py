"""The scores file: one row for every point of the grid, in order, with NaN where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from engine.data import Result
from engine.execution import arrays, scratch
from engine.execution.mapping import Mapping
from engine.expectation import expectation
from engine.monitor import Monitor
from engine.ranking.unrest import ranking
from engine.reports import scores_parquet
from engine.reports.scores_parquet import BANDS, ScoresParquet
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result


def read(result: Result, folder: Path) -> dict[str, np.ndarray]:
    """The columns of the file; floats hold NaN, never NULL."""
    path = folder / "scores.parquet"
    ScoresParquet().write(result, path, Monitor())
    with duckdb.connect() as connection:
        columns = connection.execute("FROM read_parquet(?)", [str(path)]).fetchnumpy()
    assert not any(np.ma.is_masked(column) for column in columns.values())
    return {name: np.asarray(column) for name, column in columns.items()}


def test_columns_and_types_are_those_of_the_contract(tmp_path: Path) -> None:
    ScoresParquet().write(make_result(), tmp_path / "s", Monitor())
    with duckdb.connect() as connection:
        described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(tmp_path / "s")]).fetchall()
    floats = [
        "value",
        "expected",
        "lower",
        "upper",
        "score_baseline",
        "score_garch",
        "score_kmeans",
        "score_nnar",
        "score",
        "ranking",
    ]
    assert [(name, kind) for name, kind, *_ in described] == [
        ("cell", "VARCHAR"),
        ("kpi", "VARCHAR"),
        ("time_utc", "TIMESTAMP"),
        *((name, "FLOAT") for name in floats),
        ("anomaly", "BOOLEAN"),
    ]


def test_the_ranking_is_the_score_of_alarms_and_the_unrest_below(tmp_path: Path) -> None:
    result = make_result()
    columns = read(result, tmp_path)
    expected = np.concatenate([ranking(result, kpi.id).ravel() for kpi in result.panel.kpis])
    np.testing.assert_array_equal(columns["ranking"], expected)
    alarms = columns["anomaly"]
    np.testing.assert_array_equal(columns["ranking"][alarms], np.maximum(columns["score"][alarms], 1.0))
    assert np.nanmax(columns["ranking"][~alarms]) < 1.0
    assert (np.diff(columns["ranking"][np.argsort(columns["score"])]) < 0).any()


def test_what_is_made_beside_the_result_lies_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the size of the panel: row numbers, once for all KPIs, the ranking, and what does not lie in one piece."""
    result = make_result(kpis=3)
    first = result.panel.kpis[0].id
    values = dict(result.panel.values)
    values[first] = np.repeat(values[first], 2, axis=1)[:, ::2]
    flags = {kpi: np.broadcast_to(np.uint8(0), array.shape) for kpi, array in result.panel.flags.items()}
    result = replace(
        result,
        panel=replace(result.panel, values=values, flags=flags),
        settings=replace(result.settings, gaps=(f"{first}=zero",)),
    )
    plain = read(result, tmp_path)
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(arrays, "BLOCK_POINTS", 300)
    registered = scores_parquet._table
    held = []

    def kept(*given: Any) -> Any:
        query, found = registered(*given)
        held.extend(found)
        return query, found

    monkeypatch.setattr(scores_parquet, "_table", kept)
    again = read(result, tmp_path)
    for name, column in plain.items():
        np.testing.assert_array_equal(again[name], column)
    own = {id_of(array) for kpi in result.panel.kpis for array in of_kpi(result, kpi.id)}
    made = {id_of(array): array for array in held if id_of(array) not in own}
    assert len(made) == 1 + 3 + 3 + 1  # numbers, rankings, flags of nothing, the first KPI's values
    assert all(isinstance(ground(array), Mapping) for array in made.values())


def of_kpi(result: Result, kpi: str) -> list[np.ndarray]:
    bands = [getattr(one, band) for one in result.evidence[kpi].values() for band in (*BANDS, "score")]
    verdict = result.verdicts[kpi]
    return [result.panel.values[kpi], verdict.score, verdict.alarm, *bands]


def ground(array: Any) -> Any:
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def id_of(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_the_schema_of_nothing_is_the_same(tmp_path: Path) -> None:
    assert list(read(empty_result(), tmp_path)) == list(read(make_result(cells=1, periods=5, anomalies=0), tmp_path))


def test_the_band_holds_only_what_a_kpi_can_be(tmp_path: Path) -> None:
    """The same as in the plots, NaN where there is none."""
    result = make_result(kpis=3)
    for kpi in result.panel.kpis:
        for one in result.evidence[kpi.id].values():
            one.lower[:, ::7] -= 1e4
            one.upper[:, ::5] += 1e4
    rows, (cells, periods) = read(result, tmp_path), result.panel.shape
    for kpi in result.panel.kpis:
        of_kpi = rows["kpi"] == kpi.id
        usual = expectation(result.evidence[kpi.id]).shown(kpi)
        for name in ("expected", "lower", "upper"):
            np.testing.assert_array_equal(rows[name][of_kpi].reshape(cells, periods), getattr(usual, name))


def test_every_point_of_the_grid_has_its_row_in_order(tmp_path: Path) -> None:
    result = make_result(kpis=3)
    rows, panel = read(result, tmp_path), result.panel
    cells, periods = panel.shape
    assert rows["kpi"].tolist() == [kpi.id for kpi in panel.kpis for _ in range(cells * periods)]
    assert rows["cell"].tolist() == [cell.id for _ in panel.kpis for cell in panel.cells for _ in range(periods)]
    assert np.array_equal(rows["time_utc"].astype("datetime64[s]"), np.tile(panel.times, cells * 3))
    values = np.concatenate([panel.values[kpi.id].ravel() for kpi in panel.kpis])
    assert np.isnan(values).any()
    assert np.array_equal(rows["value"], values, equal_nan=True)
    assert np.array_equal(rows["anomaly"], np.concatenate([result.verdicts[k.id].alarm.ravel() for k in panel.kpis]))


def test_a_detectors_score_is_one_at_its_own_threshold(tmp_path: Path) -> None:
    result = make_result(kpis=1)
    rows = read(result, tmp_path)
    for name, evidence in result.evidence["calls"].items():
        margin = evidence.score.ravel() / result.thresholds["calls"][name]
        assert np.array_equal(np.isnan(rows[f"score_{name}"]), np.isnan(margin))
        assert rows[f"score_{name}"] == pytest.approx(margin, rel=1e-6, nan_ok=True)


def test_expectation_is_the_one_that_the_alarms_were_judged_by(tmp_path: Path) -> None:
    for result in (tiny_result(), make_result(kpis=1)):
        rows, usual = read(result, tmp_path), expectation(result.evidence["calls"])
        for name in ("expected", "lower", "upper"):
            assert np.array_equal(rows[name], getattr(usual, name).ravel(), equal_nan=True), name


def test_a_detector_that_never_ran_has_no_opinion(tmp_path: Path) -> None:
    result = make_result(kpis=1)
    evidence = {"calls": {name: one for name, one in result.evidence["calls"].items() if name != "nnar"}}
    rows = read(replace(result, evidence=evidence), tmp_path)
    assert np.isnan(rows["score_nnar"]).all()
