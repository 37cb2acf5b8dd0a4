"""The bar over the window: open, run, how strict to be, how to vote, what to do with the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QCompleter, QLabel, QLineEdit, QPushButton, QSizePolicy, QToolBar, QWidget

from engine.settings import PRESETS, Settings
from engine.text import tell
from gui.theme import GRID
from gui.widgets.budget_slider import BudgetSlider
from gui.widgets.vote_switch import VoteSwitch

CUSTOM = "custom"
_SEARCH_WIDTH = 44 * GRID
_MOST_FOUND = 12


class ControlBar(QToolBar):
    """Shows settings and counts; says what the user wants.

    Signals:
        preset_chosen(str), budget_chosen(float), vote_chosen(str): what they say.
        cell_found(int): place in the list given to `set_cells`.
    """

    preset_chosen = Signal(str)
    budget_chosen = Signal(float)
    vote_chosen = Signal(str)
    cell_found = Signal(int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(tell("app_name"), parent)
        self.setObjectName("controls")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._labels: list[str] = []
        self.open_button = _button(actions["open"])
        self.run_button = _button(actions["run"], role="primary")
        self.cancel_button = _button(actions["cancel"])
        self.export_button = _button(actions["export"])
        self.preset = QComboBox()
        for name in PRESETS:
            self.preset.addItem(tell(f"preset_{name}"), name)
        self.preset.setToolTip(tell("preset_tip"))
        self.preset.setAccessibleName(tell("preset_label"))
        self.budget = BudgetSlider()
        self.vote = VoteSwitch()
        self.search = QLineEdit(placeholderText=tell("search_cells"), clearButtonEnabled=True)
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.search.setToolTip(_full_tip(actions["find"]))
        self.search.setAccessibleName(tell("search_cells"))
        self._completer = QCompleter([], self)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(_MOST_FOUND)
        self.search.setCompleter(self._completer)

        self.addWidget(self.open_button)
        # a toolbar shows and hides its widgets by their actions, not by themselves
        self._run_action = self.addWidget(self.run_button)
        self._cancel_action = self.addWidget(self.cancel_button)
        self._gap()
        self._name(tell("preset_label"))
        self.addWidget(self.preset)
        self._gap()
        self._name(tell("budget_label"))
        self.addWidget(self.budget)
        self._gap()
        self._name(tell("vote_label"))
        self.addWidget(self.vote)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self.addWidget(self.search)
        self.addWidget(self.export_button)

        self.preset.activated.connect(lambda _i: self._preset_picked())
        self.budget.chosen.connect(self.budget_chosen)
        self.vote.chosen.connect(self.vote_chosen)
        self._completer.activated.connect(self._found)
        self.search.returnPressed.connect(self._take_first)
        self.set_busy(busy=False)

    def set_settings(self, settings: Settings) -> None:
        """Show the settings in force; those that are no preset's are called custom."""
        custom = self.preset.findData(CUSTOM)
        plain = is_preset(settings)
        if plain and custom >= 0:
            self.preset.removeItem(custom)
        elif not plain and custom < 0:
            self.preset.addItem(tell("preset_custom"), CUSTOM)
        self.preset.setCurrentIndex(self.preset.findData(settings.preset if plain else CUSTOM))
        self.budget.set_value(settings.budget)
        self.vote.set_rule(settings.vote)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many anomalies each vote gives."""
        self.vote.set_counts(counts)

    def set_cells(self, labels: Sequence[str]) -> None:
        """The cells that can be found, in the panel's order."""
        self._labels = list(labels)
        self._completer.model().setStringList(self._labels)
        self.search.setEnabled(bool(labels))

    def set_busy(self, *, busy: bool) -> None:
        """While a job runs, Cancel stands where Run stood."""
        self._run_action.setVisible(not busy)
        self._cancel_action.setVisible(busy)

    def _preset_picked(self) -> None:
        name = self.preset.currentData()
        if name != CUSTOM:
            self.preset_chosen.emit(name)

    def _found(self, label: str) -> None:
        if label in self._labels:
            self.cell_found.emit(self._labels.index(label))

    def _take_first(self) -> None:
        wanted = self.search.text().strip().lower()
        matches = [label for label in self._labels if wanted and wanted in label.lower()]
        if matches:
            self._found(min(matches, key=len))

    def _name(self, text: str) -> None:
        label = QLabel(text)
        label.setProperty("role", "caption")
        self.addWidget(label)

    def _gap(self) -> None:
        gap = QWidget()
        gap.setFixedSize(QSize(2 * GRID, GRID))
        self.addWidget(gap)


def is_preset(settings: Settings) -> bool:
    """Whether the settings are a preset's, network and seed aside."""
    from dataclasses import replace

    given = PRESETS.get(settings.preset)
    own = {name: getattr(settings, name) for name in ("country", "zone", "seed")}
    return given is not None and replace(given, **own) == settings


def _button(action: QAction, role: str = "") -> QPushButton:
    """A push button that does what the action does and is enabled with it."""
    button = QPushButton(action.text().replace("&", ""))
    if role:
        button.setProperty("role", role)
    button.setToolTip(_full_tip(action))
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button


def _full_tip(action: QAction) -> str:
    keys = action.shortcut().toString()
    return tell("action_full_tip", tip=action.toolTip(), keys=keys) if keys else action.toolTip()
