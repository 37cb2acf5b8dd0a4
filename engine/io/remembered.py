"""Loading as was said of files with the same columns before, and keeping what is said now."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine import io
from engine.errors import InputError
from engine.io import excerpt, mappings, raw
from engine.io.base import Loaded, LoadOptions
from engine.monitor import Monitor


def mark(paths: Sequence[Path], monitor: Monitor) -> str:
    """The fingerprint of the header of the first file that has one; "" where none has. Raises Cancelled."""
    with tempfile.TemporaryDirectory(prefix="cellwarden-") as folder:
        try:
            for path in excerpt.take(paths, Path(folder), monitor).paths:
                sample = raw.first_rows(path)
                if sample is not None and sample.dialect.header:
                    return mappings.fingerprint("table", sample.dialect.names)
        except InputError:
            return ""  # loading says what is wrong with the files
    return ""


def load(paths: Sequence[Path], options: LoadOptions, monitor: Monitor, store: Path | None = None) -> Loaded:
    """Load with `options`, completed by what was said of such files before; a note in the quality report says so.

    What was said of these files goes before the zone in `options`. Raises what `engine.io.load` raises.
    """
    found = mappings.find(mark(paths, monitor.part(0.0, 0.05)), store)
    if found.options is not None:
        options = replace(found.options, zone=found.options.zone or options.zone)
    loaded = io.load(paths, options, monitor.part(0.05, 1.0))
    if found.note is None:
        return loaded
    return replace(loaded, quality=replace(loaded.quality, notes=(found.note, *loaded.quality.notes)))
