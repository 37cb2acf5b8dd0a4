"""The columns of a table while their roles are found."""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.units import Unit
from engine.errors import InputError, Reason
from engine.files.header_words import is_one_of, joined, plain
from engine.io.base import LoadOptions
from engine.io.dialect import Sample
from engine.io.unit_fields import units_of


def _same(one: str, other: str) -> bool:
    return joined(one) == joined(other)


@dataclass(frozen=True)
class Column:
    """A column: its place and name, the name in its plain form, what stands in the sample, whether that is numbers, and
    the units that these carry, the commonest first.
    """

    index: int
    name: str
    plain: str
    fields: tuple[str, ...]
    numeric: bool
    units: tuple[Unit, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether anything is in it; "#" alone is how exports mask a name."""
        return any(f.strip("#* ") for f in self.fields)


class Columns:
    """The columns of a sample and which of them are still without a role."""

    def __init__(self, sample: Sample, file: str) -> None:
        self.file = file
        self.header = sample.dialect.header
        self.number = sample.dialect.number
        self.all: list[Column] = []
        for index, name in enumerate(sample.dialect.names):
            fields = tuple(sample.column(index))
            numbers = sum(sample.dialect.number(f) is not None for f in fields)
            units = units_of(fields, sample.dialect.number)
            numeric = bool(fields) and (numbers >= 0.5 * len(fields) or bool(units))
            self.all.append(Column(index, name, plain(name), fields, numeric, units))
        self.free = list(self.all)

    def take(self, column: Column | None) -> Column | None:
        """A column that got a role and is free no more."""
        if column is not None:
            self.free = [c for c in self.free if c.index != column.index]
        return column

    def named(self, names: tuple[str, ...], *, numeric: bool | None = None) -> Column | None:
        """The free, filled column whose name stands first in `names`; a close form (without "_") counts too."""
        fits = [c for c in self.free if is_one_of(c.plain, names) and c.filled and numeric in (None, c.numeric)]
        return min(fits, key=lambda c: [_same(c.plain, n) for n in names].index(True), default=None)

    def all_named(self, names: tuple[str, ...]) -> list[Column]:
        """The free columns whose name is one of `names`, in the order of `names`."""
        found = [c for c in self.free if is_one_of(c.plain, names)]
        return [c for n in names for c in found if _same(c.plain, n)]

    def asked(self, role: str, options: LoadOptions) -> Column | None:
        """The column that the user's mapping gives a role. Raises InputError where there is none of that name."""
        wanted = options.mapping.get(role)
        if wanted is None:
            return None
        found = next((c for c in self.all if wanted in (c.name, str(c.index + 1))), None)
        if found is not None:
            return found
        known = ", ".join(c.name for c in self.all)
        raise InputError(
            Reason("no_such_column", {"file": self.file, "column": wanted, "role": role, "columns": known})
        )
