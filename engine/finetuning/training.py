"""Training with plain onnxruntime: every step of the optimiser is one run of a graph that holds it whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.convlstm.architecture import Architecture
from engine.convlstm.session import Runs
from engine.data import FloatArray
from engine.errors import Reason
from engine.monitor import Monitor

Batch = tuple[FloatArray, FloatArray, FloatArray]
"""x (B, T, channels, H, W), target y and weight w (B, T, 1, H, W)."""


WARM_UP_SHARE = 0.05


class Trainer:
    """The state of a training: the whole flat vector of parameters, of which one part moves.

    session: of the training graph of that part.
    """

    def __init__(self, session: Runs, theta: FloatArray, architecture: Architecture, part: str, rate: float) -> None:
        self._session = session
        self._theta = theta.astype(np.float32, copy=True)
        spans, names = architecture.spans(), architecture.trained(part)
        moving = np.zeros(len(theta), bool)
        for name in names:
            moving[spans[name]] = True
        self._moving = moving
        size = int(moving.sum())
        self._state = {
            "theta": self._theta[moving],
            "m": np.zeros(size, np.float32),
            "v": np.zeros(size, np.float32),
            "step": np.zeros((), np.float32),
        }
        self.rate = rate

    def step(self, batch: Batch) -> tuple[float, float]:
        """Make one step; loss before it and norm of its gradient. A step that is not finite changes nothing."""
        x, y, w = batch
        rate = np.array(self.rate, np.float32)
        given = {**self._state, "lr": rate, "x": x, "y": y, "w": w}
        wanted = ["loss", "norm", *(f"{name}_new" for name in self._state)]
        loss, norm, *state = self._session.run(wanted, given)
        if math.isfinite(float(loss)) and math.isfinite(float(norm)):
            self._state = dict(zip(self._state, state, strict=True))
        return float(loss), float(norm)

    def loss(self, batch: Batch) -> float:
        """The loss as it stands, on windows that it does not learn from; costs as much as a step."""
        x, y, w = batch
        (loss,) = self._session.run(["loss"], {**self._state, "lr": np.zeros((), np.float32), "x": x, "y": y, "w": w})
        return float(loss)

    def theta(self) -> FloatArray:
        """The whole flat vector as it is now."""
        whole = self._theta.copy()
        whole[self._moving] = self._state["theta"]
        return whole

    @property
    def state(self) -> Mapping[str, FloatArray]:
        """Moving parameters, both moments and step number: all that the next step depends on besides its batch."""
        return dict(self._state)

    def go_on_from(self, state: Mapping[str, FloatArray]) -> None:
        """Stand where a training with such a `state` stood. Raises ValueError when it is not of this training."""
        for name, now in self._state.items():
            if name not in state or state[name].shape != now.shape or not np.isfinite(state[name]).all():
                raise ValueError(name)
        self._state = {name: np.array(state[name], np.float32) for name in self._state}


@dataclass(frozen=True)
class Epoch:
    """What one pass over the data did. number: 0 = before any step (training NaN). validation: held-out loss."""

    number: int
    training: float
    validation: float
    best: bool


@dataclass(frozen=True, eq=False)
class Halfway:
    """A training between two epochs, from which it goes on exactly as if it had never stopped.

    theta: the best parameters so far. waited: epochs since then. optimiser: `Trainer.state`. randomness: the state of
    the generator that the batches come from.
    """

    theta: FloatArray
    waited: int
    epochs: tuple[Epoch, ...]
    optimiser: Mapping[str, FloatArray]
    randomness: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Trained:
    """The best parameters that a training passed through, all its epochs, and why it ended."""

    theta: FloatArray
    epochs: tuple[Epoch, ...]
    ended: Reason


def pace(done: float) -> float:
    """The share of the full rate where `done` of a training's steps are done: up within a twentieth, then down to 0.

    Down along a half cosine (Loshchilov & Hutter 2017), so that the last epochs settle what the first ones found.
    """
    return min(1.0, done / WARM_UP_SHARE) * 0.5 * (1.0 + math.cos(math.pi * done))


def fit(
    trainer: Trainer,
    batches: Callable[[], Iterator[Batch]],
    validate: Callable[[], float],
    epochs: int,
    patience: int,
    monitor: Monitor,
    listener: Callable[[Epoch], None] | None = None,
    *,
    per_epoch: int = 1,
    begin: Halfway | None = None,
    between: Callable[[Halfway], None] | None = None,
    rng: np.random.Generator | None = None,
    slowing: bool = False,
) -> Trained:
    """Train for at most `epochs` passes and return the parameters with the least validation loss.

    `validate` tells that loss of the trainer as it stands. Ends early after `patience` passes without a better one
    (0 = never), and at once when loss or gradient is not finite (the best parameters so far stay). listener: told of
    every epoch, those before `begin` too. per_epoch: about how many batches an epoch has, for the progress. Raises
    Cancelled between two steps; a paused monitor makes it wait there. `between` is handed the state after every epoch;
    `begin` is such a state, `rng` the generator that the batches are drawn with. slowing: the rate follows `pace` over
    all epochs. Raises ValueError when `begin` is the state of another training.
    """
    full_rate = trainer.rate
    if begin is None:
        best = trainer.theta()
        history = [Epoch(0, math.nan, validate(), True)]
        waited = 0
    else:
        trainer.go_on_from(begin.optimiser)
        best, history, waited = begin.theta, list(begin.epochs), begin.waited
        if rng is not None:
            rng.bit_generator.state = dict(begin.randomness)
    least = min((epoch.validation for epoch in history if epoch.best), default=math.inf)
    for epoch in history if listener else ():
        listener(epoch)  # type: ignore[misc]
    first = len(history)
    ended = Reason("training_done", {"epochs": epochs})
    for number in range(first, epochs + 1):
        if patience and waited >= patience:
            ended = Reason("training_stopped_early", {"epoch": number - 1, "patience": patience})
            break
        total, count, sound = 0.0, 0, True
        for batch in batches():
            done = (number - first + min(count / per_epoch, 1.0)) / (epochs - first + 1)
            monitor.step(done, Reason("stage_train", {"epoch": number, "epochs": epochs}))
            if slowing:
                trainer.rate = full_rate * pace(min((number - 1 + (count + 1) / per_epoch) / epochs, 1.0))
            loss, norm = trainer.step(batch)
            if not (math.isfinite(loss) and math.isfinite(norm)):
                sound = False
                break
            total, count = total + loss, count + 1
        reached = validate() if sound else math.nan
        if not math.isfinite(reached):
            ended = Reason("training_not_finite", {"epoch": number})
            break
        better = reached < least
        history.append(Epoch(number, total / max(count, 1), reached, better))
        if better:
            best, least, waited = trainer.theta(), reached, 0
        else:
            waited += 1
        if listener:
            listener(history[-1])
        if between:
            random = dict(rng.bit_generator.state) if rng is not None else {}
            between(Halfway(best, waited, tuple(history), trainer.state, random))
    monitor.step(1.0, Reason("stage_train", {"epoch": len(history) - 1, "epochs": epochs}))
    return Trained(best, tuple(history), ended)


def start_parameters(architecture: Architecture, rng: np.random.Generator) -> FloatArray:
    """Fresh parameters: uniform within 1 / sqrt(inputs), biases 0, forget gates open (bias 1)."""
    theta = np.zeros(architecture.parameters(), np.float32)
    spans = architecture.spans()
    for name, shape in architecture.shapes().items():
        if len(shape) > 1:
            reach = 1.0 / math.sqrt(math.prod(shape[1:]))
            theta[spans[name]] = rng.uniform(-reach, reach, math.prod(shape))
        elif not name.startswith("head"):
            hidden = shape[0] // 4
            theta[spans[name]][hidden : 2 * hidden] = 1.0
    return theta


def loss_of(head: str, z: FloatArray, y: FloatArray, w: FloatArray) -> float:
    """The loss of the training graph, in numpy: weighted squared error or cross entropy; NaN without any weight."""
    logit, target, weight = (np.asarray(a, np.float64) for a in (z, y, w))
    error = (logit - target) ** 2 if head == "forecast" else np.logaddexp(0.0, logit) - logit * target
    total = weight.sum()
    return float((error * weight).sum() / total) if total > 0 else math.nan
