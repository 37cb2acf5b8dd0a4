"""The controls of the window say what the user wants, once, and show what is in force without saying it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from engine.detectors import DETECTORS
from engine.errors import InputError, Reason
from engine.monitor import Progress
from engine.settings import PRESETS, Settings
from gui.actions import make_actions, name_of, yielding
from gui.problems import Problem
from gui.widgets.banner import Banner
from gui.widgets.budget_slider import STEPS, BudgetSlider
from gui.widgets.control_bar import ControlBar, is_preset
from gui.widgets.heading import Heading
from gui.widgets.link import Link
from gui.widgets.settings_form import GROUPS, SettingsForm
from gui.widgets.status_line import StatusLine
from gui.widgets.vote_switch import RULES, VoteSwitch
from gui.widgets.welcome import Welcome

CHOICES = [(detector.id, detector.label) for detector in DETECTORS]


def added(widget, qtbot: QtBot):
    qtbot.addWidget(widget)
    widget.show()
    return widget


# -- votes


def test_a_click_on_a_vote_says_it_and_setting_one_does_not(qtbot: QtBot) -> None:
    switch = added(VoteSwitch(), qtbot)
    said: list[str] = []
    switch.chosen.connect(said.append)
    switch.set_rule("all")
    assert said == []
    qtbot.mouseClick(switch._buttons["any"], Qt.MouseButton.LeftButton)
    assert said == ["any"]


def test_votes_carry_their_counts(qtbot: QtBot) -> None:
    switch = added(VoteSwitch(), qtbot)
    assert switch._buttons["any"].text() == "any"
    switch.set_counts({"any": 1164, "majority": 17, "all": 0, "fused": 3})
    assert switch._buttons["any"].text() == "any 1,164"
    assert "1,164 anomalies" in switch._buttons["any"].toolTip()
    switch.set_counts({})
    assert switch._buttons["all"].text() == "all"


def test_at_least_k_checks_no_segment_and_v_goes_on_from_the_first(qtbot: QtBot) -> None:
    switch = added(VoteSwitch(), qtbot)
    switch.set_rule("majority")
    switch.set_rule("2")
    assert not any(button.isChecked() for button in switch._buttons.values())
    assert switch.following("2") == RULES[0]
    assert [switch.following(rule) for rule in RULES] == [*RULES[1:], RULES[0]]
    switch.set_rule("all")
    assert [rule for rule, button in switch._buttons.items() if button.isChecked()] == ["all"]


# -- budget


def test_the_slider_says_where_it_rests_not_where_it_passed(qtbot: QtBot) -> None:
    slider = added(BudgetSlider(), qtbot)
    said: list[float] = []
    slider.chosen.connect(said.append)
    with qtbot.waitSignal(slider.chosen):
        for _ in range(3):
            qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert said == [STEPS[STEPS.index(0.5) + 3]]


@pytest.mark.parametrize(("value", "words"), [(0.1, "1 per cell in 10 weeks"), (0.13, "7.7 weeks"), (5.0, "5 a week")])
def test_the_slider_shows_a_budget_without_saying_it_back(qtbot: QtBot, value: float, words: str) -> None:
    slider = added(BudgetSlider(), qtbot)
    slider.chosen.connect(lambda _value: pytest.fail("nobody moved it"))
    slider.set_value(value)
    assert words in slider.slider.toolTip()
    assert STEPS[slider.slider.value()] == min(STEPS, key=lambda step: max(step / value, value / step))
    assert not slider._settle.isActive()


def test_every_preset_has_a_step_of_its_own() -> None:
    assert {settings.budget for settings in PRESETS.values()} <= set(STEPS)


# -- bar


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[ControlBar]:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.resize(1440, 40)
    made = ControlBar(make_actions(owner), owner)
    made.resize(1440, 40)
    owner.show()
    yield made
    owner.close()


def test_settings_of_no_preset_are_called_custom(bar: ControlBar) -> None:
    bar.set_settings(dataclasses.replace(Settings(), hold=0.65))
    assert bar.preset.currentText() == "Custom"
    bar.set_settings(PRESETS["paper"])
    assert bar.preset.currentText() == "Paper"
    assert bar.preset.count() == len(PRESETS)


def test_the_network_and_the_seed_make_no_preset_custom() -> None:
    assert is_preset(dataclasses.replace(PRESETS["quiet"], country="IR", zone="Asia/Tehran", seed=7))
    assert not is_preset(dataclasses.replace(PRESETS["quiet"], budget=3.0))


def test_names_make_room_on_a_narrow_window(bar: ControlBar, qtbot: QtBot) -> None:
    assert all(name.isVisible() for name in bar._names)
    bar.resize(1000, 40)
    qtbot.waitUntil(lambda: not any(name.isVisible() for name in bar._names))


def test_numbers_of_votes_make_room_after_the_names_and_come_back(bar: ControlBar, qtbot: QtBot) -> None:
    bar.set_counts({"any": 123_456, "majority": 23_456, "all": 1_234, "fused": 12_345})
    button = bar.vote._buttons["any"]
    qtbot.waitUntil(lambda: button.text() == "any 123,456")
    least = bar.minimumSizeHint().width()
    bar.resize(least, 40)
    qtbot.waitUntil(lambda: button.text() == "any")
    assert "123,456" in button.toolTip()
    assert bar.export_button.geometry().right() <= bar.width()
    assert bar.minimumSizeHint().width() == least
    bar.resize(1440, 40)
    qtbot.waitUntil(lambda: button.text() == "any 123,456" and bar._names[0].isVisible())


def test_a_cell_is_found_by_any_part_of_its_name(bar: ControlBar, qtbot: QtBot) -> None:
    found: list[int] = []
    bar.cell_found.connect(found.append)
    bar.set_cells(["North 1", "North 11", "South 1"])
    for typed in ("south", "11", "NORTH 1", "nowhere"):
        bar.search.setText(typed)
        qtbot.keyClick(bar.search, Qt.Key.Key_Return)
    assert found == [2, 1, 0]


def test_keys_that_a_focused_widget_may_want_are_left_to_it() -> None:
    assert yielding(Qt.Key.Key_Space) == "play"
    assert yielding(Qt.Key.Key_Escape) == "cancel"
    assert yielding(Qt.Key.Key_J) is None


def test_actions_show_their_keys_without_taking_those(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = make_actions(owner)
    assert actions["play"].shortcut().isEmpty()
    assert "Space" in actions["play"].text()
    assert name_of(actions["play"]) == "Play the map"
    assert actions["run"].shortcut().toString() == "F5"


# -- banner, status, welcome


def test_a_problem_stays_and_a_notice_goes_by_itself(qtbot: QtBot) -> None:
    banner = added(Banner(), qtbot)
    banner.show_notice("city.parquet: 36 cells.")
    assert banner._fade.isActive()
    assert not banner._copy.isVisible()
    banner.show_problem(Problem("It cannot be read.", "details"))
    assert not banner._fade.isActive()
    assert banner.text == "It cannot be read."
    assert banner._copy.isVisible()
    qtbot.mouseClick(banner._close, Qt.MouseButton.LeftButton)
    assert banner.text == ""


def test_names_in_a_problem_are_no_markup(qtbot: QtBot) -> None:
    banner = added(Banner(), qtbot)
    banner.show_problem(Problem("<b>file</b>.csv cannot be read.", ""))
    assert banner.text == "<b>file</b>.csv cannot be read."
    assert banner._text.textFormat() == Qt.TextFormat.PlainText


def test_copied_details_can_be_copied_again(qtbot: QtBot) -> None:
    banner = added(Banner(), qtbot)
    banner._again.setInterval(20)
    banner.show_problem(Problem("It failed.", "the details"))
    qtbot.mouseClick(banner._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "the details"
    assert banner._copy.text() == "Copied"
    qtbot.waitUntil(lambda: banner._copy.text() == "Copy details")


def test_the_status_says_what_how_far_and_how_long(qtbot: QtBot) -> None:
    line = added(StatusLine(), qtbot)
    line.set_busy(busy=True)
    assert line._bar.isVisible()
    line.set_progress(Progress(0.25, Reason("stage_vote"), None))
    assert line.text == "Counting the votes, 25 %"
    line.set_progress(Progress(0.5, Reason("stage_vote"), 95.0))
    assert line.text == "Counting the votes, 50 %, 2 min left"
    assert line._bar.value() == 500
    line.set_busy(busy=False)
    assert not line._bar.isVisible()
    line.tell("")
    assert line.text == "Ready"


def test_facts_without_a_value_are_not_shown(qtbot: QtBot) -> None:
    line = added(StatusLine(), qtbot)
    line.set_fact("drawn", "drawn 1:12")
    assert line._facts["drawn"].isVisible()
    line.set_fact("drawn", "")
    assert not line._facts["drawn"].isVisible()


def test_the_welcome_offers_what_was_opened_lately_and_says_what_it_reads(qtbot: QtBot) -> None:
    welcome = added(Welcome(), qtbot)
    opened: list[tuple[str, ...]] = []
    welcome.opened.connect(opened.append)
    welcome.set_recent([("/data/a.csv",), ("/data/b.csv", "/data/c.csv")])
    links = welcome.findChildren(Link)
    assert [link.accessibleName() for link in links] == ["a.csv", "b.csv +1"]
    qtbot.mouseClick(links[1], Qt.MouseButton.LeftButton)
    assert opened == [("/data/b.csv", "/data/c.csv")]
    welcome.set_doing("Reading a.csv")
    assert welcome._title.text() == "Reading a.csv"
    assert not welcome.open_button.isVisible()
    welcome.set_progress(Progress(0.4, Reason("stage_vote"), None))
    assert welcome._bar.value() == 400
    welcome.set_doing(f"Reading {'a long name of a file, ' * 5}.csv")
    assert welcome._title.text().startswith("Reading a long")
    assert welcome._title.text().endswith(".csv")
    assert welcome._title.sizeHint().width() <= welcome._title.width()
    welcome.set_doing("")
    assert welcome.open_button.isVisible()
    assert not welcome._bar.isVisible()


def test_a_link_is_cut_short_where_there_is_no_room(qtbot: QtBot) -> None:
    link = added(Link("Fri 03 Mar 22:30  Dip, Site 3 sector A, 4 h"), qtbot)
    link.resize(120, 24)
    assert link.text().endswith("…")
    link.resize(600, 24)
    assert link.text() == "Fri 03 Mar 22:30  Dip, Site 3 sector A, 4 h"


# -- settings


def test_the_form_has_a_control_for_every_setting_but_the_preset(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    names = {field.name for field in dataclasses.fields(Settings)} - {"preset"}
    assert set(form._fields) == names
    assert {name for group in GROUPS.values() for name in group} <= names
    assert all(form.widget(name).accessibleName() for name in names)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_settings_go_through_the_form_unchanged(qtbot: QtBot, preset: Settings) -> None:
    given = dataclasses.replace(preset, country="DE-BY", zone="Europe/Berlin", seed=12345, vote="2", budget=0.013)
    form = added(SettingsForm(given, CHOICES), qtbot)
    assert form.settings() == given
    form.set_settings(Settings())
    assert form.settings() == dataclasses.replace(Settings())


def test_the_declared_bounds_hold_in_the_form(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    lags = form.widget("nnar_lags")
    assert isinstance(lags, QSpinBox)
    assert (lags.minimum(), lags.maximum()) == (0, 400)
    threshold = form.widget("threshold")
    assert isinstance(threshold, QComboBox)
    assert [threshold.itemData(i) for i in range(threshold.count())] == ["budget", "min_error"]


def test_a_number_shows_no_needless_zeros(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    assert form.widget("budget").text() == "0.1"
    assert form.widget("min_traffic").text() == "3"


def test_no_detector_at_all_is_refused(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    for check in form.widget("detectors").findChildren(QCheckBox):
        check.setChecked(False)
    with pytest.raises(InputError, match="at least one"):
        form.settings()


def test_editing_says_so_and_showing_does_not(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    said = []
    form.edited.connect(lambda: said.append(True))
    form.set_settings(PRESETS["paper"])
    assert said == []
    zone = form.widget("zone")
    assert isinstance(zone, QLineEdit)
    qtbot.keyClicks(zone, "UTC")
    assert said
    assert form.read("zone") == "UTC"


def test_a_country_is_written_in_capitals(qtbot: QtBot) -> None:
    form = added(SettingsForm(Settings(), CHOICES), qtbot)
    qtbot.keyClicks(form.widget("country"), " ir ")
    assert form.settings().country == "IR"


def test_buttons_of_the_bar_follow_their_actions(bar: ControlBar) -> None:
    actions = {button.text(): button for button in bar.findChildren(QPushButton)}
    assert {"Open…", "Run", "Cancel", "Export…"} <= set(actions)
    bar.set_busy(busy=True)
    assert bar.cancel_button.isVisible()
    assert not bar.run_button.isVisible()


# -- heads of panes


def test_a_long_title_gives_way_and_keeps_both_its_ends(qtbot: QtBot) -> None:
    heading = added(Heading(), qtbot)
    heading.set_title("Hauptbahnhof-Nordseite_Parkdeck_Ebene_3_Sektor_270")
    title, _ = heading.findChildren(QLabel)
    title.show()
    heading.add(QPushButton("control"))
    heading.resize(700, 32)
    assert title.text() == "Hauptbahnhof-Nordseite_Parkdeck_Ebene_3_Sektor_270"
    heading.resize(260, 32)
    assert heading.width() == 260
    assert "…" in title.text()
    assert title.text().endswith("270")


def test_a_caption_without_room_ends_in_dots_and_says_all_in_its_tip(qtbot: QtBot) -> None:
    heading = added(Heading("cell_3"), qtbot)
    heading.set_caption("UL_PRB_UTILISATION, %")
    heading.resize(400, 32)
    _, caption = heading.findChildren(QLabel)
    assert (caption.text(), caption.toolTip()) == ("UL_PRB_UTILISATION, %", "")
    heading.resize(120, 32)
    assert caption.text().endswith("…")
    assert caption.toolTip() == "UL_PRB_UTILISATION, %"
