"""The emitted graphs against torch: gradients, learning curves, forward pass. Build time only: skipped without it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is a build-time extra")
pytest.importorskip("onnx", reason="onnx is a build-time extra")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from onnx_convlstm import forward_graph, inference_graph, training_graph  # noqa: E402 - the folder is no package

from engine.convlstm.architecture import Architecture  # noqa: E402
from engine.convlstm.inference import run_windows  # noqa: E402
from engine.convlstm.session import WithWeights, open_graph  # noqa: E402
from engine.finetuning.frozen import seen_by  # noqa: E402
from engine.finetuning.training import Trainer, start_parameters  # noqa: E402
from tests.packaging_models.torch_twin import forward, loss, parameters  # noqa: E402

SERIES = Architecture("series", "label", 5, 3, (1, 3, 5), 4, 6, 3)
GRID = Architecture("grid", "forecast", 4, 2, (1, 3, 5), 4, 6, 3)
DENSE = Architecture("series", "label", 1, 7, (1,), 6, 5, 1)
SIZES = {"series": (3, 1, 24), "grid": (2, 9, 11)}
families = pytest.mark.parametrize("architecture", [SERIES, GRID], ids=lambda a: a.family)


def batch(a, seed):
    rng = np.random.default_rng(seed)
    count, height, width = SIZES[a.family]
    x = rng.standard_normal((count, a.steps, a.channels, height, width)).astype(np.float32)
    y = (x[:, :, :1] > 0.7).astype(np.float32)
    return x, y, (rng.random(y.shape) > 0.3).astype(np.float32)


@pytest.mark.parametrize("architecture", [SERIES, GRID, DENSE], ids=["series", "grid", "one step"])
@pytest.mark.parametrize("part", ["all", "last", "head"])
def test_gradients_equal_those_of_torch(architecture, part):
    a = architecture
    theta = start_parameters(a, np.random.default_rng(1))
    x, y, w = batch(a, 2)
    session = open_graph(training_graph(a, part, gradients_only=True).SerializeToString())
    spans, moving = a.spans(), a.trained(part)
    before = WithWeights(open_graph(forward_graph(a).SerializeToString()), theta)
    seen = x if part == "all" else seen_by(before, x, part)
    given = {"theta": np.concatenate([theta[spans[n]] for n in moving]), "x": seen, "y": y, "w": w}
    found_loss, gradient = session.run(["loss", "gradient"], given)
    p = parameters(a, theta)
    wanted = loss(forward(p, torch.tensor(x), a), torch.tensor(y), torch.tensor(w), a.head)
    wanted.backward()
    assert float(found_loss) == pytest.approx(wanted.item(), rel=1e-5)
    at = 0
    for name in moving:
        true = p[name].grad.numpy().ravel() if p[name].grad is not None else np.zeros(p[name].numel())
        mine = gradient[at : at + true.size]
        at += true.size
        assert np.abs(mine - true).max() <= 1e-5 * np.abs(true).max(), name


@families
def test_learning_curves_equal_those_of_torch(architecture):
    a = architecture
    theta = start_parameters(a, np.random.default_rng(3))
    trainer = Trainer(open_graph(training_graph(a, "all").SerializeToString()), theta, a, "all", 3e-3)
    p = parameters(a, theta)
    optimiser = torch.optim.Adam(p.values(), lr=3e-3)
    gaps, losses = [], []
    for step in range(60):
        x, y, w = batch(a, step % 6)
        mine, _ = trainer.step((x, y, w))
        optimiser.zero_grad()
        theirs = loss(forward(p, torch.tensor(x), a), torch.tensor(y), torch.tensor(w), a.head)
        theirs.backward()
        torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)
        optimiser.step()
        gaps.append(abs(mine - theirs.item()) / theirs.item())
        losses.append(mine)
    assert max(gaps) < 1e-4
    assert losses[-1] < losses[0]


@families
def test_inference_equals_torch(architecture):
    theta = start_parameters(architecture, np.random.default_rng(4))
    x, _, _ = batch(architecture, 5)
    session = open_graph(inference_graph(architecture).SerializeToString(), theta)
    beside = WithWeights(open_graph(forward_graph(architecture).SerializeToString()), theta)
    wanted = forward(parameters(architecture, theta), torch.tensor(x), architecture).detach().numpy()
    np.testing.assert_allclose(run_windows(session, x), wanted, atol=1e-6)
    np.testing.assert_allclose(run_windows(beside, x), wanted, atol=1e-6)
