"""Tables in JSON: lists of records, one record a line, and what Prometheus and InfluxDB answer to a query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any

from engine.books.sheet import BookError, Row, Sheet, guarded, telling

MAX_CHARACTERS = 1 << 28
"""A document that is one value is held in memory; one record a line is not."""

_BEGIN = re.compile(r'\s*(\[\s*[\[{]|\{\s*")')
_DEEPEST = 4
_GLANCE = 1000
"""So many records name the fields where nobody will read all of them."""


def begins(lines: Sequence[str]) -> bool:
    """Whether a file that begins so is JSON that may hold records."""
    return _BEGIN.match("\n".join(lines[:20])) is not None


@contextmanager
def opened(file: IO[str], *, glance: bool = False) -> Iterator[Iterator[Sheet]]:
    """The lists of records in a file, each a sheet with the names of the fields first; none where there are none.

    Fields within fields are called by both names ("cell.name"). A file with one record a line is gone through once for
    the names alone: cells of another kind, with fields of their own, often come last. With `glance` the first thousand
    records name them. The file must be one that can be read again. Raises BookError, also later.
    """
    with telling():
        first = file.readline()
        alone = _record(first)
        second = file.readline() if alone is not None else ""
        if not second.strip():
            text = first + file.read(MAX_CHARACTERS)
            if len(text) >= MAX_CHARACTERS:
                raise BookError(f"JSON of more than {MAX_CHARACTERS >> 20} MB that is one value")
            whole = json.loads(text)
    if second.strip():
        yield iter([Sheet("records", guarded(_lines(file, _GLANCE if glance else None)))])
    else:
        yield (Sheet(name or "records", iter(rows)) for name, rows in _tables(whole, "", 0))


def _lines(file: IO[str], told: int | None) -> Iterator[Row]:
    """The rows of a file with one record a line, of which the first `told` name the fields, None = all."""

    def records() -> Iterator[dict[str, object]]:
        file.seek(0)
        return (_line(line) for line in file if line.strip())

    names = _names(islice(records(), told))
    yield from _rows(records(), names)


def _line(line: str) -> dict[str, object]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise BookError("a line that is no record")
    return _flat(record)


def _record(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _tables(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[Row]]]:  # noqa: ANN401 - any JSON
    """(name, rows) of what is a table in a value, and in the values within it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        records = [_document(one) for one in value if isinstance(one, dict)]
        if records and len(records) == len(value):
            series = [one for one in map(_series, records) if one]
            if series:
                yield name, _table([row for rows in series for row in rows])
                return
            inner = [table for record in records for table in _inside(record, name, depth)]
            yield from inner or [(name, _table(records))]
        elif len(value) > 1 and all(isinstance(one, list) for one in value) and _names_columns(value[0]):
            yield name, [tuple(map(_plain, one)) for one in value]
    elif isinstance(value, dict):
        if (rows := _series(value)) is not None:
            yield name, _table(rows)
        elif _is_columns(value):
            yield name, [tuple(value), *zip(*(map(_plain, column) for column in value.values()), strict=True)]
        else:
            yield from _inside(value, name, depth)


def _names_columns(row: Sequence[object]) -> bool:
    return len(row) > 1 and all(isinstance(name, str) for name in row)


def _inside(record: Mapping[str, Any], name: str, depth: int) -> Iterator[tuple[str, list[Row]]]:
    for key, inner in record.items():
        if isinstance(inner, list | dict) and inner:
            yield from _tables(inner, f"{name}.{key}" if name else key, depth + 1)


def _document(record: dict[str, Any]) -> dict[str, Any]:
    """What was found, of a hit of Elasticsearch; any other record as it is."""
    inner = record.get("_source")
    return inner if isinstance(inner, dict) else record


def _series(record: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of a series: labels and pairs of Prometheus, or columns and values of InfluxDB; None for no series."""
    values = record.get("values")
    if not isinstance(values, list) or not all(isinstance(pair, list) for pair in values):
        return None
    if isinstance(labels := record.get("metric"), dict):
        told = {"kpi" if key == "__name__" else key: value for key, value in labels.items()}
        return [{**told, "time": pair[0], "value": pair[1]} for pair in values if len(pair) == 2]
    if isinstance(columns := record.get("columns"), list):
        told = {**({"series": record["name"]} if "name" in record else {}), **(record.get("tags") or {})}
        return [{**told, **dict(zip(columns, row, strict=False))} for row in values]
    return None


def _is_columns(value: Mapping[str, Any]) -> bool:
    """Whether each field holds the list of its values."""
    lists = [
        one for one in value.values() if isinstance(one, list) and not any(isinstance(x, list | dict) for x in one)
    ]
    return len(lists) == len(value) > 1 and len({len(one) for one in lists}) == 1 and len(lists[0]) > 1


def _table(records: Iterable[Mapping[str, Any]]) -> list[Row]:
    flat = [_flat(record) for record in records]
    return list(_rows(flat, _names(flat)))


def _names(flat: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(key for record in flat for key in record))


def _rows(flat: Iterable[Mapping[str, object]], names: Sequence[str]) -> Iterator[Row]:
    """The names of the fields, then a row for each record."""
    yield tuple(names)
    for record in flat:
        yield tuple(record.get(name) for name in names)


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            flat |= _flat(value, f"{prefix}{key}.", depth + 1)
        else:
            flat[f"{prefix}{key}"] = _plain(value)
    return flat


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, list | dict) else value
