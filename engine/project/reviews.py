"""What a person says of incidents, in a project file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.data.review import Review
from engine.project.access import changing, reading
from engine.project.writing import insert

if TYPE_CHECKING:
    import duckdb

_SEEN = ("acknowledged_by", "acknowledged")
_SAID = ("tag", "comment", "owner", *_SEEN)


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


def change_reviews(path: Path, changes: Iterable[tuple[Review, Review]]) -> None:
    """Say something else than before, in one transaction: what a review and the one before it of the very place and
    time have in common stays as it is in the project, where others may have said it meanwhile.

    changes: (before, after); one that says nothing any more is taken away. Raises InputError, OutputError.
    """
    with changing(path) as connection:
        there = {_key(review): review for review in reviews_in(connection)}
        _replace(connection, [_changed(there.get(_key(after)), before, after) for before, after in changes])


def _key(review: Review) -> tuple[str, ...]:
    return review.cell, review.kpi, *(str(time.astype("datetime64[s]")) for time in (review.start, review.stop))


def _changed(there: Review | None, before: Review, after: Review) -> Review:
    if there is None:
        return after
    other = {name: getattr(after, name) for name in _SAID if getattr(after, name) != getattr(before, name)}
    if other.keys() & set(_SEEN):
        other |= {name: getattr(after, name) for name in _SEEN}
    return replace(there, **other)


def _replace(connection: duckdb.DuckDBPyConnection, reviews: Sequence[Review]) -> None:
    for review in reviews:
        connection.execute(
            "DELETE FROM reviews WHERE cell = ? AND kpi = ? AND start_utc = ?::TIMESTAMP AND stop_utc = ?::TIMESTAMP",
            [review.cell, review.kpi, str(review.start), str(review.stop)],
        )
    insert_reviews(connection, [review for review in reviews if not review.empty])


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
