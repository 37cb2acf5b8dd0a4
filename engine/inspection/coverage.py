"""How much of what was measured could be judged at all: where nobody looked, nothing found means nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.data import Result
from engine.errors import Reason
from engine.execution.scratch import release
from engine.inspection.summary import ROWS_AT_ONCE
from engine.text import number, say

HARDLY, WHOLE = 0.05, 0.95
"""Below the one share "nothing unusual" would mislead; from the other on it needs no share beside it."""


@dataclass(frozen=True)
class Coverage:
    """Points of some KPIs that were measured, and those of them that have a score.

    silent: per reason why a detector has no opinion on a cell, how often it stands.
    first: of each code the reason that stands first.
    """

    measured: int
    judged: int
    silent: Counter[str]
    first: dict[str, Reason]

    @property
    def share(self) -> float:
        """The share that was judged, 0..1; 0 where nothing was measured."""
        return self.judged / self.measured if self.measured else 0.0

    @property
    def reason(self) -> Reason | None:
        """Why a detector had no opinion, most often; None where each had one on each cell."""
        return self.first[self.silent.most_common(1)[0][0]] if self.silent else None


def coverage(result: Result, kpi: str) -> Coverage:
    """How much of a KPI was judged. Raises KeyError for one that was not."""
    values, score = result.panel.values[kpi], result.verdicts[kpi].score
    measured = judged = 0
    for first in range(0, len(values), ROWS_AT_ONCE):
        known = np.isfinite(values[first : first + ROWS_AT_ONCE])
        measured += int(np.count_nonzero(known))
        judged += int(np.count_nonzero(known & np.isfinite(score[first : first + ROWS_AT_ONCE])))
        release([values, score])
    silent: Counter[str] = Counter()
    examples: dict[str, Reason] = {}
    for one in result.evidence.get(kpi, {}).values():
        for reason in one.reasons:
            if reason is not None:
                silent[reason.code] += 1
                examples.setdefault(reason.code, reason)
    return Coverage(measured, judged, silent, examples)


def together(parts: Iterable[Coverage]) -> Coverage:
    """The coverage of several KPIs as one."""
    measured = judged = 0
    silent: Counter[str] = Counter()
    first: dict[str, Reason] = {}
    for part in parts:
        measured, judged = measured + part.measured, judged + part.judged
        silent += part.silent
        first = {**part.first, **first}
    return Coverage(measured, judged, silent, first)


def of_result(result: Result) -> Coverage:
    """The coverage of all KPIs."""
    return together(coverage(result, kpi) for kpi in result.verdicts)


def doubt(found: Coverage) -> Reason | None:
    """What has to be said where nothing unusual was found and not nearly all was judged; None where that was."""
    if found.share >= WHOLE:
        return None
    params: dict[str, str | int | float] = {"share": f"{number(float(f'{100 * found.share:.2g}'))} %"}
    if found.share >= HARDLY:
        return Reason("judged_in_part", params)
    if found.reason is None:
        return Reason("judged_hardly_unsaid" if found.judged else "judged_nothing_unsaid", params)
    code = "judged_hardly" if found.judged else "judged_nothing"
    return Reason(code, {**params, "reason": say(found.reason)})
