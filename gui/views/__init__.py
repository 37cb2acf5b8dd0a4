"""The views of the window: one per module, none knows another. A new view is a file and one entry here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from gui.views.associations_view import AssociationsView
from gui.views.cells_view import CellsView
from gui.views.diagnosis_view import DiagnosisView
from gui.views.incidents_view import IncidentsView
from gui.views.inspector_view import InspectorView
from gui.views.overview_view import OverviewView
from gui.views.quality_view import QualityView
from gui.views.timeline_view import TimelineView

VIEWS = (
    CellsView,
    OverviewView,
    TimelineView,
    InspectorView,
    IncidentsView,
    QualityView,
    AssociationsView,
    DiagnosisView,
)
"""Each is a QWidget made by `View(state, parent)` with a stable `id` and a `title`."""

View: TypeAlias = (
    CellsView
    | OverviewView
    | TimelineView
    | InspectorView
    | IncidentsView
    | QualityView
    | AssociationsView
    | DiagnosisView
)
RearrangedView: TypeAlias = CellsView | OverviewView | TimelineView | IncidentsView
_V = TypeVar("_V")


@dataclass(frozen=True, eq=False)
class Views:
    """The views of one window, each as what it is."""

    cells: CellsView
    overview: OverviewView
    timeline: TimelineView
    inspector: InspectorView
    incidents: IncidentsView
    quality: QualityView
    associations: AssociationsView
    diagnosis: DiagnosisView

    @classmethod
    def of(cls, made: Iterable[View]) -> Views:
        """Those that were made of `VIEWS`."""
        found = tuple(made)

        def the(kind: type[_V]) -> _V:
            return next(view for view in found if isinstance(view, kind))

        return cls(
            the(CellsView),
            the(OverviewView),
            the(TimelineView),
            the(InspectorView),
            the(IncidentsView),
            the(QualityView),
            the(AssociationsView),
            the(DiagnosisView),
        )

    @property
    def by_id(self) -> Mapping[str, View]:
        """Each under its id, in the order of `VIEWS`."""
        return {view.id: view for view in vars(self).values()}

    @property
    def rearranged(self) -> tuple[RearrangedView, ...]:
        """Those that a project opens to as they were left, in the order in which they are put back."""
        return self.cells, self.overview, self.timeline, self.incidents
