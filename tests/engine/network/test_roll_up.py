"""Cells put together to sites, areas, and by what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import Cell, Direction, Flag, Kpi, KpiKind, Panel
from engine.errors import InputError
from engine.network.kpi_table import KpiEntry
from engine.network.roll_up import choices, roll_up

NAN = np.nan
TABLE = {"rate": KpiEntry("rate", "%", KpiKind.RATIO, Direction.UP, "drops", "calls")}


def panel() -> Panel:
    """Two cells of site S1, one of S2, one of none; four periods."""
    cells = (
        Cell("a", site="S1", area="7", lat=1.0, lon=2.0),
        Cell("b", site="S1", area="7", lat=3.0, lon=4.0),
        Cell("c", site="S2", area="7"),
        Cell("d"),
    )
    values = {
        "calls": [[100, 100, 100, NAN], [4, 4, NAN, 4], [10, 10, 10, NAN], [1, 1, 1, 1]],
        "drops": [[10, 0, 1, NAN], [2, 4, NAN, 0], [1, 1, 1, NAN], [0, 0, 0, 0]],
        "load": [[10, 20, 30, NAN], [30, 40, NAN, 50], [5, 5, 5, NAN], [1, 1, 1, 1]],
        "rate": [[10, 0, 1, NAN], [50, 100, NAN, 0], [10, 10, 10, NAN], [0, 0, 0, 0]],
    }
    kpis = (Kpi("calls"), Kpi("drops"), Kpi("load", "%", KpiKind.GAUGE), Kpi("rate", "%", KpiKind.RATIO, Direction.UP))
    arrays = {k: np.array(v, np.float32) for k, v in values.items()}
    flags = {k: np.zeros((4, 4), np.uint8) for k in values}
    flags["calls"][1, 1] = Flag.SUSPECT
    times = np.arange("2024-01-01T00", "2024-01-01T04", dtype="datetime64[h]").astype("datetime64[s]")
    return Panel(times, 3600, "UTC", cells, kpis, arrays, flags)


def test_counts_are_summed_gauges_averaged_and_ratios_are_of_sums() -> None:
    sites, notes = roll_up(panel(), "site", TABLE)
    assert [c.id for c in sites.cells] == ["S1", "S2"]
    assert (sites.cells[0].lat, sites.cells[0].lon, sites.cells[0].area) == (2.0, 3.0, "7")
    np.testing.assert_array_equal(sites.values["calls"][0], [104, 104, 100, NAN])
    np.testing.assert_array_equal(sites.values["load"][0], [20, 30, NAN, NAN])
    np.testing.assert_allclose(sites.values["rate"][0, :2], [100 * 12 / 104, 100 * 4 / 104], rtol=1e-6)
    assert [n.code for n in notes] == ["rolled_up", "roll_up_left_out"]
    assert [k.id for k in sites.kpis] == ["calls", "drops", "load", "rate"]


def test_a_cell_that_hardly_counts_may_be_missing_but_is_told_and_one_that_counts_makes_the_sum_missing() -> None:
    sites, _ = roll_up(panel(), "site", TABLE)
    assert sites.flags["calls"][0].tolist() == [0, Flag.SUSPECT, Flag.SUSPECT, 0]
    assert np.isnan(sites.values["calls"][0, 3])


def test_a_group_is_what_all_its_cells_are() -> None:
    like = {"technology": "LTE", "region": "North"}
    cells = tuple(replace(cell, band=str(k), **like) for k, cell in enumerate(panel().cells))
    sites, _ = roll_up(replace(panel(), cells=cells), "site", TABLE)
    assert {(cell.technology, cell.region, cell.band) for cell in sites.cells[:1]} == {("LTE", "North", "")}


def test_areas_are_of_several_sites() -> None:
    areas, _ = roll_up(panel(), "area", TABLE)
    assert [c.id for c in areas.cells] == ["7"]
    assert areas.values["calls"][0, 0] == 114


def test_a_ratio_of_unknown_parts_is_never_averaged() -> None:
    sites, notes = roll_up(panel(), "site", {})
    assert "rate" not in sites.values
    assert "roll_up_ratios" in {n.code for n in notes}


@pytest.mark.parametrize(
    ("by", "of", "code"),
    [
        ("sector", panel(), "roll_up_unknown"),
        ("site+site", panel(), "roll_up_unknown"),
        ("site+area+band", panel(), "roll_up_unknown"),
        ("", panel(), "roll_up_unknown"),
        ("region", panel(), "roll_up_nothing"),
        ("site", replace(panel(), cells=tuple(Cell(k) for k in "abcd")), "roll_up_nothing"),
        ("site", replace(panel(), kpis=panel().kpis[3:]), "roll_up_no_kpi"),
    ],
)
def test_what_cannot_be_put_together_is_told(by: str, of: Panel, code: str) -> None:
    with pytest.raises(InputError) as caught:
        roll_up(of, by, {})
    assert caught.value.reason.code == code


def network() -> Panel:
    """LTE and 5G of 40 sites in two regions, of two vendors; each cell counts ten calls an hour."""
    cells = tuple(
        Cell(
            f"{site}-{technology}",
            site=f"S{site}",
            region="North" if site < 25 else "South",
            technology=technology,
            band="3500" if technology == "5G" else "800",
            vendor="A" if site < 25 else "B",
            lat=float(site),
            lon=0.0,
        )
        for site in range(40)
        for technology in ("LTE", "5G")
    )
    values = {"calls": np.full((80, 6), 10, np.float32)}
    times = np.arange("2024-01-01T00", "2024-01-01T06", dtype="datetime64[h]").astype("datetime64[s]")
    return Panel(times, 3600, "UTC", cells, (Kpi("calls"),), values, {"calls": np.zeros((80, 6), np.uint8)})


def test_two_fields_make_a_group_of_each_pair() -> None:
    both, notes = roll_up(network(), "region+technology", {})
    assert [c.id for c in both.cells] == ["North / LTE", "North / 5G", "South / LTE", "South / 5G"]
    assert both.values["calls"][:, 0].tolist() == [250, 250, 150, 150]
    assert (both.cells[1].region, both.cells[1].technology, both.cells[1].vendor) == ("North", "5G", "A")
    assert both.cells[1].lat == 12.0
    assert notes[0].params["by"] == "region and technology"


def test_what_is_all_over_the_network_has_no_place() -> None:
    of_it, _ = roll_up(network(), "technology", {})
    assert [(c.id, c.lat) for c in of_it.cells] == [("LTE", None), ("5G", None)]


def test_cells_of_a_site_stay_at_their_site() -> None:
    of_it, _ = roll_up(network(), "site+technology", {})
    assert (of_it.cells[0].id, of_it.cells[0].site) == ("S0 / LTE", "S0")


def test_names_that_hold_the_mark_between_two_fields_stay_apart() -> None:
    cells = (Cell("a", region="N / E", technology="L"), Cell("b", region="N", technology="E / L"), Cell("c"), Cell("d"))
    of_it, _ = roll_up(replace(panel(), cells=cells), "region+technology", TABLE)
    assert [c.id for c in of_it.cells] == ["N / E // L", "N // E / L"]


def test_of_many_cells_a_few_that_are_missing_make_no_period_suspect() -> None:
    of_it = network()
    values, flags = of_it.values["calls"].copy(), of_it.flags["calls"].copy()
    cells = tuple(replace(cell, region="All") for cell in of_it.cells) * 5
    values, flags = np.tile(values, (5, 1)), np.tile(flags, (5, 1))
    values[:3, 0], values[:5, 1], values[:50, 2] = np.nan, np.nan, np.nan
    flags[:3, 3], flags[:5, 4], flags[0, 5] = Flag.SUSPECT, Flag.SUSPECT, Flag.IMPUTED
    whole, _ = roll_up(replace(of_it, cells=cells, values={"calls": values}, flags={"calls": flags}), "region", {})
    np.testing.assert_array_equal(whole.values["calls"][0], [3970, 3950, NAN, 4000, 4000, 4000])
    assert whole.flags["calls"][0].tolist() == [0, Flag.SUSPECT, 0, 0, Flag.SUSPECT, Flag.IMPUTED]


def test_offered_is_what_the_cells_have_and_what_tells_them_apart() -> None:
    offered = choices(network().cells)
    assert offered[:5] == ("site", "region", "technology", "band", "vendor")
    assert "region+technology" in offered
    assert "region+vendor" not in offered  # a region is of one vendor
    assert "site+technology" not in offered  # no two cells of a site are of one
    assert choices([Cell("a"), Cell("b")]) == ()
