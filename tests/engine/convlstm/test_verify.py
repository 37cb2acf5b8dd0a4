"""A model's folder is refused, in words, whatever is wrong with it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resources
from engine.convlstm.architecture import Architecture
from engine.convlstm.onnx_file import BrokenOnnxError, read_onnx
from engine.convlstm.record import FILES, RECORD_FILE, read_record
from engine.convlstm.registry import export, import_file, list_models
from engine.convlstm.verify import OPERATORS, check_graph, verify
from engine.errors import ModelError

BUNDLED = ("series-forecast", "series-label")
GRAPH = (resources.path("models") / "series-label" / "infer.onnx").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resources.path("models") / "series-label", tmp_path / "series-label"))


def rewrite(folder: Path, **changes: object) -> None:
    stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    (folder / RECORD_FILE).write_text(json.dumps({**stored, **changes}), "utf-8")


def remark(folder: Path, name: str, content: bytes) -> None:
    """Replace a file together with its hash: what a hostile maker of models would do."""
    (folder / name).write_bytes(content)
    stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    stored["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / RECORD_FILE).write_text(json.dumps(stored), "utf-8")


@pytest.mark.parametrize("model", BUNDLED)
def test_what_ships_is_sound_and_on_the_manifest(model):
    root = resources.path("models")
    checked = verify(root / model)
    assert len(checked.theta) == checked.record.architecture.parameters()
    manifest = json.loads((root / "manifest.json").read_text("utf-8"))
    assert manifest["models"][model] == hashlib.sha256((root / model / RECORD_FILE).read_bytes()).hexdigest()
    assert {listed.id for listed in list_models()} == set(manifest["models"])
    assert "ODbL" in checked.record.card["attribution"]


def test_what_ships_is_below_ten_megabytes():
    assert sum(f.stat().st_size for f in resources.path("models").rglob("*") if f.is_file()) < 10 << 20


@pytest.mark.parametrize("name", ["weights.bin", "infer.onnx", "train_all.onnx"])
def test_a_changed_cut_or_missing_file_is_refused(folder, name):
    content = (folder / name).read_bytes()
    for wrong in (content[:-1], content + b"\0", content[:-1] + bytes([content[-1] ^ 1])):
        (folder / name).write_bytes(wrong)
        with pytest.raises(ModelError, match="is not the file that was recorded"):
            verify(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        verify(folder)


def test_graphs_of_an_earlier_version_give_way_to_the_present_ones(folder, tmp_path, monkeypatch):
    (folder / "forward.onnx").unlink()
    old = (folder / "train_last.onnx").read_bytes()
    remark(folder, "train_head.onnx", old)
    stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    del stored["files"]["forward.onnx"]
    (folder / RECORD_FILE).write_text(json.dumps(stored), "utf-8")
    with pytest.raises(ModelError, match="train_head"):
        verify(folder)
    known = {stored["architecture_sha256"]: frozenset({hashlib.sha256(old).hexdigest()})}
    monkeypatch.setattr("engine.convlstm.verify.EARLIER_GRAPHS", known)
    ships = verify(resources.path("models") / "series-label")
    found = verify(folder)
    assert found.graphs == ships.graphs
    assert found.record == ships.record
    monkeypatch.setattr("engine.convlstm.registry.own_folder", lambda: tmp_path / "own")
    rewrite(folder, id="mine-1")
    export(str(folder), tmp_path / "mine.model")
    import_file(tmp_path / "mine.model")
    assert verify(tmp_path / "own" / "mine-1").graphs == ships.graphs
    assert {file.name for file in (tmp_path / "own" / "mine-1").iterdir()} == {RECORD_FILE, *FILES}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_folder_is_refused(folder, tmp_path):
    (folder / "weights.bin").rename(tmp_path / "elsewhere.bin")
    (folder / "weights.bin").symlink_to(tmp_path / "elsewhere.bin")
    with pytest.raises(ModelError, match=r"weights\.bin"):
        verify(folder)


def test_weights_of_another_length_or_not_finite_are_refused(folder):
    theta = np.frombuffer((folder / "weights.bin").read_bytes(), "<f4").copy()
    remark(folder, "weights.bin", theta[:-1].tobytes())
    with pytest.raises(ModelError, match="bytes instead of"):
        verify(folder)
    theta[3] = np.nan
    remark(folder, "weights.bin", theta.tobytes())
    with pytest.raises(ModelError, match="not numbers"):
        verify(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"id": "../other"},
        {"id": None},
        {"architecture_sha256": "0" * 64},
        {"architecture": {"family": "series"}},
        {"files": {}},
        {"files": {"weights.bin": {"sha256": "", "bytes": 1}}},
        {"edges": [1, 2]},
        {"edges": [9, 8, 7, 6, 5, 4, 3, 2, 1]},
        {"metrics": {"x": "much"}},
        {"card": []},
        {"card": {"limits": "x" * 5000}},
        {"data": {str(i): "" for i in range(300)}},
        {"metrics": {"x": 10**400}},
        {"metrics": {"x": float("nan")}},
        {"seed": "one"},
        {"version": None},
    ],
    ids=str,
)
def test_a_record_that_is_not_valid_is_refused(folder, changes):
    rewrite(folder, **changes)
    with pytest.raises(ModelError, match="is not valid"):
        read_record(folder)


def test_an_operator_that_is_not_allowed_is_refused(folder):
    assert b"Sigmoid" in GRAPH
    with pytest.raises(ModelError, match="Syscall"):
        check_graph(GRAPH.replace(b"Sigmoid", b"Syscall"), "infer.onnx", 10**6)
    remark(folder, "infer.onnx", GRAPH.replace(b"Sigmoid", b"Syscall"))
    with pytest.raises(ModelError, match="Syscall"):
        verify(folder)


def test_external_data_outside_the_weights_file_are_refused():
    with pytest.raises(ModelError, match=r"\.\./passwd1"):
        check_graph(GRAPH.replace(b"weights.bin", b"../passwd1\0"), "infer.onnx", 10**6)
    with pytest.raises(ModelError, match="outside its weights file"):
        check_graph(GRAPH, "infer.onnx", 100)


def part(number: int, content: bytes | int) -> bytes:
    """One field of a protocol-buffer message."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def bomb() -> bytes:
    """A sound graph of allowed operators alone: z = Expand(x, [2**20, 2**20]), four terabytes of zeros."""
    shape = np.array([1 << 20, 1 << 20], "<i8").tobytes()
    constant = part(1, 2) + part(2, 7) + part(8, b"shape") + part(9, shape)
    node = part(1, b"x") + part(1, b"shape") + part(2, b"z") + part(4, b"Expand")
    tensor = part(1, part(1, 1))
    graph = part(1, node) + part(2, b"g") + part(5, constant)
    graph += part(11, part(1, b"x") + part(2, tensor)) + part(12, part(1, b"z") + part(2, tensor))
    return part(1, 10) + part(8, part(1, b"") + part(2, 20)) + part(7, graph)


@pytest.mark.parametrize("name", ["infer.onnx", "train_all.onnx", "train_head.onnx"])
def test_a_graph_of_allowed_operators_that_asks_for_all_memory_is_never_run(folder, name):
    assert ("", "Expand") in read_onnx(bomb()).operators
    check_graph(bomb(), name, 0)  # nothing is wrong with it but what it would do
    remark(folder, name, bomb())
    with pytest.raises(ModelError, match="none of the graphs that this program ships"):
        verify(folder)


def test_the_graph_of_another_purpose_is_refused(folder):
    remark(folder, "infer.onnx", (folder / "train_head.onnx").read_bytes())
    with pytest.raises(ModelError, match="none of the graphs"):
        verify(folder)


def test_a_graph_does_not_pass_for_one_of_another_shape(folder):
    stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    shape = Architecture.from_json({**stored["architecture"], "steps": 15})
    rewrite(folder, architecture=shape.to_json(), architecture_sha256=shape.digest())
    with pytest.raises(ModelError, match="none of the graphs"):
        verify(folder)


@pytest.mark.skipif(os.name == "nt", reason="there are none there")
def test_a_pipe_instead_of_a_record_does_not_hang(folder):
    (folder / RECORD_FILE).unlink()
    os.mkfifo(folder / RECORD_FILE)
    with pytest.raises(ModelError, match="readable"):
        read_record(folder)


def test_the_allowed_operators_are_those_in_use():
    used = set()
    for model in BUNDLED:
        for file in (resources.path("models") / model).glob("*.onnx"):
            used |= {kind for domain, kind in read_onnx(file.read_bytes()).operators if domain == ""}
    assert used <= OPERATORS
    assert {"Loop", "If", "Scan"}.isdisjoint(OPERATORS)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(GRAPH) - 1), st.integers(0, 255), st.booleans())
def test_a_damaged_graph_is_read_or_refused_but_never_breaks_the_reader(place, byte, cut):
    damaged = GRAPH[:place] if cut else GRAPH[:place] + bytes([byte]) + GRAPH[place + 1 :]
    try:
        read_onnx(damaged)
    except BrokenOnnxError:
        return


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(("weights.bin", "infer.onnx", "train_all.onnx", "train_last.onnx")),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
    cut=st.booleans(),
)
def test_a_damaged_file_with_a_fitting_hash_is_sound_or_refused(folder, name, place, byte, cut):
    """Weights are numbers and may be any; a graph that is not one of ours is refused whatever is in it."""
    content = (resources.path("models") / "series-label" / name).read_bytes()
    at = int(place * len(content))
    damaged = content[:at] if cut else content[:at] + bytes([byte]) + content[at + 1 :]
    remark(folder, name, damaged)
    try:
        checked = verify(folder)
    except ModelError as error:
        assert str(error)  # noqa: PT017 - every refusal is worded
    else:
        assert damaged == content or (name == "weights.bin" and np.isfinite(checked.theta).all())
    remark(folder, name, content)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_record_is_read_or_refused(folder, place, byte, cut):
    content = (resources.path("models") / "series-label" / RECORD_FILE).read_bytes()
    at = int(place * len(content))
    (folder / RECORD_FILE).write_bytes(content[:at] if cut else content[:at] + bytes([byte]) + content[at + 1 :])
    try:
        read_record(folder)
    except ModelError as error:
        assert str(error)  # noqa: PT017


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    try:
        read_onnx(content)
    except BrokenOnnxError:
        return
