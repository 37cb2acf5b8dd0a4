"""Binary call detail records of charging gateways: files of 3GPP TS 32.297 with BER records of TS 32.298.

Calls, messages and data volumes become series per cell (or area, or subscriber under a keyed hash), see
`engine.io.call_series`. Numbers of subscribers never leave memory. What cannot be used is counted by reason with its
first place, "file, byte", and never keeps the rest from being read.
"""

from __future__ import annotations

import gzip
import secrets
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.data import Cell
from engine.errors import InputError, Reason
from engine.io import call_series, cdr_decoder, cdr_file, cdr_records, tables
from engine.io.base import LoadOptions, Measurements, Recognition, Refused
from engine.io.call_series import CallSeries
from engine.io.cdr_decoder import BrokenBerError
from engine.io.cdr_file import FileHeader, Framed, Gap
from engine.io.cdr_records import NoTimeError
from engine.io.peek import open_binary, peek, unreadable
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor

_STEP_RECORDS = 500
_GATEWAYS = frozenset(("sgsnPDPRecord", "sGWRecord", "pGWRecord", "chargingFunctionRecord"))
_HEAD_BYTES = 4096
_TOLD_FILES = 5
_SGSN_SESSION, _CIRCUIT_SWITCHED = 20, frozenset((0, 2, 6))
"""Tag 20 is a data session in TS 32.251, and a handover of calls in TS 32.250 (and its forerunners)."""


class BerCdr:
    """Binary call detail records, plain or gzip."""

    id: ClassVar[str] = "cdr-ber"
    label: ClassVar[str] = "binary call detail records (3GPP TS 32.297)"
    suffixes: ClassVar[tuple[str, ...]] = (".cdr", ".dat", ".bin", ".ber", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """By the lengths in the file header, which must fit each other."""
        header = _header(path)
        if header is None:
            return None
        why = Reason("recognised_cdr_ber", {"file": path.name, "release": str(header.release)})
        return Recognition(self.id, self.id, 1.0, why, _mapping(options))

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Sum the records of all files. Raises InputError (cut or damaged gzip, no such file any more), Cancelled."""
        counts = _Counts()
        collected = _Collected(CallSeries(session, options, utc=True), options)
        for path, part in tables.each(paths, monitor):
            _read(path, collected, counts, part)
        measured = collected.series.measurements(
            self.id, paths, _mapping(options), [*counts.notes(), *collected.notes()], counts.refused(), collected.cells
        )
        return replace(measured, ahead_s=tuple(seconds for seconds, _ in collected.offsets.most_common()))


def _mapping(options: LoadOptions) -> dict[str, str]:
    entity = call_series.entity_of(options)
    where = {
        call_series.CELL: "LAC-CI, ECGI or NCGI",
        call_series.AREA: "LAC",
        call_series.SUBSCRIBER: "MSISDN or IMSI",
    }
    return {"time": "answerTime, eventTime or recordOpeningTime", "cell": where[entity], "entity": entity}


def _header(path: Path) -> FileHeader | None:
    """The file header. Raises InputError where the file cannot be opened or unpacked."""
    seen = peek(path)
    if seen.wrapping not in ("", "gzip"):
        return None
    try:
        with open_binary(path, seen.wrapping) as file:
            return cdr_file.file_header(file.read(_HEAD_BYTES))
    except EOFError:
        return None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _read(path: Path, collected: _Collected, counts: _Counts, monitor: Monitor) -> None:
    """Read one file to its end. Raises InputError, Cancelled."""
    header = _header(path)
    if header is None:
        raise InputError(Reason("file_changed", {"file": path.name}))
    seen = peek(path)
    reason = Reason("stage_load", {"name": path.name})
    before, end = counts.records, header.header_length
    # A packed file tells how long it is only by its header.
    length = max((header.length or 10 * seen.size) if seen.wrapping else seen.size, 1)
    try:
        with open_binary(path, seen.wrapping) as file:
            for k, found in enumerate(cdr_file.records(file, header)):
                if k % _STEP_RECORDS == 0:
                    monitor.step(min(found.offset / length, 1.0), reason)
                end = found.offset
                if isinstance(found, Gap):
                    counts.gap(path, found)
                else:
                    _take(found, path, collected, counts)
            end = file.tell()
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": path.name})) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(path, error) from None
    counts.end_file(path, header, end, counts.records - before)


def _take(framed: Framed, path: Path, collected: _Collected, counts: _Counts) -> None:
    """Count one record: into the series, or as refused."""
    counts.records += 1
    if framed.encoding != cdr_file.BER:
        counts.refuse("cdr_encoding", path, framed.offset, cdr_file.ENCODINGS[framed.encoding])
        return
    try:
        tag = cdr_decoder.record_type(framed.octets)
        known = tag in cdr_decoder.record_types() and not (tag == _SGSN_SESSION and framed.ts in _CIRCUIT_SWITCHED)
        if not known:
            counts.refuse("cdr_other_type", path, framed.offset, f"record type [{tag}]")
            return
        name, fields = cdr_decoder.decode(framed.octets)
    except BrokenBerError:
        counts.refuse("cdr_undecodable", path, framed.offset)
        return
    counts.types[name] += 1
    problem = collected.add(name, fields)
    if problem:
        counts.refuse(problem, path, framed.offset, name)


class _Collected:
    """The series while records are added, and the cells they are of."""

    def __init__(self, series: CallSeries, options: LoadOptions) -> None:
        self.series = series
        self.cells: dict[str, Cell] = {}
        self._entity = call_series.entity_of(options)
        self._key = options.key or secrets.token_bytes(32)
        self.offsets: Counter[int] = Counter()

    def add(self, name: str, fields: dict[str, object]) -> str:
        """Add a record. Returns why it could not be used, "" where it was."""
        try:
            found = list(cdr_records.usages(name, fields))
        except NoTimeError:
            return "row_time"
        if any(not EARLIEST_S <= usage.second <= LATEST_S for usage in found):
            return "row_time_impossible"
        entities = [self._entity_of(usage.cell, fields) for usage in found]
        if None in entities:
            return "cdr_no_cell" if self._entity != call_series.SUBSCRIBER else "cdr_no_subscriber"
        for k, (usage, entity) in enumerate(zip(found, entities, strict=True)):
            assert entity is not None
            self.cells.setdefault(entity.id, entity)
            self.series.add(entity.id, usage.second, usage.amounts, records=int(k == 0))
        self.offsets[found[0].offset_s] += 1
        return ""

    def notes(self) -> list[Reason]:
        """What was hashed."""
        notes = []
        if self._entity == call_series.SUBSCRIBER:
            notes.append(Reason("cdr_subscribers_hashed", {"count": len(self.cells)}))
        return notes

    def _entity_of(self, cell: Cell | None, fields: dict[str, object]) -> Cell | None:
        if self._entity == call_series.SUBSCRIBER:
            number = cdr_records.subscriber(fields)
            return Cell(call_series.pseudonym(number, self._key)) if number else None
        if cell is None or self._entity == call_series.CELL:
            return cell
        return Cell(cell.site or cell.id)


class _Counts:
    """What became of the records of all files."""

    def __init__(self) -> None:
        self.records = 0
        self.types: Counter[str] = Counter()
        self._refused: dict[str, tuple[int, str]] = {}
        self._files: list[Reason] = []
        self._lost = 0
        self._lost_unknown: list[str] = []

    def refuse(self, code: str, path: Path, offset: int, what: str = "") -> None:
        """Count a record that cannot be used; the first of a reason is told with its place."""
        rows, example = self._refused.get(code, (0, ""))
        self._refused[code] = rows + 1, example or f"{path.name}, byte {offset}{f', {what}' if what else ''}"

    def gap(self, path: Path, gap: Gap) -> None:
        """Count octets that are no record."""
        if gap.begins:
            self.refuse("cdr_cut" if gap.cut else "cdr_framing", path, gap.offset)

    def end_file(self, path: Path, header: FileHeader, octets: int, records: int) -> None:
        """Hold what was found against what the header says."""
        if header.length is not None and header.length != octets:
            self._files.append(Reason("cdr_file_length", {"file": path.name, "said": header.length, "found": octets}))
        if header.records not in (records, cdr_file.UNKNOWN_LENGTH):
            self._files.append(
                Reason("cdr_file_records", {"file": path.name, "said": header.records, "found": records})
            )
        if header.lost > 0:
            self._lost += header.lost
        elif header.lost:
            self._lost_unknown.append(path.name)

    def refused(self) -> list[Refused]:
        """The records that cannot be used, by reason."""
        return [Refused(Reason(code), rows, example) for code, (rows, example) in self._refused.items()]

    def notes(self) -> list[Reason]:
        """What the user should know of the files as a whole."""
        notes = []
        if self.types:
            listed = ", ".join(f"{count} {name}" for name, count in sorted(self.types.items()))
            notes.append(Reason("cdr_types", {"types": listed}))
        if len(_GATEWAYS & self.types.keys()) > 1:
            notes.append(Reason("cdr_gateways"))
        notes += self._files[:_TOLD_FILES]
        if len(self._files) > _TOLD_FILES:
            notes.append(Reason("cdr_more_files", {"count": len(self._files) - _TOLD_FILES}))
        if self._lost:
            notes.append(Reason("cdr_lost", {"records": self._lost}))
        if self._lost_unknown:
            listed = ", ".join(self._lost_unknown[:_TOLD_FILES])
            notes.append(Reason("cdr_lost_unknown", {"count": len(self._lost_unknown), "files": listed}))
        return notes
