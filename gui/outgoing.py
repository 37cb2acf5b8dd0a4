"""What leaves the window: outputs of the result, the project, judged rows. Each is a job in the foreground."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.data.since import Since
from engine.errors import InputError, OutputError, Reason
from engine.monitor import Monitor
from engine.text import tell
from engine.writing.standing import OVERTAKEN, Standing
from gui.calls import writing
from gui.foreground import Foreground
from gui.kept.held import Held
from gui.kept.keeping import Keeper
from gui.kept.stored import stored
from gui.kept.written import Written
from gui.problems import Problems
from gui.state import AppState

if TYPE_CHECKING:
    from engine.io import LoadOptions

SHIFT = Since()


class Outgoing(Foreground):
    """Writes what is open, as it is when that is asked for.

    Signals:
        found(str): what a person asked to be found, for the banner; it stays until it is closed.
        opened(tuple): paths that were opened or saved to, for the list of recent ones.
        overtaken(Path): this project was not saved, as others have changed it since it was opened.
    """

    found = Signal(str)
    opened = Signal(object)
    overtaken = Signal(object)

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(problems, parent)
        self._state = state
        self.keeper = Keeper(state, problems, self)

    def export(self, folder: Path, writer_ids: Sequence[str], since: Since = SHIFT, *, marked: bool = False) -> None:
        """Write the chosen outputs of the result, with the shift that began then, into a folder; marked: for Excel."""
        result = self._state.result
        if result is None or self.busy:
            return
        said, rules = stored(result.panel, self._state.reviews.all), self._state.ruling.rules
        result = dataclasses.replace(result, rules=rules, reviews=said, since=since)
        self.start(
            lambda monitor: writing.export(result, folder, writer_ids, monitor, marked=marked),
            lambda _files: self.told.emit(tell("status_exported", folder=str(folder))),
            tell("doing_export", name=folder.name),
            writes=True,
        )

    def judge_rows(self, paths: Sequence[Path], folder: Path, options: LoadOptions | None = None) -> None:
        """Judge rows without dates one by one, as `options` say (None: as was said before), and write into a folder."""
        if not self.busy:
            seed = self._state.settings.seed
            self.start(
                lambda monitor: writing.judge_rows(paths, folder, options, seed, monitor),
                self.found.emit,
                tell("doing_rows", name=Path(paths[0]).name),
            )

    def save(self, path: Path, then: Callable[[], object] = lambda: None, *, over: bool = False) -> None:
        """Save result, labels and reviews as a project and go on; from then on reviews go there by themselves.

        over: even where others have changed the open project since; else that is asked.
        """
        if self._state.result is None:
            self._problems.report(InputError(Reason("save_no_result")))
            return

        def saved() -> None:
            self.told.emit(tell("status_saved", name=path.name))
            self.opened.emit((str(path),))
            then()

        def not_saved(error: Exception | None) -> None:
            if isinstance(error, OutputError) and error.reason.code == OVERTAKEN:
                self.overtaken.emit(path)
            else:
                self._failed(error, None)

        self.put_down(path, saved, not_saved, over=over)

    def put_down(
        self, path: Path, saved: Callable[[], None], gave_up: Callable[[Exception | None], None], *, over: bool = False
    ) -> None:
        """Save what is open as it is now, in the foreground, which must be free; what was said meanwhile follows.

        It begins when the keeper has written what it writes. over, gave_up: as of `save` and `start`.
        """
        result, source, keeper = self._state.result, self._state.source, self.keeper
        if result is None or source is None or self.busy:
            return
        reviews, rules = keeper.said(result.panel), self._state.ruling.rules
        held, screen = Held.of(source, result), keeper.screen()
        open_one, words, events = keeper.place, keeper.last_words(), self._state.planning.events
        keeper.hold()

        def work(monitor: Monitor) -> tuple[Standing, Written]:
            since = None if over else open_one
            if words is not None and open_one.is_of(path) and path.exists():
                words()  # beside what other windows say of it
                place = writing.save(result, source, None, None, screen, path, monitor, since)
                return place, Written(reviews, rules, events)
            place = writing.save(result, source, reviews, rules, screen, path, monitor, since)
            return place, Written(reviews, rules, result.events)

        def done(found: tuple[Standing, Written]) -> None:
            place, written = found
            keeper.saved_in(place, held, written, screen)
            saved()

        def failed(error: Exception | None) -> None:
            keeper.release()
            gave_up(error)

        self.start(
            work,
            done,
            tell("doing_save", name=path.name),
            writes=True,
            gave_up=failed,
            begin=keeper.when_written,
        )
