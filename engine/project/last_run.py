"""Which run left a project as it is, without reading more of it."""

from __future__ import annotations

from pathlib import Path

from engine.project import records
from engine.project.access import reading


def last_run(path: Path) -> str:
    """The id of the run whose result a project holds; "" where it holds none. Raises InputError as `open_project`."""
    with reading(path) as connection:
        rows = connection.execute("FROM runs ORDER BY position").fetchall()
    return records.run_in(rows[-1]).run_id if rows else ""
