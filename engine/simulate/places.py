"""Where the sites of the simulated network stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import Cell, DoubleArray

ZONES: Mapping[str, tuple[str, float, float]] = {
    "IR": ("Asia/Tehran", 35.70, 51.40),
    "IT": ("Europe/Rome", 45.46, 9.19),
    "DE": ("Europe/Berlin", 52.52, 13.40),
    "GB": ("Europe/London", 51.51, -0.13),
    "US": ("America/New_York", 40.73, -73.99),
    "IN": ("Asia/Kolkata", 19.08, 72.88),
    "SA": ("Asia/Riyadh", 24.71, 46.68),
}
"""Country -> zone and city centre (degrees) of the simulated network; other countries get UTC and 0, 0."""

SPACING_M = 600.0
_METRES_PER_DEGREE = 111_320.0


def places(cells: int, lat: float, lon: float, rng: np.random.Generator) -> tuple[Cell, ...]:
    """Sites on a jittered square grid around the centre, three sectors each, 120 degrees apart."""
    sites = -(-cells // 3)
    side = int(np.ceil(np.sqrt(sites)))
    metres_per_degree_lon = _METRES_PER_DEGREE * np.cos(np.radians(lat))
    placed = []
    for n in range(cells):
        site, sector = divmod(n, 3)
        if sector == 0:
            row, col = divmod(site, side)
            north = (row - side / 2) * SPACING_M + rng.normal(0, 80)
            east = (col - side / 2) * SPACING_M + rng.normal(0, 80)
        bearing = np.radians(30 + 120 * sector)
        placed.append(
            Cell(
                id=f"S{site + 1:03d}-{'ABC'[sector]}",
                name=f"Site {site + 1} sector {'ABC'[sector]}",
                site=f"S{site + 1:03d}",
                lat=float(lat + (north + 150 * np.cos(bearing)) / _METRES_PER_DEGREE),
                lon=float(lon + (east + 150 * np.sin(bearing)) / metres_per_degree_lon),
                azimuth=30.0 + 120.0 * sector,
            )
        )
    return tuple(placed)


def metres(places: Sequence[Cell]) -> DoubleArray:
    """(C, 2) north, east in metres."""
    lat = np.array([p.lat or 0.0 for p in places])
    lon = np.array([p.lon or 0.0 for p in places])
    return np.stack([lat, lon * np.cos(np.radians(lat.mean()))], 1) * _METRES_PER_DEGREE
