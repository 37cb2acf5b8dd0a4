from __future__ import annotations

import numpy as np
import pytest

from engine.convlstm.frames import FARTHEST_SEEN, FARTHEST_TRUSTED, forecasts, look
from engine.convlstm.layout import lay_out
from engine.convlstm.registry import open_model
from engine.convlstm.windows import squash
from engine.data import Cell

CELLS = [Cell(f"{r}-{c}", row=r, col=c) for r in range(4) for c in range(5)]
LAYOUT = lay_out(CELLS)


def drifting(periods: int, seed: int = 1) -> np.ndarray:
    """What lasts some periods and is shared by all cells in part, with noise that is neither."""
    rng = np.random.default_rng(seed)
    shocks = 0.5 * rng.standard_normal((len(CELLS), periods)) + 0.7 * rng.standard_normal(periods)
    out = np.zeros_like(shocks)
    for t in range(1, periods):
        out[:, t] = 0.85 * out[:, t - 1] + 0.5 * shocks[:, t]
    return (out + 0.6 * rng.standard_normal(out.shape)).astype(np.float32)


def told(feed: np.ndarray, farthest: float = FARTHEST_SEEN) -> np.ndarray:
    model = open_model("grid-forecast")
    return forecasts(model.session, feed, LAYOUT, 3600, model.record.architecture.steps, farthest)


def test_what_was_not_measured_and_where_no_cell_is_reads_as_missing_not_as_usual():
    feed = drifting(6)
    feed[3, 2] = np.nan
    seen = look(feed, lay_out([*CELLS[:-1]]), 900)
    assert seen.shape == (6, 3, 4, 5)
    assert seen[2, 1, 0, 3] == 0
    assert (seen[:, 1, 3, 4] == 0).all()
    assert seen[:, 1].sum() == 6 * 19 - 1
    assert (seen[:, 2] == 0.25).all()


def test_a_fault_that_goes_on_is_not_followed():
    feed = drifting(120)
    feed[7, 60:] = -30.0
    assert look(feed, LAYOUT, 3600)[:, 0].min() == pytest.approx(squash(np.float32(-FARTHEST_SEEN)))
    forecast = told(feed, FARTHEST_TRUSTED)
    assert (np.abs(feed - forecast)[7, 61:] > 28).all()


def test_it_forecasts_what_lasts_better_than_the_usual_value_and_the_last_one():
    feed = drifting(600)
    forecast = told(feed)
    assert np.isnan(forecast[:, 0]).all()
    assert np.isfinite(forecast[:, 1:]).all()
    error = np.square(feed - forecast)[:, 50:].mean()
    assert error < 0.9 * np.square(feed[:, 50:]).mean()
    assert error < np.square(np.diff(feed[:, 49:])).mean()


@pytest.mark.parametrize("periods", [2, 5, 12, 13, 21])
def test_short_histories_are_forecast_as_far_as_they_go(periods):
    forecast = told(drifting(periods))
    assert np.isnan(forecast[:, 0]).all()
    assert np.isfinite(forecast[:, 1:]).all()


def test_a_forecast_knows_nothing_of_what_it_forecasts():
    feed = drifting(60)
    changed = feed.copy()
    changed[:, 40] = 3.0
    np.testing.assert_allclose(told(feed)[:, 1:41], told(changed)[:, 1:41], atol=1e-5)
    assert np.abs(told(feed) - told(changed))[:, 41].max() > 0.1
