"""False alarms on clean stretches against the budget: does "k per cell and week" mean k?

    python tests/benchmarks/false_alarms.py [--limits] [--votes] [--later] [--join HOURS] [--look]

Clean stretches: a simulated city without incidents at three cadences (all of it); the days of core-network-kpi on
which no KPI of the network is labelled, and those on which the KPI itself is not; of aiops-kpi-2018 (5 min, 1 min) the
latter, as far from a label as that; Milan (32 squares, hourly and ten minutes) without its holidays. Nobody labelled
Milan: whatever else happened there in seven weeks counts as false, so its rows are an upper bound. Labelled anomalies
stay in the history that is learned from, as they do for a user. By default the smallest deviation and traffic worth an
alarm are 0; `--limits` measures with the default settings. `--later` judges the last week of each series
by what was learned from the weeks before, as when later days are put to a result. `--join` counts alarms
of a cell that are so many hours apart, or fewer, as one. `--look` says of the alarms of the default vote at the
smallest budget how many lie in a tenth of the series, and how many are rises to more than twice what was usual.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import io, pipeline, simulate
from engine.calendar import make_clock
from engine.data import Panel, Quality, Result
from engine.evaluate import Judged, evaluate
from engine.expectation import expectation
from engine.group import find_alarms
from engine.io import LoadOptions
from engine.numerics.runs import find_runs
from engine.settings import Settings, preset
from engine.vote import vote
from tests.benchmarks.datasets import SHARED, Case, aiops_1min, aiops_5min, core_network, hourly, single

BUDGETS = (0.1, 0.5, 2.0)
RULES = ("fused", "any", "majority", "all")
WEEK_S = 604_800


def stretches() -> Iterator[tuple[str, list[Case]]]:
    """Name and cases; every labelled point of a case that is not anomalous is clean."""
    for name, cells, days, period_s in (("hourly", 36, 60, 3600), ("10 min", 36, 49, 600), ("5 min", 18, 49, 300)):
        city = simulate.city(cells, days, period_s, incidents_per_cell_week=0.0, seed=3)
        yield f"simulated city, {name}", [quiet(single(city.panel, kpi), "IR") for kpi in city.panel.kpis]
    milan = io.load(
        [SHARED / "telecom-italia-milan/cdr_10min_32squares.parquet"], LoadOptions(zone="Europe/Rome")
    ).panel
    parts = [single(milan, milan.kpi(name)) for name in ("internet", "call_in", "sms_out")]
    core = list(core_network())
    faulty = np.any([case.labels == 1 for case in core], axis=(0, 1))
    yield "core-network-kpi, clean days", [clean_days(case, faulty) for case in core]
    yield "core-network-kpi, days clean of the KPI", [clean_days(case, (case.labels == 1)[0]) for case in core]
    for cadence, cases in (("5 min", aiops_5min()), ("1 min", aiops_1min())):
        yield f"aiops-kpi-2018 ({cadence}), clean days", [clean_days(case, (case.labels == 1)[0]) for case in cases]
    yield "Milan, hourly, no holidays", [no_holidays(quiet(hourly(part), "IT")) for part in parts]
    yield "Milan, 10 min, no holidays", [no_holidays(quiet(part, "IT")) for part in parts]


def clean_days(case: Case, faulty: np.ndarray) -> Case:
    """The case with no label but on the local days that hold no `faulty` period (T,)."""
    day = make_clock(case.panel.times, case.panel.period_s, case.panel.zone).day
    spoilt = np.isin(day, np.unique(day[faulty]))
    return replace(case, labels=np.where(spoilt, np.int8(-1), case.labels))


def no_holidays(case: Case) -> Case:
    """The case without the public holidays of its country and Milan's own on 7 December."""
    clock = make_clock(case.panel.times, case.panel.period_s, case.panel.zone, case.country)
    hour = np.timedelta64(1, "h")
    patron = (case.panel.times + hour).astype("datetime64[D]") == np.datetime64("2013-12-07")
    return replace(case, labels=np.where(clock.holiday | patron, np.int8(-1), case.labels))


def quiet(panel: Panel, country: str) -> Case:
    """A panel of which every measured point is taken for normal."""
    kpi = panel.kpis[0].id
    labels = np.where(np.isnan(panel.values[kpi]), -1, 0).astype(np.int8)
    return Case(kpi, panel, labels, "report", country)


def last_week(case: Case) -> Case:
    """The case with no label but in its last week."""
    periods = case.labels.shape[1]
    early = np.arange(periods) < periods - WEEK_S // case.panel.period_s
    return replace(case, labels=np.where(early, np.int8(-1), case.labels))


def joined(alarm: np.ndarray, periods: int) -> np.ndarray:
    """Alarms (C, T) with the gaps between them closed that are at most so many periods long."""
    out = alarm.copy()
    for row in out:
        at = np.flatnonzero(row)
        for last, following in pairwise(at):
            if following - last <= periods + 1:
                row[last:following] = True
    return out


def false_alarms(
    results: list[tuple[Case, Result]], name: str, budget: float, settings: Settings, join_h: float = 0.0
) -> float:
    """False alarms per cell and week over the budget, of one detector or vote on all cases."""
    series = []
    for case, result in results:
        kpi = case.kpi
        evidence = result.evidence[kpi.id]
        if name not in RULES:
            evidence = {name: evidence[name]}
        rule = name if name in RULES else "any"
        alone = replace(result, evidence={kpi.id: evidence})
        levels = pipeline.levels_of(alone, replace(settings, budget=budget, vote=rule))
        score = vote(evidence, levels[kpi.id], rule)
        usual = expectation(result.evidence[kpi.id]).expected
        values, flags = case.panel.values[kpi.id], case.panel.flags[kpi.id]
        alarm = find_alarms(score, values, usual, kpi, settings, flags, result.clock)
        alarm = joined(alarm, int(join_h * 3600 / case.panel.period_s))
        series += [Judged(score[i], alarm[i], case.labels[i], case.panel.period_s) for i in range(len(score))]
    return evaluate(series).false_alarms_per_cell_week / budget


def judged(cases: list[Case], settings: Settings, later: bool) -> list[tuple[Case, Result]]:
    """Every case with what the program makes of it; later: its last week by what the weeks before it taught."""
    found = []
    for case in cases:
        cells, periods = case.panel.shape
        if later:
            settings = replace(settings, train_share=1.0 - WEEK_S / case.panel.period_s / periods)
        unread = Quality("benchmark", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
        found.append((case, pipeline.analyse(case.panel, unread, replace(settings, country=case.country))))
    return found


def weeks(cases: list[Case]) -> float:
    """Cell-weeks that are taken for clean."""
    return sum(int((case.labels == 0).sum()) * case.panel.period_s / WEEK_S for case in cases)


def look(results: list[tuple[Case, Result]]) -> str:
    """Alarms of the default vote: how many, how many of them in a tenth of the series, how many more than double."""
    per_series: list[int] = []
    doubled = 0
    for case, result in results:
        kpi = case.kpi.id
        usual, values = expectation(result.evidence[kpi]).expected, case.panel.values[kpi]
        runs = find_runs(result.verdicts[kpi].alarm & (case.labels == 0))
        per_series += np.bincount(runs.cell, minlength=len(values)).tolist()
        with np.errstate(invalid="ignore"):
            doubled += int(runs.any_of(values > 2 * usual).sum())
    most = sorted(per_series, reverse=True)[: max(1, len(per_series) // 10)]
    return f"{sum(per_series)} | {sum(most)} in {len(most)} of {len(per_series)} | {doubled}"


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", action="store_true", help="with the default limits of deviation and traffic")
    parser.add_argument("--votes", action="store_true", help="the votes only, not the detectors by themselves")
    parser.add_argument("--join", type=float, default=0.0, metavar="HOURS", help="count alarms so near as one")
    parser.add_argument("--look", action="store_true", help="what the alarms of the default vote at 0.1 are")
    parser.add_argument("--later", action="store_true", help="the last week, by what the weeks before it taught")
    given = parser.parse_args()
    settings = preset("balanced")
    if not given.limits:
        settings = replace(settings, min_deviation=0.0, min_traffic=0.0)
    measured = ((name, [last_week(case) for case in cases] if given.later else cases) for name, cases in stretches())
    if given.look:
        print("| | alarms at 0.1 | in the tenth of the series that has most | more than double | allowed |")
        print("|---|---|---|---|---|")
        for name, cases in measured:
            print(
                f"| {name} | {look(judged(cases, settings, given.later))} | {BUDGETS[0] * weeks(cases):.0f} |",
                flush=True,
            )
        return
    print("Measured over budget, for budgets of " + ", ".join(f"{b:g}" for b in BUDGETS) + " per cell and week.\n")
    voters = RULES if given.votes else (*settings.detectors, *RULES)
    print("| | " + " | ".join(voters) + " | cell-weeks |\n" + "|---" * (2 + len(voters)) + "|")
    for name, cases in measured:
        results = judged(cases, settings, given.later)
        row = [
            " / ".join(f"{false_alarms(results, voter, budget, settings, given.join):.2f}" for budget in BUDGETS)
            for voter in voters
        ]
        print(f"| {name} | {' | '.join(row)} | {weeks(cases):.0f} |", flush=True)


if __name__ == "__main__":
    main()
