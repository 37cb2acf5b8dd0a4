"""Reverse-mode differentiation that emits plain ONNX nodes: what training a ConvLSTM needs, and no more.

A feature map is a matrix (channels, points) with points = steps * batch * height * width, so that gates are contiguous
rows and a convolution is one matrix product with the unfolded input. The unfolded input serves the weight gradient a
second time; the data gradient is one ConvTranspose. Batch, height and width stay free.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

TO_END = np.iinfo(np.int64).max
OPSET, IR_VERSION = 20, 10


class Graph:
    """Nodes and constants of a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._count = 0

    def name(self, hint: str) -> str:
        """A name not used before."""
        self._count += 1
        return f"{hint}_{self._count}"

    def constant(self, value: object, dtype: type = np.float32) -> str:
        """The name of a constant; equal constants are stored once."""
        array = np.asarray(value, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self.name("const")
            self.initializers.append(numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    def whole(self, value: object) -> str:
        """The name of a constant of whole numbers."""
        return self.constant(value, np.int64)

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        """Emit one operator and return the name of its output."""
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(self, kind: str, count: int, *inputs: str, **attributes: object) -> list[str]:
        """Emit one operator with `count` outputs."""
        outputs = [self.name(kind.lower()) for _ in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs

    def called(self, value: str, name: str) -> None:
        """Give a value the name that the outside knows it by."""
        self.nodes.append(helper.make_node("Identity", [value], [name]))


@dataclass(eq=False)
class Value:
    """A value that may need a gradient. `push(gradient)` hands its gradient on to what it was made of."""

    name: str
    needed: bool
    push: Callable[[str], None] | None = None
    gradient: str | None = None


@dataclass(eq=False)
class Weight:
    """A convolution's weight (out, in, kh, kw) and the same as a matrix (out, kh * kw * in), rows tap-major.

    gradient: the sum so far, as a matrix.
    """

    value: Value
    shape: tuple[int, int, int, int]
    matrix: str
    gradient: str | None = None


@dataclass(eq=False)
class Tape:
    """Emits forward operators and remembers how to emit the backward ones."""

    graph: Graph
    recorded: list[Value] = field(default_factory=list)

    def record(self, name: str, needed: bool, push: Callable[[str], None]) -> Value:
        """A new value on the tape."""
        value = Value(name, needed, push)
        if needed:
            self.recorded.append(value)
        return value

    def add_gradient(self, value: Value, gradient: str) -> None:
        """Add to the gradient of a value that needs one."""
        if value.needed:
            value.gradient = gradient if value.gradient is None else self.graph.op("Add", value.gradient, gradient)

    def backward(self) -> None:
        """Emit the gradients of everything recorded; those of the last values must have been set."""
        for value in reversed(self.recorded):
            if value.gradient is not None and value.push is not None:
                value.push(value.gradient)

    def add(self, a: Value, b: Value) -> Value:
        """a + b."""

        def push(gradient: str) -> None:
            self.add_gradient(a, gradient)
            self.add_gradient(b, gradient)

        return self.record(self.graph.op("Add", a.name, b.name), a.needed or b.needed, push)

    def join(self, parts: Sequence[Value], sizes: str, axis: int) -> Value:
        """Concatenate; `sizes` names the vector of the parts' lengths along the axis."""

        def push(gradient: str) -> None:
            pieces = self.graph.ops("Split", len(parts), gradient, sizes, axis=axis)
            for part, piece in zip(parts, pieces, strict=True):
                self.add_gradient(part, piece)

        name = self.graph.op("Concat", *(part.name for part in parts), axis=axis)
        return self.record(name, any(part.needed for part in parts), push)

    def split(self, whole: Value, count: int, sizes: str, axis: int) -> list[Value]:
        """Split; the gradients of the parts are joined once all are there. Every part must come to have one."""
        gathered: dict[int, str] = {}

        def push_part(index: int) -> Callable[[str], None]:
            def push(gradient: str) -> None:
                gathered[index] = gradient
                if index == 0:  # the first on the tape is the last on the way back
                    joined = self.graph.op("Concat", *(gathered[i] for i in range(count)), axis=axis)
                    self.add_gradient(whole, joined)

            return push

        names = self.graph.ops("Split", count, whole.name, sizes, axis=axis)
        return [self.record(name, whole.needed, push_part(i)) for i, name in enumerate(names)]

    def weight(self, value: Value, shape: tuple[int, int, int, int]) -> Weight:
        """A weight made ready for `convolve`."""
        out, inputs, height, width = shape
        turned = value.name if height * width == 1 else self.graph.op("Transpose", value.name, perm=[0, 2, 3, 1])
        return Weight(value, shape, self.graph.op("Reshape", turned, self.graph.whole([out, height * width * inputs])))

    def weight_gradient(self, weight: Weight) -> str:
        """The gradient of a weight as a flat vector, in the order of (out, in, kh, kw); 0 if nothing came of it."""
        if weight.gradient is None:  # a model of a single step never uses what leads from one step to the next
            flat = self.graph.op("Reshape", weight.value.name, self.graph.whole([-1]))
            return self.graph.op("Sub", flat, flat)
        out, inputs, height, width = weight.shape
        found = weight.gradient
        if height * width > 1:
            apart = self.graph.op("Reshape", found, self.graph.whole([out, height, width, inputs]))
            found = self.graph.op("Transpose", apart, perm=[0, 3, 1, 2])
        return self.graph.op("Reshape", found, self.graph.whole([-1]))

    def unfold(self, matrix: str, shape: tuple[int, int, int, int], maps: Callable[[int], str]) -> str:
        """(in, points) -> (kh * kw * in, points): every tap of the kernel as rows, zeros beyond the border."""
        _, inputs, height, width = shape
        if height * width == 1:
            return matrix
        graph, (up, left) = self.graph, (height // 2, width // 2)
        padded = graph.op(
            "Pad", graph.op("Reshape", matrix, maps(inputs)), graph.whole([0, 0, up, left, 0, 0, up, left])
        )
        for axis, size in ((3, width), (2, height)):  # two passes: long contiguous runs, few slices
            if size > 1:
                shifted = [
                    graph.op(
                        "Slice",
                        padded,
                        graph.whole([i]),
                        graph.whole([i - size + 1 if i < size - 1 else TO_END]),
                        graph.whole([axis]),
                    )
                    for i in range(size)
                ]
                padded = graph.op("Concat", *shifted, axis=0)
        return graph.op("Reshape", padded, graph.whole([height * width * inputs, -1]))

    def convolve(self, x: Value, weight: Weight, bias: Value | None, maps: Callable[[int], str]) -> Value:
        """Same-size convolution of a matrix (in, points); `maps(channels)` names the shape (channels, n, H, W)."""
        graph = self.graph
        out, inputs, height, width = weight.shape
        unfolded = self.unfold(x.name, weight.shape, maps)
        if bias is None:
            name = graph.op("MatMul", weight.matrix, unfolded)
        else:
            name = graph.op("Gemm", weight.matrix, unfolded, bias.name)

        def push(gradient: str) -> None:
            if weight.value.needed:
                before = [] if weight.gradient is None else [weight.gradient]
                weight.gradient = graph.op("Gemm", gradient, unfolded, *before, transB=1)
            if bias is not None:
                self.add_gradient(bias, graph.op("ReduceSum", gradient, graph.whole([1]), keepdims=1))
            if not x.needed:
                return
            if height * width == 1:
                self.add_gradient(x, graph.op("Gemm", weight.matrix, gradient, transA=1))
                return
            pads = [height // 2, width // 2] * 2
            upright = graph.op("Transpose", graph.op("Reshape", gradient, maps(out)), perm=[1, 0, 2, 3])
            back = graph.op("ConvTranspose", upright, weight.value.name, pads=pads)
            lying = graph.op("Transpose", back, perm=[1, 0, 2, 3])
            self.add_gradient(x, graph.op("Reshape", lying, graph.whole([inputs, -1])))

        needed = x.needed or weight.value.needed or (bias is not None and bias.needed)
        return self.record(name, needed, push)

    def lstm_cell(self, z: Value, memory: Value | None, hidden: int) -> tuple[Value, Value]:
        """Output and new memory from the gates' inputs z (4 * hidden, points), ordered in, forget, out, candidate."""
        graph, one = self.graph, self.graph.constant(1.0)
        gates, candidate = graph.ops("Split", 2, z.name, graph.whole([3 * hidden, hidden]), axis=0)
        gates, candidate = graph.op("Sigmoid", gates), graph.op("Tanh", candidate)
        let_in, keep, let_out = graph.ops("Split", 3, gates, graph.whole([hidden] * 3), axis=0)
        new = graph.op("Mul", let_in, candidate)
        if memory is not None:
            new = graph.op("Add", new, graph.op("Mul", keep, memory.name))
        bent = graph.op("Tanh", new)
        needed = z.needed or (memory is not None and memory.needed)
        of_out: list[str] = []

        def push_memory(gradient: str) -> None:
            zero = graph.op("Sub", gradient, gradient) if memory is None or not of_out else ""
            of_keep = zero if memory is None else graph.op("Mul", gradient, memory.name)
            if memory is not None:
                self.add_gradient(memory, graph.op("Mul", gradient, keep))
            raised = [graph.op("Mul", gradient, candidate), of_keep, of_out[0] if of_out else zero]
            slope = graph.op("Mul", gates, graph.op("Sub", one, gates))
            of_gates = graph.op("Mul", graph.op("Concat", *raised, axis=0), slope)
            bend = graph.op("Sub", one, graph.op("Mul", candidate, candidate))
            of_candidate = graph.op("Mul", graph.op("Mul", gradient, let_in), bend)
            self.add_gradient(z, graph.op("Concat", of_gates, of_candidate, axis=0))

        kept = self.record(new, needed, push_memory)

        def push_output(gradient: str) -> None:
            of_out.append(graph.op("Mul", gradient, bent))
            slope = graph.op("Sub", one, graph.op("Mul", bent, bent))
            self.add_gradient(kept, graph.op("Mul", graph.op("Mul", gradient, let_out), slope))

        return self.record(graph.op("Mul", let_out, bent), needed, push_output), kept


def unpack(graph: Graph, vector: str, shapes: Sequence[tuple[int, ...]]) -> list[str]:
    """The parameters that lie in a flat vector, each in its shape (biases as columns)."""
    sizes = [math.prod(shape) for shape in shapes]
    flat = graph.ops("Split", len(sizes), vector, graph.whole(sizes), axis=0) if len(sizes) > 1 else [vector]
    return [
        graph.op("Reshape", part, graph.whole(shape if len(shape) > 1 else (shape[0], 1)))
        for part, shape in zip(flat, shapes, strict=True)
    ]
