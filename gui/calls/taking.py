"""Files of a watched folder put to the open data and judged: the engine calls. They run in a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.continuation.append import periods_in_front
from engine.continuation.kpis_told import still_without
from engine.continuation.next_piece import as_known
from engine.continuation.watched_folder import Mark, Outcome, Watched, take_in
from engine.data import Panel, Result
from engine.data.event import Event
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.record import Fingerprint, fingerprint
from engine.settings import Settings
from gui.calls import judging, reading
from gui.prepared.digest import Digest
from gui.state import Source

if TYPE_CHECKING:
    from engine.io import Loaded

_SURE_NS = 60_000_000_000
"""A file that changed later than so long before it was read is read again: it may not have been whole then."""


@dataclass(frozen=True, eq=False)
class Grown:
    """The open data with the files, judged. shift: periods that came in front of those that were there; told: what the
    files brought, the counts first.
    """

    source: Source
    digest: Digest
    shift: int
    told: tuple[Reason, ...]


def may_grow(source: Source) -> Reason | None:
    """Why files cannot be added to the data without asking anybody; None where they can."""
    from engine.continuation.later import check_key
    from engine.io import LoadOptions

    if any(note.code == "rolled_up" for note in source.quality.notes):
        return Reason("append_rolled_up")
    try:
        check_key(source.quality, LoadOptions())
    except InputError as error:
        return error.reason
    return None


def known_before(folder: Path, marks: Mapping[str, Mark], source: Source, former: Result | None) -> Outcome:
    """The files in a folder that the open data came from and that have not changed since the run that read them."""
    if former is None:
        return Outcome()
    paths = {Path(path).resolve() for path in source.paths}
    read = {(name, size) for name, size, _ in former.record.inputs}
    started = datetime.strptime(former.record.started_utc, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    latest = int(started.timestamp()) * 1_000_000_000 - _SURE_NS
    found = []
    for name, (size, changed) in marks.items():
        path = (folder / name).resolve()
        if (path.name, size) in read and changed <= latest and (path in paths or not paths.isdisjoint(path.parents)):
            found.append(name)
    return Outcome(tuple(found))


def take(
    source: Source,
    former: Result | None,
    settings: Settings,
    events: Sequence[Event],
    watched: Watched,
    names: Sequence[str],
    monitor: Monitor,
    *,
    asks: bool,
    in_project: bool,
) -> tuple[Outcome, Grown | None]:
    """Read files of a watched folder, put them to the data and judge those; None where they bring nothing new.

    A file that leaves something to say, or that holds other cells only, is refused. in_project: the project will hold
    what they bring, so the data do not come from them besides. Raises InputError where the data cannot be judged,
    OutputError, Cancelled.
    """
    from engine.io import LoadOptions

    both, before = replace(source, hand={}), source.panel
    told: list[tuple[Reason, ...]] = []
    prints: dict[str, Fingerprint] = {}

    def put(files: Sequence[Path]) -> None:
        nonlocal both
        options = LoadOptions(zone=before.zone, joins_s=before.period_s)
        loaded = reading.read(files, options, monitor.part(0.0, 0.3, paced=False), asks=asks)
        if loaded is None:
            raise InputError(Reason("watch_asks"))
        loaded = as_known(both.panel, both.quality, loaded)
        _check_network(both.panel, loaded, files)
        found = {str(path): fingerprint([path])[0] for path in files}
        grown, brought, changes = reading.put(both, loaded, files, None)
        if changes:
            told.append(brought)
            prints.update(found)
            both = grown

    outcome = take_in(watched.folder, names, put, lambda _names: monitor.check())
    if not told:
        return outcome, None
    panel = both.panel
    shift = periods_in_front(before, panel)
    both = both.drawn_as(source)
    both = replace(both, paths=source.paths) if in_project else replace(both, read={**source.read, **prints})
    inputs = tuple(prints.values()) if in_project else None
    digest = judging.analyse(both, settings, events, former, monitor.part(0.3, 1.0), inputs)
    return outcome, Grown(both, digest, shift, _together(told, panel))


def _check_network(open_panel: Panel, loaded: Loaded, files: Sequence[Path]) -> None:
    """Raises InputError where files hold none of the open cells, or where one among several may.

    Those are looked at one by one then.
    """
    known = {cell.id for cell in open_panel.cells}
    found = [cell.id for cell in loaded.panel.cells]
    strange = [cell for cell in found if cell not in known]
    if strange and (len(files) > 1 or len(strange) == len(found)):
        raise InputError(Reason("watch_foreign", {"cells": len(found), "first": strange[0]}))


def _together(told: Sequence[tuple[Reason, ...]], panel: Panel) -> tuple[Reason, ...]:
    """What several lots of files brought, as one: the counts added up, the rest as it is with all of them."""
    counts = [one[0] for one in told]
    whole = Reason(counts[0].code, {name: sum(int(one.params[name]) for one in counts) for name in counts[0].params})
    rest = dict.fromkeys(note for one in told for note in one[1:])
    return (whole, *dict.fromkeys(still_without(panel, [*rest])))
