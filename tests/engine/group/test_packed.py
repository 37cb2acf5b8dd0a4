"""Anomalies kept as columns are the anomalies that were given, to the last bit."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

from engine.data import Anomaly, AnomalyType, Direction
from engine.group import Anomalies

ONE = Anomaly(
    id=7,
    cell=3,
    kpi="calls",
    start=10,
    stop=12,
    type=AnomalyType.SPIKE,
    direction=Direction.UP,
    actual=0.1 + 0.2,
    expected=1e-300,
    lower=-0.0,
    upper=4.0,
    score=1.5,
    margins={"garch": 1.25, "nnar": 0.5},
    suspect_points=1,
    imputed_points=2,
)
OTHER = replace(ONE, id=2**40, kpi="data", type=AnomalyType.SILENCE, direction=Direction.DOWN, margins={})


def test_each_is_what_was_given() -> None:
    packed = Anomalies([ONE, OTHER, ONE])
    assert list(packed) == [ONE, OTHER, ONE]
    assert packed == (ONE, OTHER, ONE)
    assert packed[-1] == ONE
    assert packed[1:] == (OTHER, ONE)
    assert math.copysign(1.0, packed[0].lower) == -1.0
    assert list(packed[0].margins) == ["garch", "nnar"]


def test_one_that_differs_anywhere_makes_them_unequal() -> None:
    packed = Anomalies([ONE, OTHER])
    for changed in (replace(ONE, stop=13), replace(ONE, margins={"garch": 1.25, "nnar": 0.25}), OTHER):
        assert packed != Anomalies([changed, OTHER])
        assert packed != (changed, OTHER)
    assert packed != Anomalies([ONE])
    assert packed != (ONE,)


def test_what_is_not_known_stays_so_and_is_equal_to_itself() -> None:
    unknown = replace(ONE, actual=math.nan, margins={"garch": math.nan})
    packed, again = Anomalies([unknown]), Anomalies([unknown])
    assert math.isnan(packed[0].actual)
    assert math.isnan(packed[0].margins["garch"])
    assert packed == again


def test_they_can_be_added_to_and_sent_to_another_process() -> None:
    packed = Anomalies([ONE])
    packed.extend([OTHER])
    assert pickle.loads(pickle.dumps(packed)) == Anomalies([ONE, OTHER])
    assert len(Anomalies()) == 0
    assert Anomalies() == ()


def test_packed_ones_are_taken_in_as_if_one_by_one() -> None:
    third = replace(ONE, id=8, cell=9, margins={"garch": 0.75})
    packed = Anomalies([OTHER])
    packed.extend(Anomalies([ONE, third, OTHER]))
    packed.extend(Anomalies())
    packed.extend([third])
    assert packed == Anomalies([OTHER, ONE, third, OTHER, third])
    assert list(packed) == [OTHER, ONE, third, OTHER, third]


def test_packing_what_is_packed_changes_nothing() -> None:
    packed = Anomalies([ONE])
    assert Anomalies.of(packed) is packed
    assert Anomalies.of([ONE]) == packed


def test_columns_say_of_each_where_and_which_way_it_is() -> None:
    packed = Anomalies([ONE, OTHER, replace(ONE, cell=5)])
    cell, start, stop = packed.places()
    assert (cell.tolist(), start.tolist(), stop.tolist()) == ([3, 3, 5], [10, 10, 10], [12, 12, 12])
    pairs, pair = packed.sides()
    expected = [("calls", Direction.UP), ("data", Direction.DOWN), ("calls", Direction.UP)]
    assert [pairs[n] for n in pair.tolist()] == expected
    packed.extend([ONE])  # what was handed out holds nothing of it
    assert len(cell) == 3
