"""A model's folder is data from somewhere: nothing in it is run before all of it has been checked.

Weights are numbers and may be anybody's. A graph is a program: one that keeps to the allowed operators could still ask
for all the memory there is, so only graphs that ship with the program are ever run, for the architecture that they ship
for. All other checks come first, because what they say is more use to a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import resources
from engine.convlstm.onnx_file import BrokenOnnxError, read_onnx
from engine.convlstm.record import FILES, GRAPH_FILE, ModelRecord, read_record
from engine.convlstm.session import WEIGHTS_FILE
from engine.data import FloatArray
from engine.errors import ModelError, Reason

LARGEST_GRAPH = 4 << 20
LARGEST_WEIGHTS = 64 << 20

OPERATORS = frozenset(
    {
        *("Abs", "Add", "Concat", "Conv", "ConvTranspose", "Div", "Exp", "Expand", "Gather", "Gemm", "Identity", "Log"),
        *("MatMul", "Max", "Min", "Mul", "Neg", "Pad", "Pow", "ReduceL2", "ReduceProd", "ReduceSum", "Relu", "Reshape"),
        *("Shape", "Sigmoid", "Slice", "Split", "Sqrt", "Sub", "Tanh", "Transpose"),
    }
)
"""All that forward, backward and Adam are made of. None reads a file, none loops."""

EARLIER_GRAPHS: Mapping[str, frozenset[str]] = {}
"""Architecture digest -> SHA-256 of graphs that earlier versions shipped for it: what was tuned with them stays usable.
"""


@dataclass(frozen=True, eq=False)
class Verified:
    """A model whose files are what its record says. graphs: content by file name; theta: the flat vector."""

    record: ModelRecord
    folder: Path
    graphs: dict[str, bytes]
    theta: FloatArray


def verify(folder: Path) -> Verified:
    """Read and check a model's folder. Raises ModelError: missing, changed, foreign, too large, no graph of ours."""
    record = read_record(folder)
    contents = {name: _checked(folder, name, record) for name in FILES}
    weights = contents.pop(WEIGHTS_FILE)
    needed = 4 * record.architecture.parameters()
    if len(weights) != needed:
        raise ModelError(
            Reason("model_weights_length", {"folder": str(folder), "length": len(weights), "needed": needed})
        )
    theta = np.frombuffer(weights, "<f4").astype(np.float32)
    if not np.isfinite(theta).all():
        raise ModelError(Reason("model_weights_not_finite", {"folder": str(folder)}))
    for name, content in contents.items():
        check_graph(content, name, needed if name == GRAPH_FILE else 0)
    known = known_graphs().get(record.architecture.digest(), {})
    earlier = EARLIER_GRAPHS.get(record.architecture.digest(), frozenset())
    for name in contents:
        if record.files[name].sha256 not in known.get(name, frozenset()) | earlier:
            raise ModelError(Reason("model_graph_unknown", {"file": name, "folder": str(folder)}))
    return Verified(record, folder, contents, theta)


def known_graphs() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Architecture digest -> file name -> SHA-256 of the graphs that ship for it."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for folder in sorted(p for p in resources.path("models").iterdir() if p.is_dir()):
        try:
            record = read_record(folder)
        except ModelError:
            continue  # a damaged one is told of where models are listed; its graphs are not trusted
        graphs = found.setdefault(record.architecture.digest(), {})
        for name in FILES:
            if name != WEIGHTS_FILE:
                graphs[name] = graphs.get(name, frozenset()) | {record.files[name].sha256}
    return found


def _checked(folder: Path, name: str, record: ModelRecord) -> bytes:
    """The content of one file, if it is a plain file in the folder with the recorded length and hash."""
    file = folder / name
    where: dict[str, str | int | float] = {"file": name, "folder": str(folder)}
    mark = record.files[name]
    if mark.length < 0 or mark.length > (LARGEST_WEIGHTS if name == WEIGHTS_FILE else LARGEST_GRAPH):
        raise ModelError(Reason("model_too_large", where))
    if file.is_symlink() or not file.is_file():
        raise ModelError(Reason("model_missing", where))
    try:
        with file.open("rb") as stream:
            content = stream.read(mark.length + 1)
    except OSError as error:
        raise ModelError(Reason("model_missing", where)) from error
    if len(content) != mark.length or hashlib.sha256(content).hexdigest() != mark.sha256:
        raise ModelError(Reason("model_changed", where))
    return content


def check_graph(content: bytes, name: str, weights: int) -> None:
    """Raise ModelError unless a graph holds allowed operators only and no external data but the weights file's.

    weights: bytes of the weights file that it may refer to, 0 = none.
    """
    try:
        found = read_onnx(content)
    except BrokenOnnxError as error:
        raise ModelError(Reason("model_graph_broken", {"file": name, "error": str(error)})) from error
    if found.nested:
        raise ModelError(Reason("model_graph_nested", {"file": name}))
    foreign = sorted(f"{domain}:{kind}".lstrip(":") for domain, kind in found.operators if _foreign(domain, kind))
    if foreign:
        raise ModelError(Reason("model_operator", {"file": name, "operators": ", ".join(foreign[:5])}))
    for tensor in found.external:
        inside = tensor.location == WEIGHTS_FILE and weights > 0
        if not inside or tensor.offset < 0 or tensor.length < 0 or tensor.offset + tensor.length > weights:
            raise ModelError(Reason("model_external", {"file": name, "location": tensor.location[:120]}))


def _foreign(domain: str, kind: str) -> bool:
    return domain not in ("", "ai.onnx") or kind not in OPERATORS
