"""What a person says of incidents, in a project file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.project.access import changing, reading
from engine.project.writing import insert
from engine.review import Review

if TYPE_CHECKING:
    import duckdb


def read_reviews(path: Path) -> tuple[Review, ...]:
    """All reviews of a project, by time. Raises InputError as `open_project`."""
    with reading(path) as connection:
        rows = connection.execute(
            "SELECT cell, kpi, epoch(start_utc)::BIGINT, epoch(stop_utc)::BIGINT, tag, comment "
            "FROM reviews ORDER BY start_utc, cell, kpi"
        ).fetchall()
    return tuple(
        Review(cell, kpi, np.datetime64(start, "s"), np.datetime64(stop, "s"), tag, comment)
        for cell, kpi, start, stop, tag, comment in rows
    )


def set_reviews(path: Path, reviews: Iterable[Review]) -> None:
    """Replace all reviews of a project, in one transaction. Raises InputError, OutputError."""
    with changing(path) as connection:
        connection.execute("DELETE FROM reviews")
        insert_reviews(connection, reviews)


def set_review(path: Path, review: Review) -> None:
    """Replace the review of that very place and time; one without tag and comment is taken away.

    Raises InputError, OutputError.
    """
    with changing(path) as connection:
        connection.execute(
            "DELETE FROM reviews WHERE cell = ? AND kpi = ? AND start_utc = ?::TIMESTAMP AND stop_utc = ?::TIMESTAMP",
            [review.cell, review.kpi, str(review.start), str(review.stop)],
        )
        insert_reviews(connection, [review] if review.tag or review.comment else [])


def insert_reviews(connection: duckdb.DuckDBPyConnection, reviews: Iterable[Review]) -> None:
    """Add reviews to an open project."""
    insert(connection, "reviews", [(r.cell, r.kpi, str(r.start), str(r.stop), r.tag, r.comment) for r in reviews])
