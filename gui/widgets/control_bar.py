"""The bar over the window: open, run, how strict to be, how to vote, what to do with the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from engine.settings import NO_PRESET, PRESETS, Settings
from engine.text import tell
from gui.look.theme import GRID
from gui.widgets.budget_slider import BudgetSlider
from gui.widgets.heading import caption
from gui.widgets.vote_switch import VoteSwitch

CUSTOM = "custom"
_SEARCH_WIDTHS = (22 * GRID, 44 * GRID)
_MOST_FOUND = 12


class ControlBar(QWidget):
    """Shows settings and counts; says what the user wants. On a narrow window the names of the controls make room.

    Signals:
        preset_chosen(str), budget_chosen(float), vote_chosen(str): what they say.
        cell_found(int): place in the list given to `set_cells`.
    """

    preset_chosen = Signal(str)
    budget_chosen = Signal(float)
    vote_chosen = Signal(str)
    cell_found = Signal(int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._labels: list[str] = []
        self._names: list[QLabel] = []
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
        self.explore = _button(actions["explore"], role="filter")
        self.explore.setText("…")
        self.explore.setAccessibleName(actions["explore"].toolTip())
        self.explore.setFixedWidth(8 * GRID)
        self.vote = VoteSwitch()
        self.search = QLineEdit(placeholderText=tell("search_cells"), clearButtonEnabled=True)
        self.search.setMinimumWidth(_SEARCH_WIDTHS[0])
        self.search.setMaximumWidth(_SEARCH_WIDTHS[1])
        self.search.setToolTip(actions["find"].toolTip())
        self.search.setAccessibleName(tell("search_cells"))
        self._findable = QStringListModel(self)
        self._completer = QCompleter(self._findable, self)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(_MOST_FOUND)
        popup = self._completer.popup()
        assert popup is not None  # it is made when it is asked for
        popup.setProperty("role", "popup")
        popup.setParent(self, popup.windowFlags())  # looks like what it belongs to
        self.search.setCompleter(self._completer)

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._row.setSpacing(2 * GRID)
        for button in (self.open_button, self.run_button, self.cancel_button):
            self._row.addWidget(button)
        for text, control in (
            (tell("preset_label"), self.preset),
            (tell("budget_label"), self.budget),
            (tell("vote_label"), self.vote),
        ):
            self._row.addSpacing(2 * GRID)
            label = caption(text)
            self._names.append(label)
            self._row.addWidget(label)
            self._row.addWidget(control)
            if control is self.budget:
                self._row.addWidget(self.explore)
        self._row.addStretch(1)
        self._row.addWidget(self.search, 2)
        self._row.addWidget(self.export_button)

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
        self.search.setEnabled(bool(labels))
        if labels != self._labels:
            self._labels = list(labels)
            self._findable.setStringList(self._labels)

    def set_busy(self, *, busy: bool) -> None:
        """While a job runs, Cancel stands where Run stood."""
        self.run_button.setVisible(not busy)
        self.cancel_button.setVisible(busy)

    def minimumSizeHint(self) -> QSize:
        """Room for the controls without their names, and without the numbers beside the votes."""
        return QSize(self._least(), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Fit anew when a control needs more or less room."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit into another width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the names of the controls where they do not fit, then the numbers of the votes; tooltips and screen
        readers still have both."""
        room, counts = self.width() - self._least(), self.vote.numbers_width
        self.vote.set_brief(brief=room < counts)
        for name in self._names:
            name.setVisible(room >= counts + self._names_width())

    def _least(self) -> int:
        """Width of what is always there, pixels."""
        row = self._row.minimumSize().width()
        numbers = 0 if self.vote.brief else self.vote.numbers_width
        return row - numbers - (0 if self._names[0].isHidden() else self._names_width())

    def _names_width(self) -> int:
        return sum(name.sizeHint().width() + self._row.spacing() for name in self._names)

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


def is_preset(settings: Settings) -> bool:
    """Whether the settings are a preset's, but for what no preset says."""
    given = PRESETS.get(settings.preset)
    own = {name: getattr(settings, name) for name in NO_PRESET}
    return given is not None and replace(given, **own) == settings


def _button(action: QAction, role: str = "") -> QPushButton:
    """A push button that does what the action does and is enabled with it."""
    button = QPushButton(action.text().split("\t")[0].replace("&", ""))
    if role:
        button.setProperty("role", role)
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
