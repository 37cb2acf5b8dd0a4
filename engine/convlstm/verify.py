"""A model's folder is data from somewhere: nothing in it is run before all of it has been checked.

Weights are numbers and may be anybody's. A graph is a program: one that keeps to the allowed operators could still ask
for all the memory there is, so only graphs that ship with the program are ever run, for the architecture that they ship
for. All other checks come first, because what they say is more use to a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import resources
from engine.convlstm.onnx_file import BrokenOnnxError, read_onnx
from engine.convlstm.record import GRAPH_FILE, ModelRecord, read_record
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

EARLIER_GRAPHS: Mapping[str, frozenset[str]] = {
    "070635cc8627590f04184961476105120d1a06f4bb4d1c4d8b59e0701d8bcfa6": frozenset(  # series-label
        {
            "5d90d1116c5666511557e58ddc13250666b71541dea1866f02cda2655c0313d3",
            "52ecddd21da516ed0dfe95ff535679898e4e313aa32b43f6a461caec2ec8e15c",
        }
    ),
    "0eadb9c3b3fef28d698e0de01c970405a0d4d125fc8ee1bbe0060d016906fe2d": frozenset(  # series-forecast
        {
            "49b3c65732fcdc1e90d54ea6e13cfadfc3bcc4851e0bbfc6909929ea639fa3d6",
            "25645d8db013e93e6260e71d173e6b07af941c02596577a44f50f661c25c6f32",
        }
    ),
    "13346c37b2b0611ce9efb94c3132a92e4f080f2fc405b7b458b7293d618fd7ac": frozenset(  # grid-forecast
        {
            "a5bcc8e5b3b94a5ca0b41bdfb8a2890ee4f3b98b5175e00f8998a20ea3b2e4d7",
            "b14efa8be213c1c1dfada558431f465478a6034d00276cda13c9d67633256289",
        }
    ),
}
"""Architecture digest -> SHA-256 of graphs that earlier versions shipped for it. What was tuned with them stays usable:
the present ones take their place.
"""


@dataclass(frozen=True, eq=False)
class Verified:
    """A model whose files are what its record says. graphs: content by file name; theta: the flat vector.

    Where the folder holds graphs of an earlier version, graphs and record have the present ones instead.
    """

    record: ModelRecord
    folder: Path
    graphs: dict[str, bytes]
    theta: FloatArray


def verify(folder: Path) -> Verified:
    """Read and check a model's folder. Raises ModelError: missing, changed, foreign, too large, no graph of ours."""
    record = read_record(folder)
    contents = {name: _checked(folder, name, record) for name in record.files}
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
        if record.files[name].sha256 not in known.get(name, {}).keys() | earlier:
            raise ModelError(Reason("model_graph_unknown", {"file": name, "folder": str(folder)}))
    marks = dict(record.files)
    for name, ships in known.items():
        if name not in marks or marks[name].sha256 not in ships:
            shipped, theirs = next(iter(ships.values()))
            contents[name], marks[name] = _checked(shipped, name, theirs), theirs.files[name]
    return Verified(replace(record, files=marks), folder, contents, theta)


def known_graphs() -> Mapping[str, Mapping[str, Mapping[str, tuple[Path, ModelRecord]]]]:
    """Architecture digest -> file name -> SHA-256 of every graph that ships for it -> its folder and record."""
    found: dict[str, dict[str, dict[str, tuple[Path, ModelRecord]]]] = {}
    for folder in sorted(p for p in resources.path("models").iterdir() if p.is_dir()):
        try:
            record = read_record(folder)
        except ModelError:
            continue  # a damaged one is told of where models are listed; its graphs are not trusted
        graphs = found.setdefault(record.architecture.digest(), {})
        for name, mark in record.files.items():
            if name != WEIGHTS_FILE:
                graphs.setdefault(name, {}).setdefault(mark.sha256, (folder, record))
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
