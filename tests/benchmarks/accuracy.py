"""Accuracy of every detector and every vote on labelled data, beside the methods a user would pick otherwise.

    python tests/benchmarks/accuracy.py [--sets "core-network-kpi;nab"] [--half report] [--peers]
                     [--peer-python PYTHON] [--cache DIR] [--only-kept] [--paper] [--series N] [--out FILE.md]

Prints one Markdown table per data set. Alarms are those of the default settings (every method its own default), no
threshold comes from a label, no point is adjusted. VUS-PR and AUC-PR need no threshold. With peers, a second table says
how sure it is that the default vote is ahead or behind. `--half tune` shows the
series that constants and defaults were chosen on, `report` the others.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import pipeline
from engine.data import Quality, Result
from engine.evaluate import Evaluation, Judged, evaluate
from engine.expectation import expectation
from engine.group import find_alarms
from engine.ranking.unrest import ranked
from engine.settings import Settings, preset
from engine.vote import vote
from tests.benchmarks import peers
from tests.benchmarks.bootstrap import differences
from tests.benchmarks.datasets import SETS, Case

RULES = ("any", "majority", "all", "fused")

COLUMNS = (
    ("VUS-PR", "vus_pr", 3),
    ("AUC-PR", "auc_pr", 3),
    ("accuracy", "accuracy", 4),
    ("FPR", "false_positive_rate", 4),
    ("F1", "f1", 3),
    ("event P", "event_precision", 2),
    ("event R", "event_recall", 2),
    ("event F1", "event_f1", 3),
    ("F1 of P and event R", "pointwise_event_f1", 3),
    ("alarms /cell/week", "alarms_per_cell_week", 2),
    ("delay min", "delay_s", 0),
)

Judgements = dict[str, list[Judged]]


def run_case(case: Case, settings: Settings) -> Result:
    """What the program makes of one case."""
    return pipeline.analyse(case.panel, unread(case), replace(settings, country=case.country))


def unread(case: Case) -> Quality:
    """The quality record of data that was not read from a file."""
    cells = case.panel.shape[0]
    return Quality("benchmark", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))


def judged(case: Case, score: np.ndarray, alarm: np.ndarray, first: int = 0) -> Iterator[Judged]:
    """One record per cell, from period `first` on."""
    for row in range(len(score)):
        if (case.labels[row, first:] >= 0).any():
            yield Judged(score[row, first:], alarm[row, first:], case.labels[row, first:], case.panel.period_s)


def ours(case: Case, settings: Settings) -> Iterator[tuple[str, Iterable[Judged]]]:
    """Every detector alone and every vote, at the budget of the settings."""
    result = run_case(case, settings)
    kpi = case.kpi
    evidence, levels = result.evidence[kpi.id], result.thresholds[kpi.id]
    usual = expectation(evidence).expected
    values, flags = case.panel.values[kpi.id], case.panel.flags[kpi.id]

    def row(score: np.ndarray, *, of_points: bool = False) -> Iterable[Judged]:
        alarm = find_alarms(score, values, usual, kpi, settings, flags, result.clock)
        level = max(levels[name] for name in evidence)  # that of the budget, which they have in common
        return judged(case, score if of_points else ranked(score, alarm, values, usual, result.clock, level), alarm)

    for name, one in evidence.items():
        yield name, row(vote({name: one}, levels, "any"))
    for rule in RULES:
        yield f"vote: {rule}", row(vote(evidence, levels, rule))
    yield "vote: fused, points alone", row(vote(evidence, levels, "fused"), of_points=True)


def paper(case: Case) -> Iterator[tuple[str, Iterable[Judged]]]:
    """The paper's hybrid, trained on the first 70 % with labels, and our default, both judged on the last 30 %."""
    literal = replace(preset("paper"), country=case.country)
    first = round(case.panel.shape[1] * literal.train_share)
    labels = {case.kpi.id: case.labels}
    result = pipeline.analyse(case.panel, unread(case), literal, labels=labels)
    for rule, name in (("any", "paper, first mode (any)"), ("all", "paper, second mode (all)")):
        found = pipeline.revote(result, replace(literal, vote=rule)).verdicts[case.kpi.id]
        yield name, judged(case, found.score, found.alarm, first)
    default = run_case(case, preset("balanced")).verdicts[case.kpi.id]
    yield "our default, no labels", judged(case, default.score, default.alarm, first)


def others(cases: Sequence[Case], python: str | None, cache: Path | None, only_kept: bool) -> Judgements:
    """The peers at their own default thresholds; a method that is left out on some series is left out altogether."""
    found: Judgements = {}
    for name in (*peers.HERE, *(peers.ELSEWHERE if python or only_kept else ())):
        began = time.perf_counter()
        verdicts = peers.judge(name, cases, python, cache, only_kept)
        if all(verdict is not None for verdict in verdicts):
            found[name] = [
                one
                for case, verdict in zip(cases, verdicts, strict=True)
                if verdict is not None
                for one in judged(case, *verdict)
            ]
        print(f"{name}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return found


def table(found: Judgements) -> str:
    """Markdown, one row per method."""
    lines = ["| | " + " | ".join(title for title, _, _ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, series in found.items():
        lines.append(f"| {name} | {' | '.join(_cells(evaluate(series)))} |")
    return "\n".join(lines)


def _cells(found: Evaluation) -> Iterator[str]:
    for _, field, digits in COLUMNS:
        value = getattr(found, field) / (60 if field == "delay_s" else 1)
        yield "–" if np.isnan(value) else f"{value:.{digits}f}"


def heading(name: str, half: str, found: Judgements) -> str:
    facts = evaluate(next(iter(found.values())))
    return (
        f"### {name} ({half})\n\n{facts.series} series, {facts.points:,} labelled points, "
        f"{facts.anomalous:,} of them anomalous ({100 * facts.prevalence:.2f} %) in {facts.events} events.\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="core-network-kpi;simulator")
    parser.add_argument("--half", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--series", type=int, default=10_000, help="at most so many cases of a set")
    parser.add_argument("--budget", type=float, default=preset("balanced").budget)
    parser.add_argument("--detectors", default=",".join(preset("balanced").detectors))
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peer-python", default=None, help="a Python that has pyod, stumpy, adtk, prophet")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what the peers found")
    parser.add_argument("--only-kept", action="store_true", help="peers only as far as the cache holds them")
    parser.add_argument("--paper", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    settings = replace(preset("balanced"), budget=given.budget, detectors=tuple(given.detectors.split(",")))
    text = []
    for name in given.sets.split(";"):
        found: Judgements = {}
        cases = [case for case in SETS[name]() if given.half in (case.half, "all")][: given.series]
        for case in cases:
            began = time.perf_counter()
            for method, series in paper(case) if given.paper else ours(case, settings):
                found.setdefault(method, []).extend(series)
            print(f"{name} {case.name} {case.panel.shape}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
        beside = others(cases, given.peer_python, given.cache, given.only_kept) if given.peers else {}
        text.append(heading(name, given.half, found) + "\n" + table(found | beside) + "\n")
        if beside:
            text[-1] += f"\nvote: fused less the others:\n\n{differences(found['vote: fused'], beside)}\n"
        print(text[-1], flush=True)
    if given.out:
        given.out.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
