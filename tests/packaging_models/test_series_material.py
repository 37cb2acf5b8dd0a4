"""What the models of single series are trained on: windows of whole days from all sources."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from series_material import ANOMALY_WEIGHT, SHARES, Material, moved
from sources import Source

from engine.convlstm.registry import open_model
from engine.convlstm.windows import SLOTS, WARM_UP

LABEL = open_model("series-label").record.architecture
FORECAST = open_model("series-forecast").record.architecture


def source(name: str, level: float, days: int = 30) -> Source:
    """Two series of one level throughout, measured everywhere, with one labelled day."""
    seen = np.full((2, days, 3, SLOTS), level, np.float32)
    seen[:, :, 2] = 1.0
    labels = np.zeros((2, days, SLOTS), np.int8)
    labels[:, 20] = 1
    return Source(name, seen, labels)


def test_windows_come_from_the_data_sets_in_their_shares_whatever_their_size():
    material = Material([source("aiops", 0.2), source("aiops", 0.2), source("milan", 0.4, 300)], LABEL)
    x, _, _ = material.draw(np.random.default_rng(1), 4000, turned=False)
    shares = SHARES["label"]
    expected = shares["milan"] / (shares["milan"] + shares["aiops"])
    assert abs((x[:, 0, 0, 0, 0] > 0.3).mean() - expected) < 0.02


def test_a_source_that_is_not_for_the_head_is_left_out():
    material = Material([source("aiops", 0.2), source("simulator", 0.4)], LABEL)
    assert [part[3] for part in material.parts] == ["aiops"]
    assert len(Material([source("aiops", 0.2), source("simulator", 0.4)], FORECAST).parts) == 2


def test_labels_weigh_more_and_the_first_days_of_a_window_do_not_count():
    x, y, w = Material([source("aiops", 0.2)], LABEL).draw(np.random.default_rng(1), 50, turned=False)
    assert x.shape == (50, LABEL.steps, 3, 1, SLOTS)
    assert y.shape == w.shape == (50, LABEL.steps, 1, 1, SLOTS)
    assert (w[:, : WARM_UP - 1] == 0).all()
    counted = w > 0
    np.testing.assert_array_equal(w[counted & (y > 0)], ANOMALY_WEIGHT)
    np.testing.assert_array_equal(w[counted & (y == 0)], 1.0)


def test_a_turned_label_window_gets_incidents_and_days_that_begin_at_another_hour():
    x, y, _ = Material([source("aiops", 0.2)], LABEL).draw(np.random.default_rng(1), 200, turned=True)
    far = np.abs(x[:, :, 0]).max(axis=(1, 2, 3)) > 1.0
    assert 0.02 < far.mean() < 0.2
    ends = [int(np.flatnonzero(one.ravel())[0] % SLOTS) for one in y if one.any()]
    assert len(set(ends)) > 5


def test_a_forecast_is_of_the_next_day_and_turns_with_its_window():
    x, y, w = Material([source("aiops", 0.2)], FORECAST).draw(np.random.default_rng(1), 20, turned=True)
    counted = w[:, :-1] > 0
    np.testing.assert_allclose(y[:, :-1][counted], x[:, 1:, 0][:, :, None][counted], rtol=1e-6)


def test_moved_days_keep_the_order_of_their_hours():
    days = np.arange(5 * 3 * SLOTS, dtype=np.float32).reshape(5, 3, SLOTS)
    later = moved(days, 7)
    for channel in range(3):
        np.testing.assert_array_equal(later[:, channel].ravel(), np.roll(days[:, channel].ravel(), 7))
    np.testing.assert_array_equal(moved(days[:, 0], 0), days[:, 0])
