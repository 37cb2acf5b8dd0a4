"""All that is said of rows that stand for themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import Association, DoubleArray, IntArray
from engine.errors import Reason
from engine.monitor import Monitor
from engine.rowwise.associations import label_associations
from engine.rowwise.clusters import CLEAR, RowClusters, scaled, two_clusters
from engine.rowwise.learner import Learned, learn
from engine.rowwise.table import RowTable


@dataclass(frozen=True, eq=False)
class Judged:
    """What became of a table of rows.

    outlying (N,): the KPI (by its place) that is farthest from its median, and by how many quartile ranges, away.
    learned: a Reason where there was too little to learn from. notes: what a person must know to read all this.
    """

    table: RowTable
    clusters: RowClusters
    outlying: IntArray
    away: DoubleArray
    associations: tuple[Association, ...]
    learned: Learned | Reason
    notes: tuple[Reason, ...]


def judge(table: RowTable, seed: int, monitor: Monitor) -> Judged:
    """Put rows into clusters and, where there are labels, learn them and say what goes with them. Raises Cancelled."""
    monitor.step(0.0, Reason("stage_rows_cluster"))
    clusters = two_clusters(table.values, seed)
    x = scaled(table.values)
    outlying = np.argmax(np.abs(x), axis=1)
    monitor.step(0.3, Reason("stage_rows_associate"))
    found = label_associations(table)
    learned = learn(table, seed, monitor.part(0.5, 1.0))
    away = x[np.arange(len(x)), outlying]
    return Judged(table, clusters, outlying, away, found, learned, tuple(_notes(table, clusters, learned)))


def _notes(table: RowTable, clusters: RowClusters, learned: Learned | Reason) -> list[Reason]:
    notes = [Reason("rows_no_order"), *table.notes]
    for kpi, (count, first) in table.unreadable.items():
        notes.append(Reason("rows_unreadable", {"kpi": kpi, "count": count, "first": first}))
    share = float((clusters.cluster == 1).mean())
    if np.isnan(clusters.silhouette):
        notes.append(Reason("rows_all_alike"))
    else:
        code = "rows_clusters" if clusters.silhouette >= CLEAR else "rows_clusters_unclear"
        notes.append(Reason(code, {"silhouette": round(clusters.silhouette, 2), "share": round(100 * share, 1)}))
    if isinstance(learned, Reason):
        return [*notes, learned]
    anomalous = learned.sharp.anomalous / learned.sharp.rows
    always = 2 * anomalous / (1 + anomalous)
    told: dict[str, str | int | float] = {
        "stations": learned.stations,
        "sharp": round(learned.sharp.f1, 2),
        "blurred": round(learned.blurred.f1, 2),
        "always": round(always, 2),
    }
    return [*notes, Reason("rows_labels_leak" if learned.leaks else "rows_learned", told)]
