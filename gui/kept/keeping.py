"""Keeps reviews, labels and rules: each is on disk a moment later, so that a crash loses nothing.

They go into the project that is open; while there is none, into the user's data folder, from where they are offered
when the program has ended unasked (`gui.kept.rescue`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.data import Panel
from engine.data.rule import Rule
from engine.settings import Settings
from gui.job import Job
from gui.kept.rescue import Rescue, Said
from gui.problems import Problems
from gui.said.labelling import Series
from gui.said.reviews import Place, Review
from gui.state import AppState, Source

if TYPE_CHECKING:
    from engine import project


class Keeper(QObject):
    """Writes the reviews, labels and rules into the project that is open, or where they can be found again.

    Signals:
        settled(): everything said is on disk, or there is no project.
    """

    settled = Signal()

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._problems = problems
        self._path: Path | None = None
        self._job: Job | None = None
        self._due = False
        self._held = False
        self._unsaved = False
        self._series: set[Series] = set()
        self._all_labels = False
        self._rescue, self._given_up = Rescue(), False
        state.reviews.changed.connect(lambda _place: self._changed())
        state.reviews.reset.connect(self.moved)
        state.labelling.changed.connect(self._labelled)
        state.ruling.changed.connect(self._changed)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._job is not None

    @property
    def project(self) -> Path | None:
        """The project that what is said goes into."""
        return self._path

    def hold(self) -> None:
        """Write nothing until `release`, while all that was said until now is written with the rest of the project."""
        self._held = True

    def release(self) -> None:
        """The project was not written after all; go on with what was said meanwhile."""
        self._held = False
        self._next()

    def saved_in(self, path: Path) -> None:
        """All that was said until `hold` is in this project; what was said since goes there too."""
        self._path, self._unsaved, self._given_up = path, False, True
        self._give_up()
        self.release()

    @property
    def unsaved(self) -> bool:
        """Whether there are reviews, labels or rules that no project holds."""
        state, source = self._state, self._state.source
        said = bool(state.reviews.all or state.ruling.rules or (source is not None and source.drawn))
        return self._unsaved and said

    def keep_in(self, path: Path | None) -> None:
        """Reviews, labels and rules as they are now are those of this project; None: there is no project."""
        self._path = path
        self._due = self._unsaved = self._all_labels = False
        self._series.clear()
        self._given_up = True
        self._give_up()

    def keep_anew(self) -> None:
        """Everything said is new, as after it was found again."""
        self._all_labels = True
        self._changed()

    def _give_up(self) -> None:
        """What was written down without a project is not needed any more."""
        if self._given_up and self._job is None:
            self._given_up = False
            self._rescue.clear()

    def _labelled(self, series: Series | None) -> None:
        if series is None:
            self._all_labels = True
        else:
            self._series.add(series)
        self._changed()

    def moved(self) -> None:
        """The data behind what was said are others, as after later files were added, or nothing is said any more."""
        if self._unsaved:
            self._changed()

    def _changed(self) -> None:
        self._unsaved = self._path is None
        self._due = True
        self._next()

    def _next(self) -> None:
        source, path = self._state.source, self._path
        if not self._due or self._held or self._job is not None or source is None:
            return
        self._due = False
        write = self._beside(source) if path is None else self._into(path, source)
        self._job = Job(lambda _monitor: write(), "reviews")
        self._job.done.connect(self._written)  # a method: nothing is heard any more once this object is gone
        self._job.failed.connect(self._failed)
        self._job.start()

    def _into(self, path: Path, source: Source) -> Callable[[], None]:
        """What writes all that is said into a project."""
        reviews, rules = stored(source.panel, self._state.reviews.all), self._state.ruling.rules
        labels = self._labels_due()
        return lambda: _write(path, reviews, rules, labels)

    def _beside(self, source: Source) -> Callable[[], None]:
        """What writes it where it can be found again after a crash, or takes that away where nothing is said."""
        if not self.unsaved:
            return self._rescue.clear
        reviews, rules = stored(source.panel, self._state.reviews.all), self._state.ruling.rules
        settings = self._state.settings
        return lambda: self._rescue.write(_said(source, settings, reviews, rules))

    def _labels_due(self) -> Callable[[Path], None]:
        """What writes the labels that are others since they were written last."""
        from engine import project

        source, labelling = self._state.source, self._state.labelling
        whole, self._all_labels = self._all_labels, False
        rows = {series: row for series in self._series if (row := labelling.row(series)) is not None}
        self._series.clear()
        if source is not None and whole:
            return lambda path: project.set_labels(path, source.panel, source.known())
        if source is not None and rows:
            return lambda path: project.set_label_rows(path, source.panel, rows)
        return lambda _path: None

    def _failed(self, error: Exception) -> None:
        self._unsaved = True
        self._problems.report(error)
        self._end()

    def _written(self, _nothing: object) -> None:
        self._end()

    def _end(self) -> None:
        self._job = None
        self._give_up()
        self._next()
        if self._job is None:
            self.settled.emit()


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
    """The reviews of a project by their place in its panel; those of cells that are no longer there are left out."""
    rows = {cell.id: row for row, cell in enumerate(panel.cells)}
    found = {}
    for review in reviews:
        start, stop = (int(np.searchsorted(panel.times, when)) for when in (review.start, review.stop))
        if review.cell in rows and start < stop:
            found[Place(rows[review.cell], review.kpi, start, stop)] = Review(*said_in(review))
    return found


def _said(source: Source, settings: Settings, reviews: tuple[project.Review, ...], rules: tuple[Rule, ...]) -> Said:
    """All that was said, with the files it was said of."""
    from engine import project

    labels = source.known() if source.drawn else None
    found = project.stretches(source.panel, source.panel.cells, labels or {})
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    paths = tuple(str(Path(path).absolute()) for path in source.paths)
    return Said(paths, settings, reviews, rules, tuple(found), when)


def _write(
    path: Path, reviews: tuple[project.Review, ...], rules: tuple[Rule, ...], write_labels: Callable[[Path], None]
) -> None:
    from engine import project

    project.set_reviews(path, reviews)
    project.set_rules(path, rules)
    write_labels(path)
