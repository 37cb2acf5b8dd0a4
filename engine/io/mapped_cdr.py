"""Tables of call detail records, one row per call or one per side of a call: start, duration, numbers, cell.

Recognised by the names in the header (`engine.io.call_columns`); summed like all call detail records
(`engine.io.call_series`). Numbers of subscribers are hashed within the statement that reads the file; the hashes only
serve to find the two rows of a call, or to name the series of a subscriber.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.files.encodings import LATIN, NAMES
from engine.io import call_columns, call_series, call_tables, digits, stray_numbers, tables
from engine.io.base import LoadOptions, Measurements, Recognition, Refused
from engine.io.call_columns import MINUTES, CallColumns
from engine.io.call_series import AREA, CELL, MINUTE_S, SUBSCRIBER, TWO, CallSeries
from engine.io.dialect import Sample
from engine.io.peek import Peek, peek
from engine.io.plain_text import mixed, other_encoding
from engine.io.rows import pseudonym
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor
from engine.writing.statement import literal

_MIRRORED_SHARE = 0.5
"""From this share of rows on that have a partner, a file holds two rows per call."""

# Words of the columns for type, direction and cause, in small letters.
_MESSAGE, _DATA = "sms|mms|text|message", "data|gprs|internet|web|packet|pdp|pdn|ip"
_VOICE = (
    "call|voice|speech|tel|telephony|phone|moc|mtc|mo|mt|v|tch|volte|video|outgoing|incoming|originating|terminating"
)
_OUT = "true|t|1|y|yes|o|out|outgoing|outbound|mo|moc|originating|orig|originated|mosms|smsmo|smo"
_IN = "false|f|0|n|no|i|in|incoming|inbound|mt|mtc|terminating|term|terminated|mtsms|smsmt|smt"
_DROPPED = "drop|dropped|abnormal|abnormalrelease|4"
_FAILED = (
    "fail|failed|failure|unsuccessful|unsuccessfulcallattempt|busy|noanswer|unanswered|congestion|rejected|cancel|3"
)

_CALL, _SMS, _SESSION = 0, 1, 2
_NO_DIRECTION, _PERSON = "cdr_no_direction", "cdr_person_as_cell"
_PLACES, _PARTIES = ("cell", "lac", "callee_cell"), ("caller", "callee")


class MappedCdr:
    """Call detail records as rows of a table: text, workbook, JSON or Parquet."""

    id: ClassVar[str] = "cdr-table"
    label: ClassVar[str] = "table of call detail records"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """By the names of its columns. Raises InputError where the time of its calls cannot be read."""
        found = _look(peek(path, options.encoding), options)
        if found is None:
            return None
        _, columns = found
        what = "side of a call" if columns.has("direction") else "call"
        why = Reason("recognised_cdr_table", {"file": path.name, "what": what})
        return Recognition(self.id, self.id, 1.0, why, columns.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Sum the calls of all files.

        Raises InputError (no such table any more, some files with and some without a zone ...), Cancelled.
        """
        series: CallSeries | None = None
        key = options.key or secrets.token_bytes(32)
        refused: list[Refused] = []
        notes: list[Reason] = []
        first: CallColumns | None = None
        encodings: set[str] = set()
        for path, part in tables.each(paths, monitor):
            seen = peek(path, options.encoding)
            encodings.add(seen.encoding if call_tables.is_text(seen) else "")
            found = _look(seen, options)
            if found is None:
                raise InputError(Reason("file_changed", {"file": path.name}))
            sample, columns = found
            if first is not None and first.stamps.utc != columns.stamps.utc:
                both = f"{first.stamps.label}, {columns.stamps.label}"
                raise InputError(Reason("mixed_formats", {"formats": both}))
            first = first or columns
            if series is None:
                series = CallSeries(session, options, utc=columns.stamps.utc)
            table = _Calls(session, columns, options, key)
            refused += table.stage(seen, sample, part.part(0.0, 0.7))
            refused += table.sum_into(series, path, sample.dialect.skipped, part.part(0.7, 1.0))
            notes += table.notes(sample.dialect.names)
            if call_tables.is_text(seen):
                notes += [*mixed(seen, apart=False), *other_encoding(seen, told=not options.encoding)]
        assert series is not None
        assert first is not None
        measured = series.measurements(self.id, paths, first.mapping, list(dict.fromkeys(notes)), _joined(refused), {})
        measured = replace(measured, ahead_s=first.stamps.ahead_s)
        if len(encodings) == 1 and (encoding := encodings.pop()) in NAMES:
            _name_anew(session, measured.tables[0].name, encoding)
        return measured


def _name_anew(session: Session, table: str, encoding: str) -> None:
    """Give cells the names that they have in the encoding of the files, which were read byte for byte as Latin-1: no
    copy of numbers of people is written, in no encoding.
    """
    read = [str(cell) for (cell,) in session.rows(f"SELECT DISTINCT cell FROM {table}") if not str(cell).isascii()]
    meant = [cell.encode(LATIN, "replace").decode(encoding, "replace") for cell in read]
    session.connection.execute(
        f"UPDATE {table} SET cell = meant FROM (SELECT unnest($1::VARCHAR[]) AS read, unnest($2::VARCHAR[]) AS meant)"
        " WHERE cell = read",
        [read, meant],
    )


def _look(seen: Peek, options: LoadOptions) -> tuple[Sample, CallColumns] | None:
    sample = call_tables.sample(seen, options.encoding)
    columns = call_columns.find(sample, seen.path.name, options) if sample is not None else None
    return (sample, columns) if sample is not None and columns is not None else None


def _joined(refused: Sequence[Refused]) -> list[Refused]:
    """One entry per reason."""
    by_code: dict[str, Refused] = {}
    for each in refused:
        before = by_code.get(each.reason.code)
        by_code[each.reason.code] = Refused(each.reason, each.rows + before.rows, before.example) if before else each
    return list(by_code.values())


class _Calls:
    """The rows of one file: typed in a table of the session, with hashes in place of numbers, then summed."""

    def __init__(self, session: Session, columns: CallColumns, options: LoadOptions, key: bytes) -> None:
        self._session = session
        self._columns = columns
        self._entity = call_series.entity_of(options)
        self._said = call_series.rows_of(options)
        self._key = key
        self._name = session.new_table()
        self._digits = False
        self._pairs = 0
        self._rows = 0

    def stage(self, seen: Peek, sample: Sample, monitor: Monitor) -> list[Refused]:
        """Read a file. Returns the lines that are no rows. Raises InputError, Cancelled."""
        path, reason = seen.path, Reason("stage_load", {"name": seen.path.name})
        self._digits = seen.digits and call_tables.is_text(seen)
        relation = call_tables.relation(self._session, seen, sample, monitor.part(0.0, 0.2), reason)
        self._session.connection.execute(
            f"CREATE TEMP TABLE {self._name} (t BIGINT, seconds DOUBLE, own VARCHAR, other VARCHAR, cell VARCHAR,"
            " other_cell VARCHAR, kind UTINYINT, outgoing BOOLEAN, dropped BOOLEAN, failed BOOLEAN, problem VARCHAR)"
        )
        try:
            self._session.run_csv(
                f"INSERT INTO {self._name} {self._typed(relation, sample)}", monitor.part(0.2, 1.0), reason
            )
            return tables.refused_rows(self._session, path.name, people=True)
        except self._session.errors as error:
            raise tables.failed(path, error) from None

    def sum_into(self, series: CallSeries, path: Path, skipped: int, monitor: Monitor) -> list[Refused]:
        """Add the rows to the series and forget them. Returns the rows that cannot be used. Raises Cancelled."""
        reason = Reason("stage_load", {"name": path.name})
        self._allow_usual_cells()
        self._find_pairs()
        self._session.run(series.add_rows(f"({self._directed()})", self._amounts()), [], monitor, reason)
        found = self._session.rows(
            f"SELECT problem, count(*), min(rowid) FROM {self._name}"
            " WHERE problem IS NOT NULL GROUP BY problem ORDER BY problem"
        )
        self._session.connection.execute(f"DROP TABLE {self._name}")
        # A broken row may hold a subscriber number in any column: only its place is told.
        return [
            Refused(Reason(str(code)), int(rows), f"{path.name}:{int(row) + skipped + 1}") for code, rows, row in found
        ]

    def notes(self, names: Sequence[str]) -> list[Reason]:
        """What was assumed of this file."""
        columns = self._columns
        numbers = [names[columns.places[role]] for role in ("caller", "callee") if columns.has(role)]
        notes = [
            Reason("cdr_numbers_hashed", {"columns": ", ".join(numbers)}),
            Reason("cdr_duration_unit", {"column": names[columns.places["duration"]], "unit": columns.unit}),
        ]
        if self._said:
            notes.append(Reason("cdr_rows_said", {"rows": self._said, "pairs": self._pairs}))
        elif self._mirrored and columns.has("direction"):
            notes.append(Reason("cdr_two_rows_flag", {"column": names[columns.places["direction"]]}))
        elif self._mirrored:
            notes.append(Reason("cdr_two_rows_mirrored", {"pairs": self._pairs}))
        elif columns.has("callee_cell"):
            told = {"caller": columns.mapping.get("cell", ""), "callee": columns.mapping["callee_cell"]}
            notes.append(Reason("cdr_one_row_two_cells", told))
        elif not columns.has("direction"):
            notes.append(Reason("cdr_one_row"))
        return notes

    @property
    def _mirrored(self) -> bool:
        if self._said:
            return self._said == TWO
        return self._rows > 0 and 2 * self._pairs >= _MIRRORED_SHARE * self._rows

    def _allow_usual_cells(self) -> None:
        """Take cells that look like numbers of people for cells after all where many rows have such."""
        alike = f"count(*) FILTER (WHERE problem = '{_PERSON}')"
        ((found, rows),) = self._session.rows(f"SELECT {alike}, count(cell) FROM {self._name}")
        if stray_numbers.are_usual(int(found), int(rows)):
            self._session.connection.execute(f"UPDATE {self._name} SET problem = NULL WHERE problem = '{_PERSON}'")

    def _find_pairs(self) -> None:
        """Count rows, and calls that stand in two rows: the same start, duration and numbers, seen from both sides."""
        good = f"FROM {self._name} WHERE problem IS NULL"
        self._rows = int(self._session.rows(f"SELECT count(*) {good}")[0][0])
        self._pairs = int(
            self._session.rows(
                f"SELECT count(*) FROM (SELECT 1 {good} AND own <> other GROUP BY t, seconds, kind, least(own, other),"
                " greatest(own, other) HAVING count(*) >= 2 AND (count(DISTINCT own) = 2 OR"
                " count(DISTINCT outgoing) = 2))"
            )[0][0]
        )

    def _typed(self, relation: str, sample: Sample) -> str:
        """SQL of the typed rows of a file."""
        columns = self._columns

        def text(role: str) -> str:
            if not columns.has(role):
                return "CAST(NULL AS VARCHAR)"
            field = f"c{columns.places[role]}"
            return f"nullif(trim({digits.sql(field) if self._digits else field}), '')"

        start = text("start") if not columns.has("date") else f"{text('date')} || ' ' || {text('start')}"
        cell = f"{text('lac')} || '-' || {text('cell')}" if columns.has("lac") and columns.has("cell") else text("cell")
        if self._entity == AREA or not columns.has("cell"):
            cell = text("lac") if columns.has("lac") else cell
        number = "regexp_replace({}, '[^0-9A-Za-z]', '', 'g')"
        stray = " OR ".join(self._stray(sample, role, text(role)) for role in _PLACES if columns.has(role))
        own, other = (pseudonym(f"nullif({number.format(text(r))}, '')", self._key) for r in ("caller", "callee"))
        inner = (
            f"SELECT {start} AS raw_start, {text('duration')} AS raw_duration, {own} AS own, {other} AS other"
            f", {stray} AS stray"
            f", {cell} AS cell, {text('callee_cell')} AS other_cell, {_plain(text('type'))} AS type"
            f", {_plain(text('direction'))} AS direction, {_plain(text('cause'))} AS cause FROM {relation}"
        )
        middle = (
            f"SELECT *, {columns.stamps.sql('raw_start')} AS t, {_seconds(sample, columns.unit)} AS seconds"
            f", {_kind(known=columns.has('type'))} AS kind"
            f", coalesce({_flag('direction', _OUT, _IN)}, {_flag('type', _OUT, _IN)}) AS outgoing FROM ({inner})"
        )
        problem = (
            "CASE WHEN coalesce(raw_start, raw_duration, own, other, cell) IS NULL THEN 'row_blank'"
            f" WHEN t IS NULL THEN 'row_time' WHEN t NOT BETWEEN {EARLIEST_S} AND {LATEST_S} THEN 'row_time_impossible'"
            " WHEN kind IS NULL THEN 'cdr_other_type'"
            f" WHEN {'own' if self._entity == SUBSCRIBER else 'cell'} IS NULL THEN"
            f" '{'cdr_no_subscriber' if self._entity == SUBSCRIBER else 'cdr_no_cell'}'"
            f" WHEN kind = {_CALL} AND (seconds IS NULL OR seconds < 0) THEN 'row_value'"
            f" WHEN outgoing IS NULL AND {str(columns.has('direction')).lower()} THEN"
            f" {literal(_NO_DIRECTION)} WHEN stray THEN '{_PERSON}' END"
        )
        return (
            f"SELECT t, seconds, own, other, cell, other_cell, kind, outgoing, {_is('cause', _DROPPED)}"
            f", {_is('cause', _FAILED)}, {problem} FROM ({middle})"
        )

    def _stray(self, sample: Sample, role: str, text: str) -> str:
        """SQL: whether a place of a row is the number of a person; series of people have no places."""
        if self._entity == SUBSCRIBER:
            return "false"
        places = self._columns.places
        numbers = [number for one in _PARTIES if one in places for number in sample.column(places[one])]
        return stray_numbers.Strays(sample.column(places[role]), numbers).sql(text)

    def _directed(self) -> str:
        """SQL of what is summed: `cell`, `t`, `n` records, and `outgoing` known for every row."""
        columns = self._columns
        rows = f"SELECT *, rowid AS id, 1 AS n FROM {self._name} WHERE problem IS NULL"
        if self._mirrored and not columns.has("direction"):
            side = (
                "row_number() OVER (PARTITION BY t, seconds, kind, least(own, other), greatest(own, other)"
                " ORDER BY id) % 2 = 1"
            )
            rows = f"SELECT * REPLACE (coalesce(outgoing, {side}) AS outgoing) FROM ({rows})"
        else:
            rows = f"SELECT * REPLACE (coalesce(outgoing, true) AS outgoing) FROM ({rows})"
            if columns.has("callee_cell") and not columns.has("direction") and self._entity == CELL:
                called = f"SELECT * REPLACE (other_cell AS cell, false AS outgoing, 0 AS n) FROM ({rows})"
                rows = f"{rows} UNION ALL {called} WHERE other_cell IS NOT NULL"
        if self._entity == SUBSCRIBER:
            # A table with caller and called names the subscriber of an incoming row second.
            party = "own" if columns.owner or (self._mirrored and not columns.has("direction")) else _PARTY
            rows = f"SELECT * REPLACE ({party} AS cell) FROM ({rows})"
        return rows

    def _amounts(self) -> dict[str, str]:
        """KPI -> SQL of what a row adds, for the kinds of rows that the file has."""
        kinds = {
            int(row[0]) for row in self._session.rows(f"SELECT DISTINCT kind FROM {self._name} WHERE problem IS NULL")
        }
        amounts: dict[str, str] = {}
        if _CALL in kinds:
            call = f"kind = {_CALL}"
            amounts["calls_mo"] = f"CAST({call} AND outgoing AS INTEGER)"
            if self._two_sided():
                amounts["calls_mt"] = f"CAST({call} AND NOT outgoing AS INTEGER)"
            amounts["call_minutes"] = f"CASE WHEN {call} AND NOT failed THEN seconds / {MINUTE_S} ELSE 0 END"
            if self._columns.has("cause"):
                amounts["call_drops"] = f"CAST({call} AND dropped AS INTEGER)"
                amounts["call_failures"] = f"CAST({call} AND failed AS INTEGER)"
        if _SMS in kinds:
            amounts["sms_mo"] = f"CAST(kind = {_SMS} AND outgoing AS INTEGER)"
            if self._two_sided():
                amounts["sms_mt"] = f"CAST(kind = {_SMS} AND NOT outgoing AS INTEGER)"
        if _SESSION in kinds:
            amounts["data_sessions"] = f"CAST(kind = {_SESSION} AS INTEGER)"
        return amounts

    def _two_sided(self) -> bool:
        found = self._session.rows(f"SELECT count(*) FROM {self._name} WHERE problem IS NULL AND NOT outgoing")
        return bool(found[0][0]) or self._mirrored or (self._columns.has("callee_cell") and self._entity == CELL)


_PARTY = "CASE WHEN outgoing THEN own ELSE coalesce(other, own) END"


def _plain(text: str) -> str:
    """SQL of a word without case, and of what separates its parts only a space."""
    return f"trim(regexp_replace(lower({text}), '[^a-z0-9]+', ' ', 'g'))"


def _is(column: str, words: str) -> str:
    """SQL: whether a plain text is one of the words, written in one or in parts."""
    return f"coalesce(regexp_full_match(replace({column}, ' ', ''), '({words})'), false)"


def _flag(column: str, yes: str, no: str) -> str:
    """SQL: true or false by the words of a plain text, NULL where it says neither."""
    found = [f"regexp_matches({column}, '(^| )({words})( |$)')" for words in (yes, no)]
    return (
        f"CASE WHEN {_is(column, yes)} THEN true WHEN {_is(column, no)} THEN false"
        f" WHEN {found[0]} THEN true WHEN {found[1]} THEN false END"
    )


def _kind(*, known: bool) -> str:
    """SQL of the kind of a record by its type; without such a column all are calls."""
    if not known:
        return f"{_CALL}"
    return (
        f"CASE WHEN type IS NULL THEN {_CALL} WHEN regexp_matches(type, '({_MESSAGE})') THEN {_SMS}"
        f" WHEN regexp_matches(type, '(^| )({_DATA})( |$)') THEN {_SESSION}"
        f" WHEN regexp_matches(type, '(^| )({_VOICE})( |$)') THEN {_CALL} END"
    )


def _seconds(sample: Sample, unit: str) -> str:
    """SQL of a duration in seconds: a number of the unit, or [hours:]minutes:seconds."""
    number = "raw_duration"
    if sample.dialect.thousands:
        number = f"replace({number}, {literal(sample.dialect.thousands)}, '')"
    if sample.dialect.decimal == ",":
        number = f"replace({number}, ',', '.')"
    scale = MINUTE_S if unit == MINUTES else 1
    cast = f"TRY_CAST({number} AS DOUBLE)"
    parts = "list_transform(string_split(raw_duration, ':'), lambda p: TRY_CAST(p AS DOUBLE))"
    clock = f"list_reduce({parts}, lambda a, b: a * 60 + b)"
    return (
        f"CASE WHEN regexp_full_match(raw_duration, '\\d+(:\\d\\d){{1,2}}') THEN {clock}"
        f" WHEN isfinite({cast}) AND {cast} < 1e7 THEN {cast} * {scale} END"
    )
