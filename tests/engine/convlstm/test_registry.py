"""Models come, are put to use, and go, and none is put to use that ought not to be."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resources
from engine.convlstm import registry
from engine.convlstm.card import figures
from engine.convlstm.record import FILES, RECORD_FILE
from engine.errors import ModelError, Reason
from engine.finetuning.finetune import Judgement, Prepared, Tuned, Tuning
from engine.finetuning.keep import keep
from engine.finetuning.training import Epoch, Trained


@pytest.fixture(scope="module")
def tuned():
    """A model with other weights, and better by its figures, without the minutes that a training takes."""
    base = registry.verified("series-label")
    theta = base.theta + np.float32(1e-3)
    excluded = dict.fromkeys(("labelled", "suspect", "maintenance", "imputed", "missing"), 3)
    told = Prepared(9000, 12, excluded, 2, 2, 29, 7, 6, 64, 0.1)
    curve = (Epoch(0, float("nan"), 0.5, True), Epoch(1, 0.4, 0.3, True))
    trained = Trained(theta, curve, Reason("training_done", {"epochs": 1}))
    seen = np.linspace(-2, 2, 500, dtype=np.float32)
    return base, Tuned(trained, Judgement(0.5, 0.6, 1.0), Judgement(0.3, 0.7, 0.5), told, seen)


def test_a_kept_model_is_listed_used_reverted_exported_and_deleted(tuned, tmp_path: Path):
    base, found = tuned
    record = keep(base, found, Tuning(2, "head"), [("calls.csv", 1, "ab" * 32)], tmp_path)
    assert (record.parent, record.trained_part) == ("series-label", "head")
    assert record.data == {"calls.csv": "ab" * 32}
    assert record.version == base.record.version + 1
    assert record.metrics["held_out_after"] == 0.3
    assert registry.add(tmp_path / record.id) == record.id
    assert record.id in {m.id for m in registry.list_models() if not m.bundled and m.problem is None}
    assert registry.earlier() is None
    registry.activate(record.id)
    assert registry.active() == record.id
    assert registry.open_model("").record.id == record.id
    assert registry.earlier() == registry.DEFAULT
    assert registry.revert() == registry.DEFAULT
    assert registry.earlier() is None
    registry.export(record.id, tmp_path / "model.zip")
    registry.delete(record.id)
    with pytest.raises(ModelError, match="There is no model"):
        registry.open_model(record.id)
    assert registry.import_file(tmp_path / "model.zip") == record.id
    assert registry.open_model(record.id).record == record


def test_a_worse_model_is_not_put_to_use_unless_told(tuned, tmp_path: Path):
    base, found = tuned
    worse = replace(found, after=replace(found.before, error=found.before.error + 1.0))
    record = keep(base, worse, Tuning(), [], tmp_path)
    registry.add(tmp_path / record.id)
    with pytest.raises(ModelError, match="did not do better"):
        registry.activate(record.id)
    registry.activate(record.id, worse_too=True)
    assert registry.active() == record.id


def test_what_ships_cannot_be_deleted_and_a_foreign_file_not_imported(tmp_path: Path):
    with pytest.raises(ModelError, match="none of your own"):
        registry.delete("series-label")
    with pytest.raises(ModelError, match="none of your own"):
        registry.delete("../..")
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ModelError, match="no model file"):
        registry.import_file(tmp_path / "x.zip")


def test_a_tuned_model_whose_figures_are_unknown_is_not_put_to_use_unless_told(tuned, tmp_path: Path):
    base, found = tuned
    blind = replace(found, after=replace(found.after, error=float("nan")))
    record = keep(base, blind, Tuning(), [], tmp_path)
    registry.add(tmp_path / record.id)
    with pytest.raises(ModelError, match="unknown after"):
        registry.activate(record.id)


def test_as_good_as_before_is_not_better(tuned, tmp_path: Path):
    base, found = tuned
    record = keep(base, replace(found, after=found.before), Tuning(), [], tmp_path)
    assert record.worse
    assert not base.record.worse


def test_another_model_of_the_same_name_does_not_replace_mine(tuned, tmp_path: Path):
    base, found = tuned
    record = keep(base, found, Tuning(), [], tmp_path)
    registry.add(tmp_path / record.id)
    other = replace(found, trained=replace(found.trained, theta=found.trained.theta + np.float32(1.0)))
    folder = tmp_path / keep(base, other, Tuning(), [], tmp_path).id
    stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
    (folder / RECORD_FILE).write_text(json.dumps({**stored, "id": record.id}), "utf-8")
    with pytest.raises(ModelError, match="another model of yours"):
        registry.add(folder)
    assert registry.add(tmp_path / record.id) == record.id, "the same one again changes nothing"


def test_what_is_half_written_or_misplaced_is_no_model(tuned, tmp_path: Path):
    base, found = tuned
    record = keep(base, found, Tuning(), [], tmp_path)
    registry.add(tmp_path / record.id)
    own = registry.own_folder()
    shutil.copytree(own / record.id, own / ".part-x1")
    shutil.copytree(own / record.id, own / "renamed")
    listed = {m.id: m.problem for m in registry.list_models() if not m.bundled}
    assert set(listed) == {record.id, "renamed"}
    assert listed["renamed"].code == "model_misplaced"
    with pytest.raises(ModelError, match="of another name"):
        registry.activate("renamed")


def test_the_files_of_very_many_inputs_are_one_entry(tuned, tmp_path: Path):
    base, found = tuned
    record = keep(base, found, Tuning(), [(f"{i}.csv", i, "ab" * 32) for i in range(500)], tmp_path)
    assert list(record.data) == ["500 files"]
    assert registry.add(tmp_path / record.id) == record.id


@pytest.fixture(scope="module")
def exported(tuned, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A model file as `export` writes it."""
    base, found = tuned
    folder = tmp_path_factory.mktemp("kept")
    record = keep(base, found, Tuning(), [], folder)
    registry.export(str(folder / record.id), folder / "model.zip")
    return (folder / "model.zip").read_bytes()


def test_a_file_that_grows_or_holds_more_is_refused(exported: bytes, tmp_path: Path):
    (tmp_path / "sound.zip").write_bytes(exported)
    with zipfile.ZipFile(tmp_path / "sound.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    hostile = {
        "more": {**files, "../../evil.py": b"x"},
        "less": {name: files[name] for name in FILES},
        "bomb": {**files, "infer.onnx": bytes(5 << 20)},
    }
    for name, contents in hostile.items():
        file = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for inner, content in contents.items():
                archive.writestr(inner, content)
        with pytest.raises(ModelError, match=r"no model file|larger than"):
            registry.import_file(file)
    assert not (tmp_path.parent / "evil.py").exists()
    with pytest.raises(ModelError, match="no model file"):
        registry.import_file(tmp_path)
    assert registry.list_models() == tuple(m for m in registry.list_models() if m.bundled)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_wrong_with_a_model_file_it_is_refused_in_words(exported: bytes, tmp_path: Path, data):
    place = data.draw(st.integers(0, len(exported) - 1))
    if data.draw(st.booleans()):
        damaged = exported[:place]
    else:
        length = data.draw(st.integers(1, 4))
        damaged = exported[:place] + data.draw(st.binary(min_size=length, max_size=length)) + exported[place + length :]
    file = tmp_path / "damaged.zip"
    file.write_bytes(damaged)
    try:
        taken = registry.import_file(file)
    except ModelError as error:
        assert str(error)  # noqa: PT017 - every refusal is worded
    else:
        registry.delete(taken)  # a byte that says nothing: a date, say


def test_resources_hold_what_the_registry_calls_default():
    assert (resources.path("models") / registry.DEFAULT / RECORD_FILE).is_file()


def test_a_card_tells_the_error_on_each_network_beside_what_needs_no_model():
    record = registry.verified("series-label").record
    told = {"steps": 7685, "milan_frames_model": 0.323, "milan_frames_usual": 0.486, "city_model": 0.6, "odd": 2}
    lines = figures(replace(record, metrics=told)).split("\n")
    assert lines == [
        "Training steps: 7,685",
        "odd: 2",
        "Error on milan frames: 0.323 (without a model: 0.486 by the usual)",
        "Error on city: 0.6",
    ]
