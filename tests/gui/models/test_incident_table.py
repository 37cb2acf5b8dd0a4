"""The incident table without a window: rows in, texts, order and filter out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.data import Cause, Incident, Severity
from engine.errors import Reason
from gui.models.incident_table import (
    CAUSE,
    COMMENT,
    DURATION,
    HEADERS,
    OWNER,
    ROW_ROLE,
    SEEN,
    SEEN_MARK,
    SEVERITY,
    SORT_ROLE,
    START,
    TAG,
    WHAT,
    WHERE,
    IncidentRow,
    IncidentTable,
)

ALL = frozenset(Severity)
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class PlainWords:
    """Words that can be told apart; it notes what was worded."""

    def __init__(self) -> None:
        self.worded: list[int] = []

    def icon(self, severity: Severity) -> str:
        return f"mark of {severity}"

    def start(self, incident: Incident) -> str:
        self.worded.append(incident.id)
        return f"start {incident.id}"

    def start_iso(self, incident: Incident) -> str:
        return f"iso {incident.id}"

    def duration(self, incident: Incident) -> str:
        return f"{incident.stop - incident.start} h"

    def where(self, incident: Incident) -> str:
        return f"Cell {incident.id} +1"


SILENCE = {"kpi": "calls", "cell": "S1", "time": "Tue 07 Mar 02:00", "duration": "3 h", "expected": "420–560"}


def row(number: int, severity: Severity = Severity.MAJOR, **changes: str) -> IncidentRow:
    kind = changes.pop("kind", "outage")
    incident = Incident(
        id=number,
        start=100_000 - number,
        stop=100_000,
        anomalies=(number,),
        cells=(number,),
        kpis=("calls",),
        severity=severity,
        importance=float(number),
        grouped_by=(),
        causes=(Cause(kind, 1.0, ()),) if kind else (),
        sentence=Reason("incident_silence", SILENCE),
    )
    return IncidentRow(incident, **{"cell": f"Cell {number}", "cause": "Outage", **changes})


def shown(model: QAbstractItemModel) -> list[int]:
    return [model.index(i, 0).data(ROW_ROLE).incident.id for i in range(model.rowCount())]


@pytest.fixture
def model() -> IncidentTable:
    made = IncidentTable(PlainWords())
    made.set_rows([row(1, Severity.WARNING), row(2, Severity.CRITICAL), row(3), row(4, Severity.CRITICAL)])
    return made


def test_what_happened_says_nothing_that_stands_beside_it(model: IncidentTable) -> None:
    """Begin, duration, cell and KPI have columns; the whole sentence is in the tooltip."""
    told = model.index(0, WHAT)
    assert told.data() == "Fell to zero. Expected 420–560."
    whole = "calls fell to zero at Tue 07 Mar 02:00 and stayed there for 3 h. Expected 420–560."
    assert told.data(Qt.ItemDataRole.ToolTipRole) == whole
    several = row(9)
    model.set_rows([several._replace(incident=replace(several.incident, kpis=("sms", "calls")))])
    assert model.index(0, WHAT).data() == "calls fell to zero. Expected 420–560."


def test_worst_first_then_most_important(model: IncidentTable) -> None:
    assert shown(model) == [4, 2, 3, 1]


def test_a_row_says_what_its_columns_are_called_for(model: IncidentTable) -> None:
    texts = [model.index(0, column).data() for column in range(len(HEADERS))]
    assert texts == [
        "Critical",
        "start 4",
        "4 h",
        "Cell 4 +1",
        "calls",
        "Fell to zero. Expected 420–560.",
        "Outage",
        *[""] * 4,
    ]
    assert model.headerData(WHAT, Qt.Orientation.Horizontal) == "What happened"


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (START, UP, [4, 3, 2, 1]),
        (START, DOWN, [1, 2, 3, 4]),
        (DURATION, UP, [1, 2, 3, 4]),
        (WHERE, DOWN, [4, 3, 2, 1]),
        (SEVERITY, DOWN, [1, 3, 2, 4]),
        (-1, UP, [4, 2, 3, 1]),
    ],
)
def test_columns_sort_by_their_native_values(
    model: IncidentTable, column: int, order: Qt.SortOrder, expected: list[int]
) -> None:
    model.sort(column, order)
    assert shown(model) == expected


def test_roles_other_than_text(model: IncidentTable) -> None:
    first = model.index(0, SEVERITY)
    assert first.data(Qt.ItemDataRole.DecorationRole) == f"mark of {Severity.CRITICAL}"
    assert first.data(SORT_ROLE) == (0, -4.0)
    assert model.index(0, START).data(Qt.ItemDataRole.ToolTipRole) == "iso 4"
    assert model.index(0, DURATION).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, WHERE).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft


def test_filters_by_every_word_severity_and_cause(model: IncidentTable) -> None:
    model.set_rows(
        [
            row(1, cell="Site 7 sector B"),
            row(2, cell="Site 7 sector C", kind="demand", cause="Demand"),
            row(3, Severity.CRITICAL, comment="Ticket 7"),
            row(4, kind="", cause="no cause found"),
        ]
    )
    model.set_filter("SECTOR 7", ALL, "")
    assert shown(model) == [2, 1]
    model.set_filter("7", frozenset({Severity.CRITICAL}), "")
    assert shown(model) == [3]
    model.set_filter("", ALL, "demand")
    assert shown(model) == [2]
    model.set_filter("nowhere", ALL, "")
    assert shown(model) == []
    assert model.total == 4


def test_filters_by_the_detectors_that_found_an_incident_together(model: IncidentTable) -> None:
    model.set_rows([row(1, voters=("garch",)), row(2, voters=("garch", "nnar")), row(3)])
    model.set_filter("", ALL, "", ("garch",))
    assert shown(model) == [1]
    model.set_filter("", ALL, "", ())
    assert shown(model) == [3]
    model.set_filter("", ALL, "")
    assert sorted(shown(model)) == [1, 2, 3]


def test_new_rows_keep_filter_and_order(model: IncidentTable) -> None:
    model.sort(DURATION, DOWN)
    model.set_filter("", frozenset({Severity.CRITICAL}), "")
    model.set_rows([row(7, Severity.CRITICAL), row(8), row(9, Severity.CRITICAL)])
    assert shown(model) == [9, 7]


def test_a_row_is_found_by_its_incident(model: IncidentTable) -> None:
    assert model.row_of(2) == 1
    assert model.row_of(99) == -1
    assert model.row_of(None) == -1
    model.set_filter("", frozenset({Severity.WARNING}), "")
    assert model.row_of(2) == -1


def test_selected_indexes_follow_their_incident_when_sorted(model: IncidentTable) -> None:
    from PySide6.QtCore import QPersistentModelIndex

    kept = QPersistentModelIndex(model.index(0, WHERE))
    model.sort(START, DOWN)
    assert kept.data(ROW_ROLE).incident.id == 4
    assert kept.row() == 3


def test_a_replaced_row_stays_in_place_and_says_so(model: IncidentTable) -> None:
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.column())))
    model.replace_row(row(3, tag="fault", comment="seen"))
    assert model.index(2, TAG).data() == "Fault"
    assert model.index(2, COMMENT).data() == "seen"
    assert changed == [(2, len(HEADERS) - 1)]


def test_an_edited_comment_is_handed_over_and_only_comments_can_be_edited() -> None:
    told: list[tuple[int, str]] = []
    model = IncidentTable(PlainWords())
    model.commented.connect(lambda incident, text: told.append((incident, text)))
    model.set_rows([row(5)])
    assert model.flags(model.index(0, COMMENT)) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(0, CAUSE)) & Qt.ItemFlag.ItemIsEditable
    assert model.setData(model.index(0, COMMENT), "ticket", Qt.ItemDataRole.EditRole)
    assert not model.setData(model.index(0, CAUSE), "mine", Qt.ItemDataRole.EditRole)
    assert told == [(5, "ticket")]


def test_an_edited_owner_is_handed_over_and_who_has_seen_it_is_told_beside_the_mark() -> None:
    told: list[tuple[int, str]] = []
    model = IncidentTable(PlainWords())
    model.assigned.connect(lambda incident, text: told.append((incident, text)))
    model.set_rows([row(5), row(6)._replace(owner="noc", seen="Acknowledged by ali")])
    assert model.setData(model.index(model.row_of(5), OWNER), "ran", Qt.ItemDataRole.EditRole)
    assert told == [(5, "ran")]
    model.sort(SEEN, DOWN)
    assert [model.index(k, SEEN).data() for k in (0, 1)] == [SEEN_MARK, ""]
    assert model.index(0, SEEN).data(Qt.ItemDataRole.ToolTipRole) == "Acknowledged by ali"
    assert model.index(0, OWNER).data(Qt.ItemDataRole.EditRole) == "noc"


def test_qt_finds_nothing_wrong_with_the_model(model: IncidentTable) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(START, DOWN)
    model.set_filter("cell", ALL, "")
    model.replace_row(row(3, tag="fault"))
    model.set_rows([])
    model.set_rows([row(1)])
    assert tester.model() is model


def test_a_hundred_thousand_incidents_are_worded_only_where_they_are_drawn() -> None:
    words = PlainWords()
    model = IncidentTable(words)
    model.set_rows([row(i, list(Severity)[i % 4]) for i in range(100_000)])
    model.sort(START, UP)
    model.set_filter("cell 9999", ALL, "")
    assert model.rowCount() == 19  # 9999, 19999 to 89999 and 99990 to 99999
    assert words.worded == []
    assert model.index(0, START).data() == "start 99999"
    assert words.worded == [99_999]


def test_indexes_outside_are_empty(model: IncidentTable) -> None:
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_incidents_are_found_by_what_their_cells_are(model: IncidentTable) -> None:
    model.set_rows([row(1, traits="hill lte 1800 north"), row(2, traits="lake lte 800 north"), row(3, traits="")])
    model.set_filter("LTE 800", ALL, "")
    assert shown(model) == [2]
    model.set_filter("north cell", ALL, "")
    assert shown(model) == [2, 1]
