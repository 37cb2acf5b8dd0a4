"""A model's folder is refused, in words, whatever is wrong with it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from engine.convlstm.onnx_file import BrokenOnnxError, read_onnx
from engine.convlstm.record import RECORD_FILE, read_record
from engine.convlstm.registry import list_models
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


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    try:
        read_onnx(content)
    except BrokenOnnxError:
        return
