"""What goes with the anomalies: odds ratios over the calendar and the network, and likely causes with their evidence.

Always associations, never proof of a cause.
"""

from __future__ import annotations

from engine.attribute.associations import associations
from engine.attribute.explain import explain
from engine.attribute.movers import Mover, movers
from engine.attribute.similar import Resemblance, similar_incidents

__all__ = ["Mover", "Resemblance", "associations", "explain", "movers", "similar_incidents"]
