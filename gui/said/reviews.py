"""What the user says of incidents: a tag, a comment, an owner, that it was seen.

It is undoable, and kept by place, so that it outlives a re-vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.text import tell
from gui.said.change import Change

TAGS = ("fault", "planned", "event", "data", "false", "check", "solved")
"""The seven review tags; their keys are 1 to 7. Stored in projects."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident shows most: the cell, KPI and time indices [start, stop) of its worst anomaly."""

    cell: int
    kpi: str
    start: int
    stop: int

    def moved(self, by: int) -> Place:
        """The place so many periods later on the grid."""
        return replace(self, start=self.start + by, stop=self.stop + by)

    def meets(self, other: Place) -> bool:
        """Whether both are the same cell and KPI at overlapping times."""
        same = (self.cell, self.kpi) == (other.cell, other.kpi)
        return same and self.start < other.stop and other.start < self.stop


@dataclass(frozen=True, slots=True)
class Review:
    """The user's judgement. tag: one of `TAGS` or "". owner: who takes care of it, "" = nobody. acknowledged_by,
    acknowledged: who has seen it and when, UTC; "" and None where nobody has.
    """

    tag: str = ""
    comment: str = ""
    owner: str = ""
    acknowledged_by: str = ""
    acknowledged: np.datetime64 | None = None


NONE = Review()
"""Nothing was said."""


class Reviews(QObject):
    """The reviews of the loaded data.

    Signals:
        changed(Place): the review of that place is another one.
        reset(): all of them are others.
    """

    changed = Signal(object)
    reset = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_place: dict[Place, Review] = {}
        self._of_series: dict[tuple[int, str], list[Place]] = {}
        self._moved = 0
        self.undo_stack = QUndoStack(self)

    @property
    def all(self) -> Mapping[Place, Review]:
        """Every review there is."""
        return self._by_place

    def load(self, reviews: Mapping[Place, Review]) -> None:
        """Take other reviews, as from a project; there is nothing to undo then."""
        self._take(reviews)
        self._moved = 0
        self.undo_stack.clear()
        self.reset.emit()

    def move(self, by: int) -> None:
        """All of them lie so many periods later on the grid, those that undo brings back too.

        No signal is sent: what they are said of is about to be shown anew as well.
        """
        if by:
            self._take({at.moved(by): review for at, review in self._by_place.items()})
        self._moved += by

    def of(self, places: Iterable[Place]) -> Review:
        """The review of the first of these places that meets a reviewed one; an empty review if none does."""
        if self._by_place:
            for place in places:
                if (known := self._anchor(place)) is not None:
                    return self._by_place[known]
        return NONE

    def tag(self, place: Place, tag: str) -> None:
        """Tag an incident; the same tag again, or "", takes the tag away."""
        before = self.of([place])
        tag = "" if tag == before.tag else tag
        name = tell(f"tag_{tag}") if tag else tell("tag_none")
        self._push(place, replace(before, tag=tag), tell("review_undo_tag", tag=name))

    def comment(self, place: Place, comment: str) -> None:
        """Write a note on an incident; "" takes it away."""
        before = self.of([place])
        self._push(place, replace(before, comment=comment.strip()), tell("review_undo_comment"))

    def assign(self, place: Place, owner: str) -> None:
        """Say who takes care of an incident; "" = nobody."""
        self._push(place, replace(self.of([place]), owner=owner.strip()), tell("review_undo_owner"))

    def acknowledge(self, place: Place, by: str, now: np.datetime64) -> None:
        """Say that an incident was seen, by whom and when, UTC; where that was said before it is taken back."""
        before = self.of([place])
        if before.acknowledged is None:
            after = replace(before, acknowledged_by=by, acknowledged=now)
        else:
            after = replace(before, acknowledged_by="", acknowledged=None)
        self._push(place, after, tell("review_undo_acknowledged"))

    def _push(self, place: Place, after: Review, text: str) -> None:
        anchor = self._anchor(place) or place
        before = self._by_place.get(anchor, NONE)
        if after != before:
            self.undo_stack.push(Change(partial(self._put, anchor.moved(-self._moved)), before, after, text))

    def _take(self, reviews: Mapping[Place, Review]) -> None:
        self._by_place, self._of_series = dict(reviews), {}
        for place in reviews:
            self._of_series.setdefault((place.cell, place.kpi), []).append(place)

    def _put(self, at_first: Place, review: Review) -> None:
        """Take a review. at_first: the place on the grid that the data were loaded with."""
        anchor = at_first.moved(self._moved)
        of_series = self._of_series.setdefault((anchor.cell, anchor.kpi), [])
        if anchor in self._by_place:
            of_series.remove(anchor)
            del self._by_place[anchor]
        if review != NONE:
            of_series.append(anchor)
            self._by_place[anchor] = review
        self.changed.emit(anchor)

    def _anchor(self, place: Place) -> Place | None:
        if place in self._by_place:
            return place
        of_series = self._of_series.get((place.cell, place.kpi), ())
        return next((known for known in of_series if known.meets(place)), None)
