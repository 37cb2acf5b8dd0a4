"""What is listed of cells, and in which order."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import Cell, Severity
from engine.inspection.summary import RANK
from gui.prepared.cell_list import CALM, CellList
from gui.prepared.cell_order import CellOrder
from gui.prepared.digest import Digest
from tests.engine.result_factory import make_result

CELLS = (Cell("a1", name="Älter Markt", site="north"), Cell("b2", site="south"), Cell("a3", site="north"), Cell("d4"))


def test_a_cell_is_called_by_its_name_or_else_its_id() -> None:
    listed = CellList.of(CELLS, {})
    assert listed.labels == ("Älter Markt", "b2", "a3", "d4")
    assert listed.sites == ("north", "south", "")
    assert [listed.sites[site] for site in listed.site] == ["north", "south", "north", ""]
    assert not listed.flat
    assert CellList.of(CELLS[3:], {}).flat


def test_every_cell_has_the_rank_of_its_worst_incident_and_their_number() -> None:
    result = make_result(cells=6, anomalies=12)
    digest = Digest.of(result)
    for cell in range(6):
        mine = [incident for incident in result.incidents if cell in incident.cells]
        assert digest.cells.incidents[cell] == len(mine)
        assert digest.cells.rank[cell] == min((RANK[i.severity] for i in mine), default=CALM)
    assert {RANK[severity] for severity in Severity} == set(range(CALM))


@pytest.mark.parametrize(
    ("text", "found"), [("ÄLTER", [0]), ("NORTH", [0, 2]), ("b2", [1]), ("", [0, 1, 2, 3]), ("no such", [])]
)
def test_text_is_looked_for_in_name_id_and_site_whatever_its_capitals(text: str, found: list[int]) -> None:
    assert np.flatnonzero(CellList.of(CELLS, {}).matching(text)).tolist() == found


OF_WHAT = (
    Cell("a", site="Hill 8", technology="LTE", band="800", region="North"),
    Cell("b", site="Hill 8", technology="LTE", band="1800", region="North", area="70"),
    Cell("c", site="Lake", technology="NR", band="n78", region="Lower Lakes", vendor="acme"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lte 800", [0]),
        ("LTE", [0, 1]),
        ("800", [0]),
        ("north hill", [0, 1]),
        ("hill 8", [0, 1]),
        ("8 hill", []),
        ("lower acme n78", [2]),
        ("70", [1]),
        ("nr 800", []),
    ],
)
def test_cells_are_found_by_what_they_are(text: str, found: list[int]) -> None:
    assert np.flatnonzero(CellList.of(OF_WHAT, {}).matching(text)).tolist() == found


@st.composite
def lists(draw: st.DrawFn) -> CellList:
    """Some cells at some sites with some incidents."""
    count = draw(st.integers(0, 12))
    names = tuple(draw(st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=count, max_size=count)))
    listed = CellList.of([Cell(f"c{i}", site=site) for i, site in enumerate(names)], {})
    listed.rank[:] = draw(st.lists(st.integers(0, CALM), min_size=count, max_size=count))
    taking = st.tuples(st.integers(0, max(count - 1, 0)), st.integers(0, 3))
    pairs = sorted(draw(st.sets(taking, max_size=12))) if count else []
    return dataclasses.replace(listed, takes_part=np.array(pairs, np.int64).reshape(-1, 2))


def shared(listed: CellList, cells: Sequence[int]) -> int:
    """In how many incidents some cells take part together."""
    return len({incident for cell, incident in listed.takes_part.tolist() if cell in set(cells)})


@given(lists(), st.booleans(), st.booleans(), st.sets(st.sampled_from(["", "a", "b", "c"])))
def test_cells_stand_under_their_sites_in_the_order_of_a_plain_sort(
    listed: CellList, worst: bool, backwards: bool, is_open: set[str]
) -> None:
    order = CellOrder.of(listed, "", worst=worst, backwards=backwards)
    cells = list(range(len(listed)))
    if worst:
        cells.sort(key=lambda c: (listed.rank[c], -listed.incidents[c]), reverse=backwards)
    elif backwards:
        cells.reverse()
    expected: list[object] = list(cells)
    if not listed.flat:
        under: dict[str, list[int]] = {}
        for cell in cells:
            under.setdefault(listed.sites[listed.site[cell]], []).append(cell)
        sites = list(under)
        if worst:
            sites.sort(
                key=lambda s: (min(listed.rank[under[s]]), -shared(listed, under[s])),
                reverse=backwards,
            )
        expected = [row for site in sites for row in (site, *(under[site] if site in is_open else ()))]
    rows = order.in_sight(listed, is_open).tolist()
    assert [row if row >= 0 else listed.sites[order.sites[-1 - row]] for row in rows] == expected


@given(lists(), st.booleans())
def test_a_site_has_the_worst_rank_of_its_cells_and_counts_what_they_share_once(listed: CellList, worst: bool) -> None:
    order = CellOrder.of(listed, "", worst=worst, backwards=False)
    for place, site in enumerate(order.sites):
        mine = order.cells[order.starts[place] : order.starts[place + 1]]
        assert set(mine) == set(np.flatnonzero(listed.site == site))
        assert order.rank[place] == listed.rank[mine].min()
        assert order.incidents[place] == shared(listed, mine.tolist())
