"""What a person says of incidents, in a project file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.data.review import Review
from engine.project.access import changing, reading
from engine.project.writing import insert

if TYPE_CHECKING:
    import duckdb


def read_reviews(path: Path) -> tuple[Review, ...]:
    """All reviews of a project, by time. Raises InputError as `open_project`."""
    with reading(path) as connection:
        return reviews_in(connection)


def reviews_in(connection: duckdb.DuckDBPyConnection) -> tuple[Review, ...]:
    """All reviews of an open project, by time."""
    rows = connection.execute(
        "SELECT cell, kpi, epoch(start_utc)::BIGINT, epoch(stop_utc)::BIGINT, tag, comment, owner, acknowledged_by,"
        " epoch(acknowledged_utc)::BIGINT FROM reviews ORDER BY start_utc, cell, kpi"
    ).fetchall()
    return tuple(
        Review(cell, kpi, _second(start), _second(stop), tag, comment, owner, by, None if at is None else _second(at))
        for cell, kpi, start, stop, tag, comment, owner, by, at in rows
    )


def _second(since_1970: int) -> np.datetime64:
    return np.datetime64(since_1970, "s")


def set_reviews(path: Path, reviews: Iterable[Review]) -> None:
    """Replace the reviews of these very places and times, in one transaction; one that says nothing is taken away.

    Raises InputError, OutputError.
    """
    given = list(reviews)
    with changing(path) as connection:
        for review in given:
            connection.execute(
                "DELETE FROM reviews"
                " WHERE cell = ? AND kpi = ? AND start_utc = ?::TIMESTAMP AND stop_utc = ?::TIMESTAMP",
                [review.cell, review.kpi, str(review.start), str(review.stop)],
            )
        insert_reviews(connection, [review for review in given if not review.empty])


def insert_reviews(connection: duckdb.DuckDBPyConnection, reviews: Iterable[Review]) -> None:
    """Add reviews to an open project."""
    rows = [
        (
            *(r.cell, r.kpi, str(r.start), str(r.stop), r.tag, r.comment, r.owner, r.acknowledged_by),
            None if r.acknowledged is None else str(r.acknowledged),
        )
        for r in reviews
    ]
    insert(connection, "reviews", rows)
