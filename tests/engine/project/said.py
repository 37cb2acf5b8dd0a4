"""What another window says of a project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine import project
from engine.project import Review


def set_reviews(path: Path, reviews: Iterable[Review]) -> None:
    """Say this of these places, in the place of what is said of them."""
    there = {review.place: review for review in project.read_reviews(path)}
    project.change_reviews(path, [(there.get(one.place, Review(*one.place)), one) for one in reviews])
