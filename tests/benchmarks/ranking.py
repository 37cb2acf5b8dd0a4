"""What each part of the unrest is worth that orders the points below the threshold: VUS-PR of the default vote.

    python tests/benchmarks/ranking.py [--half tune]

One row per variant, one column per data set. Alarms and scores are the same in all of them; only
`engine.ranking.unrest` and `engine.ranking.discord` work with other constants.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.evaluate import Judged, evaluate
from engine.ranking import discord, unrest
from engine.settings import preset
from tests.benchmarks.accuracy import judged, run_case
from tests.benchmarks.datasets import SETS

NAMES = (
    "core-network-kpi",
    "aiops-kpi-2018 (5 min)",
    "milan, injected",
    "nab",
    "jumpstarter",
    "simulator",
    "aiops-kpi-2018 (1 min)",
)
Constants = tuple[tuple[ModuleType, str, float], ...]

VARIANTS: Mapping[str, Constants | None] = {
    "points alone": None,
    "evidence of the neighbourhood, no rarity": ((unrest, "RARITY", 0.0),),
    "rarity, no neighbourhood": ((unrest, "LONGEST_H", 0),),
    "**as it is**": (),
    "stretches from 16 periods on": ((unrest, "FEWEST_PERIODS", 16),),
    "scores cut at 2": ((unrest, "CUT", 2.0),),
    "rarity x 1": ((unrest, "RARITY", 1.0),),
    "rarity x 3": ((unrest, "RARITY", 3.0),),
    "courses of 8 hours": ((discord, "COURSE_H", 8),),
    "courses of 24 hours": ((discord, "COURSE_H", 24),),
    "nearest course": ((discord, "NEIGHBOURS", 1),),
    "fifth-nearest course": ((discord, "NEIGHBOURS", 5),),
    "a course every two hours": ((discord, "STEPS_APART", 2),),
}


@contextmanager
def working_with(constants: Constants) -> Iterator[None]:
    """The modules with other constants for a while."""
    before = [(module, name, getattr(module, name)) for module, name, _ in constants]
    for module, name, value in constants:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def column(name: str, half: str) -> list[float]:
    """VUS-PR of every variant on one data set."""
    found: dict[str, list[Judged]] = {variant: [] for variant in VARIANTS}
    for case in (case for case in SETS[name]() if case.half == half):
        result = run_case(case, preset("balanced"))
        verdict = result.verdicts[case.kpi.id]
        for variant, constants in VARIANTS.items():
            if constants is None:
                score = verdict.score
            else:
                with working_with(constants):
                    score = unrest.ranking(result, case.kpi.id)
            found[variant].extend(judged(case, score, verdict.alarm))
    return [evaluate(series).vus_pr for series in found.values()]


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("tune", "report"), default="tune")
    half = parser.parse_args().half
    columns = [column(name, half) for name in NAMES]
    print(f"| {half} | {' | '.join(NAMES)} |\n{'|---' * (len(NAMES) + 1)}|")
    for variant, row in zip(VARIANTS, zip(*columns, strict=True), strict=True):
        print(f"| {variant} | {' | '.join(f'{value:.3f}'.lstrip('0') for value in row)} |")


if __name__ == "__main__":
    main()
