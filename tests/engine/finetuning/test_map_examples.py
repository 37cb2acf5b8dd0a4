"""A model of the map is shown patches of it, and no forecast counts of what nobody should learn as normal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import simulate
from engine.calendar import make_clock
from engine.convlstm import registry
from engine.convlstm.frames import WARM_UP
from engine.convlstm.layout import Layout, lay_out
from engine.convlstm.windows import Days
from engine.data import Flag
from engine.errors import ModelError
from engine.finetuning.examples import Cut
from engine.finetuning.finetune import Tuning, finetune
from engine.finetuning.keep import keep
from engine.finetuning.map_examples import MapExamples, part_of_map
from engine.monitor import Monitor

MODEL = "grid-forecast"
CITY = simulate.city(cells=12, days=24, seed=4, kpis=("calls",), incidents_per_cell_week=0.5)
CLOCK = make_clock(CITY.panel.times, 3600, CITY.panel.zone)
CUT = Cut(Days.of(CLOCK), 16, 20)


@pytest.fixture(scope="module")
def architecture():
    return registry.verified(MODEL).record.architecture


@pytest.fixture(scope="module")
def examples(architecture):
    flags = {"calls": CITY.panel.flags["calls"].copy()}
    flags["calls"][2, 100:120] = Flag.SUSPECT
    panel = replace(CITY.panel, flags=flags)
    return MapExamples(panel, CLOCK, CITY.labels, architecture, CUT, 1, Monitor())


def test_the_target_of_a_period_is_what_is_seen_a_period_later(examples, architecture):
    x, y, w = next(iter(examples.epoch(np.random.default_rng(1))))
    assert x.shape[1:3] == (architecture.steps, 3)
    assert y.shape == w.shape == (len(x), architecture.steps, 1, *x.shape[3:])
    np.testing.assert_array_equal(y[:, :-1, 0], x[:, 1:, 0])
    assert (x[:, 1:, 1][w[:, :-1, 0] > 0] == 1).all(), "what counts was measured"
    assert not w[:, : WARM_UP - 1].any()
    assert (x[:, :, 2] == 1.0).all()


def test_every_sound_period_is_judged_once_and_none_outside(examples):
    (one,) = examples._kpis
    first, last = 20, 24
    begin, end = examples._period(first), examples._period(last)
    ((x, y, w),) = examples.judged(first, last)
    assert w.sum() == one.learned[begin:end].sum()
    assert len(x) == len(y) == len(w)


def test_flagged_and_labelled_points_are_seen_but_never_counted(examples):
    (one,) = examples._kpis
    layout, truth = examples._layout, CITY.labels["calls"]
    by_cell = layout.by_cell(one.learned.astype(np.float32))
    assert not (by_cell[2, 100:120] > 0).any()
    assert not (by_cell[truth == 1] > 0).any()
    assert np.isfinite(layout.by_cell(one.maps)[2, 105:115]).all()
    assert examples.excluded["suspect"] > 0
    assert examples.excluded["labelled"] > 0
    assert examples.used == one.learned[: examples._period(16)].sum()


def test_a_network_without_places_is_refused_in_words(architecture):
    cells = tuple(replace(c, lat=None, lon=None, row=None, col=None) for c in CITY.panel.cells)
    with pytest.raises(ModelError, match="known place"):
        MapExamples(replace(CITY.panel, cells=cells), CLOCK, None, architecture, CUT, 1, Monitor())


def test_of_a_large_map_a_part_is_drawn():
    row, col = np.divmod(np.arange(400), 20)
    whole = Layout(row, col, 20, 20)
    rows, part = part_of_map(whole, 100, np.random.default_rng(2))
    assert (part.height, part.width) == (10, 10)
    assert len(rows) == 100
    assert {(int(r), int(c)) for r, c in zip(part.row, part.col, strict=True)} == {
        (r, c) for r in range(10) for c in range(10)
    }
    rows, same = part_of_map(whole, 400, np.random.default_rng(2))
    assert len(rows) == 400
    np.testing.assert_array_equal(same.row, row)


def test_a_model_of_the_map_is_tuned_kept_and_usable(tmp_path: Path):
    base, told, curve = registry.verified(MODEL), [], []
    choices = Tuning(1, "head")
    tuned = finetune(base, CITY.panel, CLOCK, CITY.labels, choices, Monitor(), curve.append, prepared=told.append)
    assert told[0].series == len(lay_out(CITY.panel.cells).placed)
    assert [epoch.number for epoch in curve] == [0, 1]
    assert np.isfinite(tuned.before.error)
    assert np.isfinite(tuned.after.alarms)
    assert np.isfinite(tuned.before.vus_pr)
    record = keep(base, tuned, choices, [], tmp_path)
    assert registry.add(tmp_path / record.id) == record.id
    assert registry.open_model(record.id).record.architecture.family == "grid"
