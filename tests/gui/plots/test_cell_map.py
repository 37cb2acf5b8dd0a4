"""The map: where cells are, which one is under the pointer, and how it zooms."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine.data import Cell, Severity
from engine.palette import LIGHT
from gui.look.theme import qt_palette
from gui.plots.cell_map import CellMap
from gui.plots.places import places_of
from gui.prepared.lane_rows import QUIET
from tests.gui.gestures import click, double_click, drag, wheel

SQUARES = tuple(Cell(id=f"c{i}", row=i // 4, col=i % 4) for i in range(12))
POINTS = tuple(Cell(id=f"c{i}", lat=45.0 + i % 3 * 0.01, lon=9.0 + i // 3 * 0.01) for i in range(12))


def opened(qtbot: QtBot, cells: tuple[Cell, ...]) -> CellMap:
    made = CellMap()
    made.setPalette(qt_palette(LIGHT))
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_places(places_of(cells), lambda cell: f"cell {cell}")
    made.show_moment(np.linspace(0, 0.9, len(cells), dtype=np.float32), np.full(len(cells), QUIET))
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_grid_wins_over_positions() -> None:
    both = tuple(dataclasses.replace(c, lat=45.0, lon=9.0) for c in SQUARES)
    assert places_of(both).grid
    assert not places_of(POINTS).grid


def test_cells_without_a_position_are_counted() -> None:
    places = places_of((*POINTS, Cell(id="nowhere"), Cell(id="half", lat=45.0)))
    assert places.unplaced == 2
    assert places.cells.tolist() == list(range(12))


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude() -> None:
    places = places_of((Cell(id="a", lat=60.0, lon=10.0), Cell(id="b", lat=60.0, lon=11.0)))
    assert np.ptp(places.x) == pytest.approx(0.5)


def test_without_positions_it_is_empty(qtbot: QtBot) -> None:
    made = CellMap()
    qtbot.addWidget(made)
    made.show_places(places_of((Cell(id="a"),)), str)
    assert made.empty
    assert made.cell_at(QPointF(10, 10)) is None
    assert not made.grab().isNull()


@pytest.mark.parametrize("cells", [SQUARES, POINTS], ids=["grid", "points"])
def test_a_click_chooses_the_cell_under_it(qtbot: QtBot, cells: tuple[Cell, ...]) -> None:
    made = opened(qtbot, cells)
    chosen: list[int] = []
    made.chosen.connect(chosen.append)
    for cell in (0, 5, 11):
        click(made, made.place_of(cell))
    assert chosen == [0, 5, 11]


@pytest.mark.parametrize("cells", [SQUARES, POINTS], ids=["grid", "points"])
def test_row_0_is_in_the_south_and_column_0_in_the_west(qtbot: QtBot, cells: tuple[Cell, ...]) -> None:
    made = opened(qtbot, cells)
    north_east, south_west = made.place_of(11), made.place_of(0)
    assert south_west.y() > north_east.y()
    assert south_west.x() < north_east.x()


def test_sectors_of_one_site_lie_where_their_antennas_point(qtbot: QtBot) -> None:
    """North, east and south of the same mast; a fourth cell does not say where it points."""
    sectors = tuple(Cell(id=str(b), lat=45.0, lon=9.0, azimuth=b) for b in (0.0, 90.0, 180.0))
    made = opened(qtbot, (*sectors, Cell(id="omni", lat=45.0, lon=9.0), Cell(id="far", lat=45.1, lon=9.1)))
    north, east, south, mast = (made.place_of(cell) for cell in range(4))
    assert north.y() < mast.y() < south.y()
    assert north.x() == south.x() == mast.x()
    assert east.x() > mast.x()
    assert east.y() == mast.y()
    assert [made.cell_at(QPointF(place)) for place in (north, east, south)] == [0, 1, 2]


def test_a_sector_is_a_wedge_in_the_colour_of_its_severity(qtbot: QtBot) -> None:
    cells = (Cell(id="a", lat=45.0, lon=9.0, azimuth=90.0), Cell(id="far", lat=45.1, lon=9.1, azimuth=270.0))
    made = opened(qtbot, cells)
    quiet = made.grab().toImage()
    made.show_moment(np.array([2.0, 0.1], np.float32), np.array([0, QUIET]))
    at, ratio = made.place_of(0), made.devicePixelRatio()
    edge = QPoint(at.x() + round(0.3 * made._wedge()), at.y()) * ratio  # beside the mark
    assert made.grab().toImage().pixelColor(edge) != quiet.pixelColor(edge)


@pytest.mark.parametrize("size", [(500, 120), (900, 700)])
def test_sectors_at_the_rim_are_seen_whole(qtbot: QtBot, size: tuple[int, int]) -> None:
    corners = ((0, 0, 225.0), (0, 1, 135.0), (1, 0, 315.0), (1, 1, 45.0))
    cells = tuple(Cell(id=f"{i}{j}", lat=45.0 + 0.1 * i, lon=9.0 + 0.1 * j, azimuth=b) for i, j, b in corners)
    made = opened(qtbot, cells)
    made.resize(*size)
    reach, sites = made._wedge(), made._sites()
    assert (sites >= reach).all()
    assert (sites <= np.array(size) - reach).all()


def test_a_click_into_the_void_chooses_nothing(qtbot: QtBot) -> None:
    made = opened(qtbot, POINTS)
    chosen: list[int] = []
    made.chosen.connect(chosen.append)
    click(made, QPoint(2, 2))
    assert chosen == []


@pytest.mark.parametrize("cells", [SQUARES, POINTS], ids=["grid", "points"])
def test_the_wheel_zooms_at_the_pointer(qtbot: QtBot, cells: tuple[Cell, ...]) -> None:
    made = opened(qtbot, cells)
    at, other = made.place_of(6), made.place_of(0)
    wheel(made, at, 2)
    assert (made.place_of(6) - at).manhattanLength() <= 2
    assert (made.place_of(0) - at).manhattanLength() > (other - at).manhattanLength()


def test_a_drag_pans_and_a_double_click_shows_all(qtbot: QtBot) -> None:
    made = opened(qtbot, SQUARES)
    before = made.place_of(3)
    chosen: list[int] = []
    made.chosen.connect(chosen.append)
    drag(made, QPoint(200, 200), QPoint(260, 230))
    assert made.place_of(3) - before == QPoint(60, 30)
    assert chosen == []
    double_click(made, QPoint(5, 5))
    assert made.place_of(3) == before


def test_keys_pan_zoom_and_go_home(qtbot: QtBot) -> None:
    made = opened(qtbot, SQUARES)
    before = made.place_of(3)
    qtbot.keyClick(made, Qt.Key.Key_Right)
    assert made.place_of(3).x() < before.x()
    qtbot.keyClick(made, Qt.Key.Key_Plus)
    qtbot.keyClick(made, Qt.Key.Key_Home)
    assert made.place_of(3) == before


@pytest.mark.parametrize("cells", [SQUARES, POINTS], ids=["grid", "points"])
def test_an_alarm_shows_its_severity(qtbot: QtBot, cells: tuple[Cell, ...]) -> None:
    made = opened(qtbot, cells)
    ranks = np.full(12, QUIET)
    ranks[5] = 0
    made.show_moment(np.full(12, 0.1, np.float32), ranks)
    image, at = made.grab().toImage(), made.place_of(5)
    assert QColor(image.pixel(at)).name() == LIGHT.severity[Severity.CRITICAL].lower()


def test_no_opinion_is_neither_quiet_nor_alarming(qtbot: QtBot) -> None:
    made = opened(qtbot, SQUARES)
    made.show_moment(np.full(12, np.nan, np.float32), np.full(12, QUIET))
    image = made.grab().toImage()
    centre = made.place_of(5)
    near = {QColor(image.pixel(centre.x() + dx, centre.y() + dy)).name() for dx in range(8) for dy in range(8)}
    assert LIGHT.panel.lower() in near
    assert len(near) > 1


def test_a_few_squares_of_a_large_grid_are_large_enough_to_be_seen_and_clicked(qtbot: QtBot) -> None:
    few = tuple(Cell(id=f"c{i}", row=i * 9, col=i * 37 % 100) for i in range(12))
    made = opened(qtbot, few)
    for cell in range(len(few)):
        at = made.place_of(cell)
        assert made.cell_at(QPointF(at + QPoint(3, 3))) == cell
    made.show_moment(np.ones(len(few), np.float32), np.full(len(few), QUIET))
    shot = made.grab().toImage()
    at = made.place_of(5)
    for away in (QPoint(0, 0), QPoint(2, 0), QPoint(0, -2)):
        assert shot.pixelColor(at + away) != QColor(LIGHT.panel)


def test_the_key_hides_no_cell_and_leaves_a_low_map_to_its_cells(qtbot: QtBot) -> None:
    made = opened(qtbot, POINTS)
    lowest = max(made.place_of(cell).y() for cell in range(12))
    assert lowest + 13 <= 400 - 32, "the ring of a selected cell ends above what the shades mean"
    made.resize(500, 90)
    highest, lowest = (pick(made.place_of(cell).y() for cell in range(12)) for pick in (min, max))
    assert lowest - highest >= 90 - 2 * 20 - 1


def test_one_cell_alone_is_shown(qtbot: QtBot) -> None:
    made = opened(qtbot, SQUARES[:1])
    assert made.cell_at(QPointF(made.place_of(0))) == 0
    alone = opened(qtbot, POINTS[:1])
    assert alone.cell_at(QPointF(alone.place_of(0))) == 0
