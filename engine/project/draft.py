"""A run under way: the evidence of each block goes into the project file as it is made, so that a run can be resumed.

A block counts as kept when its row stands in table drafts, which is written last: its arrays may take several
transactions (`Blobs.add` commits full segments), and whatever a crash leaves of an unfinished block is replaced when
the block is made again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.data import Evidence
from engine.project import records, schema
from engine.project.access import appending, write_failure
from engine.project.loading import Arrays
from engine.project.writing import EVIDENCE_FIELDS, Blobs, Key
from engine.writing.standing import Standing

OWNER, MODELS = "draft", "draft models"
"""Of evidence, and of what it leaves behind to score later points by."""


class Draft:
    """The blocks of one run that are already made. Used as a context manager; not thread-safe.

    path: the project, made if it is not there; what a saved result and a person have put into it stays. run: what
    identifies the run (inputs, settings, versions); the draft of any other run is dropped. Saving the finished result
    with `save` leaves the draft behind for good. since: how the project stood when what the run began with was read
    from it; it is known as the draft leaves it. Raises InputError, OutputError (others have changed it since then).
    """

    def __init__(self, path: Path, run: str, since: Standing | None = None) -> None:
        self._path, self._run = path, run
        with ExitStack() as opened:
            if since is not None:
                since.check()
                opened.enter_context(since.writing())
            self._connection = opened.enter_context(appending(path))
            stale = self._connection.execute("SELECT count(*) FROM drafts WHERE run <> ?", [run]).fetchone()
            if stale != (0,):
                self._connection.execute("BEGIN")
                self._connection.execute("DELETE FROM drafts")
                self._connection.execute("DELETE FROM arrays WHERE owner IN (?, ?)", [OWNER, MODELS])
                schema.drop_unused_segments(self._connection)
                self._connection.execute("COMMIT")
            self._blobs = Blobs(self._connection)
            self._open = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def find(self, kpi: str, rows: range) -> tuple[Evidence, ...] | None:
        """The evidence of a block, in the order in which it was kept; None if it was not, or not these very rows."""
        found = self._connection.execute(
            "SELECT detectors, reasons FROM drafts WHERE run = ? AND kpi = ? AND first = ? AND stop = ?",
            [self._run, kpi, rows.start, rows.stop],
        ).fetchone()
        if found is None:
            return None
        pieces, arrays = [], Arrays(self._connection, f" {rows.start}:{rows.stop}", kpi)
        for detector, reasons in zip(json.loads(found[0]), json.loads(found[1]), strict=True):
            held = {
                field: arrays.read(*_key(OWNER, kpi, detector, field, rows), start=rows.start)
                for field in EVIDENCE_FIELDS
            }
            names = [_name(key, rows) for key in arrays.keys(MODELS) if key[1:3] == (kpi, detector)]
            kept = {
                name: arrays.read(*_key(MODELS, kpi, detector, name, rows), start=rows.start) for name in names if name
            }
            told = tuple(None if reason is None else records.reason_in(reason) for reason in reasons)
            pieces.append(Evidence(detector, **held, reasons=told, kept=kept))
        return tuple(pieces)

    def keep(self, kpi: str, rows: range, pieces: Sequence[Evidence]) -> None:
        """Add the evidence of one block; it is on the disk when this returns. Raises OutputError (no room)."""
        import duckdb

        try:
            self._connection.execute("BEGIN")
            for piece in pieces:
                held = [(OWNER, field, getattr(piece, field)) for field in EVIDENCE_FIELDS]
                for owner, name, array in [*held, *((MODELS, name, array) for name, array in piece.kept.items())]:
                    key = _key(owner, kpi, piece.detector, name, rows)
                    self._connection.execute(
                        "DELETE FROM arrays WHERE owner = ? AND kpi = ? AND detector = ? AND field = ?", list(key)
                    )
                    self._blobs.add(key, rows.start, array)
            self._blobs.flush()
            reasons = [[None if r is None else records.reason_out(r) for r in piece.reasons] for piece in pieces]
            names = records.to_json([piece.detector for piece in pieces])
            self._connection.execute(
                "INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?)",
                [self._run, kpi, rows.start, rows.stop, names, records.to_json(reasons)],
            )
            self._connection.execute("COMMIT")
        except duckdb.Error as error:
            with suppress(duckdb.Error):  # on a full disk DuckDB may give the file up until it is opened again
                self._connection.execute("ROLLBACK")
                self._blobs = Blobs(self._connection)
            raise write_failure(error, self._path) from error


def _key(owner: str, kpi: str, detector: str, name: str, rows: range) -> Key:
    """Blocks of a draft are arrays of their own: they are read one by one."""
    return (owner, kpi, detector, f"{name} {rows.start}:{rows.stop}")


def _name(key: Key, rows: range) -> str:
    """The name in such a key; "" if it is of other rows."""
    name, _, which = key[3].rpartition(" ")
    return name if which == f"{rows.start}:{rows.stop}" else ""
