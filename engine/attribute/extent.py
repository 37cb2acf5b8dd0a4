"""How far an incident reaches: which cells take a good part in it, and of how many places they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Anomaly, Cell, IntArray

GOOD_PART = 0.25
"""Of the anomalous points that the worst cell has."""


@dataclass(frozen=True)
class Extent:
    """cells: those with a good part of the anomalous points, ascending.

    sites: how many known sites they are of; site: its name if they are all of one. places: how many different places
    are known, sites, squares or positions. apart: how many cells have none: they may lie anywhere. all_of_sites: how
    many cells those sites have in the data.
    """

    cells: tuple[int, ...]
    sites: int
    site: str
    places: int
    apart: int
    all_of_sites: int


def extent_of(anomalies: Sequence[Anomaly], cells: Sequence[Cell], site_sizes: Mapping[str, int]) -> Extent:
    """How far some anomalies reach. cells: of the panel; site_sizes: site -> how many of those it has."""
    length: dict[int, int] = {}
    for cell, spans in _spans(anomalies).items():
        length[cell] = _covered(spans)
    most = max(length.values())
    much = tuple(sorted(cell for cell, points in length.items() if points >= GOOD_PART * most))
    places = [place_of(cells[c]) for c in much]
    sites = {cells[c].site for c in much} - {""}
    return Extent(
        cells=much,
        sites=len(sites),
        site=next(iter(sites)) if len(sites) == 1 and all(cells[c].site for c in much) else "",
        places=len({place for place in places if place is not None}),
        apart=places.count(None),
        all_of_sites=sum(site_sizes[site] for site in sites),
    )


def beside(cells: Sequence[int], without: Sequence[int], neighbours: Sequence[IntArray], most: int) -> IntArray:
    """The cells beside some (or alike), at most so many, without those of an incident."""
    found = {n for c in cells for n in neighbours[c].tolist()} - set(without)
    return np.array(sorted(found)[:most], np.int64)


def _spans(anomalies: Sequence[Anomaly]) -> dict[int, list[tuple[int, int]]]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for anomaly in anomalies:
        spans.setdefault(anomaly.cell, []).append((anomaly.start, anomaly.stop))
    return spans


def _covered(spans: list[tuple[int, int]]) -> int:
    """How many periods some spans cover together."""
    covered = end = 0
    for start, stop in sorted(spans):
        covered += max(0, stop - max(start, end))
        end = max(end, stop)
    return covered


def place_of(cell: Cell) -> object:
    """What tells one place from another: site, square or position; None where nothing is known."""
    if cell.site:
        return cell.site
    if cell.row is not None and cell.col is not None:
        return cell.row, cell.col
    return None if cell.lat is None or cell.lon is None else (round(cell.lat, 4), round(cell.lon, 4))
