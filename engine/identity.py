"""By what a run is told from others: everything that its result depends on, as twelve hexadecimal digits.

Not what was asked for counts but what came of it: labels as they lie on the panel, the calendar as it is, the weights
of the model in use. So whatever else may be said of files or of the network one day, two runs that differ have two
ids, and the blocks of one are never taken for those of another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.convlstm import registry
from engine.convlstm.record import read_record
from engine.data import Clock, Labels, Models, Panel
from engine.errors import ModelError
from engine.execution.arrays import blocks
from engine.execution.scratch import release
from engine.monitor import Monitor
from engine.record import Fingerprint, versions
from engine.settings import Settings


def identity(
    inputs: Sequence[Fingerprint],
    settings: Settings,
    panel: Panel,
    clock: Clock,
    labels: Labels | None,
    models: Models | None,
    monitor: Monitor,
) -> str:
    """Twelve hexadecimal digits that are the same for the same inputs, choices and versions, and for no others.

    panel, clock, labels: as they are judged, gaps filled and maintenance marked. models: what later periods are scored
    by; None where everything is learned from the panel. Raises Cancelled.
    """
    told = _Digest(monitor)
    told.add([list(inputs), settings.to_json(), dict(versions())])
    if "convlstm" in settings.detectors:
        told.add(_weights(settings.model))
    told.add([panel.period_s, panel.zone, [repr(cell) for cell in panel.cells], [repr(kpi) for kpi in panel.kpis]])
    told.add_array(panel.times[None])
    for kpi in panel.kpis:
        told.add_array(panel.values[kpi.id])
        told.add_array(panel.flags[kpi.id])
    for name in (field.name for field in fields(Clock)):
        held = getattr(clock, name)
        if isinstance(held, np.ndarray):
            told.add_array(held[None])
        else:
            told.add([name, held])
    told.add(None if labels is None else sorted(labels))
    for name in sorted(labels or ()):
        told.add_array((labels or {})[name])
    if models is not None:
        told.add([models.periods, models.learned, models.version, models.labels])
        for held in (models.taught, models.cells):
            for kpi_id, by_detector in sorted(held.items()):
                for detector, kept in sorted(by_detector.items()):
                    for name, array in sorted(kept.items()):
                        told.add([kpi_id, detector, name])
                        told.add_array(array)
    return told.digits()


def _weights(model: str) -> str:
    """What tells one ConvLSTM from another: the active one may change under its name."""
    try:
        return read_record(registry.folder_of(model or registry.active())).weights
    except ModelError as error:
        return error.reason.code


class _Digest:
    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._found = hashlib.sha256()

    def add(self, told: object) -> None:
        """Plain values."""
        self._found.update(json.dumps(told, sort_keys=True, default=str).encode() + b"\n")

    def add_array(self, array: npt.NDArray[Any]) -> None:
        """An array of two dimensions, block by block."""
        shape = (array.shape[0], array.shape[1])
        self.add([array.dtype.str, shape])
        for rows in blocks(shape):
            self._monitor.check()
            self._found.update(array[rows].tobytes())
            release([array])

    def digits(self) -> str:
        return self._found.hexdigest()[:12]
