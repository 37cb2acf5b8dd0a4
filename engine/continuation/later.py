"""Later files read and put to a data set that is there already, so that a day's export extends the result of before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine import io
from engine.completeness import quality, repeated_days
from engine.continuation.append import Appended, append, periods_in_front
from engine.continuation.kpis_told import still_without
from engine.continuation.next_piece import as_known
from engine.continuation.renamed import under_known_names
from engine.data import Dropped, Labels, Panel, Quality
from engine.errors import InputError, Reason
from engine.io import Loaded, LoadOptions, totals
from engine.labelling.hand_labels import all_on_longer_grid
from engine.labelling.labels import aligned
from engine.monitor import Monitor

_HASHED = ("subscribers_hashed", "cdr_subscribers_hashed")


@dataclass(frozen=True, eq=False)
class Later:
    """The data set with the later files. appended: panel and counts; quality: of all files together; told: what the
    files brought, the counts first.
    """

    appended: Appended
    quality: Quality
    labels: Labels | None
    told: tuple[Reason, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything was not there before."""
        found = self.appended
        return bool(found.new or found.replaced or found.new_cells or found.new_kpis)


def add_files(
    panel: Panel,
    known: Quality,
    labels: Labels | None,
    paths: Sequence[Path],
    options: LoadOptions | None = None,
    monitor: Monitor | None = None,
) -> Later:
    """Read files and put them to a panel; where both were measured, the later file counts.

    Stamps without an offset are read in the panel's zone unless the options name one; files whose moments lie on the
    panel's grid, and on no longer one unless they are few, have its granularity. Points that only the later files have
    are labelled as these say, if their labels are read; what was labelled before stays. Nothing that is given is
    changed; adding files twice changes nothing. Raises what `engine.io.load` and `engine.continuation.append.append`
    raise.
    """
    options = options or LoadOptions()
    check_key(known, options)
    loaded = io.load(paths, replace(options, zone=options.zone or panel.zone, joins_s=panel.period_s), monitor)
    return add(panel, known, labels, loaded)


def check_key(known: Quality, options: LoadOptions) -> None:
    """Raises InputError where series are of subscribers and no key is given: later pseudonyms would be other ones."""
    if not options.key and any(note.code in _HASHED for note in known.notes):
        raise InputError(Reason("append_key"))


def add(panel: Panel, known: Quality, labels: Labels | None, loaded: Loaded) -> Later:
    """Put a data set that was read already to a panel; see `add_files`.

    Raises what `engine.continuation.append.append` raises, and InputError where the panel's cells were put together
    (cells cannot be added to groups of cells) or holds as they are what turn out to be running totals.
    """
    if any(note.code == "rolled_up" for note in known.notes):
        raise InputError(Reason("append_rolled_up"))
    loaded = as_known(panel, known, _as_growth(panel, known, loaded))
    loaded, renamed = under_known_names(panel, loaded)
    found = append(panel, loaded.panel)
    notes = (*renamed, *found.notes)
    quality_of_both = _together(known, loaded.quality, found, notes)
    return Later(found, quality_of_both, _labels(labels, panel, loaded, found.panel), (found.reason, *notes))


def _as_growth(panel: Panel, known: Quality, loaded: Loaded) -> Loaded:
    """The later data with the growth of what are running totals in the panel, even where they are too few to tell."""
    before, now = totals.said_in(known), totals.said_in(loaded.quality)
    if other := sorted((now - before) & panel.values.keys()):
        raise InputError(Reason("append_totals", {"kpis": ", ".join(other)}))
    short = before - now
    return replace(loaded, panel=totals.grown(loaded.panel, short)) if short & loaded.panel.values.keys() else loaded


def _together(known: Quality, later: Quality, found: Appended, notes: tuple[Reason, ...]) -> Quality:
    """The quality report of both, measured on the panel that holds both."""
    again = repeated_days.repeated_days(found.panel)
    before = (n for n in still_without(found.panel, known.notes) if n.code not in repeated_days.CODES)
    dropped: dict[str, Dropped] = {}
    for one in (*known.dropped, *later.dropped):
        same = dropped.get(one.reason.code)
        dropped[one.reason.code] = replace(same, rows=same.rows + one.rows) if same else one
    both = replace(
        known,
        rows_read=known.rows_read + later.rows_read,
        rows_kept=known.rows_kept + later.rows_kept,
        dropped=tuple(dropped.values()),
        notes=tuple(dict.fromkeys((*before, *later.notes, *notes, *again, found.reason))),
        duplicates=known.duplicates + later.duplicates,
        clock_jumps=known.clock_jumps + later.clock_jumps,
    )
    if known.unknown_cells is not None and known.unused_cells is not None:
        listed, there = {*known.unknown_cells, *known.unused_cells}, {c.id for c in found.panel.cells}
        fresh = [c.id for c in found.panel.cells[len(found.panel.cells) - found.new_cells :] if c.id not in listed]
        both = replace(
            both,
            unknown_cells=(*known.unknown_cells, *fresh),
            unused_cells=tuple(c for c in known.unused_cells if c not in there),
        )
    return quality.measured_again(both, found.panel)


def _labels(labels: Labels | None, old: Panel, loaded: Loaded, new: Panel) -> Labels | None:
    """The labels of both on the grid of the new panel; where the old ones say something they stay."""
    held = None
    if labels is not None and all(old.shape):
        held = all_on_longer_grid(labels, periods_in_front(old, new), new.shape)
    if loaded.labels is None or not any((of_kpi >= 0).any() for of_kpi in loaded.labels.values()):
        return held
    later = aligned(loaded.labels, loaded.panel, new)
    if held is None:
        return later
    return {kpi: np.where(held[kpi] >= 0, held[kpi], own) if kpi in held else own for kpi, own in later.items()}
