"""Grids of squares from GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.data import Cell
from engine.errors import InputError
from engine.io.squares import square
from engine.network.cells import read_cells


def square_at(west: float, south: float, **more: Any) -> dict[str, Any]:
    corners = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.2], [west, south + 0.2], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]}, **more}


def written(folder: Path, features: object) -> Path:
    path = folder / "grid.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_squares_side_by_side_get_their_row_and_column(tmp_path: Path) -> None:
    features = [square_at(9 + 0.1 * c, 45 + 0.2 * r, properties={"cellId": 10 * r + c}) for r in (1, 0) for c in (0, 1)]
    cells = read_cells(written(tmp_path, features)).cells
    assert cells["0"] == Cell("0", lat=45.1, lon=9.05, row=0, col=0)
    assert [(cells[k].row, cells[k].col) for k in ("1", "10", "11")] == [(0, 1), (1, 0), (1, 1)]


def test_shapes_that_form_no_grid_have_a_place_but_no_row(tmp_path: Path) -> None:
    features = [square_at(9.0, 45.0, id="a"), square_at(9.05, 45.0, id="b"), square_at(9.3, 45.07, id="c")]
    cells = read_cells(written(tmp_path, features)).cells
    assert {cell.row for cell in cells.values()} == {None}
    assert cells["b"].lon == 9.1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "grid_no_json"),
        ("[]", "grid_no_features"),
        ('{"features": []}', "grid_no_features"),
        ('{"features": [{"id": 1}]}', "grid_feature"),
        ('{"features": [{"geometry": {"coordinates": [9, 45]}}]}', "grid_feature"),
        ('{"features": [{"id": 1, "geometry": {"coordinates": [900, 45]}}]}', "grid_feature"),
        ('{"features": [7]}', "grid_feature"),
        ("[" * 100_000, "grid_no_json"),
    ],
)
def test_what_is_no_grid_is_refused_with_the_place(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "grid.geojson"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_cells(path)
    assert caught.value.reason.code == code


@pytest.mark.shared_data
def test_the_grid_of_milan_lies_where_its_numbers_say(shared_data: Path) -> None:
    cells = read_cells(shared_data / "telecom-italia-milan" / "grid" / "milano-grid.geojson").cells
    assert len(cells) == 10_000
    for name, cell in cells.items():
        known = square(name)
        assert known is not None
        assert (cell.row, cell.col) == (known.row, known.col)
