"""Which rows are the second of their wall-clock stamp: in autumn an hour comes twice."""

from __future__ import annotations

import numpy as np

from engine.data import IntArray
from engine.io.base import Table
from engine.io.session import Session


def second(session: Session, table: Table, stamps: IntArray) -> IntArray:
    """Ids of the rows whose stamp, one of `stamps`, occurs in their series for the second time. Raises Cancelled.

    A file that has a stamp twice speaks for itself, and so does one that only repeats what an earlier file says: the
    same file again, or an export that overlaps. Of all others the second file has the second occurrence, as where every
    hour is a file.
    """
    series = ", ".join(table.series)
    values = ", ".join(f"v{k}" for k in range(table.width))
    return session.arrays(
        f"WITH hours AS (SELECT rowid AS id, {series}, t, hash({values}) AS told FROM {table.name}"
        " WHERE problem = 0 AND list_contains($1::BIGINT[], t)),"
        " filed AS (SELECT hours.*, files.first FROM hours"
        " ASOF JOIN (SELECT unnest($2::BIGINT[]) AS first) files ON hours.id >= files.first),"
        f" compared AS (SELECT *, min(first) OVER (PARTITION BY {series}, t, told) < first AS known,"
        f" count(*) OVER (PARTITION BY {series}, t, first) AS within FROM filed),"
        " speaking AS (SELECT first, bool_and(known) OR max(within) > 1 AS alone FROM compared GROUP BY first),"
        f" numbered AS (SELECT id, row_number() OVER (PARTITION BY {series}, t, CASE WHEN alone THEN first ELSE -1 END"
        " ORDER BY id) AS occurrence FROM compared JOIN speaking USING (first))"
        " SELECT id FROM numbered WHERE occurrence = 2 ORDER BY id",
        [stamps.tolist(), [part.first for part in table.parts]],
    )["id"].astype(np.int64)


def stamps_of(session: Session, table: Table, ids: IntArray) -> IntArray:
    """The distinct stamps of some rows. Raises Cancelled."""
    return session.arrays(
        f"SELECT DISTINCT t FROM {table.name} JOIN (SELECT unnest($1::BIGINT[]) AS id) ON rowid = id", [ids.tolist()]
    )["t"].astype(np.int64)


def all_of(session: Session, table: Table, stamps: IntArray) -> IntArray:
    """Ids of all rows with one of the stamps. Raises Cancelled."""
    return session.arrays(
        f"SELECT rowid AS id FROM {table.name} WHERE problem = 0 AND list_contains($1::BIGINT[], t)", [stamps.tolist()]
    )["id"].astype(np.int64)
