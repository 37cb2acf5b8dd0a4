"""Data for the window: the engine calls that read files, the sample and projects. They run in a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import resources
from engine.data import Labels
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.text import say, tell
from engine.writing.standing import stamp_of
from gui.kept.stored import placed, without_place
from gui.look.wording import counted, format_label, moment
from gui.prepared.digest import Digest
from gui.said.reviews import Place, Review
from gui.state import Source

if TYPE_CHECKING:
    from engine import project
    from engine.data.event import Event
    from engine.io import Loaded, LoadOptions


def is_sample(paths: Sequence[Path]) -> bool:
    """Whether the folder of the sample, or its data file, is meant."""
    try:
        data = resources.path(resources.SAMPLE)
    except FileNotFoundError:
        return False
    return len(paths) == 1 and paths[0].resolve() in (data, data.parent)


def load_sample(monitor: Monitor) -> tuple[Source, str]:
    """The sample and its country."""
    from engine.simulate import sample

    try:
        loaded, path = sample.load(monitor), sample.data_file()
    except FileNotFoundError as error:
        raise InputError(Reason("open_no_sample")) from error
    return Source(loaded.panel, loaded.quality, loaded.labels, (str(path),)), sample.COUNTRY


def usual(zone: str) -> LoadOptions:
    """How the user's own files are read: in this zone, where they do not name one."""
    from engine.io import LoadOptions

    return LoadOptions(usual_zone=zone)


def load(paths: Sequence[Path], options: LoadOptions, monitor: Monitor, *, asks: bool) -> Source | None:
    """The data of files, read as was said of such ones before; None where a person has to say something first."""
    loaded = read(paths, options, monitor, asks=asks)
    if loaded is None:
        return None
    return Source(loaded.panel, loaded.quality, loaded.labels, tuple(str(p) for p in paths))


def read(paths: Sequence[Path], options: LoadOptions, monitor: Monitor, *, asks: bool) -> Loaded | None:
    """What files hold, labels too, read as was said of such ones before and else as `options` say.

    None where a person has to say something first.
    """
    from engine import io
    from engine.io import remembered
    from engine.io.preview import is_open

    found = remembered.completed(paths, replace(options, with_labels=True), monitor.part(0.0, 0.02))
    if asks and not found.said and is_open(paths, found.options, monitor.part(0.02, 0.05)):
        return None
    try:
        return remembered.noted(found, lambda options: io.load(paths, options, monitor.part(0.05, 1.0)))
    except InputError as error:
        if asks and error.reason.code.startswith("date_ambiguous"):
            return None
        raise


def add_later(
    source: Source, paths: Sequence[Path], monitor: Monitor, *, asks: bool
) -> tuple[Source, tuple[Reason, ...], bool] | None:
    """The data with the later files, what they brought, and whether they brought anything; None as `load`."""
    from engine.continuation.later import check_key
    from engine.io import LoadOptions

    try:
        check_key(source.quality, LoadOptions())
    except InputError:
        if asks:
            return None
        raise
    options = LoadOptions(zone=source.panel.zone, joins_s=source.panel.period_s)
    loaded = read(paths, options, monitor, asks=asks)
    return None if loaded is None else put(source, loaded, paths, None)


def put(
    source: Source, loaded: Loaded, paths: Sequence[Path], options: LoadOptions | None
) -> tuple[Source, tuple[Reason, ...], bool]:
    """Data that were read put to those that are open."""
    from engine import io
    from engine.continuation import later

    if options is not None:
        later.check_key(source.quality, options)
    if source.dictionary:
        loaded = io.with_dictionary(loaded, source.dictionary)
    found = later.add(source.panel, source.quality, source.labels, loaded)
    names = tuple(dict.fromkeys((*source.paths, *(str(p) for p in paths))))
    both = replace(source, panel=found.appended.panel, quality=found.quality, labels=found.labels, paths=names)
    return both.drawn_as(source), found.told, found.changes


def with_cells(source: Source, path: Path) -> Source:
    """The data with what a cell reference table knows of their cells."""
    from engine.network import cells

    panel, quality = cells.join(source.panel, source.quality, cells.read_cells(path))
    return replace(source, panel=panel, quality=quality)


def with_kpis(source: Source, path: Path) -> tuple[Source, str]:
    """The data with the KPIs of a dictionary, and what it brought. Raises InputError: it knows none of the KPIs."""
    from engine import io
    from engine.network import kpi_table

    table = kpi_table.read_kpi_table(path)
    before = source.panel.kpis
    loaded = io.with_dictionary(io.Loaded(source.panel, source.labels, source.quality), table)
    known = sum(kpi.id.lower() in table for kpi in before)
    if not known and len(loaded.panel.kpis) == len(before):
        names = ", ".join(kpi.id for kpi in before)[:300]
        raise InputError(Reason("kpi_table_foreign", {"file": path.name, "kpis": names}))
    told = [tell("kpis_known", known=known, kpis=len(before))]
    told += [say(note) for note in loaded.quality.notes[len(source.quality.notes) :]]
    dictionary = {**source.dictionary, **table}
    changed = replace(source, panel=loaded.panel, labels=loaded.labels, quality=loaded.quality, dictionary=dictionary)
    return changed, " ".join(told)


def put_together(source: Source, by: str) -> tuple[Source, str]:
    """The data of what `by` puts together, and what became of the cells; labels are of cells and go.

    Raises what `engine.network.roll_up.roll_up` raises.
    """
    from engine.completeness.quality import measured_again
    from engine.network import roll_up

    panel, notes = roll_up.roll_up(source.panel, by, source.dictionary)
    quality = measured_again(replace(source.quality, notes=(*source.quality.notes, *notes)), panel)
    told = " ".join(say(note) for note in (*notes, Reason("cells_back")))
    return replace(source, panel=panel, quality=quality, labels=None, hand={}, drawn=False), told


class Opened(NamedTuple):
    """A project with its data, labels, result, rules and reviews. known: how it stood before it was read.

    elsewhere: reviews that have no place in its data. events: the calendar, which its run may not know yet. screen: how
    the window was left.
    """

    source: Source
    digest: Digest
    reviews: Mapping[Place, Review]
    path: Path
    known: project.Known
    elsewhere: tuple[project.Review, ...]
    events: tuple[Event, ...]
    screen: project.Screen


def open_project(path: Path) -> Opened:
    """What a project holds; gaps that its run filled are gaps again in the data."""
    from engine import project
    from engine.completeness import gaps

    stamp = stamp_of(path)
    held = project.open_whole(path)
    result, reviews = held.result, placed(held.result.panel, held.reviews)
    source = Source(gaps.measured(result.panel), result.quality, held.labels, (str(path),), held.dictionary)
    elsewhere = without_place(held.result.panel, held.reviews)
    known = project.Known(path, stamp, held.edition)
    return Opened(source, Digest.of(result), reviews, path, known, elsewhere, held.events, held.screen)


def labels_of(file: Path, source: Source, monitor: Monitor) -> Labels:
    """The labels of a file on the data that are open. Raises InputError."""
    from engine.labelling.labels import read_labels

    return read_labels(file, source.panel, monitor)


def recognised(source: Source, remembered_country: str = "") -> str:
    """What was read, and what of it stands on what is remembered instead of the files, in a few sentences."""
    panel, quality = source.panel, source.quality
    name = ", ".join(Path(p).name for p in source.paths[:3])
    if len(source.paths) > 3:
        name = tell("cells_and_more", cell=name, more=len(source.paths) - 3)
    text = tell(
        "recognised",
        name=name,
        format=format_label(quality.format),
        rows=counted("row", quality.rows_kept),
        cells=counted("cell", len(panel.cells)),
        start=moment(panel, 0),
        stop=moment(panel, len(panel.times) - 1),
    )
    text += "".join(
        f" {say(n)}" for n in quality.notes if n.code.startswith(("mapping_", "zone_usual", "dates_as_usual"))
    )
    if remembered_country:
        text += f" {tell('recognised_country', country=remembered_country)}"
    left_out = sum(d.rows for d in quality.dropped)
    return f"{text} {tell('recognised_dropped', rows=counted('row', left_out))}" if left_out else text
