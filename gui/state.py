"""What the window shows and what is selected in it: one owner, one signal each.

Views get the `AppState` by constructor, listen to its signals and call its setters; they never talk to each other. The
state starts nothing: whoever re-votes when the settings change listens to `settings_changed` too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.continuation.append import periods_in_front
from engine.data import Anomaly, Incident, IntArray, Labels, Panel, Quality, Result
from engine.inspection.hours import Hours
from engine.labelling.hand_labels import HandRows, known, on_longer_grid
from engine.network.kpi_table import KpiTable
from engine.numerics.runs import Runs
from engine.record import Fingerprint, fingerprint
from engine.settings import Settings
from gui.job import let_go
from gui.prepared.digest import Digest
from gui.said.choosing import Choice, Choosing, Thresholds
from gui.said.labelling import Labelling
from gui.said.planning import Planning
from gui.said.reviews import NONE, Place, Review, Reviews
from gui.said.ruling import Rules, Ruling

_LET_GO_MS = 500
VOTE = "vote"
"""The name under which `set_threshold` keeps the threshold of the combined score."""


@dataclass(frozen=True)
class Selection:
    """What the user looks at. cell: row of the panel; kpi: id, "" while nothing is loaded; incident: its id.

    span: time indices [start, stop) the user marked or the incident covers.
    """

    cell: int | None = None
    kpi: str = ""
    incident: int | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Source:
    """The loaded data: the panel, what reading it showed, and the names of the files it came from.

    labels: those that came with the data; hand: those of the series that a person drew in, over them. drawn: whether
    some are the user's own. dictionary: what a KPI table that was given said; ratios need it again when later files
    come or cells are put together. read: what is known of files that may have gone since, by their path.
    """

    panel: Panel
    quality: Quality
    labels: Labels | None = None
    paths: tuple[str, ...] = field(default_factory=tuple)
    dictionary: KpiTable = field(default_factory=dict)
    hand: HandRows = field(default_factory=dict)
    drawn: bool = False
    read: Mapping[str, Fingerprint] = field(default_factory=dict)

    def inputs(self) -> tuple[Fingerprint, ...]:
        """Name, size and SHA-256 of every file; for a worker. Raises InputError where one cannot be read."""
        found: list[Fingerprint] = []
        for path in self.paths:
            found += [self.read[path]] if path in self.read else fingerprint([Path(path)])
        return tuple(found)

    def drawn_as(self, other: Source) -> Source:
        """The data with what is drawn in others, which they hold: the cells in that order, and all the periods."""
        shift, periods = periods_in_front(other.panel, self.panel), self.panel.shape[1]
        return dataclasses.replace(
            self, hand=on_longer_grid(other.hand, shift, periods, self.labels), drawn=other.drawn
        )

    def known(self) -> Labels | None:
        """All that is labelled, on every KPI of the panel; None where nothing is. For a worker: it may take long."""
        return known(self.panel, self.labels, self.hand)


class AppState(QObject):
    """Panel, settings, result and selection of the window; `reviews` is what the user says of the incidents,
    `labelling` what is labelled in the data,
    `ruling` the rules that hide incidents, `planning` their calendar, `choosing` what they choose of the settings.

    Signals:
        panel_changed: other data are loaded (or none), or they are shown in another zone; comes before the selection
            and result signals it entails.
        settings_changed: the settings, or a threshold that overrides them, changed.
        result_changed: there is another result, or none; what is selected of it may be shown anew with it.
        outline_changed: it is known which stretches the vote under way will call anomalous; `result_changed` follows.
        selection_changed: cell, KPI, incident or span changed.
        hours_changed: lists, lanes and map are to show incidents of other hours.
    """

    panel_changed = Signal()
    settings_changed = Signal()
    result_changed = Signal()
    outline_changed = Signal()
    selection_changed = Signal()
    hours_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._settings = Settings()
        self._thresholds: Thresholds = {}
        self._digest: Digest | None = None
        self._outline: Mapping[str, Runs] = {}
        self._selection = Selection()
        self._hours = Hours()
        self._counted: tuple[Digest, Hours, IntArray] | None = None
        self.reviews = Reviews(self)
        self.labelling = Labelling(self.reviews.undo_stack, self)
        self.labelling.changed.connect(self._labelled)
        self._hidden: tuple[Digest, Rules, Mapping[int, tuple[str, ...]]] | None = None
        self.ruling = Ruling(self.reviews.undo_stack, self)
        self.planning = Planning(self.reviews.undo_stack, self)
        self.choosing = Choosing(self.reviews.undo_stack, lambda: (self._settings, self._thresholds), self._put)

    # -- what there is

    @property
    def source(self) -> Source | None:
        """The loaded data; None before the first file."""
        return self._source

    @property
    def panel(self) -> Panel | None:
        """The panel shown: the result's (in the zone and with the maintenance of its settings), else as loaded."""
        if self._digest is not None:
            return self._digest.result.panel
        return self._source.panel if self._source else None

    @property
    def settings(self) -> Settings:
        """The settings of the next run or vote."""
        return self._settings

    @property
    def thresholds(self) -> Thresholds:
        """Per KPI id and detector id (or `VOTE`): the threshold the user dragged to. Empty = what the budget gives."""
        return self._thresholds

    @property
    def result(self) -> Result | None:
        """The last result; None before the first run and after other data were loaded."""
        return self._digest.result if self._digest is not None else None

    @property
    def digest(self) -> Digest | None:
        """What is looked up in the last result; None without one."""
        return self._digest

    @property
    def outline(self) -> Mapping[str, Runs]:
        """Per KPI id the anomalous stretches by the settings, while the result of that vote is not there yet."""
        return self._outline

    @property
    def selection(self) -> Selection:
        """What the user looks at."""
        return self._selection

    def incident(self, incident_id: int | None) -> Incident | None:
        """The incident of that id in the result; None if there is none."""
        return None if incident_id is None or self._digest is None else self._digest.incidents.get(incident_id)

    def anomaly(self, anomaly_id: int) -> Anomaly:
        """The anomaly of that id in the result. Raises KeyError."""
        if self._digest is None:
            raise KeyError(anomaly_id)
        return self._digest.anomalies[anomaly_id]

    def worst(self, incident: Incident) -> Anomaly:
        """The worst anomaly of an incident."""
        return self.anomaly(incident.anomalies[0])

    def places(self, incident: Incident) -> list[Place]:
        """Where the incident is, by its anomalies, the worst first."""
        return list(self._places(incident))

    def _places(self, incident: Incident) -> Iterator[Place]:
        found = map(self.anomaly, incident.anomalies)
        return (Place(a.cell, a.kpi, a.start, a.stop) for a in found)

    def review(self, incident: Incident) -> Review:
        """What the user says of an incident."""
        return self.reviews.of(self._places(incident)) if self.reviews.all else NONE

    def reviewed(self) -> dict[int, Review]:
        """What the user says of incidents, by their ids; those of which nothing is said are not in it."""
        met = {incident.id: incident for place in self.reviews.all for incident in self._meeting(place)}
        return {incident_id: self.review(incident) for incident_id, incident in met.items()}

    def incident_at(self, place: Place) -> Incident | None:
        """The incident with an anomaly that meets a place; None if there is none."""
        return next(iter(self._meeting(place)), None)

    def _meeting(self, place: Place) -> list[Incident]:
        return self._digest.meeting(place.cell, place.kpi, place.start, place.stop) if self._digest else []

    def hidden(self) -> Mapping[int, tuple[str, ...]]:
        """Incident id -> the rules that hide it; what no rule hides is not in it."""
        if self._digest is None:
            return {}
        digest, rules, found = self._hidden or (None, (), {})
        if digest is not self._digest or rules is not self.ruling.rules:
            found = self._digest.facts.hidden(self.ruling.rules)
            self._hidden = self._digest, self.ruling.rules, found
        return found

    @property
    def hours(self) -> Hours:
        """Incidents of which hours lists, lanes and map show."""
        return self._hours

    def hours_counted(self) -> IntArray | None:
        """`Hours.counted` of the result, the same array for as long as both are; None where all hours are wanted."""
        digest = self._digest
        if digest is None or self._hours.whole:
            return None
        if self._counted is None or self._counted[0] is not digest or self._counted[1] != self._hours:
            self._counted = digest, self._hours, self._hours.counted(digest.result.clock)
        return self._counted[2]

    # -- setters

    def set_hours(self, hours: Hours) -> None:
        """Have lists, lanes and map show incidents of other hours."""
        if hours != self._hours:
            self._hours = hours
            self.hours_changed.emit()

    def set_source(self, source: Source | None) -> None:
        """Show other data; the result, the dragged thresholds and the selection of the previous ones go."""
        self._let_go()
        self._source = source
        self._thresholds = {}
        self._keep(None)
        self.reviews.load({})
        self.labelling.load(source.panel if source else None, *((source.labels, source.hand) if source else (None, {})))
        first = source.panel.kpis[0].id if source and source.panel.kpis else ""
        self._selection = Selection(kpi=first)
        self.panel_changed.emit()
        self.result_changed.emit()
        self.selection_changed.emit()

    def grow(self, source: Source, digest: Digest, shift: int) -> None:
        """Show more data of the same network with what was found in them, in one step.

        shift: periods that came in front of those that were there. What is selected, the thresholds, the reviews and
        what of them can be undone stay where they are in time.
        """
        selection, before = self._selection, self.incident(self._selection.incident)
        place = self.places(before)[0].moved(shift) if before else None
        self._let_go()
        self._source = source
        self._keep(digest)
        self.reviews.move(shift)
        self.labelling.grow(source.panel, source.labels, source.hand, shift)
        again = self.incident_at(place) if place else None
        span = selection.span and (selection.span[0] + shift, selection.span[1] + shift)
        self._selection = dataclasses.replace(selection, incident=again.id if again else None, span=span)
        self.panel_changed.emit()
        self.result_changed.emit()
        self.selection_changed.emit()

    def set_settings(self, settings: Settings) -> None:
        """Take other settings; dragged thresholds go when they would contradict the new budget or threshold rule."""
        if settings != self._settings:
            self._put(self._with(settings))

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - a setting may be of any type
        """`set_settings` with some fields replaced. Raises InputError if the outcome is out of bounds."""
        self.set_settings(dataclasses.replace(self._settings, **changes).check())

    def choose(self, control: str, text: str, **changes: Any) -> None:  # noqa: ANN401 - a setting may be of any type
        """`change` for a person, who can undo it. control: what they did it with; text: what is undone."""
        self.choose_settings(dataclasses.replace(self._settings, **changes).check(), control, text)

    def choose_settings(self, settings: Settings, control: str, text: str) -> None:
        """`set_settings` for a person, who can undo it. control, text: as of `choose`."""
        if settings != self._settings:
            self.choosing.choose(self._with(settings), control, text)

    def choose_threshold(self, kpi: str, detector: str, value: float | None, text: str) -> None:
        """`set_threshold` for a person, who can undo it. text: what is undone."""
        self.choosing.choose((self._settings, self._moved(kpi, detector, value)), f"{detector} of {kpi}", text)

    def set_threshold(self, kpi: str, detector: str, value: float | None) -> None:
        """Override the threshold of one detector, or of `VOTE`, on one KPI; None returns to the budget's."""
        if self._thresholds.get(kpi, {}).get(detector) != value:
            self._put((self._settings, self._moved(kpi, detector, value)))

    def _with(self, settings: Settings) -> Choice:
        same = (settings.budget, settings.threshold) == (self._settings.budget, self._settings.threshold)
        return settings, self._thresholds if same else {}

    def _moved(self, kpi: str, detector: str, value: float | None) -> Thresholds:
        of_kpi = dict(self._thresholds.get(kpi, {}))
        if value is None:
            of_kpi.pop(detector, None)
        else:
            of_kpi[detector] = value
        return {**self._thresholds, kpi: of_kpi}

    def _put(self, choice: Choice) -> None:
        self._settings, self._thresholds = choice
        self.settings_changed.emit()

    def set_result(self, result: Result | None) -> None:
        """`show` a result that nobody has looked up anything in yet; None: show none."""
        self.show(Digest.of(result) if result is not None else None)

    def show(self, digest: Digest | None, *, worst: bool = False) -> None:
        """Show another result of the loaded data. What is selected stays; an incident is found again by where it is.

        worst: where no incident is selected (any more), the worst one is.
        """
        before, selection = self.incident(self._selection.incident), self._selection
        place = self.places(before)[0] if before else None
        zone = self.panel.zone if self.panel else ""
        self._let_go()
        self._keep(digest)
        again = self.incident_at(place) if place else None
        if again is None and worst and digest is not None and digest.worst is not None:
            self._selection = self._on(digest.worst)
        else:
            self._selection = dataclasses.replace(self._selection, incident=again.id if again else None)
        if self.panel is not None and self.panel.zone != zone:
            self.panel_changed.emit()
        self.result_changed.emit()
        if self._selection != selection:
            self.selection_changed.emit()

    def set_outline(self, outline: Mapping[str, Runs]) -> None:
        """Show at once which stretches are anomalous by the settings; the next result takes its place."""
        self._outline = outline
        self.outline_changed.emit()

    def select(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of Selection
        """Replace fields of the selection (`cell`, `kpi`, `incident`, `span`); nothing happens if nothing changes."""
        selection = dataclasses.replace(self._selection, **changes)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit()

    def select_incident(self, incident_id: int | None) -> None:
        """Select an incident with the cell, KPI and span of its worst anomaly; None selects no incident."""
        incident = self.incident(incident_id)
        if incident is None:
            self.select(incident=None, span=None)
            return
        self.select(**dataclasses.asdict(self._on(incident)))

    def _on(self, incident: Incident) -> Selection:
        """The selection of an incident: with the cell and KPI of its worst anomaly, over its whole time."""
        worst = self.worst(incident)
        return Selection(worst.cell, worst.kpi, incident.id, (incident.start, incident.stop))

    def _labelled(self, _series: object) -> None:
        if self._source is not None:
            labels, hand = self.labelling.held
            self._source = dataclasses.replace(self._source, labels=labels, hand=hand, drawn=True)

    def _let_go(self) -> None:
        """Hold what there is until the views have let go of it, then drop it beside the window."""
        before: list[object] = [self._source, self._digest]
        QTimer.singleShot(_LET_GO_MS, lambda: let_go(before))

    def _keep(self, digest: Digest | None) -> None:
        self._digest, self._counted = digest, None
        self._outline = {}
