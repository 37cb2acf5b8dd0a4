"""What the cells of an incident share and others have not."""

from __future__ import annotations

import dataclasses

import pytest

from engine.attribute.common_traits import Trait, Traits
from engine.data import Cell
from engine.text import tell
from tests.engine.attribute.scene import COUNTS, Network, words

BANDS = ("800", "1800", "2600")


def city(sites: int = 12) -> list[Cell]:
    """Sites of nine cells, three to a band; a third of the sites in each region, one site in four of vendor b."""
    return [
        Cell(
            f"S{site}-{k}",
            site=f"S{site}",
            sector=str(k % 3 + 1),
            band=BANDS[k // 3],
            technology="LTE",
            region=("North", "Mid", "South")[3 * site // sites],
            vendor="b" if site % 4 == 0 else "a",
        )
        for site in range(sites)
        for k in range(9)
    ]


def rows_of(cells: list[Cell], **like: str) -> list[int]:
    return [i for i, cell in enumerate(cells) if all(getattr(cell, name) == value for name, value in like.items())]


def test_one_band_of_one_site_is_told_against_the_rest_of_the_site() -> None:
    cells = city()
    assert Traits(cells).common(rows_of(cells, site="S3", band="800")) == (Trait("band", "800", 0.0, there=True),)


def test_one_band_of_several_sites_is_told_against_the_rest_of_these_sites() -> None:
    cells = [dataclasses.replace(cell, band="20" if cell.sector != "1" else "3") for cell in city()]
    rows = [i for i in rows_of(cells, band="20") if cells[i].site in ("S3", "S4")]
    assert Traits(cells).common(rows) == (Trait("band", "20", 0.0, there=True),)


def test_a_whole_site_shares_nothing_that_tells() -> None:
    cells = city()
    assert Traits(cells).common(rows_of(cells, site="S3")) == ()


def test_one_cell_shares_nothing() -> None:
    assert Traits(city()).common([5]) == ()


def test_all_sites_of_a_vendor_are_told_with_how_many_others_are_of_it() -> None:
    cells = city(60)
    found = Traits(cells).common(rows_of(cells, vendor="b", region="Mid"))
    assert [(one.field, one.value) for one in found] == [("region", "Mid"), ("vendor", "b")]
    assert found[1].others == pytest.approx(len(rows_of(cells, vendor="b")) / len(cells), abs=0.1)


def test_two_sites_beside_each_other_are_of_one_region_anyway() -> None:
    cells = city()
    assert Traits(cells).common([*rows_of(cells, site="S1"), *rows_of(cells, site="S2")]) == ()


def test_what_all_cells_are_is_not_told() -> None:
    cells = city()
    assert all(one.field != "technology" for one in Traits(cells).common(rows_of(cells, band="800")))


def test_nothing_is_said_where_one_of_them_is_not_known() -> None:
    cells = city()
    rows = rows_of(cells, site="S3", band="800")
    cells[rows[0]] = dataclasses.replace(cells[rows[0]], band="")
    assert Traits(cells).common(rows) == ()


def test_it_is_evidence_of_a_loss() -> None:
    network = Network()
    struck = range(36, 45)
    network.cells = tuple(
        dataclasses.replace(cell, vendor="b" if i in struck else "a", band="20") for i, cell in enumerate(network.cells)
    )
    told = [words(cause) for cause in network.put(COUNTS, [*struck], 228, 236, 0.0).causes()]
    assert any(tell("evidence_shared", traits="vendor b (no other cell)") in one for one in told)


def test_a_loss_of_one_technology_at_many_sites_is_a_fault_of_that_kind_and_not_of_an_area() -> None:
    network = Network()
    network.cells = tuple(
        dataclasses.replace(cell, technology="5G" if i % 3 else "4G", vendor="b" if i < 30 else "a")
        for i, cell in enumerate(network.cells)
    )
    alone = [i for i, cell in enumerate(network.cells) if (cell.technology, cell.vendor) == ("4G", "b")]
    first = network.change(COUNTS, alone, 228, 236, 0.3).causes()[0]
    assert first.kind == "kind_failure"
    assert "Common to all of these cells: technology 4G (no other cell of these sites)" in words(first)
    assert "These are 10 of the 10 cells of technology 4G, vendor b." in words(first)
    assert "These are 10 of the 30 cells of their sites." in words(first)


def test_a_few_cells_of_a_technology_that_fail_at_the_same_hour_are_no_fault_of_it() -> None:
    network = Network()
    network.cells = tuple(
        dataclasses.replace(cell, technology="5G" if i % 3 else "4G") for i, cell in enumerate(network.cells)
    )
    causes = network.change(COUNTS, (0, 3, 6), 228, 236, 0.3).causes()
    assert "kind_failure" not in [cause.kind for cause in causes]


def test_whole_sites_of_one_vendor_that_fail_are_an_area() -> None:
    network = Network()
    network.cells = tuple(
        dataclasses.replace(cell, vendor="b" if i < 30 else "a") for i, cell in enumerate(network.cells)
    )
    causes = network.change(COUNTS, range(30), 228, 236, 0.3).causes()
    assert causes[0].kind == "area_failure"
    assert "kind_failure" not in [cause.kind for cause in causes]
