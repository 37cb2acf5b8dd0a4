"""Reviews as a project holds them: by cell id and time, so that they outlive a reload of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.data import Panel
from gui.said.reviews import Place, Review

if TYPE_CHECKING:
    from engine import project


def said_in(review: Review | project.Review) -> tuple[str, str, str, str, np.datetime64 | None]:
    """What a review says, whatever it is said of."""
    return review.tag, review.comment, review.owner, review.acknowledged_by, review.acknowledged


def stored(panel: Panel, reviews: Mapping[Place, Review]) -> tuple[project.Review, ...]:
    """The reviews as a project holds them: by cell id and time, so that they outlive a reload of the data."""
    from engine import project

    period = np.timedelta64(panel.period_s, "s")
    return tuple(
        project.Review(
            panel.cells[place.cell].id,
            place.kpi,
            panel.times[place.start],
            panel.times[place.stop - 1] + period,
            *said_in(review),
        )
        for place, review in reviews.items()
    )


def placed(panel: Panel, reviews: Iterable[project.Review]) -> dict[Place, Review]:
    """The reviews of a project by their place in its panel; those that have none there are left out."""
    found = ((place, review) for review, place in _places(panel, reviews) if place is not None)
    return {place: Review(*said_in(review)) for place, review in found}


def without_place(panel: Panel, reviews: Iterable[project.Review]) -> tuple[project.Review, ...]:
    """Those that `placed` leaves out: of cells that are not there, or of other times."""
    return tuple(review for review, place in _places(panel, reviews) if place is None)


def _places(panel: Panel, reviews: Iterable[project.Review]) -> Iterator[tuple[project.Review, Place | None]]:
    rows = {cell.id: row for row, cell in enumerate(panel.cells)}
    for review in reviews:
        start, stop = (int(np.searchsorted(panel.times, when)) for when in (review.start, review.stop))
        there = review.cell in rows and start < stop
        yield review, Place(rows[review.cell], review.kpi, start, stop) if there else None
