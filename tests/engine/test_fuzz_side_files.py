"""Whatever stands in a cell table, KPI table, grid or table of rows: it is read, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.io import LoadOptions
from engine.monitor import Monitor
from engine.network.cells import read_cells
from engine.network.kpi_table import read_kpi_table
from engine.rowwise import read_rows
from engine.text import say
from tests.engine.io.test_fuzz import TRIES, mutate

CELLS = b"Cell Name,Site,TAC,CI,ECGI,Azimuth,Lat,Lon\nN1A,N1,42,7,228-01-1799,120,45.5,9.2\nN1B,N1,42,8,,240,45.5,9.2\n"
KPIS = b"kpi;unit;kind;bad;numerator;denominator\nX1;;count;down;;\nrate;%;ratio;up;drops;calls\n"
GRID = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": 1, "properties": {"cellId": 7}, "geometry":'
    b' {"type": "Polygon", "coordinates": [[[9.0, 45.0], [9.1, 45.0], [9.1, 45.2], [9.0, 45.2], [9.0, 45.0]]]}}]}'
)
ROWS = b"Time,CellName,PRBUsageDL,meanUE_DL,Unusual\r\n" + b"".join(
    b"%d:15,%dALTE,%d.5,%d,%d\r\n" % (k % 24, k % 7, k % 90, k % 9, k % 3 == 0) for k in range(60)
)


def _rows(path: Path) -> object:
    return read_rows([path], LoadOptions(), Monitor())


@pytest.mark.timeout(max(300, TRIES))
@pytest.mark.parametrize(
    ("name", "content", "read", "tries"),
    [
        ("cells.csv", CELLS, read_cells, 8 * TRIES),
        ("kpis.csv", KPIS, read_kpi_table, 8 * TRIES),
        ("grid.geojson", GRID, read_cells, 8 * TRIES),
        ("rows.csv", ROWS, _rows, TRIES),
    ],
)
def test_any_mutation_is_read_or_refused_with_a_reason(
    name: str, content: bytes, read: Callable[[Path], object], tries: int, tmp_path: Path
) -> None:
    @settings(max_examples=tries, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 2**32))
    def attempt(seed: int) -> None:
        path = tmp_path / name
        path.write_bytes(mutate(content, seed))
        try:
            told = read(path)
        except InputError as error:
            told = say(error.reason)
        assert told

    attempt()
