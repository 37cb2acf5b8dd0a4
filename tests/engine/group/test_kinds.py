"""Kinds of cells, and that what begins in most cells of a kind is one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.data import Anomaly, Cell, Direction
from engine.group import incidents
from engine.group.columns import Table
from engine.group.kinds import Kinds
from engine.group.links import ALIKE, WAYS, find_links
from engine.text import say
from tests.engine.evidence_factory import hourly
from tests.engine.group.test_incidents import DROPS, PERIODS, dip, grouped, panel


def city(sites: int = 16) -> tuple[Cell, ...]:
    """Sites far from each other, each with a cell of 4G and one of 5G; those of even number are of one vendor."""
    return tuple(
        Cell(
            f"{site}-{technology}",
            site=f"S{site}",
            lat=40.0 + site,
            lon=9.0,
            technology=technology,
            vendor="Aster" if site % 2 else "Birch",
            region="North" if site < 4 else "South",
        )
        for site in range(sites)
        for technology in ("4G", "5G")
    )


CITY = city()
BIRCH_5G = tuple(row for row, cell in enumerate(CITY) if (cell.technology, cell.vendor) == ("5G", "Birch"))


def falls(cells: Sequence[int], start: int = 100, stop: int = 106) -> list[Anomaly]:
    return [dip(cell, start, stop) for cell in cells]


def test_kinds_are_by_one_field_or_by_two_that_tell_more() -> None:
    kinds = Kinds.of(CITY)
    named = dict(zip(kinds.names, kinds.size.tolist(), strict=True))
    assert named[(("technology", "5G"),)] == 16
    assert named[(("technology", "5G"), ("vendor", "Birch"))] == 8
    assert named[(("technology", "5G"), ("region", "North"))] == 4
    assert (("region", "South"),) not in named  # three quarters of the network
    assert all(kinds.size[kinds.member[kinds.member >= 0]] >= 4)


def test_a_kind_that_one_field_tells_alone_is_not_told_by_two() -> None:
    same = [replace(cell, band="3500" if cell.technology == "5G" else "1800") for cell in CITY]
    assert (("technology", "5G"), ("band", "3500")) not in Kinds.of(same).names


def test_cells_of_which_nothing_is_known_and_cells_of_one_site_are_no_kind() -> None:
    assert len(Kinds.of([Cell(str(n)) for n in range(20)])) == 0
    one_site = [Cell(str(n), site="S", vendor="Aster" if n < 5 else "") for n in range(20)]
    assert len(Kinds.of(one_site)) == 0
    others_unknown = [Cell(str(n), vendor="Aster" if n < 5 else "") for n in range(20)]
    assert len(Kinds.of(others_unknown)) == 0
    assert len(Kinds.of([replace(cell, vendor=cell.vendor or "Birch") for cell in others_unknown])) == 1


def test_what_begins_in_most_cells_of_a_kind_is_one_incident_that_says_so() -> None:
    found = [replace(one, id=n) for n, one in enumerate(falls(BIRCH_5G[:6]))]
    (only,) = incidents(panel(CITY), found, hourly(PERIODS))
    assert [say(reason) for reason in only.grouped_by] == [
        "6 of the 8 cells of technology 5G, vendor Birch began within 1 h of each other, from Fri 10 Mar 04:00, and few"
        " other cells."
    ]


def test_they_may_begin_an_hour_apart_and_a_falling_kpi_does_not_go_with_another() -> None:
    late = [*falls(BIRCH_5G[:3]), *falls(BIRCH_5G[3:6], 101)]
    assert grouped(CITY, *late) == [set(range(6))]
    apart = [*falls(BIRCH_5G[:3]), *falls(BIRCH_5G[3:6], 103)]
    assert len(grouped(CITY, *apart)) == 6
    mixed = [*falls(BIRCH_5G[:3]), *(dip(cell, 100, 106, DROPS, Direction.UP) for cell in BIRCH_5G[3:6])]
    assert len(grouped(CITY, *mixed)) == 6


def test_a_few_cells_of_a_kind_are_chance() -> None:
    assert len(grouped(CITY, *falls(BIRCH_5G[:3]))) == 3
    large = city(60)
    some = [row for row, cell in enumerate(large) if (cell.technology, cell.vendor) == ("5G", "Birch")][:8]
    assert len(grouped(large, *falls(some))) == 8  # of 30


def test_what_begins_in_the_whole_network_is_of_no_kind() -> None:
    links = find_links(columns(range(len(CITY))), CITY, Kinds.of(CITY), PERIODS, 1, 24)
    assert WAYS.index(ALIKE) not in links.way
    links = find_links(columns(BIRCH_5G), CITY, Kinds.of(CITY), PERIODS, 1, 24)
    assert np.count_nonzero(links.way == WAYS.index(ALIKE)) >= len(BIRCH_5G) - 1


def columns(cells: Sequence[int]) -> Table:
    """A fall of one KPI in each of these cells at the same time."""
    many = len(cells)
    none = np.zeros(many, np.int64)
    return Table(np.array(cells, np.int64), none, none + 100, none + 106, none - 1)


def test_the_same_kind_twice_is_two_incidents() -> None:
    again = [*falls(BIRCH_5G), *falls(BIRCH_5G, 300, 306)]
    assert grouped(CITY, *again) == [set(range(8)), set(range(8, 16))]


def test_what_else_fails_in_the_network_at_that_moment_is_told_apart() -> None:
    near = [replace(cell, lat=40.0 + 0.02 * (row // 2)) for row, cell in enumerate(CITY)]
    other, all_of_it = 6, [*BIRCH_5G]  # a cell of 4G at a site of the others, beside two of theirs
    assert near[other].vendor == "Aster"
    found = grouped(near, *falls([*all_of_it, other]))
    assert found == [set(range(8)), {8}]
    without_place = [replace(cell, lat=None, lon=None) for cell in CITY]
    assert grouped(without_place, *falls([*all_of_it, other])) == [set(range(8)), {8}]


def test_a_site_that_fails_as_a_whole_meanwhile_is_told_apart_and_a_sibling_that_takes_the_load_is_not() -> None:
    sibling = BIRCH_5G[2] - 1
    assert CITY[sibling].site == CITY[BIRCH_5G[2]].site
    assert grouped(CITY, *falls([*BIRCH_5G, sibling])) == [set(range(8)), {8}]
    loaded = [*falls(BIRCH_5G), dip(sibling, 100, 106, DROPS, Direction.UP)]
    assert grouped(CITY, *loaded) == [set(range(9))]


def test_sites_of_a_kind_that_fail_with_all_their_cells_hang_together() -> None:
    whole = [row for row, cell in enumerate(CITY) if cell.vendor == "Birch"]
    assert grouped(CITY, *falls(whole)) == [set(range(16))]


def test_of_one_vendors_5g_that_fails_the_other_5g_is_no_part() -> None:
    others = [row for row, cell in enumerate(CITY) if (cell.technology, cell.vendor) == ("5G", "Aster")]
    assert grouped(CITY, *falls([*BIRCH_5G, others[3]])) == [set(range(8)), {8}]
    assert grouped(CITY, *falls([*BIRCH_5G, *others])) == [set(range(16))]


def test_what_goes_from_site_to_site_of_a_kind_is_one() -> None:
    rolled = [*falls(BIRCH_5G[:2]), *falls(BIRCH_5G[2:4], 101), *falls(BIRCH_5G[4:6], 102), *falls(BIRCH_5G[6:], 103)]
    assert grouped(CITY, *rolled) == [set(range(8))]


def test_of_very_many_small_kinds_some_are_struck_by_chance() -> None:
    cells = [replace(cell, area=str(row // 8)) for row, cell in enumerate(city(1200))]
    struck = [*range(0, 8, 2), *np.random.default_rng(1).choice(np.arange(8, 2400), 190, replace=False).tolist()]
    links = find_links(columns(struck), cells, Kinds.of(cells), PERIODS, 1, 24)
    assert WAYS.index(ALIKE) not in links.way
    links = find_links(columns(range(8)), cells, Kinds.of(cells), PERIODS, 1, 24)
    assert WAYS.index(ALIKE) in links.way
