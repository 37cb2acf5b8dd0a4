"""Tables with times, hours or cells across: the columns that say when or where become rows, as in other tables.

Spreadsheets and pivots write a row per cell with a column for every hour, or two rows of names, that of the cell above
those of its KPIs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.errors import InputError, Reason
from engine.files.header_words import CELL_NAMES, KPI_NAMES, is_one_of, plain
from engine.io import stamps
from engine.io.dialect import Sample
from engine.io.layout import kpi_of_file
from engine.io.rows import Source
from engine.writing.statement import literal

_HOUR = re.compile(
    r"(?P<said>hour|hr|h)?[ _]?(?P<hour>\d{1,2})(?P<end>h|:00(:00)?)?(?P<span> ?[-–~] ?h?\d{1,2}(h|:00(:00)?)?)?",
    re.IGNORECASE,
)
_HOURS = 24
_FEWEST = 3
_MOST_ROWS = 3000


@dataclass(frozen=True)
class Folding:
    """How a line becomes several rows. keys: columns that stay. name: what tells the rows of a line apart is called.

    labels: what it is in each; values: (name, its column in each row of a line).
    """

    keys: tuple[int, ...]
    name: str
    labels: tuple[str, ...]
    values: tuple[tuple[str, tuple[int, ...]], ...]

    def told(self, file: str) -> Reason:
        """What a person should know of it."""
        return Reason(
            "table_unfolded", {"file": file, "columns": len(self.labels) * len(self.values), "name": self.name}
        )

    def source(self, source: Source) -> Source:
        """The file as SQL, unfolded."""
        texts = source.as_text()
        lists = {"unfolded_label": [literal(label) for label in self.labels]}
        lists |= {f"unfolded_{k}": [texts[c] for c in columns] for k, (_, columns) in enumerate(self.values)}
        unnested = [f"unnest([{', '.join(fields)}]) AS {name}" for name, fields in lists.items()]
        kept = [f"{texts[c]} AS key_{k}" for k, c in enumerate(self.keys)]
        relation = f"(SELECT {', '.join([*kept, *unnested])} FROM {source.relation})"
        columns = (*(f"key_{k}" for k in range(len(self.keys))), *lists)
        return replace(source, relation=relation, columns=columns, numeric=frozenset(), per_line=len(self.labels))

    def sample(self, sample: Sample) -> Sample:
        """The first rows, unfolded."""
        rows = [
            (*(row[k] for k in self.keys), label, *(row[columns[place]] for _, columns in self.values))
            for row in sample.rows[: max(_MOST_ROWS // len(self.labels), 1)]
            for place, label in enumerate(self.labels)
        ]
        names = (*(sample.dialect.names[k] for k in self.keys), self.name, *(name for name, _ in self.values))
        return Sample(replace(sample.dialect, names=names), tuple(rows))


def unfolded(sample: Sample, stem: str) -> tuple[Sample, Folding | None]:
    """The first rows as those of any other table, and how they were folded; None where they were not.

    stem: the name of the file, which tells what it measures if the table does not.
    """
    if not sample.dialect.header or not sample.rows:
        return sample, None
    kpi = kpi_of_file(stem)
    folding = _times(sample, kpi) or _hours(sample, kpi) or _groups(sample)
    return (folding.sample(sample), folding) if folding is not None else (sample, None)


def _times(sample: Sample, kpi: str) -> Folding | None:
    """One column for every moment: their names are stamps with a date."""
    across = [k for k, name in enumerate(sample.dialect.names) if re.match(r"\D*\d", name) and stamps.is_time([name])]
    if len(across) < _FEWEST or not _numbers(sample, across):
        return None
    labels = [sample.dialect.names[k] for k in across]
    try:
        if stamps.find(labels, "", "", day_first=True) is None:
            return None
    except InputError:
        return None  # times without a date, or dates without a year
    return _one_value(sample, across, "time", labels, kpi)


def _hours(sample: Sample, kpi: str) -> Folding | None:
    """One column for every hour of the day that a column of dates names."""
    names = sample.dialect.names
    found = {k: one for k, name in enumerate(names) if (one := _HOUR.fullmatch(name.strip())) is not None}
    hours = [int(one["hour"]) for one in found.values()]
    whole = sorted(hours) in (list(range(_HOURS)), list(range(1, _HOURS + 1)))
    others = [k for k in range(len(names)) if k not in found]
    dates = [k for k in others if stamps.is_date_only(sample.column(k)[:50])]
    if not whole or not dates or not _numbers(sample, list(found)):
        return None
    said = all(one["said"] or one["end"] or one["span"] for one in found.values())
    if not said and not any(is_one_of(plain(names[k]), CELL_NAMES) for k in others):
        return None  # cells that are called 0 to 23
    first = min(hours)
    return _one_value(sample, list(found), "hour", [f"{hour - first:02}:00" for hour in hours], kpi)


def _one_value(sample: Sample, across: Sequence[int], name: str, labels: Sequence[str], kpi: str) -> Folding:
    keys = tuple(k for k in range(len(sample.dialect.names)) if k not in across)
    named = any(is_one_of(plain(sample.dialect.names[k]), KPI_NAMES) for k in keys)
    return Folding(keys, name, tuple(labels), (("value" if named else kpi, tuple(across)),))


def _groups(sample: Sample) -> Folding | None:
    """The names of cells in a row of their own, each above the same names of KPIs."""
    names, above = [name.strip() for name in sample.dialect.names], [field.strip() for field in sample.above]
    begins = [k for k, field in enumerate(above) if field]
    spans = [range(a, b) for a, b in pairwise([*begins, len(names)])]
    groups = [span for span in spans if len(span) > 1 and names[span[0]]]
    kpis = [tuple(names[k] for k in span) for span in groups]
    labels = [above[span[0]] for span in groups]
    if len(groups) < 2 or len({*kpis}) > 1 or len({*labels}) < len(labels) or not all(kpis[0]):
        return None
    inside = {k for span in groups for k in span}
    keys = tuple(k for k in range(len(names)) if k not in inside)
    values = tuple((name, tuple(span[k] for span in groups)) for k, name in enumerate(kpis[0]))
    return Folding(keys, "cell", tuple(labels), values) if _numbers(sample, list(inside)) else None


def _numbers(sample: Sample, columns: Sequence[int]) -> bool:
    """Whether most of what stands in columns are numbers."""
    fields = [field for k in columns for field in sample.column(k)[:50]]
    return bool(fields) and sum(sample.dialect.number(f) is not None for f in fields) > len(fields) / 2
