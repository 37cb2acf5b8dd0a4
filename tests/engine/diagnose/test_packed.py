"""Many diagnoses in little memory: each comes back as it was given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.calendar import make_clock
from engine.data import Diagnosis, Kpi
from engine.detectors import choose
from engine.diagnose import Diagnoses, diagnose, diagnosis_of
from engine.errors import Reason
from engine.settings import Settings
from tests.engine.same import difference


@pytest.fixture(scope="module")
def found() -> tuple[Diagnosis, ...]:
    rng = np.random.default_rng(1)
    values = rng.poisson(50 + 40 * np.sin(np.arange(600) / 3.8), (6, 600)).astype(np.float32)
    values[1] = np.nan
    values[2] = 7
    values[3, :560] = np.nan
    clock = make_clock(np.datetime64("2024-01-01", "s") + np.arange(600) * np.timedelta64(3600, "s"), 3600, "UTC")
    detectors = choose(Settings().detectors, Settings())
    return diagnose(values, clock, Kpi("calls"), range(6), detectors)


def test_each_comes_back_as_it_was(found: tuple[Diagnosis, ...]) -> None:
    packed = Diagnoses(found[:4])
    packed.extend(found[4:])
    assert len(packed) == len(found)
    assert difference(tuple(packed), found) == ""
    assert difference(packed[-1], found[-1]) == ""
    assert difference(packed[1:3], found[1:3]) == ""
    with pytest.raises(IndexError):
        packed[len(found)]


def test_verdicts_that_nobody_words_that_way_any_more_stay(found: tuple[Diagnosis, ...]) -> None:
    old = replace(found[0], tests=(replace(found[0].tests[0], verdict=Reason("levene_unknown")), *found[0].tests[1:]))
    fewer = replace(found[0], tests=())
    packed = Diagnoses([found[1], old, fewer, found[2]])
    assert difference(tuple(packed), (found[1], old, fewer, found[2])) == ""


def test_that_of_one_series_is_found_by_cell_and_kpi(found: tuple[Diagnosis, ...]) -> None:
    other = tuple(replace(one, kpi="sms") for one in found)
    old = replace(other[2], tests=())
    packed = Diagnoses([*found, *other[:2], old, *other[3:]])
    for diagnoses in (packed, tuple(packed)):
        assert difference(diagnosis_of(diagnoses, 3, "calls"), found[3]) == ""
        assert difference(diagnosis_of(diagnoses, 3, "sms"), other[3]) == ""
        assert difference(diagnosis_of(diagnoses, 2, "sms"), old) == ""
        assert diagnosis_of(diagnoses, 6, "calls") is None
        assert diagnosis_of(diagnoses, 3, "data") is None
    packed.extend(found[:1])
    assert diagnosis_of(Diagnoses(), 0, "calls") is None
