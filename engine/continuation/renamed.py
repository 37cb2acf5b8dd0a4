"""Later files that call a KPI by another unit: a column data_mb that is data_gb from one month on is the same KPI."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.continuation.units import scaled
from engine.data import FloatArray, IntArray, Kpi, Panel
from engine.data.units import SHARE, SPELT, Unit, factor, is_level
from engine.errors import Reason
from engine.io import Loaded

_DAY_S = 86_400
_SAMPLE_CELLS = 64
_WEEKS = 4
LEAST_FACTOR, MOST_APART = 8.0, 10.0
"""By how much two units must differ for the numbers to tell which of the two they are in; by how much the means of the
same hours may be apart once they are converted.
"""

_SIZES = {"kb": 1e3, "mb": 1e6, "gb": 1e9}
_OF_BITS_OR_BYTES = "bits or octets"


def _words() -> dict[str, Unit]:
    """What can stand for a unit in a name.

    One letter can mean too much (m, s, W), min a minimum, us a country, tb a transport block. Small kb, mb and gb may
    be of bits and of bytes: they differ among themselves by a factor that is the same for both.
    """
    found = {
        word: unit
        for word, unit in SPELT.items()
        if len(word) > 1
        and word not in ("min", "us")
        and unit.quantity not in (SHARE, unit.symbol)
        and not is_level(unit.symbol)
    }
    found |= {word: Unit(word, _OF_BITS_OR_BYTES, size) for word, size in _SIZES.items()}
    found["s"] = SPELT["s"]
    return found


_UNITS = _words()
_UNIT = re.compile(
    r"(?:(?<![^\W_])|(?<=[a-z])(?=[A-Z]))(?:{})(?![^\W_])".format(
        "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
    )
)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def under_known_names(old: Panel, loaded: Loaded) -> tuple[Loaded, tuple[Reason, ...]]:
    """The later data with what they call by another unit under the name and in the unit of before; notes say which.

    A KPI is taken for one of before if their names differ by a unit alone, each is in one of the panels only and has no
    other such twin, and if the numbers agree: converted, the means of the cells at the same hours are near those of
    before. All else stays as it is. Nothing that is given is changed. Raises OutputError where there is no room.
    """
    if not all(old.shape) or not all(loaded.panel.shape):
        return loaded, ()
    later = loaded.panel
    names = _twins(old, later)
    if not names:
        return loaded, ()
    known = {kpi.id: kpi for kpi in old.kpis}
    values, flags, labels = dict(later.values), dict(later.flags), dict(loaded.labels or {})
    notes = []
    for own, (name, times) in names.items():
        measured = values.pop(own)
        values[name] = measured if times == 1 else scaled(measured, times)
        flags[name] = flags.pop(own)
        if own in labels:
            labels[name] = labels.pop(own)
        told: dict[str, str | int | float] = {"kpi": name, "new": own}
        same = times == 1
        notes.append(
            Reason("append_kpi_same", told) if same else Reason("append_kpi_renamed", {**told, "times": times})
        )
    kpis = tuple(known[names[kpi.id][0]] if kpi.id in names else kpi for kpi in later.kpis)
    panel = replace(later, kpis=kpis, values=values, flags=flags)
    return replace(loaded, panel=panel, labels=None if loaded.labels is None else labels), tuple(notes)


def _twins(old: Panel, later: Panel) -> dict[str, tuple[str, float]]:
    """The later KPIs that have another name before: that name, and what their numbers are multiplied by."""
    there, here = {kpi.id for kpi in old.kpis}, {kpi.id for kpi in later.kpis}
    before = _by_rest([kpi for kpi in old.kpis if kpi.id not in here])
    after = _by_rest([kpi for kpi in later.kpis if kpi.id not in there])
    twins: dict[str, set[tuple[str, float]]] = defaultdict(set)
    for rest in before.keys() & after.keys():
        for kpi, unit in after[rest]:
            twins[kpi.id] |= {(o.id, times) for o, u in before[rest] if (times := _factor(unit, u)) is not None}
    claimed = [name for found in twins.values() for name, _ in found]
    return {
        own: twin
        for own, found in twins.items()
        for twin in found
        if len(found) == 1 and claimed.count(twin[0]) == 1 and _numbers_agree(old, twin[0], later, own, twin[1])
    }


def _by_rest(kpis: list[Kpi]) -> dict[tuple[str, str], list[tuple[Kpi, Unit]]]:
    """KPIs by what stands before and behind a unit in their name."""
    found: dict[tuple[str, str], list[tuple[Kpi, Unit]]] = defaultdict(list)
    for kpi in kpis:
        for rest, unit in _units_in(kpi.id):
            if _agrees(kpi, unit):
                found[rest].append((kpi, unit))
    return found


def _units_in(name: str) -> Iterator[tuple[tuple[str, str], Unit]]:
    for match in _UNIT.finditer(name):
        rest = name[: match.start()], name[match.end() :]
        if _LETTERS.search(rest[0]) or _LETTERS.search(rest[1]):
            yield rest, _UNITS[match[0]]


def _agrees(kpi: Kpi, unit: Unit) -> bool:
    """Whether what is known of a KPI does not say that it is in another unit than its name does."""
    if not kpi.unit:
        return True
    if unit.quantity == _OF_BITS_OR_BYTES:
        known = SPELT.get(kpi.unit)
        return known is not None and known.size == unit.size and known.quantity in ("bits", "octets")
    return factor(kpi.unit, unit.symbol) == 1


def _factor(given: Unit, wanted: Unit) -> float | None:
    """What numbers are multiplied by; None where that is not known, or the units are too near to be told apart."""
    if _OF_BITS_OR_BYTES in (given.quantity, wanted.quantity):
        times = given.size / wanted.size if given.quantity == wanted.quantity else None
    else:
        times = factor(given.symbol, wanted.symbol)
    if times is None or (times != 1 and max(times, 1 / times) < LEAST_FACTOR):
        return None
    return times


def _numbers_agree(old: Panel, name: str, later: Panel, new: str, times: float) -> bool:
    """Whether the later numbers, converted, are of the size of those before at the same hours, or all 0."""
    there = {cell.id: row for row, cell in enumerate(old.cells)}
    rows = [(there[cell.id], row) for row, cell in enumerate(later.cells) if cell.id in there]
    if not rows:
        return False
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE_CELLS)).round().astype(int))
    hours = _of_day(later)
    recent = slice(max(0, old.shape[1] - _WEEKS * 7 * _DAY_S // old.period_s), None)
    same = np.isin(_of_day(old)[recent], hours)
    apart = []
    for before, after in (rows[k] for k in chosen):
        one = _mean(np.asarray(old.values[name][before, recent])[same])
        other = _mean(np.asarray(later.values[new][after])) * times
        if one > 0 and other > 0:
            apart.append(abs(math.log(other / one)))
    if not apart:
        measured = later.values[new][[after for _, after in rows]]
        return not (np.nan_to_num(measured) != 0).any()
    most = MOST_APART if times == 1 else min(math.sqrt(max(times, 1 / times)), MOST_APART)
    return float(np.median(apart)) <= math.log(most)


def _of_day(panel: Panel) -> IntArray:
    """The second of the day, UTC, at which each period begins."""
    seconds: IntArray = panel.times.astype("datetime64[s]").astype(np.int64) % _DAY_S
    return seconds


def _mean(values: FloatArray) -> float:
    there = values[np.isfinite(values)]
    return float(there.mean(dtype=np.float64)) if there.size else math.nan
