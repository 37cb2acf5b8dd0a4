"""What people said of the incidents of a result: in words, and which of them they judged to be none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from engine.data import Result
from engine.data.review import FALSE_ALARM, Review, meeting
from engine.text import MESSAGES, tell


class Said(Protocol):
    """What was said of an incident; see `engine.data.review.Review`."""

    @property
    def tag(self) -> str:
        """A review tag, "" = none."""
        ...

    @property
    def comment(self) -> str:
        """The note, "" = none."""
        ...

    @property
    def owner(self) -> str:
        """Who takes care of it, "" = nobody."""
        ...

    @property
    def acknowledged_by(self) -> str:
        """Who has seen it, "" = nobody."""
        ...


def said_of_all(result: Result) -> dict[int, Review]:
    """Incident id -> what its reviews say of it; where nothing is said it is not there."""
    return meeting(result.panel, result.incidents, result.anomalies, result.reviews)


def in_words(said: Said | None) -> str:
    """What was said: "Fault: replaced the power unit; owner Kim; seen by Lee"; "" where nothing was."""
    if said is None:
        return ""
    code = f"tag_{said.tag}"
    tag = (tell(code) if code in MESSAGES else said.tag) if said.tag else ""
    judged = tell("shift_state", tag=tag, comment=said.comment) if tag and said.comment else tag or said.comment
    owner = tell("shift_owner", owner=said.owner) if said.owner else ""
    seen = tell("shift_seen", by=said.acknowledged_by) if said.acknowledged_by else ""
    return "; ".join(part for part in (judged, owner, seen) if part)


def without_false(result: Result, said: Mapping[int, Said]) -> Result:
    """The result with only the incidents that nobody judged to be false alarms."""
    kept = tuple(one for one in result.incidents if not judged_false(said.get(one.id)))
    return result if len(kept) == len(result.incidents) else replace(result, incidents=kept)


def judged_false(said: Said | None) -> bool:
    """Whether it was judged to be a false alarm."""
    return said is not None and said.tag == FALSE_ALARM
