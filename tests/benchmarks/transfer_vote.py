"""What a ConvLSTM adds to the hybrid: the default vote on labelled data without and with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from engine.data import Evidence
from engine.evaluate import Judged, evaluate
from engine.expectation import expectation
from engine.group import find_alarms
from engine.ranking.unrest import ranked
from engine.settings import preset
from engine.vote import vote
from tests.benchmarks.accuracy import judged, run_case
from tests.benchmarks.datasets import SETS, Case
from tests.benchmarks.transfer_fit import markdown

COLUMNS = ("VUS-PR", "F1", "event P", "event R", "event F1", "alarms /cell/week", "series")
DIGITS = (3, 3, 2, 2, 3, 2, 0)


def votes(case: Case, models: Mapping[str, str]) -> Iterator[tuple[str, list[Judged]]]:
    """The fused vote of the other default detectors, of every model alone, and of the default ones with each model."""
    settings = preset("balanced")
    others = tuple(name for name in settings.detectors if name != "convlstm")
    plain = run_case(case, replace(settings, detectors=others))
    values, flags = case.panel.values[case.kpi.id], case.panel.flags[case.kpi.id]
    levels = plain.thresholds[case.kpi.id]
    level = next(iter(levels[name] for name in others))

    def row(evidence: Mapping[str, Evidence]) -> list[Judged]:
        score = vote(evidence, {**levels, "convlstm": level}, settings.vote)
        usual = expectation(evidence).expected
        alarm = find_alarms(score, values, usual, case.kpi, settings, flags, plain.clock)
        return list(judged(case, ranked(score, alarm, values, usual, plain.clock, level), alarm))

    base = plain.evidence[case.kpi.id]
    yield "without", row(base)
    for name, model in models.items():
        alone = run_case(case, replace(settings, detectors=("convlstm",), model=model)).evidence[case.kpi.id]
        if any(np.isfinite(one.score).any() for one in alone.values()):
            yield f"{name} alone", row(alone)
        yield f"with {name}", row({**base, **alone})


def table(name: str, models: Mapping[str, str], half: str = "report", most: int = 10_000) -> str:
    """One data set's table. models: what to call a model -> its id, "" = the one that fits."""
    found: dict[str, list[Judged]] = {}
    for number, case in enumerate(case for case in SETS[name]() if case.half == half):
        if number >= most:
            break
        for row, series in votes(case, models):
            found.setdefault(row, []).extend(series)
    rows = {}
    for row, series in found.items():
        e = evaluate(series)
        f1s = (e.vus_pr, e.f1, e.event_precision, e.event_recall, e.event_f1)
        rows[row] = (*f1s, e.alarms_per_cell_week, e.series)
    return f"### {name} ({half})\n\n{markdown(COLUMNS, rows, DIGITS)}\n"
