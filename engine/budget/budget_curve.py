"""What every alarm budget would give: alarms a day, and with labels how many points would be judged wrongly.

The answer is that of the full vote at each budget, by the short lists of `engine.budget.outlook`. With labels the
budget with the fewest wrongly judged points is what Mokhtari et al. (2022) choose their threshold by, here for the
vote as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.budget.budget_levels import BudgetLevels
from engine.budget.outlook import Glance, Outlook
from engine.calibration.thresholds import Levels
from engine.data import DoubleArray, Labels, Result
from engine.errors import Reason
from engine.monitor import Monitor
from engine.settings import Settings

BUDGETS = tuple(float(f"{m * 10.0**p:.3g}") for p in (-2, -1, 0, 1) for m in (1, 1.5, 2, 3, 5, 7) if m * 10.0**p <= 20)
"""False alarms per cell and week, 0.01 to 20."""

DAY_S, WEEK_DAYS = 86_400, 7
REACH = 0.99
"""Lists made for the largest budget need to hold nothing that no budget asked for could need."""


@dataclass(frozen=True, eq=False)
class BudgetCurve:
    """Against `budgets` (K,), false alarms per cell and week, ascending.

    alarms (K,): anomalies a day, over all cells and KPIs. expected (K,): how many of them are to be expected in a
    network where nothing is wrong. errors (K,): share of the labelled points that are judged wrongly, None where no
    anomaly is labelled; labelled, anomalous: how many points that rests on.
    """

    budgets: DoubleArray
    alarms: DoubleArray
    expected: DoubleArray
    errors: DoubleArray | None = None
    labelled: int = 0
    anomalous: int = 0

    @property
    def best(self) -> float | None:
        """The budget with the fewest errors, the smallest of equals; None without labels."""
        return None if self.errors is None else float(self.budgets[int(np.argmin(self.errors))])


def explore(
    result: Result,
    settings: Settings,
    labels: Labels | None = None,
    known: Outlook | None = None,
    monitor: Monitor | None = None,
) -> BudgetCurve:
    """The curve of a result under the vote and the other settings, thresholds by budget.

    known: lists of the result, taken if they reach as far as the lowest threshold. Raises Cancelled.
    """
    monitor = monitor or Monitor()
    cells, periods = result.panel.shape
    days = periods * result.panel.period_s / DAY_S
    budgets = BudgetLevels.of(result, settings)

    def by(budget: float) -> tuple[Settings, Mapping[str, Levels]]:
        wanted = replace(settings, budget=budget, threshold="budget")
        return wanted, {settings.vote: budgets.levels(budget, settings.vote)}

    # the larger ones first: what is looked at for them serves the others
    widest, lowest = by(min(reversed(BUDGETS), key=lambda budget: budgets.level(budget, settings.vote)))
    outlook = known if known is not None and known.serves(result) else None
    if outlook is None or outlook.glance(widest, lowest, monitor.part(0.0, 0.1)) is None:
        made_for = replace(result, settings=widest, thresholds=lowest[settings.vote])
        outlook = Outlook.of(made_for, monitor.part(0.0, 0.5), reach=REACH)
    truth = _truth(result, labels)
    alarms, errors = np.zeros(len(BUDGETS)), np.zeros(len(BUDGETS))
    for number, budget in enumerate(BUDGETS):
        monitor.step(0.5 + 0.5 * number / len(BUDGETS), Reason("stage_vote"))
        glance = outlook.glance(*by(budget))
        assert glance is not None  # the lists were made for the lowest thresholds of all
        alarms[number] = sum(len(runs) for runs in glance.runs.values())
        errors[number] = _wrong(glance, truth)
    labelled, anomalous = _counted(truth)
    return BudgetCurve(
        np.array(BUDGETS),
        alarms / days if days else alarms,
        np.array(BUDGETS) * cells / WEEK_DAYS,
        errors / labelled if anomalous else None,
        labelled if anomalous else 0,
        anomalous,
    )


def _truth(result: Result, labels: Labels | None) -> Labels:
    """The labels of the KPIs that were judged."""
    return {kpi: of_kpi for kpi, of_kpi in (labels or {}).items() if kpi in result.verdicts}


def _counted(truth: Labels) -> tuple[int, int]:
    """How many points are labelled, and how many of them anomalous."""
    labelled = sum(int((of_kpi >= 0).sum()) for of_kpi in truth.values())
    return labelled, sum(int((of_kpi == 1).sum()) for of_kpi in truth.values())


def _wrong(glance: Glance, truth: Labels) -> int:
    """How many labelled points lie on the wrong side: missed anomalies and false alarms."""
    wrong = 0
    for kpi, of_kpi in truth.items():
        called = of_kpi.ravel()[glance.runs[kpi].points] if kpi in glance.runs else np.empty(0, np.int8)
        wrong += int((of_kpi == 1).sum()) - int((called == 1).sum()) + int((called == 0).sum())
    return wrong
