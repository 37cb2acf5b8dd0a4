"""Which reviews, rules and calendar a project holds of what was said here.

Only what is another since is written, so that what other windows say of the same project meanwhile stays in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.event import Event
from engine.data.review import Review
from engine.data.rule import Rule

if TYPE_CHECKING:
    import numpy as np

_Where = tuple[str, str, "np.datetime64", "np.datetime64"]


class Written:
    """What was read from a project or written to it last. Its methods are called one by one, from any thread.

    events: None where it is not known which calendar the project holds.
    """

    def __init__(
        self,
        reviews: Iterable[Review] = (),
        rules: Iterable[Rule] = (),
        events: tuple[Event, ...] | None = None,
    ) -> None:
        self._reviews = _by_place(reviews)
        self._rules = {rule.identity: rule for rule in rules}
        self._events = events

    def write(self, path: Path, reviews: Iterable[Review], rules: Iterable[Rule], events: tuple[Event, ...]) -> None:
        """Write what is another in these, and take away what is gone from them. Raises InputError, OutputError."""
        from engine import project

        said = _by_place(reviews)
        changes = [
            (self._reviews.get(where, Review(*where)), said.get(where, Review(*where)))
            for where in dict.fromkeys((*self._reviews, *said))
        ]
        changes = [(before, after) for before, after in changes if before != after]
        if changes:
            project.change_reviews(path, changes)
        self._reviews = said
        ruling = {rule.identity: rule for rule in rules}
        made = [rule for identity, rule in ruling.items() if self._rules.get(identity) != rule]
        lifted = [identity for identity in self._rules if identity not in ruling]
        if made or lifted:
            project.set_rules(path, made, lifted)
        self._rules = ruling
        if self._events is None:
            project.set_events(path, events)
        elif events != self._events:
            before = self._events
            project.change_events(path, [one for one in events if one not in before], {*before} - {*events})
        self._events = events


def _by_place(reviews: Iterable[Review]) -> dict[_Where, Review]:
    return {review.place: review for review in reviews}
