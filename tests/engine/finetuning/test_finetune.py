"""Fine-tuning learns, stops in time, keeps the best state, and tells whether it helped."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine import simulate
from engine.calendar import make_clock
from engine.convlstm import registry
from engine.convlstm.inference import run_windows
from engine.convlstm.record import FORWARD_FILE, GRAPH_FILE, TRAINING_FILES
from engine.convlstm.session import WithWeights, open_graph
from engine.convlstm.windows import Days
from engine.data import Flag
from engine.errors import ModelError, Reason
from engine.finetuning.examples import Cut, SeriesExamples, batch_size, drawn
from engine.finetuning.finetune import Tuning, finetune
from engine.finetuning.frozen import keep_judged, keep_windows, loss_on, seen_by
from engine.finetuning.halfway import epochs_done, read_halfway, write_halfway
from engine.finetuning.training import Epoch, Halfway, Trainer, fit, loss_of, start_parameters
from engine.monitor import Cancelled, Monitor

CITY = simulate.city(cells=6, days=42, seed=11, incidents_per_cell_week=1.0, kpis=("calls",))
CLOCK = make_clock(CITY.panel.times, 3600, CITY.panel.zone)


def batch(seed=0, count=4):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 14, 3, 1, 24)).astype(np.float32)
    return x, (x[:, :, :1] > 0.5).astype(np.float32), np.ones((count, 14, 1, 1, 24), np.float32)


def trainer(part="all", rate=1e-2):
    base = registry.verified("series-label")
    architecture = base.record.architecture
    theta = start_parameters(architecture, np.random.default_rng(1))
    return Trainer(open_graph(base.graphs[TRAINING_FILES[part]]), theta, architecture, part, rate), theta, base


def forward(base, theta):
    return WithWeights(open_graph(base.graphs[FORWARD_FILE]), theta)


def test_steps_lower_the_loss_and_the_loss_is_that_of_the_inference_graph():
    made, theta, base = trainer()
    x, y, w = batch()
    first, norm = made.step((x, y, w))
    session = open_graph(base.graphs[GRAPH_FILE], theta)
    assert first == pytest.approx(loss_of("label", run_windows(session, x), y, w), rel=1e-5)
    assert norm > 0
    assert min(made.step((x, y, w))[0] for _ in range(60)) < 0.6 * first


@pytest.mark.parametrize(("part", "prefixes"), [("last", ("joint.", "head.")), ("head", ("head.",))])
def test_what_is_frozen_stays_bit_equal(part, prefixes):
    made, theta, base = trainer(part)
    x, y, w = batch()
    made.step((seen_by(forward(base, theta), x, part), y, w))
    moved = made.theta() != theta
    for name, span in base.record.architecture.spans().items():
        assert moved[span].any() == name.startswith(prefixes), name


@pytest.mark.parametrize("model", ["series-label", "series-forecast", "grid-forecast"])
def test_a_model_says_the_same_with_its_weights_in_the_graph_and_beside_it(model):
    base = registry.verified(model)
    shape = base.record.architecture
    x = np.random.default_rng(2).standard_normal((3, shape.steps, 3, 5, 24)).astype(np.float32)
    inside = run_windows(open_graph(base.graphs[GRAPH_FILE], base.theta), x)
    np.testing.assert_allclose(run_windows(forward(base, base.theta), x), inside, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("part", ["last", "head"])
def test_the_last_layers_on_what_the_others_make_are_the_whole_model(part):
    made, theta, base = trainer(part)
    x, y, w = batch(3, count=70)
    w[40:] = 0.0
    session = forward(base, theta)
    wanted = loss_of("label", run_windows(session, x), y, w)
    kept = seen_by(session, x, part)
    assert kept.shape == (70, 14, base.record.architecture.entering(part), 1, 24)
    assert made.loss((kept, y, w)) == pytest.approx(wanted, rel=1e-5)
    assert loss_on(made, [(kept, y, w)], Monitor()) == pytest.approx(wanted, rel=1e-5)


def test_an_epoch_on_kept_windows_is_one_pass_of_several(monkeypatch):
    _, theta, base = trainer("head")
    cut = Cut(Days.of(CLOCK), 29, 36)
    examples = SeriesExamples(CITY.panel, CLOCK, CITY.labels, base.record.architecture, cut, 1, Monitor())
    session, monitor = forward(base, theta), Monitor()
    passes = [list(examples.epoch(np.random.default_rng(7)))]
    kept = keep_windows(examples, session, "head", np.random.default_rng(7), monitor)
    assert kept.per_epoch == sum(len(x) for x, _, _ in passes[0]) < len(kept.whole[0])
    np.testing.assert_array_equal(kept.whole[1][: kept.per_epoch], np.concatenate([y for _, y, _ in passes[0]]))
    one, other = (list(kept.epoch(np.random.default_rng(seed))) for seed in (1, 2))
    assert sum(len(x) for x, _, _ in one) == kept.per_epoch
    assert not np.array_equal(one[0][1], other[0][1])
    judged = examples.judged(29, 36)
    whole = keep_judged(judged, session, "head", 16, monitor)
    np.testing.assert_array_equal(whole[0][1], judged[0][1])
    monkeypatch.setattr("engine.finetuning.frozen.MOST_BYTES", 4 * judged[0][1].size * 16 // 2)
    half = keep_judged(judged, session, "head", 16, monitor)
    np.testing.assert_array_equal(half[0][0], whole[0][0][::2])
    fewer = keep_windows(examples, session, "head", np.random.default_rng(7), monitor)
    assert len(fewer.whole[0]) < len(kept.whole[0])


def test_training_stops_at_a_loss_that_is_no_number_and_keeps_the_best_state():
    made, _, _ = trainer()
    poisoned = batch(1)
    poisoned[1][:] = np.nan
    given = [[batch()], [batch()], [poisoned]]
    losses = iter([3.0, 2.0, 1.0])
    best = []

    def validate():
        best.append(made.theta())
        return next(losses)

    done = fit(made, lambda: iter(given.pop(0)), validate, 5, 5, Monitor())
    assert done.ended.code == "training_not_finite"
    assert np.isfinite(done.theta).all()
    np.testing.assert_array_equal(done.theta, best[2])


def test_training_stops_early_and_returns_the_best_epoch():
    made, _, _ = trainer()
    losses, seen = iter([5.0, 1.0, 2.0, 3.0, 4.0]), []

    def validate():
        seen.append(made.theta())
        return next(losses)

    done = fit(made, lambda: iter([batch()]), validate, 20, 3, Monitor())
    assert done.ended.code == "training_stopped_early"
    assert [epoch.best for epoch in done.epochs] == [True, True, False, False, False]
    np.testing.assert_array_equal(done.theta, seen[1])


def test_training_can_be_cancelled_between_steps():
    made, _, _ = trainer()
    monitor = Monitor()
    with pytest.raises(Cancelled):
        fit(made, lambda: iter([batch()] * 3), lambda: 1.0, 5, 5, monitor, lambda _: monitor.cancel())


def test_a_stopped_training_goes_on_as_if_it_had_never_stopped(tmp_path: Path):
    base, state = registry.verified("series-forecast"), tmp_path / "state"
    told, seen = [], []
    monitor = Monitor()

    def stop_after_one(epoch):
        if epoch.number == 1:
            monitor.cancel()

    choices = Tuning(2, "head", seed=5)
    with pytest.raises(Cancelled):
        finetune(base, CITY.panel, CLOCK, None, choices, monitor, stop_after_one, state=state)
    again = finetune(base, CITY.panel, CLOCK, None, choices, Monitor(), seen.append, prepared=told.append, state=state)
    whole = finetune(base, CITY.panel, CLOCK, None, choices, Monitor())
    assert told[0].resumed == 1
    assert [e.number for e in seen] == [0, 1, 2]
    np.testing.assert_array_equal(again.trained.theta, whole.trained.theta)
    assert again.trained.epochs[1:] == whole.trained.epochs[1:]
    assert again.after == whole.after
    other = []
    with pytest.raises(Cancelled):
        finetune(
            base,
            CITY.panel,
            CLOCK,
            None,
            replace(choices, seed=6),
            Monitor(),
            lambda _: stop(),
            prepared=other.append,
            state=state,
        )
    assert other[0].resumed == 0, "the state of another training is not gone on from"
    assert other[0].differs == ("choices",)
    assert again.prepared.differs == ()


def test_a_training_under_another_calendar_is_not_gone_on_from(tmp_path: Path):
    base, state, told = registry.verified("series-forecast"), tmp_path / "state", []
    finetune(base, CITY.panel, CLOCK, None, Tuning(1, "head"), Monitor(), state=state)
    other = replace(CLOCK, weekend=~CLOCK.weekend)
    finetune(base, CITY.panel, other, None, Tuning(1, "head"), Monitor(), prepared=told.append, state=state)
    assert told[0].differs == ("calendar",)


def test_a_stopped_training_may_be_given_another_end(tmp_path: Path):
    base, state = registry.verified("series-forecast"), tmp_path / "state"
    finetune(base, CITY.panel, CLOCK, None, Tuning(1, "head", patience=0), Monitor(), state=state)
    longer = finetune(base, CITY.panel, CLOCK, None, Tuning(3, "head", patience=0), Monitor(), state=state)
    assert longer.prepared.resumed == 1
    assert [e.number for e in longer.trained.epochs] == [0, 1, 2, 3]
    shorter = finetune(base, CITY.panel, CLOCK, None, Tuning(2, "head", patience=0), Monitor(), state=state)
    assert shorter.prepared.resumed == 3, "what is done is not undone"
    assert shorter.trained.epochs[1:] == longer.trained.epochs[1:]


def stop():
    raise Cancelled


def test_a_damaged_state_counts_for_none(tmp_path: Path):
    made, _, _ = trainer("head")
    state = tmp_path / "state"
    history = (Epoch(0, float("nan"), 1.0, True), Epoch(1, 0.5, 0.9, True))
    rng = np.random.default_rng(3)
    mark = {"model": "a", "data": "b"}
    write_halfway(state, mark, Halfway(made.theta(), 0, history, made.state, dict(rng.bit_generator.state)))
    back, differs = read_halfway(state, mark)
    assert back is not None
    assert differs == ()
    assert epochs_done(state) == 1
    assert back.epochs[1:] == history[1:]
    np.testing.assert_array_equal(back.theta, made.theta())
    assert read_halfway(state, {"model": "a", "data": "other"}) == (None, ("data",))
    content = state.read_bytes()
    for cut in (0, 10, len(content) // 2, len(content) - 1):
        state.write_bytes(content[:cut])
        assert read_halfway(state, mark) == (None, ("state",))
        assert epochs_done(state) == 0
    assert read_halfway(tmp_path / "nothing", mark) == (None, ())
    assert epochs_done(tmp_path / "nothing") == 0


def test_a_training_that_never_got_better_keeps_what_it_began_with():
    made, theta, _ = trainer()
    losses = iter([1.0, 2.0, 3.0, 4.0])
    done = fit(made, lambda: iter([batch()]), lambda: next(losses), 3, 0, Monitor())
    assert done.ended.code == "training_done"
    np.testing.assert_array_equal(done.theta, theta)


def test_a_validation_that_is_no_number_ends_the_training():
    made, theta, _ = trainer()
    losses = iter([1.0, float("nan")])
    done = fit(made, lambda: iter([batch()]), lambda: next(losses), 3, 5, Monitor())
    assert done.ended.code == "training_not_finite"
    np.testing.assert_array_equal(done.theta, theta)


def test_of_a_large_panel_the_labelled_series_are_drawn_first():
    city = simulate.city(cells=5, days=3, seed=1, kpis=("calls",))
    labels = {"calls": np.zeros(city.panel.shape, np.int8)}
    labels["calls"][[1, 4], 7] = 1
    for seed in range(5):
        (rows,) = drawn(city.panel, labels, np.random.default_rng(seed), most=3)
        assert {1, 4} < set(rows.tolist())
        assert len(rows) == 3
    assert [len(rows) for rows in drawn(city.panel, None, np.random.default_rng(1), most=5)] == [5]


def test_the_same_seed_gives_the_same_model_and_bad_points_are_left_out_and_counted():
    base = registry.verified("series-forecast")
    flags = {"calls": CITY.panel.flags["calls"].copy()}
    flags["calls"][0, 100:130] = Flag.SUSPECT
    flags["calls"][1, 200:210] = Flag.MAINTENANCE
    panel = replace(CITY.panel, flags=flags)
    runs = [finetune(base, panel, CLOCK, CITY.labels, Tuning(2), Monitor()) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].trained.theta, runs[1].trained.theta)
    assert runs[0].excluded["suspect"] == 30
    assert runs[0].excluded["maintenance"] == 10
    assert runs[0].excluded["labelled"] > 0
    assert runs[0].before == runs[1].before
    assert runs[0].held_days >= 6


def test_what_does_not_fit_is_refused_in_words():
    with pytest.raises(ModelError, match="known anomalies"):
        finetune(registry.verified("series-label"), CITY.panel, CLOCK, None, Tuning(1), Monitor())
    short = simulate.city(cells=2, days=10, seed=1, kpis=("calls",)).panel
    clock = make_clock(short.times, 3600, short.zone)
    with pytest.raises(ModelError, match="at least 21 days"):
        finetune(registry.verified("series-forecast"), short, clock, None, Tuning(1), Monitor())


def test_the_rate_rises_at_once_and_ends_at_nothing():
    made, _, _ = trainer(rate=1e-2)
    rates = []
    step = made.step
    made.step = lambda given: (rates.append(made.rate), step(given))[1]
    fit(made, lambda: iter([batch()] * 5), lambda: 1.0, 8, 0, Monitor(), per_epoch=5, slowing=True)
    assert len(rates) == 40
    assert np.argmax(rates) == 1
    assert max(rates) == pytest.approx(1e-2, rel=0.01)
    assert all(a > b for a, b in pairwise(rates[1:]))
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)


def test_few_data_make_as_many_steps_as_it_takes_to_move_a_model():
    shape = registry.verified("series-label").record.architecture
    cut = Cut(Days.of(CLOCK), 29, 36)
    examples = SeriesExamples(CITY.panel, CLOCK, CITY.labels, shape, cut, 1, Monitor())
    made = list(examples.epoch(np.random.default_rng(1)))
    assert examples.batch == 4
    assert examples.batches >= 8
    assert len(made) >= 5, "random first days may cost a pass a window or two"
    assert examples.injected == 0.5


def test_the_batch_follows_the_memory_budget():
    shape = registry.verified("series-label").record.architecture
    assert 1 == batch_size(shape, 24, memory_mb=0) < batch_size(shape, 24, 16) < batch_size(shape, 24, 64)


def test_fine_tuning_loads_neither_torch_nor_onnx():
    code = (
        "import sys, numpy as np\n"
        "from engine.command_line import model_commands\nfrom engine.convlstm import registry\n"
        "from engine.finetuning import finetune, keep\n"
        "registry.open_model('series-label')\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'torch', 'onnx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reasons_are_worded():
    assert "epoch 3" in str(ModelError(Reason("training_not_finite", {"epoch": 3})))
