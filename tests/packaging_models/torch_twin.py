"""The same ConvLSTM in torch: what the emitted graphs are compared with."""

from __future__ import annotations

import torch
from torch.nn import functional

torch.set_num_threads(
    1
)  # two threads that wait for each other by spinning cost a busy machine many times what they save


def layer(p, steps, name, hidden, window):
    """Outputs of one ConvLSTM layer at every step."""
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
    """z (B, T, 1, H, W) of windows x with the parameters p of architecture a."""
    steps = [x[:, t] for t in range(a.steps)]
    branches = [layer(p, steps, f"branch{i}.", a.hidden, a.window(k)) for i, k in enumerate(a.kernels)]
    joined = [torch.cat([branch[t] for branch in branches], 1) for t in range(a.steps)]
    joint = layer(p, joined, "joint.", a.joint, a.window(a.joint_kernel))
    return torch.stack([functional.conv2d(h, p["head.w"], p["head.b"]) for h in joint], 1)


def loss(z, y, w, head):
    """The loss of the training graph."""
    if head == "forecast":
        return ((z - y) ** 2 * w).sum() / w.sum()
    return (functional.binary_cross_entropy_with_logits(z, y, reduction="none") * w).sum() / w.sum()


def parameters(a, theta):
    """The flat vector as named tensors that take gradients."""
    spans = a.spans()
    return {n: torch.tensor(theta[spans[n]].reshape(s), requires_grad=True) for n, s in a.shapes().items()}
