from __future__ import annotations

import numpy as np

from engine.attribute import similar_incidents
from engine.text import say
from tests.engine.attribute.scene import COUNTS, Network

DAY = 24


def history() -> Network:
    """An outage, a surge, a small dip and a flood on different cells and days, then an outage and a surge again."""
    network = Network().put(COUNTS, (36, 37, 38), 3 * DAY + 9, 3 * DAY + 13, 0.0)
    network.change(COUNTS, (70,), 5 * DAY + 17, 5 * DAY + 20, 2.5).change(("calls",), (3,), 7 * DAY, 7 * DAY + 2, 0.7)
    network.change(("sms",), (50,), 9 * DAY + 12, 9 * DAY + 15, 6.0)
    network.put(COUNTS, (0, 1, 2), 12 * DAY + 9, 12 * DAY + 13, 0.0)
    return network.change(COUNTS, (60,), 15 * DAY + 17, 15 * DAY + 20, 2.4)


def test_an_outage_finds_the_outage_before_it_and_a_surge_the_surge() -> None:
    result = history().result()
    outage, surge = result.incidents[-2:]
    assert [i.causes[0].kind for i in (outage, surge)] == ["outage", "surge"]
    for incident, first in ((outage, 0), (surge, 1)):
        found = similar_incidents(result, incident)
        assert found[0].incident is result.incidents[first]
        assert found[0].likeness > 0.9
        assert all(r.likeness < found[0].likeness - 0.1 for r in found[1:])


def test_what_is_alike_is_said() -> None:
    result = history().result()
    words = " ".join(say(reason) for reason in similar_incidents(result, result.incidents[-1])[0].reasons)
    assert words == (
        "The same course. The same KPIs: calls, data_mb, sms. The same size. As long. The same hour of the day, 17:00."
    )


def test_the_same_cell_is_told_first() -> None:
    network = history().change(COUNTS, (60,), 18 * DAY + 17, 18 * DAY + 20, 2.4)
    result = network.result()
    assert say(similar_incidents(result, result.incidents[-1])[0].reasons[0]) == "The same cell."


def test_only_the_past_is_looked_at_unless_asked() -> None:
    result = history().result()
    first = result.incidents[0]
    assert similar_incidents(result, first) == ()
    assert similar_incidents(result, first, past_only=False)[0].incident is result.incidents[-2]


def test_no_more_are_given_than_asked_for_and_never_itself() -> None:
    network = Network()
    for day in range(1, 12):
        network.change(COUNTS, (40,), day * DAY + 10, day * DAY + 12, 2.0)
    result = network.result()
    found = similar_incidents(result, result.incidents[5], most=3, past_only=False)
    assert len(found) == 3
    assert result.incidents[5] not in [r.incident for r in found]
    assert all(r.incident.stop <= result.incidents[-1].start for r in similar_incidents(result, result.incidents[-1]))


def test_missing_measurements_are_alike_too() -> None:
    network = (
        Network().put(COUNTS, (10,), 2 * DAY, 2 * DAY + 5, np.nan).put(COUNTS, (20,), 9 * DAY, 9 * DAY + 6, np.nan)
    )
    result = network.result()
    assert [r.incident for r in similar_incidents(result, result.incidents[1])] == [result.incidents[0]]
