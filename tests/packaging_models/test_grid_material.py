"""What the model of maps is trained on: the windows, and what is held back from it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from grid_material import PATCH, GridMaterial, held_errors
from grid_sources import Map

from engine.convlstm.frames import FARTHEST_SEEN, WARM_UP
from engine.convlstm.layout import lay_out
from engine.convlstm.registry import open_model
from engine.convlstm.windows import squash
from engine.data import Cell

MODEL = open_model("grid-forecast")
SHAPE = MODEL.record.architecture


def city(height: int = 9, width: int = 4, periods: int = 80, learned: int = 50) -> Map:
    cells = [Cell(f"{r}-{c}", row=r, col=c) for r in range(height) for c in range(width)]
    feed = np.tile(np.linspace(-3, 3, periods, dtype=np.float32), (len(cells), 1))
    return Map("city", feed, lay_out(cells), 3600, learned)


def test_every_target_is_the_frame_that_follows_and_patches_fit_the_map():
    x, y, w = GridMaterial([city()], SHAPE).draw(np.random.default_rng(1), 32, turned=False)
    assert x.shape == (32, SHAPE.steps, 3, PATCH, 4)
    np.testing.assert_array_equal(y[:, :-1], x[:, 1:, :1])
    assert (w[:, : WARM_UP - 1] == 0).all()
    assert (w[:, WARM_UP - 1 :] == 1).all()


@pytest.mark.parametrize(("held", "low", "high"), [(False, 0, 49), (True, 50, 79)])
def test_what_is_held_back_is_never_learned_from(held, low, high):
    one = city()
    _, y, _ = GridMaterial([one], SHAPE, held).draw(np.random.default_rng(2), 64, turned=False)
    edges = squash(one.feed[0, [low, high]])
    assert edges[0] < y.min()
    assert y.max() <= edges[1]


def test_turning_a_window_turns_its_target_with_it():
    _, y, w = GridMaterial([city()], SHAPE).draw(np.random.default_rng(3), 64, turned=True)
    x, *_ = GridMaterial([city()], SHAPE).draw(np.random.default_rng(3), 64, turned=True)
    np.testing.assert_array_equal(y[:, :-1], x[:, 1:, :1])
    assert y.min() < 0 < y.max()
    assert set(np.unique(w)) == {0.0, 1.0}


def test_errors_are_told_for_the_held_part_beside_those_of_the_yardsticks():
    one = city()
    found = held_errors(MODEL.session, [one], SHAPE.steps)
    seen = squash(np.clip(one.feed, -FARTHEST_SEEN, FARTHEST_SEEN))[0]
    assert found["city_usual"] == pytest.approx(np.square(seen[50:]).mean(), abs=1e-3)
    assert found["city_last"] == pytest.approx(np.square(np.diff(seen[49:])).mean(), abs=1e-4)
    assert found["city_model"] < found["city_usual"]
    assert "city_week" not in found
