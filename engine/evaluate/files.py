"""Evaluation of written scores: `scores.parquet` of a run against a file of labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, FloatArray, TimeArray
from engine.errors import InputError, Reason
from engine.evaluate.measures import Evaluation, Judged, evaluate
from engine.io.session import file_literal
from engine.labelling.labels import is_interval_file, read_intervals, spread
from engine.monitor import Monitor


@dataclass(frozen=True, eq=False)
class _Scores:
    """What a scores file says, (series, T), one series per cell and KPI. score: how its points rank."""

    cells: tuple[str, ...]
    kpis: tuple[str, ...]
    times: TimeArray
    period_s: int
    score: dict[str, FloatArray]
    alarm: dict[str, BoolArray]


LabelGrid = dict[str, npt.NDArray[np.int8]]


def evaluate_files(scores: Path, labels: Path, monitor: Monitor) -> Evaluation:
    """Measure the scores in `scores` (as `analyse --scores` writes them) against `labels`.

    labels: a file of intervals (`engine.labelling.labels`), or any file that can be loaded and has a label column;
    rows are joined on cell, KPI and time; points without a label do not count. Raises InputError when a file cannot
    be read or when nothing fits together, Cancelled.
    """
    monitor.step(0.0, Reason("stage_load", {"name": scores.name}))
    table = _read_scores(scores)
    monitor.step(0.5, Reason("stage_load", {"name": labels.name}))
    truth = _read_labels(labels, table, monitor.part(0.5, 0.9))
    return evaluate(_joined(table, truth))


def _joined(table: _Scores, truth: LabelGrid) -> Iterator[Judged]:
    for kpi, of_kpi in truth.items():
        for row in range(len(table.cells)):
            if (of_kpi[row] >= 0).any():
                yield Judged(table.score[kpi][row], table.alarm[kpi][row], of_kpi[row], table.period_s)


def _read_scores(path: Path) -> _Scores:
    import duckdb

    if not path.is_file():
        raise InputError(Reason("scores_absent", {"file": str(path)}))
    try:
        with duckdb.connect() as connection:
            table = connection.sql(f"SELECT * FROM read_parquet({file_literal(path)})")
            score = "ranking" if "ranking" in table.columns else "score"  # files of before there was a ranking
            rows = table.project(
                f"cell, kpi, epoch(time_utc)::BIGINT AS t, {score}::FLOAT AS score, anomaly"
            ).fetchnumpy()
    except duckdb.Error as error:
        first = str(error).strip().partition("\n")[0]
        raise InputError(Reason("scores_unreadable", {"file": path.name, "error": first})) from error
    if not len(rows["t"]):
        raise InputError(Reason("scores_empty", {"file": path.name}))
    cells, cell = np.unique(np.asarray(rows["cell"], str), return_inverse=True)
    kpis, kpi = np.unique(np.asarray(rows["kpi"], str), return_inverse=True)
    seconds, place = np.unique(np.asarray(rows["t"], np.int64), return_inverse=True)
    shape = (len(cells), len(seconds))
    value = np.ma.filled(np.ma.asarray(rows["score"], np.float32), np.nan)
    raised: BoolArray = np.ma.filled(np.ma.asarray(rows["anomaly"], bool), False)
    ranks, alarm = {}, {}
    for number, name in enumerate(kpis.tolist()):
        mine = kpi == number
        ranks[name] = np.full(shape, np.nan, np.float32)
        alarm[name] = np.zeros(shape, bool)
        ranks[name][cell[mine], place[mine]] = value[mine]
        alarm[name][cell[mine], place[mine]] = raised[mine]
    period = int(np.diff(seconds).min()) if len(seconds) > 1 else 1
    times = seconds.astype("datetime64[s]")
    return _Scores(tuple(cells.tolist()), tuple(kpis.tolist()), times, period, ranks, alarm)


def _read_labels(path: Path, table: _Scores, monitor: Monitor) -> LabelGrid:
    """Per KPI labels on the grid of the scores, -1 where there is none."""
    if is_interval_file(path):
        spans = read_intervals(path)
        return dict(spread(spans, table.cells, table.kpis, table.times, table.period_s))
    from engine import io
    from engine.io.base import LoadOptions

    loaded = io.load([path], LoadOptions(with_labels=True), monitor)
    if loaded.labels is None:
        raise InputError(Reason("labels_no_column", {"file": path.name}))
    panel = loaded.panel
    wanted = {cell: row for row, cell in enumerate(table.cells)}
    rows = [(row, wanted[cell.id]) for row, cell in enumerate(panel.cells) if cell.id in wanted]
    if not rows and len(panel.cells) == len(table.cells) == 1:
        rows = [(0, 0)]
    kpis = [(name, name) for name in loaded.labels if name in table.kpis]
    if not kpis and len(loaded.labels) == len(table.kpis) == 1:
        kpis = [(next(iter(loaded.labels)), table.kpis[0])]
    places = np.searchsorted(table.times, panel.times)
    fits = places < len(table.times)
    fits[fits] = table.times[places[fits]] == panel.times[fits]
    if not rows or not kpis or not fits.any():
        raise InputError(Reason("labels_fit_nothing", {"labels": path.name}))
    grid = {}
    for name, target in kpis:
        grid[target] = np.full((len(table.cells), len(table.times)), -1, np.int8)
        for source, row in rows:
            grid[target][row, places[fits]] = loaded.labels[name][source, fits]
    return grid
