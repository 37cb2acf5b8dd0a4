"""The detectors: one algorithm per file, all behind the contract of `base`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.detectors.base import Detector
from engine.detectors.baseline import Baseline
from engine.detectors.boosting import Boosting
from engine.detectors.convlstm import ConvLstm
from engine.detectors.flatline import Flatline
from engine.detectors.garch import Garch
from engine.detectors.gaussian import Gaussian
from engine.detectors.kmeans import KMeans
from engine.detectors.nnar import Nnar
from engine.errors import InputError, Reason
from engine.settings import Settings

DETECTORS: tuple[type[Detector], ...] = (
    Baseline,
    Garch,
    KMeans,
    Nnar,
    Gaussian,
    Flatline,
    ConvLstm,
    Boosting,
)
"""In display order. A new detector is a file and one entry here."""


def choose(ids: Sequence[str], settings: Settings) -> tuple[Detector, ...]:
    """The detectors of those ids with a run's settings, in display order. Raises InputError for an unknown id."""
    known = {detector.id: detector for detector in DETECTORS}
    for wanted in ids:
        if wanted not in known:
            raise InputError(
                Reason("setting_choice", {"setting": "detectors", "value": wanted, "choices": ", ".join(known)})
            )
    return tuple(detector.configured(settings) for key, detector in known.items() if key in set(ids))
