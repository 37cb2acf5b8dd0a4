"""Loading as was said of files with the same columns before, and keeping what is said now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import io
from engine.errors import InputError, Reason
from engine.execution.leftovers import WorkingFolder
from engine.io import excerpt, mappings, raw
from engine.io.base import Loaded, LoadOptions
from engine.monitor import Monitor


def mark(paths: Sequence[Path], monitor: Monitor) -> str:
    """The fingerprint of the header of the first file that has one; "" where none has. Raises Cancelled."""
    with WorkingFolder() as folder:
        try:
            found, _, small = excerpt.meant(paths, folder.path, monitor, LoadOptions())
            for path in found if small else excerpt.usual(found):
                sample = raw.first_rows(path)
                if sample is not None and sample.dialect.header:
                    return mappings.fingerprint("table", sample.dialect.names)
        except InputError:
            return ""  # loading says what is wrong with the files
    return ""


@dataclass(frozen=True)
class Completed:
    """options: to load with. said: whether something was said of such files before. note: what to tell, if anything."""

    options: LoadOptions
    said: bool = False
    note: Reason | None = None


def completed(
    paths: Sequence[Path], options: LoadOptions, monitor: Monitor | None = None, store: Path | None = None
) -> Completed:
    """`options` completed by what was said of such files before, which goes before their zone. Raises Cancelled."""
    found = mappings.find(mark(paths, monitor or Monitor()), store)
    if found.options is None:
        return Completed(options, said=False, note=found.note)
    known = replace(found.options, zone=found.options.zone or options.zone, key=options.key, joins_s=options.joins_s)
    return Completed(known, said=True, note=found.note)


def load(paths: Sequence[Path], options: LoadOptions, monitor: Monitor, store: Path | None = None) -> Loaded:
    """Load with `options`, completed by what was said of such files before; a note in the quality report says so.

    Raises what `engine.io.load` raises.
    """
    return noted(
        completed(paths, options, monitor.part(0.0, 0.05), store),
        lambda chosen: io.load(paths, chosen, monitor.part(0.05, 1.0)),
    )


def noted(found: Completed, load: Callable[[LoadOptions], Loaded]) -> Loaded:
    """What `load` brings with completed options; a note in the quality report says where they come from."""
    loaded = load(found.options)
    if found.note is None:
        return loaded
    return replace(loaded, quality=replace(loaded.quality, notes=(found.note, *loaded.quality.notes)))
