"""Least squares on a series' own past, of series too long to lay out at once."""

from __future__ import annotations

import numpy as np
import pytest

from engine.diagnose import regression
from engine.diagnose.regression import Fit, on_own_past


def test_a_long_series_is_worked_through_in_stretches_to_the_same_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    values = np.cumsum(rng.normal(size=(3, 900)), axis=1)
    values[1, rng.random(900) < 0.1] = np.nan
    level = values[:, 6:] ** 2
    whole = on_own_past(values[:, 6:], values[:, :-1], 6, level)
    monkeypatch.setattr(regression, "_CHUNK_NUMBERS", 1000)
    pieces = on_own_past(values[:, 6:], values[:, :-1], 6, level)
    for name in Fit.__dataclass_fields__:
        np.testing.assert_allclose(getattr(pieces, name), getattr(whole, name), rtol=1e-9)
