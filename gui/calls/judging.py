"""Judging the open data: the engine call of a run. It runs in a worker."""

from __future__ import annotations

import os
from collections.abc import Sequence

from engine.calendar import duration_text
from engine.data import Result
from engine.data.event import Event
from engine.monitor import Monitor
from engine.record import Fingerprint
from engine.settings import Settings
from engine.text import tell
from gui.look.wording import counted
from gui.prepared.digest import Digest
from gui.state import Source


def analyse(
    source: Source,
    settings: Settings,
    events: Sequence[Event],
    former: Result | None,
    monitor: Monitor,
    inputs: Sequence[Fingerprint] | None = None,
) -> Digest:
    """Judge the data with the settings; what is later than `former` by its models, if they may.

    Labels that are there are used where the settings ask for it. events: the calendar. inputs: the files that the run
    record names; None: all that the data came from. Raises InputError, Cancelled.
    """
    from engine import pipeline
    from engine.execution.workers import workers

    cores = max(1, (os.cpu_count() or 1) - 1)  # one stays with the window
    with workers(cores, None) as (executor, count):
        result = pipeline.analyse(
            source.panel,
            source.quality,
            settings,
            labels=source.known() if settings.learns_from_labels else None,
            events=events,
            inputs=source.inputs() if inputs is None else inputs,
            executor=executor,
            workers=count,
            former=former,
            monitor=monitor,
        )
    return Digest.of(result)


def reschedule(source: Source, result: Result, settings: Settings, events: Sequence[Event], monitor: Monitor) -> Digest:
    """The result under another calendar; a run by the settings where its days are others. Raises as `analyse`."""
    from engine import pipeline

    found = pipeline.reschedule(result, events, monitor)
    return analyse(source, settings, events, None, monitor) if found is None else Digest.of(found)


def told(result: Result) -> str:
    """What was found, and how long it took, in a sentence."""
    return tell(
        "status_found",
        anomalies=counted("anomaly", len(result.anomalies)),
        incidents=counted("incident", len(result.incidents)),
        seconds=duration_text(result.record.seconds),
    )
