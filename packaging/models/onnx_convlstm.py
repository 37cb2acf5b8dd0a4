"""The graphs of a ConvLSTM: one training step (forward, backward, clip, Adam) and inference, as plain ONNX.

The training state is flat vectors: theta (the trained parameters), m, v and the step number, so that whoever runs the
graph handles three arrays whatever the architecture. The inference graph takes its weights from one raw file laid out
like the whole flat vector; the forward graph is handed that vector.
"""

from __future__ import annotations

import math

from onnx import ModelProto, NodeProto, TensorProto, checker, helper
from onnx_tape import IR_VERSION, OPSET, Graph, Tape, Value, Weight, unpack

from engine.convlstm.architecture import Architecture

CLIP = 1.0
"""Largest global norm of a step's gradient."""

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
WEIGHTS_FILE = "weights.bin"


def training_graph(architecture: Architecture, part: str, gradients_only: bool = False) -> ModelProto:
    """One step of Adam on the parameters of `part`, or loss and gradients only.

    Inputs x (B, T, channels, H, W): what the trained layers see, for "all" the windows, else what the layers before
    them make of these; y and w (B, T, 1, H, W): target and weight of every point; loss = sum(w * error) / sum(w),
    squared error for forecasts, cross entropy for labels. Outputs loss, norm, theta_new, m_new, v_new and step_new, or
    loss and gradient.
    """
    shapes = architecture.shapes()
    trained = architecture.trained(part)
    graph = Graph()
    tape = Tape(graph)
    parts = unpack(graph, "theta", [shapes[name] for name in trained])
    values = {name: Value(p, needed=True) for name, p in zip(trained, parts, strict=True)}
    weights = {n: tape.weight(values[n], shapes[n]) for n in trained if len(shapes[n]) == 4}  # type: ignore[arg-type]
    logits = _forward(architecture, part, tape, values, weights)
    loss = _loss(architecture, tape, logits)
    tape.backward()
    found = [
        tape.weight_gradient(weights[name])
        if name in weights
        else graph.op("Reshape", values[name].gradient or "", graph.whole([-1]))
        for name in trained
    ]
    gradient = graph.op("Concat", *found, axis=0) if len(found) > 1 else found[0]
    size = sum(math.prod(shapes[name]) for name in trained)
    vectors: dict[str, list[int]] = {"theta": [size]}
    outputs: dict[str, list[int]] = {"loss": []}
    graph.called(loss, "loss")
    if gradients_only:
        graph.called(gradient, "gradient")
        outputs["gradient"] = [size]
    else:
        _adam(graph, gradient)
        vectors |= {"m": [size], "v": [size], "step": [], "lr": []}
        outputs |= {"norm": [], "theta_new": [size], "m_new": [size], "v_new": [size], "step_new": []}
    plane = ["B", architecture.steps, 1, "H", "W"]
    inputs = vectors | {"x": ["B", architecture.steps, architecture.entering(part), "H", "W"], "y": plane, "w": plane}
    return _model(graph, f"train_{part}", inputs, outputs)


def _forward(
    architecture: Architecture, part: str, tape: Tape, values: dict[str, Value], weights: dict[str, Weight]
) -> Value:
    """The output (1, T * B * H * W) at every step of the layers of `part`."""
    graph, steps = tape.graph, architecture.steps
    lying = graph.op("Transpose", "x", perm=[2, 1, 0, 3, 4])
    plane = graph.op("Gather", graph.op("Shape", "x"), graph.whole([3, 4]), axis=0)
    batch = graph.op("Gather", graph.op("Shape", "x"), graph.whole([0, 3, 4]), axis=0)
    sizes = graph.op("Expand", graph.op("ReduceProd", batch, keepdims=1), graph.whole([steps]))
    known: dict[int, str] = {}

    def maps(channels: int) -> str:
        if channels not in known:
            known[channels] = graph.op("Concat", graph.whole([channels, -1]), plane, axis=0)
        return known[channels]

    def layer(x: Value, name: str, hidden: int) -> Value:
        gates = tape.convolve(x, weights[name + "wx"], values[name + "b"], maps)
        parts = tape.split(gates, steps, sizes, 1)
        output: Value | None = None
        memory: Value | None = None
        outputs = []
        for z in parts:
            if output is not None:
                z = tape.add(z, tape.convolve(output, weights[name + "wh"], None, maps))
            output, memory = tape.lstm_cell(z, memory, hidden)
            outputs.append(output)
        return tape.join(outputs, sizes, 1)

    x = Value(graph.op("Reshape", lying, graph.whole([architecture.entering(part), -1])), needed=False)
    if part == "all":
        hidden = architecture.hidden
        branches = [layer(x, f"branch{i}.", hidden) for i in range(len(architecture.kernels))]
        x = tape.join(branches, graph.whole([hidden] * len(branches)), 0)
    if part != "head":
        x = layer(x, "joint.", architecture.joint)
    return tape.convolve(x, weights["head.w"], values["head.b"], maps)


def _loss(architecture: Architecture, tape: Tape, z: Value) -> str:
    """The weighted mean error; starts the way back by setting the gradient of z."""
    graph = tape.graph

    def lying(name: str) -> str:
        return graph.op("Reshape", graph.op("Transpose", name, perm=[2, 1, 0, 3, 4]), graph.whole([1, -1]))

    y, w = lying("y"), lying("w")
    total = graph.op("Max", graph.op("ReduceSum", w, keepdims=0), graph.constant(1e-6))
    if architecture.head == "forecast":
        error = graph.op("Sub", z.name, y)
        size = graph.op("Mul", error, error)
        slope = graph.op("Mul", error, graph.constant(2.0))
    else:  # softplus(z) - z * y, in the form that cannot overflow
        decay = graph.op("Exp", graph.op("Neg", graph.op("Abs", z.name)))
        softplus = graph.op(
            "Add", graph.op("Relu", z.name), graph.op("Log", graph.op("Add", graph.constant(1.0), decay))
        )
        size = graph.op("Sub", softplus, graph.op("Mul", z.name, y))
        slope = graph.op("Sub", graph.op("Sigmoid", z.name), y)
    z.gradient = graph.op("Div", graph.op("Mul", slope, w), total)
    return graph.op("Div", graph.op("ReduceSum", graph.op("Mul", size, w), keepdims=0), total)


def _adam(graph: Graph, gradient: str) -> None:
    """Clip the gradient to `CLIP` and make one step of Adam (Kingma & Ba 2015)."""
    op, number = graph.op, graph.constant
    norm = op("ReduceL2", gradient, keepdims=0)
    shrink = op("Min", number(1.0), op("Div", number(CLIP), op("Add", norm, number(1e-6))))
    gradient = op("Mul", gradient, shrink)
    step = op("Add", "step", number(1.0))
    m = op("Add", op("Mul", "m", number(BETA1)), op("Mul", gradient, number(1 - BETA1)))
    squared = op("Mul", gradient, gradient)
    v = op("Add", op("Mul", "v", number(BETA2)), op("Mul", squared, number(1 - BETA2)))
    scale1 = op("Sub", number(1.0), op("Pow", number(BETA1), step))
    scale2 = op("Sub", number(1.0), op("Pow", number(BETA2), step))
    move = op("Div", m, op("Add", op("Sqrt", op("Div", v, scale2)), number(EPSILON)))
    graph.called(norm, "norm")
    graph.called(op("Sub", "theta", op("Mul", move, op("Div", "lr", scale1))), "theta_new")
    graph.called(m, "m_new")
    graph.called(v, "v_new")
    graph.called(step, "step_new")


def inference_graph(architecture: Architecture) -> ModelProto:
    """Forward only, with plain convolutions. Input x (B, T, channels, H, W), output z (B, T, 1, H, W)."""
    graph, steps = Graph(), architecture.steps
    _plain_forward(architecture, graph)
    at = 0
    for name, shape in architecture.shapes().items():
        graph.initializers.append(_in_file(name, shape, at))
        at += 4 * math.prod(shape)
    inputs = {"x": ["B", steps, architecture.channels, "H", "W"]}
    return _model(graph, "infer", inputs, {"z": ["B", steps, 1, "H", "W"]}, check=False)


def forward_graph(architecture: Architecture) -> ModelProto:
    """The same with the weights as an input, the whole flat vector theta, so that one session serves every state of a
    training; and with what the layers before "last" and "head" make of x as outputs of those names, (T * B, channels,
    H, W). Somewhat slower than `inference_graph`, whose weights are prepared once.
    """
    graph, shapes, steps = Graph(), architecture.shapes(), architecture.steps
    sizes = graph.whole([math.prod(shape) for shape in shapes.values()])
    flat = graph.ops("Split", len(shapes), "theta", sizes, axis=0)
    for (name, shape), part in zip(shapes.items(), flat, strict=True):
        graph.called(graph.op("Reshape", part, graph.whole(shape)), name)
    for part, value in _plain_forward(architecture, graph).items():
        graph.called(value, part)
    inputs = {"x": ["B", steps, architecture.channels, "H", "W"], "theta": [architecture.parameters()]}
    seen = {part: ["TB", architecture.entering(part), "H", "W"] for part in ("last", "head")}
    return _model(graph, "forward", inputs, {"z": ["B", steps, 1, "H", "W"], **seen})


def _plain_forward(architecture: Architecture, graph: Graph) -> dict[str, str]:
    """Emit z from x and the parameters by name; the values that "last" and "head" see."""
    steps = architecture.steps
    plane = graph.op("Gather", graph.op("Shape", "x"), graph.whole([3, 4]), axis=0)
    batch = graph.op("Gather", graph.op("Shape", "x"), graph.whole([0]), axis=0)
    sizes = graph.op("Expand", batch, graph.whole([steps]))
    x = graph.op(
        "Reshape",
        graph.op("Transpose", "x", perm=[1, 0, 2, 3, 4]),
        graph.op("Concat", graph.whole([-1, architecture.channels]), plane, axis=0),
    )

    def layer(x: str, name: str, kernel: int, hidden: int) -> str:
        height, width = architecture.window(kernel)
        pads = [height // 2, width // 2] * 2
        gates = graph.op("Conv", x, name + "wx", name + "b", pads=pads)
        output = memory = ""
        outputs = []
        for z in graph.ops("Split", steps, gates, sizes, axis=0):
            if output:
                z = graph.op("Add", z, graph.op("Conv", output, name + "wh", pads=pads))
            output, memory = _cell(graph, z, memory, hidden)
            outputs.append(output)
        return graph.op("Concat", *outputs, axis=0)

    hidden = architecture.hidden
    branches = [layer(x, f"branch{i}.", kernel, hidden) for i, kernel in enumerate(architecture.kernels)]
    side_by_side = graph.op("Concat", *branches, axis=1)
    joint = layer(side_by_side, "joint.", architecture.joint_kernel, architecture.joint)
    z = graph.op("Conv", joint, "head.w", "head.b")
    upright = graph.op("Reshape", z, graph.op("Concat", graph.whole([steps, -1, 1]), plane, axis=0))
    graph.called(graph.op("Transpose", upright, perm=[1, 0, 2, 3, 4]), "z")
    return {"last": side_by_side, "head": joint}


def _cell(graph: Graph, z: str, memory: str, hidden: int) -> tuple[str, str]:
    """Output and new memory of one step, channels on axis 1."""
    op, ops, whole = graph.op, graph.ops, graph.whole
    gates, candidate = ops("Split", 2, z, whole([3 * hidden, hidden]), axis=1)
    let_in, keep, let_out = ops("Split", 3, op("Sigmoid", gates), whole([hidden] * 3), axis=1)
    new = op("Mul", let_in, op("Tanh", candidate))
    if memory:
        new = op("Add", new, op("Mul", keep, memory))
    return op("Mul", let_out, op("Tanh", new)), new


def _in_file(name: str, shape: tuple[int, ...], offset: int) -> TensorProto:
    """A parameter that lies in the weights file."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", WEIGHTS_FILE), ("offset", offset), ("length", 4 * math.prod(shape))):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _alive(graph: Graph, wanted: set[str]) -> tuple[list[NodeProto], list[TensorProto]]:
    """The nodes and constants that the wanted outputs rest on."""
    nodes = []
    for node in reversed(graph.nodes):
        if wanted.intersection(node.output):
            nodes.append(node)
            wanted |= set(node.input)
    return nodes[::-1], [constant for constant in graph.initializers if constant.name in wanted]


def _model(
    graph: Graph,
    name: str,
    inputs: dict[str, list],
    outputs: dict[str, list],
    check: bool = True,  # type: ignore[type-arg]
) -> ModelProto:
    """The finished model. The checker wants external files to be there, so those graphs are checked by running them."""

    def described(values: dict[str, list]) -> list:  # type: ignore[type-arg]
        return [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in values.items()]

    nodes, constants = _alive(graph, set(outputs))
    made = helper.make_graph(nodes, name, described(inputs), described(outputs), constants)
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="cellwarden"
    )
    if check:
        checker.check_model(model)
    return model
