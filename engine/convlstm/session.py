"""Opening graphs in onnxruntime: one thread each (blocks run side by side already), quiet, on the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.data import FloatArray
from engine.errors import ModelError, Reason

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WEIGHTS_FILE = "weights.bin"


class Runs(Protocol):
    """What runs a graph: a session, or one that is handed its weights with every run."""

    def run(self, wanted: list[str], given: dict[str, FloatArray]) -> list[FloatArray]:
        """The outputs named `wanted` for the inputs `given`."""
        ...


class WithWeights:
    """A session of the forward graph together with weights: to look at other weights costs no opening of a graph."""

    def __init__(self, session: InferenceSession, theta: FloatArray) -> None:
        self._session, self._theta = session, theta

    def run(self, wanted: list[str], given: dict[str, FloatArray]) -> list[FloatArray]:
        """The outputs named `wanted` for the inputs `given`."""
        found: list[FloatArray] = self._session.run(wanted, {**given, "theta": self._theta})
        return found


def open_graph(graph: bytes, weights: FloatArray | None = None) -> InferenceSession:
    """A session of a graph that was verified before; `weights` stand for its external file. Raises ModelError."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if weights is not None:
        raw = weights.astype("<f4").tobytes()
        options.add_external_initializers_from_files_in_memory([WEIGHTS_FILE], [raw], [len(raw)])
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises bare classes of its own
        raise ModelError(Reason("model_graph_refused", {"error": str(error)[:200]})) from error
