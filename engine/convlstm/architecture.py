"""The shape of a multi-scale ConvLSTM, and how its parameters lie in one flat vector."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FAMILIES = ("series", "grid")
HEADS = ("forecast", "label")

TRAINABLE = {"all": ("branch", "joint.", "head."), "last": ("joint.", "head."), "head": ("head.",)}
"""What is trained: prefixes of the parameters that move; the others stay as they are."""

LARGEST_SIDE = 256


@dataclass(frozen=True)
class Architecture:
    """Branches of different kernel size side by side, a joint ConvLSTM over them, a 1 x 1 head at every step.

    family: "series" convolves (1, k) along the hours of a day, its steps are days; "grid" convolves (k, k) over the
    map, its steps are periods. head: "forecast" says the next step, "label" the logit that a point is anomalous.
    steps: steps that are looked at together. channels: inputs per point. kernels: odd, one branch each. hidden:
    channels of a branch; joint: those of the joint layer, with its kernel joint_kernel.
    """

    family: str
    head: str
    steps: int
    channels: int
    kernels: tuple[int, ...]
    hidden: int
    joint: int
    joint_kernel: int

    def problem(self) -> str:
        """What is impossible about this architecture in a few words, "" if nothing is."""
        if self.family not in FAMILIES or self.head not in HEADS:
            return f"{self.family}/{self.head}"
        sizes = (self.steps, self.channels, self.hidden, self.joint)
        if not all(type(size) is int and 1 <= size <= LARGEST_SIDE for size in sizes):
            return "sizes"
        kernels = (*self.kernels, self.joint_kernel)
        if not 1 <= len(self.kernels) <= 8 or not all(type(k) is int and k % 2 and 1 <= k <= 15 for k in kernels):
            return "kernels"
        return ""

    def window(self, kernel: int) -> tuple[int, int]:
        """Height and width of a kernel."""
        return (1, kernel) if self.family == "series" else (kernel, kernel)

    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Every parameter's shape, in the order in which they lie in the flat vector."""
        found: dict[str, tuple[int, ...]] = {}
        for index, kernel in enumerate(self.kernels):
            _layer(found, f"branch{index}.", self.channels, self.hidden, self.window(kernel))
        _layer(found, "joint.", self.hidden * len(self.kernels), self.joint, self.window(self.joint_kernel))
        found["head.w"] = (1, self.joint, 1, 1)
        found["head.b"] = (1,)
        return found

    def parameters(self) -> int:
        """How many numbers the model consists of."""
        return sum(math.prod(shape) for shape in self.shapes().values())

    def spans(self) -> Mapping[str, slice]:
        """Where each parameter lies in the flat vector."""
        found, at = {}, 0
        for name, shape in self.shapes().items():
            found[name] = slice(at, at + math.prod(shape))
            at += math.prod(shape)
        return found

    def trained(self, part: str) -> tuple[str, ...]:
        """Names of the parameters that training `part` ("all", "last", "head") moves. Raises KeyError."""
        return tuple(name for name in self.shapes() if name.startswith(TRAINABLE[part]))

    def entering(self, part: str) -> int:
        """Channels that the layers of `part` see: those of the windows, or what the layers before them make."""
        return {"all": self.channels, "last": self.hidden * len(self.kernels), "head": self.joint}[part]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "kernels": list(self.kernels)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Architecture:
        """The architecture written by `to_json`. Raises ValueError when it is not one."""
        try:
            made = cls(**{**stored, "kernels": tuple(stored["kernels"])})
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error
        if wrong := made.problem():
            raise ValueError(wrong)
        return made

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: two models with the same digest have parameters that fit each other."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def _layer(found: dict[str, tuple[int, ...]], name: str, inputs: int, hidden: int, window: tuple[int, int]) -> None:
    found[name + "wx"] = (4 * hidden, inputs, *window)
    found[name + "wh"] = (4 * hidden, hidden, *window)
    found[name + "b"] = (4 * hidden,)
