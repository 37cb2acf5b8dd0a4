"""Labels that can be read off single values are told from values that are truly unusual."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import simulate
from engine.labelling.leak import look_for_leak, warnings
from engine.text import say

COUNT = 6000


def halves(rng: np.random.Generator) -> np.ndarray:
    return rng.random(COUNT) < 0.5


def test_rows_that_were_rounded_differently_give_their_labels_away():
    rng = np.random.default_rng(1)
    anomalous = rng.random(COUNT) < 0.25
    load = rng.gamma(2.0, 5.0, COUNT)
    values = np.where(anomalous, np.round(load / 0.0995) * 0.0995, np.round(load / 0.101) * 0.101)
    leak = look_for_leak(np.round(values, 3), anomalous, halves(rng))
    assert leak.gives_away
    assert leak.by_value > 0.9


def test_zeros_and_huge_loads_are_unusual_and_no_leak():
    rng = np.random.default_rng(2)
    anomalous = rng.random(COUNT) < 0.1
    values = np.round(rng.normal(50, 5, COUNT))
    values[anomalous] = np.where(
        rng.random(int(anomalous.sum())) < 0.5, 0, rng.integers(200, 230, int(anomalous.sum()))
    )
    leak = look_for_leak(values, anomalous, halves(rng))
    assert leak.by_value > 0.8
    assert not leak.gives_away


def test_labels_that_have_nothing_to_do_with_the_values_are_no_leak():
    rng = np.random.default_rng(3)
    leak = look_for_leak(np.round(rng.normal(0, 9, COUNT)), rng.random(COUNT) < 0.2, halves(rng))
    assert leak.by_value < 0.2
    assert not leak.gives_away


def test_with_few_labels_nothing_is_said():
    rng = np.random.default_rng(4)
    leak = look_for_leak(rng.normal(0, 1, COUNT), np.arange(COUNT) < 20, halves(rng))
    assert np.isnan(leak.by_value)
    assert not leak.gives_away


def test_the_warning_names_the_kpi_and_only_that_one():
    city = simulate.city(cells=6, days=21, kpis=("calls", "sms"), seed=3)
    rng = np.random.default_rng(5)
    labels = {kpi: (rng.random(city.panel.shape) < 0.1).astype(np.int8) for kpi in ("calls", "sms")}
    load = 10 * rng.integers(1, 40, city.panel.shape)
    written = {"calls": load, "sms": load + 5 * labels["sms"]}
    panel = replace(city.panel, values={kpi: values.astype(np.float32) for kpi, values in written.items()})
    found = warnings(panel, labels, np.ones(panel.shape[1], bool))
    assert [reason.params["kpi"] for reason in found] == ["sms"]
    assert "read off single values" in say(found[0])


def test_the_published_set_whose_labels_leak_is_found_out_and_not_once_its_scale_is_aligned(shared_data: Path):
    file = shared_data / "lte-kpi-labelled-mlmatt" / "ML-MATT-CompetitionQT1920_train.subset.csv"
    with file.open(encoding="latin-1", newline="") as stream:
        rows = list(csv.DictReader(stream))
    load = np.array([float(row["PRBUsageDL"] or "nan") for row in rows])
    anomalous = np.array([row["Unusual"] == "1" for row in rows])
    station = np.unique([row["CellName"][:-4] for row in rows], return_inverse=True)[1] % 2 == 0
    raw = look_for_leak(load, anomalous, station)
    assert raw.gives_away
    assert raw.by_value > 0.98
    step = np.where(anomalous, 0.0995, 0.101)
    aligned = np.round(np.round(load / step) * 0.1, 1)
    assert not look_for_leak(aligned, anomalous, station).gives_away
