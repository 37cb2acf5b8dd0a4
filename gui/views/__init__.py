"""The views of the window: one per module, none knows another. A new view is a file and one entry here."""

from __future__ import annotations

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
