"""The window of the models: what there is, what is in use, and a training from the first click to the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.convlstm import registry
from engine.finetuning.finetune import Tuning
from gui.dialogs.models_dialog import ModelsDialog
from gui.job import running
from gui.kept.plan import LABELS_OF_DATA, LABELS_OF_FILE, LABELS_OF_REVIEWS, NO_LABELS, Plan
from gui.main_window import MainWindow
from gui.said.reviews import Place
from gui.tuning import DONE, IDLE, Outcome
from tests.gui.conftest import source_of
from tests.gui.tuning_data import add_own, source, tuned

LIMIT = 120_000


@pytest.fixture
def shown(window: MainWindow, qtbot: QtBot):
    """The window of the models, opened by its menu entry, with the list read."""

    def show() -> ModelsDialog:
        window.actions_by_id["models"].trigger()
        dialog = window.findChild(ModelsDialog, "models")
        assert isinstance(dialog, ModelsDialog)
        qtbot.waitUntil(lambda: bool(window.desk.shelf.models) and not window.desk.shelf.busy, timeout=LIMIT)
        return dialog

    yield show
    window.desk.tuner.cancel()
    for dialog in window.findChildren(ModelsDialog):
        dialog.close()
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)


def press(button: QPushButton, qtbot: QtBot) -> None:
    assert button.isEnabled()
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(owner: MainWindow | ModelsDialog, text: str, qtbot: QtBot) -> None:
    """Press the button of the question that is asked."""
    (box,) = (b for b in owner.findChildren(QMessageBox) if b.isVisible())
    press(next(b for b in box.buttons() if b.text() == text), qtbot)


def rest(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.desk.shelf.busy, timeout=LIMIT)


def listed(dialog: ModelsDialog) -> dict[str, str]:
    """Every model of the list with its mark."""
    groups = [dialog.tree.topLevelItem(i) for i in range(dialog.tree.topLevelItemCount())]
    rows = [group.child(i) for group in groups for i in range(group.childCount())]
    return {row.text(0): row.text(1) for row in rows}


def test_every_model_of_the_registry_is_listed_with_its_card(shown, window: MainWindow) -> None:
    dialog = shown()
    known = {m.id for m in registry.list_models()}
    assert known <= set(listed(dialog))
    assert listed(dialog)[registry.DEFAULT] == "in use"
    assert dialog.chosen == registry.DEFAULT
    texts = [label.text() for label in dialog.card.page.widget().findChildren(type(dialog.card.empty))]
    assert any("Open Database License" in text for text in texts)
    assert not dialog.card.delete.isEnabled()
    assert not dialog.card.use.isEnabled()
    assert dialog.form.model.count() == len(known)
    window.actions_by_id["models"].trigger()
    assert len(window.findChildren(ModelsDialog)) == 1


def test_a_fine_tuning_begins_with_the_model_that_is_chosen_in_the_list(shown) -> None:
    dialog = shown()
    dialog.tabs.setCurrentWidget(dialog.tuning)
    dialog.choose("series-forecast")
    assert dialog.form.model.currentData() == "series-forecast"


def test_a_model_is_used_reverted_and_deleted(shown, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    model = add_own(tmp_path)
    dialog = shown()
    dialog.choose(model)
    press(dialog.card.use, qtbot)
    rest(window, qtbot)
    assert listed(dialog)[model] == "in use"
    assert window.state.settings.model == model
    assert "convlstm" in window.state.settings.detectors
    assert registry.active() == model
    press(dialog.card.back, qtbot)
    rest(window, qtbot)
    assert window.state.settings.model == registry.DEFAULT == registry.active()
    dialog.choose(model)
    press(dialog.card.delete, qtbot)
    assert model in {m.id for m in registry.list_models()}, "not before the question is answered"
    answer(dialog, "Delete", qtbot)
    rest(window, qtbot)
    assert model not in listed(dialog)


def test_a_worse_model_is_used_only_when_the_question_says_so(
    shown, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    model = add_own(tmp_path, error=0.9)
    dialog = shown()
    dialog.choose(model)
    press(dialog.card.use, qtbot)
    assert registry.active() == registry.DEFAULT
    answer(dialog, "Use it all the same", qtbot)
    rest(window, qtbot)
    assert registry.active() == model


def test_a_training_that_did_not_help_is_used_only_when_the_question_says_so(
    shown, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    monkeypatch.setattr(window.desk, "run", lambda: runs.append(window.state.settings.model))
    model = add_own(tmp_path, error=0.9)
    dialog, tuner = shown(), window.desk.tuner
    tuner.plan = Plan("series-label", Tuning(1))
    tuner.outcome = Outcome(tuned(error=0.9), window.desk.shelf.model(model).record)
    tuner.phase = DONE
    tuner.changed.emit()
    rest(window, qtbot)
    dialog.tabs.setCurrentWidget(dialog.tuning)
    texts = [label.text() for label in dialog.run.verdict.findChildren(QLabel)]
    assert "Not better on 6 days that it never saw" in texts
    assert {"0.5", "0.9", "0.6", "0.7"} <= set(texts)
    press(dialog.run.use, qtbot)
    assert runs == []
    assert registry.active() == registry.DEFAULT
    answer(dialog, "Use it all the same", qtbot)
    rest(window, qtbot)
    assert runs == [model]
    assert registry.active() == model


def test_models_are_moved_by_file_and_foreign_files_refused(
    shown, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    model = add_own(tmp_path)
    dialog, shelf = shown(), window.desk.shelf
    shelf.export(model, tmp_path / "out.cellwarden-model")
    rest(window, qtbot)
    shelf.delete(model)
    rest(window, qtbot)
    assert model not in listed(dialog)
    (tmp_path / "foreign").write_bytes(b"PK\x03\x04 nothing")
    shelf.import_file(tmp_path / "foreign")
    rest(window, qtbot)
    assert "no model file" in dialog.banner.text
    dialog.tabs.setCurrentWidget(dialog.tuning)
    dialog.take.click()
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "out.cellwarden-model"))
    chooser.close()
    rest(window, qtbot)
    assert model in listed(dialog)
    assert dialog.chosen == model
    assert dialog.card.isVisible(), "what came in is looked at"


def test_a_damaged_model_is_listed_with_what_is_wrong_and_cannot_be_used(
    shown, window: MainWindow, tmp_path: Path
) -> None:
    model = add_own(tmp_path)
    (registry.own_folder() / model / "model.json").write_text("{", "utf-8")
    dialog = shown()
    assert listed(dialog)[model] == "damaged"
    dialog.choose(model)
    assert not dialog.card.use.isEnabled()
    assert not dialog.card.tune.isEnabled()
    assert dialog.card.delete.isEnabled()
    assert dialog.form.model.findData(model) < 0


def test_the_form_says_what_is_missing(shown, window: MainWindow, tmp_path: Path) -> None:
    form = shown().form
    assert not form.go.isEnabled()
    assert "Choose the files" in form.problem.text()
    window.state.set_source(source(tmp_path, days=9, labels=False))
    form.choose_model("series-label")
    assert "9" in form.problem.text()
    assert "21" in form.problem.text()
    window.state.set_source(source(tmp_path, labels=False))
    assert "known anomalies" in form.problem.text()
    form.choose_model("series-forecast")
    assert form.problem.isHidden()
    assert form.go.isEnabled()
    form.labels.setCurrentIndex(form.labels.findData(LABELS_OF_FILE))
    assert "file of labels" in form.problem.text()
    form.choose_label_file(tmp_path / "labels.csv")
    assert form.plan().label_file == tmp_path / "labels.csv"
    assert form.go.isEnabled()


def test_labels_of_the_data_come_first_and_reviews_before_them(
    shown, window: MainWindow, result, tmp_path: Path
) -> None:
    form = shown().form
    window.state.set_source(source(tmp_path))
    assert form.labels.currentData() == LABELS_OF_DATA
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    assert form.labels.currentData() == NO_LABELS
    assert form.labels.findData(LABELS_OF_REVIEWS) < 0
    worst = window.state.worst(result.incidents[0])
    window.state.reviews.tag(Place(worst.cell, worst.kpi, worst.start, worst.stop), "fault")
    assert form.labels.currentData() == LABELS_OF_REVIEWS
    assert "1 called anomalous" in form.labels.currentText()
    window.desk.keeper.keep_in(None)


def test_a_training_that_was_cut_off_is_offered_gone_on_with_and_given_up(
    shown, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.state.set_source(source(tmp_path))
    tuner = window.desk.tuner
    tuner.start(Plan("series-label", Tuning(5000, "head", patience=0), labels=LABELS_OF_DATA))
    qtbot.waitUntil(lambda: len(tuner.epochs) >= 3, timeout=LIMIT)
    tuner.leave()
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)
    dialog = shown()
    assert "series-label on città 2024.csv" in dialog.banner.text
    assert [button.text() for button in dialog.banner.offers] == ["Go on", "Give it up"]
    done = tuner.epochs[-1].number
    press(dialog.banner.offers[0], qtbot)
    assert dialog.banner.text == ""
    qtbot.waitUntil(lambda: tuner.prepared is not None and len(tuner.epochs) > done, timeout=LIMIT)
    assert tuner.prepared.resumed >= done
    assert "as if it had never been cut off" in " ".join(
        label.text() for label in dialog.run.facts.findChildren(type(dialog.card.empty))
    )
    tuner.leave()
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)
    dialog.close()
    (tmp_path / "città 2024.csv").unlink()
    dialog = shown()
    assert "cannot be found any more" in dialog.banner.text
    (give_up,) = dialog.banner.offers
    press(give_up, qtbot)
    assert dialog.banner.text == ""


def test_from_the_first_click_to_the_next_run(
    shown, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    monkeypatch.setattr(window.desk, "run", lambda: runs.append(window.state.settings.model))
    base = add_own(tmp_path)
    dialog, tuner = shown(), window.desk.tuner
    window.state.set_source(source(tmp_path))
    dialog.choose(base)
    press(dialog.card.tune, qtbot)
    assert dialog.form.model.currentData() == base
    dialog.form.part.setCurrentIndex(dialog.form.part.findData("head"))
    dialog.form.epochs.setValue(2)
    press(dialog.form.go, qtbot)
    assert dialog.run.pause.isVisible()
    assert not dialog.run.use.isVisible()
    window.close()
    assert window.isVisible(), "a training is not cut off without a question"
    answer(window, "Cancel", qtbot)
    qtbot.waitUntil(lambda: tuner.phase == DONE, timeout=LIMIT)
    rest(window, qtbot)
    assert len(dialog.run.curves._points) == 3
    assert dialog.run.curves.kept is not None
    told = [label.text() for label in window.findChild(ModelsDialog).run.facts.findChildren(QLabel)]
    assert any("known anomalies" in text for text in told)
    assert "the model got better" in window.banner.text
    record = tuner.outcome.record
    press(dialog.run.use, qtbot)
    rest(window, qtbot)
    assert runs == [record.id]
    assert registry.active() == record.id
    assert not dialog.isVisible()
    assert tuner.phase == IDLE
