"""Reading just enough of an ONNX file to know what is in it before anything runs it.

ONNX is a protocol-buffer message (onnx.proto, IR version 10). What is read: operators with their domains, nested
graphs, and where external data are said to lie. Everything else is skipped by its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MODEL_GRAPH, MODEL_TRAINING, MODEL_FUNCTIONS = 7, 20, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_SPARSE = 1, 5, 15
NODE_KIND, NODE_ATTRIBUTE, NODE_DOMAIN = 4, 5, 7
ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH, ATTRIBUTE_TENSORS, ATTRIBUTE_GRAPHS, ATTRIBUTE_SPARSE = 5, 6, 10, 11, (22, 23)
TENSOR_NAME, TENSOR_EXTERNAL, TENSOR_LOCATION = 8, 13, 14
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class BrokenOnnxError(ValueError):
    """The bytes are no ONNX model."""


@dataclass(frozen=True)
class External:
    """A tensor whose data lie in another file: which one, from where and how many bytes."""

    name: str
    location: str
    offset: int
    length: int


@dataclass
class Contents:
    """operators: (domain, kind) of every node. external: tensors in other files. nested: whether anything is in it that
    could hide further operators (subgraphs, functions, training graphs, sparse tensors).
    """

    operators: set[tuple[str, str]] = field(default_factory=set)
    external: list[External] = field(default_factory=list)
    nested: bool = False


def read_onnx(content: bytes) -> Contents:
    """What is in a model. Raises BrokenOnnxError."""
    found = Contents()
    graphs = 0
    for number, value in _fields(memoryview(content)):
        if number == MODEL_GRAPH:
            graphs += 1
            _graph(_message(value), found)
        elif number in (MODEL_TRAINING, MODEL_FUNCTIONS):
            found.nested = True
    if graphs != 1 or not found.operators:
        raise BrokenOnnxError("no graph")
    return found


def _graph(message: memoryview, found: Contents) -> None:
    for number, value in _fields(message):
        if number == GRAPH_NODE:
            _node(_message(value), found)
        elif number == GRAPH_INITIALIZER:
            _tensor(_message(value), found)
        elif number == GRAPH_SPARSE:
            found.nested = True


def _node(message: memoryview, found: Contents) -> None:
    kind = domain = ""
    for number, value in _fields(message):
        if number == NODE_KIND:
            kind = _text(value)
        elif number == NODE_DOMAIN:
            domain = _text(value)
        elif number == NODE_ATTRIBUTE:
            for inner, part in _fields(_message(value)):
                if inner in (ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS, *ATTRIBUTE_SPARSE):
                    found.nested = True
                elif inner in (ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS):
                    _tensor(_message(part), found)
    found.operators.add((domain, kind))


def _tensor(message: memoryview, found: Contents) -> None:
    name, outside = "", False
    entries: dict[str, str] = {}
    for number, value in _fields(message):
        if number == TENSOR_NAME:
            name = _text(value)
        elif number == TENSOR_EXTERNAL:
            outside = True
            pair = {inner: _text(part) for inner, part in _fields(_message(value))}
            entries[pair.get(1, "")] = pair.get(2, "")
        elif number == TENSOR_LOCATION:
            outside = outside or value != 0
    if not outside:
        return
    try:
        offset, length = int(entries.get("offset", "0")), int(entries["length"])
    except (KeyError, ValueError) as error:
        raise BrokenOnnxError("external data without a length") from error
    found.external.append(External(name, entries.get("location", ""), offset, length))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """(field number, value) of a message, in order."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == BYTES:
            size, at = _varint(message, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise BrokenOnnxError(f"wire type {kind}")
        if number == 0 or at + size > len(message):
            raise BrokenOnnxError("cut short")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise BrokenOnnxError("cut short")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise BrokenOnnxError("endless number")


def _message(value: memoryview | int) -> memoryview:
    if isinstance(value, int):
        raise BrokenOnnxError("a number where a message belongs")
    return value


def _text(value: memoryview | int) -> str:
    try:
        return bytes(_message(value)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenOnnxError("text that is not UTF-8") from error
