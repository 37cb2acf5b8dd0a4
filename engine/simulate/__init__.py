"""A believable city with known incidents: sample data, truth for tests, ground for benchmarks.

Sites of three sectors lie on a jittered grid. Each has a mix of land uses with its own day and week; demand grows,
breathes with its neighbours (a smooth field in space, persistent in time) and carries GARCH-like noise of its own, so
that quiet and nervous hours alternate. Counts are Poisson, ratios come from binomial attempts. Holidays and weekends
are those of the country. Incidents are written into the demand before counting, so their noise is right too.
"""

from __future__ import annotations

from engine.simulate.city import Simulated, city
from engine.simulate.files import write
from engine.simulate.incidents import KINDS, Happening
from engine.simulate.measure import KPIS

__all__ = ["KINDS", "KPIS", "Happening", "Simulated", "city", "write"]
