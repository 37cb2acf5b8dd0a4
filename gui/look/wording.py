"""How the window words times, durations, budgets and cells, so that every view says the same."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from engine.calendar import WallGrid, duration_text, iso_local, local_text, needs_year
from engine.data import Association, Panel
from engine.text import MESSAGES, in_thresholds, number, p_value, tell, times

LEAST = 0.01
"""Per cent: shares nearer to nothing or to all are only said to be nearer."""


def moment(panel: Panel, index: int) -> str:
    """The begin of a period in the network's zone: "Thu 02 Mar 17:00", with the year where there are several."""
    time = panel.times[min(max(index, 0), len(panel.times) - 1)]
    return local_text(WallGrid.of(panel).moment(time), panel.zone, year=needs_year(panel.times))


def moment_iso(panel: Panel, index: int) -> str:
    """The same as a full ISO 8601 stamp with its offset, for tooltips."""
    time = panel.times[min(max(index, 0), len(panel.times) - 1)]
    return iso_local(WallGrid.of(panel).moment(time), panel.zone)


def acknowledged(by: str, at: np.datetime64 | None, zone: str) -> str:
    """Who has seen an incident and when, in the network's zone; "" where nobody has."""
    return "" if at is None else tell("acknowledged", by=by, at=local_text(at, zone, year=True))


def lasting(panel: Panel, periods: int) -> str:
    """How long some periods are: "45 min", "3 h", "2 d 4 h"."""
    return duration_text(periods * panel.period_s)


def budget(per_cell_week: float) -> str:
    """The alarm budget in words: "2 a week per cell", "1 per cell in 10 weeks"."""
    if per_cell_week >= 1.0:
        return tell("budget_often", alarms=number(per_cell_week))
    return tell("budget_seldom", weeks=number(round(1.0 / per_cell_week, 1)))


def cell_label(panel: Panel, cell: int) -> str:
    """What a person calls the cell: its name, else its id."""
    known = panel.cells[cell]
    return known.name or known.id


def cells_label(panel: Panel, cells: tuple[int, ...]) -> str:
    """The first cell and how many more: "Esfahan 12 +3"."""
    if not cells:
        return ""
    first = cell_label(panel, cells[0])
    return first if len(cells) == 1 else tell("cells_and_more", cell=first, more=len(cells) - 1)


def margin(value: float) -> str:
    """A score in thresholds: "2.4 ×"; "no opinion" for NaN."""
    return tell("vote_no_opinion") if math.isnan(value) else in_thresholds(value)


def share(value: float) -> str:
    """A share 0..1 in per cent, honest at the ends: 99.96 % is not "100 %" and 0.01 % is not "0 %"."""
    percent = 100.0 * value
    if math.isnan(percent):
        return number(percent)
    if 0 < percent < LEAST:
        return tell("share_under", percent=f"{LEAST}")
    if 100 - LEAST < percent < 100:
        return tell("share_over", percent=f"{100 - LEAST}")
    digits = 2 if 0 < percent < 0.1 or 99.9 < percent < 100 else 1 if 0 < percent < 10 or 90 < percent < 100 else 0
    return tell("share", percent=f"{percent:.{digits}f}")


@lru_cache(maxsize=64)
def cause_label(kind: str) -> str:
    """What a person calls a cause class, "" that none was found; one of a later version's project keeps its id."""
    if not kind:
        return tell("incidents_no_cause")
    code = f"cause_{kind}"
    return tell(code) if code in MESSAGES else kind.replace("_", " ")


@lru_cache(maxsize=1)
def _detector_labels() -> dict[str, str]:
    from engine.detectors import DETECTORS

    return {detector.id: detector.label for detector in DETECTORS}


def detector_label(detector: str) -> str:
    """What a person calls a detector."""
    return _detector_labels().get(detector, detector)


def odds_numbers(association: Association) -> str:
    """Odds ratio, interval and p-value as numbers: "2.1 (1.4 to 3.0), p = 0.003"."""
    ratio, low, high = (times(v) for v in (association.odds_ratio, association.low, association.high))
    if math.isnan(association.p_value):
        return tell("odds_numbers_no_p", ratio=ratio, low=low, high=high)
    return tell("odds_numbers", ratio=ratio, low=low, high=high, p=p_value(association.p_value))


def term_label(term: str) -> str:
    """What a person calls a term of the regression; one that nobody worded keeps its id."""
    code = f"term_{term}"
    return tell(code) if code in MESSAGES else term.replace("_", " ")


def format_label(name: str) -> str:
    """What a person calls a file format: that of a reader, and how the table in it is laid out."""
    from engine import io

    return io.format_label(name)


def counted(what: str, count: int) -> str:
    """A number of things: "1 cell", "36 cells"."""
    return tell(f"one_{what}" if count == 1 else f"many_{what}", count=count)
