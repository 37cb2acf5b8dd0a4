"""The emitted graphs against torch: gradients, learning curves, forward pass. Build time only: skipped without it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is a build-time extra")
pytest.importorskip("onnx", reason="onnx is a build-time extra")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from onnx_convlstm import inference_graph, training_graph  # noqa: E402 - the folder is no package
from torch.nn import functional  # noqa: E402

from engine.convlstm.architecture import Architecture  # noqa: E402
from engine.convlstm.inference import run_windows  # noqa: E402
from engine.convlstm.session import open_graph  # noqa: E402
from engine.convlstm.training import Trainer, start_parameters  # noqa: E402

SERIES = Architecture("series", "label", 5, 3, (1, 3, 5), 4, 6, 3)
GRID = Architecture("grid", "forecast", 4, 2, (1, 3, 5), 4, 6, 3)
SIZES = {"series": (3, 1, 24), "grid": (2, 9, 11)}
families = pytest.mark.parametrize("architecture", [SERIES, GRID], ids=lambda a: a.family)


def layer(p, steps, name, hidden, window):
    output = memory = None
    outputs, pad = [], tuple(side // 2 for side in window)
    for x in steps:
        z = functional.conv2d(x, p[name + "wx"], p[name + "b"], padding=pad)
        if output is not None:
            z = z + functional.conv2d(output, p[name + "wh"], padding=pad)
        let_in, keep, let_out = torch.sigmoid(z[:, : 3 * hidden]).chunk(3, 1)
        new = let_in * torch.tanh(z[:, 3 * hidden :])
        memory = new if memory is None else keep * memory + new
        output = let_out * torch.tanh(memory)
        outputs.append(output)
    return outputs


def forward(p, x, a):
    steps = [x[:, t] for t in range(a.steps)]
    branches = [layer(p, steps, f"branch{i}.", a.hidden, a.window(k)) for i, k in enumerate(a.kernels)]
    joined = [torch.cat([branch[t] for branch in branches], 1) for t in range(a.steps)]
    joint = layer(p, joined, "joint.", a.joint, a.window(a.joint_kernel))
    return torch.stack([functional.conv2d(h, p["head.w"], p["head.b"]) for h in joint], 1)


def loss(z, y, w, head):
    if head == "forecast":
        return ((z - y) ** 2 * w).sum() / w.sum()
    return (functional.binary_cross_entropy_with_logits(z, y, reduction="none") * w).sum() / w.sum()


def batch(a, seed):
    rng = np.random.default_rng(seed)
    count, height, width = SIZES[a.family]
    x = rng.standard_normal((count, a.steps, a.channels, height, width)).astype(np.float32)
    y = (x[:, :, :1] > 0.7).astype(np.float32)
    return x, y, (rng.random(y.shape) > 0.3).astype(np.float32)


def parameters(a, theta):
    spans = a.spans()
    return {n: torch.tensor(theta[spans[n]].reshape(s), requires_grad=True) for n, s in a.shapes().items()}


@families
@pytest.mark.parametrize("part", ["all", "last", "head"])
def test_gradients_equal_those_of_torch(architecture, part):
    a = architecture
    theta = start_parameters(a, np.random.default_rng(1))
    x, y, w = batch(a, 2)
    session = open_graph(training_graph(a, part, gradients_only=True).SerializeToString())
    spans, moving = a.spans(), a.trained(part)
    fixed = [name for name in spans if name not in moving]
    given = {"theta": np.concatenate([theta[spans[n]] for n in moving]), "x": x, "y": y, "w": w}
    if fixed:
        given["frozen"] = np.concatenate([theta[spans[n]] for n in fixed])
    found_loss, gradient = session.run(["loss", "gradient"], given)
    p = parameters(a, theta)
    wanted = loss(forward(p, torch.tensor(x), a), torch.tensor(y), torch.tensor(w), a.head)
    wanted.backward()
    assert float(found_loss) == pytest.approx(wanted.item(), rel=1e-5)
    at = 0
    for name in moving:
        true = p[name].grad.numpy().ravel()
        mine = gradient[at : at + true.size]
        at += true.size
        assert np.abs(mine - true).max() <= 1e-5 * np.abs(true).max(), name


@families
def test_learning_curves_equal_those_of_torch(architecture):
    a = architecture
    theta = start_parameters(a, np.random.default_rng(3))
    trainer = Trainer(training_graph(a, "all").SerializeToString(), theta, a, "all", 3e-3)
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
    wanted = forward(parameters(architecture, theta), torch.tensor(x), architecture).detach().numpy()
    np.testing.assert_allclose(run_windows(session, x), wanted, atol=1e-6)
