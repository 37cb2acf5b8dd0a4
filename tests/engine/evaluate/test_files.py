"""Written scores against label files: joined on cell, KPI and time."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine.errors import InputError
from engine.evaluate import evaluate_files
from engine.labelling.labels import Interval, write_intervals
from engine.monitor import Monitor

START = np.datetime64("2017-03-06T00:00:00", "s")
HOUR = np.timedelta64(3600, "s")


def write_scores(path: Path, score: np.ndarray, cells: tuple[str, ...], kpi: str = "calls") -> Path:
    """A file as `analyse --scores` writes it; an anomaly is a score of 1.0 or more, NaN = no opinion."""
    count, periods = score.shape
    rows = {
        "cell": np.repeat(np.array(cells), periods),
        "kpi": np.full(score.size, kpi),
        "time_utc": np.tile(START + np.arange(periods) * HOUR, count).astype("datetime64[us]"),
        "value": np.zeros(score.size, np.float32),
        "score": score.ravel().astype(np.float32),
        "anomaly": np.nan_to_num(score.ravel()) >= 1.0,
    }
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        connection.execute(f"COPY (SELECT * FROM rows ORDER BY hash(cell || time_utc)) TO '{path}' (FORMAT parquet)")
    return path


def scores() -> np.ndarray:
    score = np.full((2, 100), 0.1)
    score[0, 10:13] = 2.0
    score[1, 50] = 1.5
    score[1, 80:] = np.nan
    return score


def test_points_rank_by_their_ranking_where_a_file_has_one(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_intervals(labels, [Interval("a", "calls", START + 40 * HOUR, START + 45 * HOUR, "loss")])
    plain = write_scores(tmp_path / "plain.parquet", np.full((1, 100), 0.1), ("a",))
    with duckdb.connect() as connection:
        ranked = f"epoch(time_utc) - epoch('{START}'::TIMESTAMP) BETWEEN 40 * 3600 AND 44 * 3600"
        query = f"SELECT *, CASE WHEN {ranked} THEN 0.9 ELSE 0.1 END::FLOAT AS ranking FROM '{plain}'"
        connection.execute(f"COPY ({query}) TO '{tmp_path / 'ranked.parquet'}' (FORMAT parquet)")
    assert evaluate_files(plain, labels, Monitor()).auc_pr == pytest.approx(0.525), "all points alike"
    assert evaluate_files(tmp_path / "ranked.parquet", labels, Monitor()).auc_pr == 1.0


def test_labels_as_intervals(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_intervals(
        labels,
        [
            Interval("a", "calls", START + 10 * HOUR, START + 14 * HOUR, "outage"),
            Interval("b", "*", START + 90 * HOUR, START + 100 * HOUR, "missing"),
        ],
    )
    found = evaluate_files(write_scores(tmp_path / "scores.parquet", scores(), ("a", "b")), labels, Monitor())
    assert (found.series, found.points, found.anomalous) == (2, 190, 4)
    assert found.recall == 0.75
    assert (found.alarms, found.alarms_right, found.events_found) == (2, 1, 1)
    assert found.no_opinion == pytest.approx(10 / 190)


def test_scores_of_a_name_that_looks_like_a_pattern_are_those_of_that_file(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    write_intervals(labels, [Interval("a", "calls", START + 10 * HOUR, START + 13 * HOUR, "loss")])
    write_scores(tmp_path / "run1.parquet", np.zeros((1, 100)), ("a",))
    assert (
        evaluate_files(write_scores(tmp_path / "run[1].parquet", scores(), ("a", "b")), labels, Monitor()).recall == 1
    )


def write_labelled(path: Path, cells: tuple[str, ...], periods: range = range(100)) -> Path:
    lines = ["time,cell,calls,label"]
    for cell in cells:
        lines += [f"{START + t * HOUR}Z,{cell},{t},{int(cell == 'a' and 10 <= t < 14)}" for t in periods]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_labels_from_the_label_column_of_any_file(tmp_path: Path) -> None:
    labels = write_labelled(tmp_path / "labelled.csv", ("a", "b"), range(5, 100))
    found = evaluate_files(write_scores(tmp_path / "scores.parquet", scores(), ("a", "b")), labels, Monitor())
    assert (found.series, found.points, found.anomalous) == (2, 190, 4)
    assert (found.recall, found.events) == (0.75, 1)


def test_labels_of_other_cells_fit_nothing(tmp_path: Path) -> None:
    labels = write_labelled(tmp_path / "labelled.csv", ("x", "y"))
    with pytest.raises(InputError, match=r"labelled\.csv has no cell"):
        evaluate_files(write_scores(tmp_path / "scores.parquet", scores(), ("a", "b")), labels, Monitor())


def test_a_file_without_labels_says_which_column_is_missing(tmp_path: Path) -> None:
    labels = tmp_path / "plain.csv"
    labels.write_text("time,cell,calls\n2017-03-06T00:00:00Z,a,1\n2017-03-06T01:00:00Z,a,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"plain\.csv has no label column"):
        evaluate_files(write_scores(tmp_path / "scores.parquet", scores(), ("a", "b")), labels, Monitor())


def test_scores_that_are_none_are_refused(tmp_path: Path) -> None:
    labels = write_labelled(tmp_path / "labelled.csv", ("a",))
    other = tmp_path / "other.parquet"
    other.write_bytes(b"not parquet at all")
    with pytest.raises(InputError, match=r"other\.parquet cannot be read as scores"):
        evaluate_files(other, labels, Monitor())
    with pytest.raises(InputError, match="There is no file"):
        evaluate_files(tmp_path / "absent.parquet", labels, Monitor())
    empty = write_scores(tmp_path / "empty.parquet", np.zeros((1, 0)), ("a",))
    with pytest.raises(InputError, match="holds no scores"):
        evaluate_files(empty, labels, Monitor())
