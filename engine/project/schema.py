"""The tables of a project file, their version, and how an older file becomes a newer one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

VERSION = 8
KIND = "cellwarden project"

DICTIONARY = """
CREATE TABLE dictionary (
    position INTEGER, kpi VARCHAR, unit VARCHAR, kind VARCHAR, bad VARCHAR, numerator VARCHAR, denominator VARCHAR);
"""

RULES = "CREATE TABLE rules (position INTEGER, rule VARCHAR);"
"""Each as JSON."""

SCREEN = "CREATE TABLE screen (left_as VARCHAR);"
"""How the window was left, as JSON: at most one row."""

TRAITS = ("sector", "technology", "band", "frequency", "region", "cluster", "vendor")
"""What table cells holds of cells since version 8."""

TABLES = f"""{DICTIONARY}{RULES}{SCREEN}
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE cells (
    position INTEGER, id VARCHAR, name VARCHAR, site VARCHAR, lat DOUBLE, lon DOUBLE, "row" BIGINT, col BIGINT,
    area VARCHAR, azimuth DOUBLE, {", ".join(f"{trait} VARCHAR" for trait in TRAITS)});
CREATE TABLE kpis (position INTEGER, id VARCHAR, unit VARCHAR, kind VARCHAR, bad VARCHAR);
CREATE TABLE arrays (
    owner VARCHAR, kpi VARCHAR, detector VARCHAR, field VARCHAR, first INTEGER, cells INTEGER, columns INTEGER,
    dtype VARCHAR, alike BOOLEAN, segment INTEGER, position INTEGER);
CREATE TABLE evidence (position INTEGER, kpi VARCHAR, detector VARCHAR);
CREATE TABLE abstentions (kpi VARCHAR, detector VARCHAR, cell INTEGER, reason VARCHAR);
CREATE TABLE thresholds (kpi VARCHAR, detector VARCHAR, value DOUBLE);
CREATE TABLE diagnoses (
    position INTEGER, cell INTEGER, kpi VARCHAR, points BIGINT, missing_share DOUBLE, seasons VARCHAR,
    boxcox_lambda DOUBLE, tests VARCHAR, suits VARCHAR);
CREATE TABLE anomalies (
    position INTEGER, id BIGINT, cell INTEGER, kpi VARCHAR, start INTEGER, stop INTEGER, type VARCHAR,
    direction VARCHAR, actual DOUBLE, expected DOUBLE, lower DOUBLE, upper DOUBLE, score DOUBLE, margins VARCHAR,
    suspect_points BIGINT, imputed_points BIGINT);
CREATE TABLE incidents (
    position INTEGER, id BIGINT, start INTEGER, stop INTEGER, anomalies VARCHAR, cells VARCHAR, kpis VARCHAR,
    severity VARCHAR, importance DOUBLE, grouped_by VARCHAR, causes VARCHAR, sentence VARCHAR);
CREATE TABLE associations (
    position INTEGER, kpi VARCHAR, term VARCHAR, coefficient DOUBLE, odds_ratio DOUBLE, low DOUBLE, high DOUBLE,
    p_value DOUBLE, n BIGINT, events BIGINT, sentence VARCHAR, warnings VARCHAR);
CREATE TABLE runs (
    position INTEGER, run_id VARCHAR, started_utc VARCHAR, seconds DOUBLE, inputs VARCHAR, versions VARCHAR,
    seed BIGINT, settings_hash VARCHAR, settings VARCHAR, learned_until VARCHAR);
CREATE TABLE drafts (run VARCHAR, kpi VARCHAR, first INTEGER, stop INTEGER, detectors VARCHAR, reasons VARCHAR);
CREATE TABLE labels (kpi VARCHAR, cell VARCHAR, start_utc TIMESTAMP, stop_utc TIMESTAMP, value TINYINT);
CREATE TABLE reviews (
    cell VARCHAR, kpi VARCHAR, start_utc TIMESTAMP, stop_utc TIMESTAMP, tag VARCHAR, comment VARCHAR, owner VARCHAR,
    acknowledged_by VARCHAR, acknowledged_utc TIMESTAMP);
"""
"""Made in one go for a new file. Cells of labels and reviews are ids and their times stamps, so that they outlive a
reload of the data, as the KPI dictionary does; everything else is counted in positions of the panel. Table arrays says
which blocks of cells of which array there are; their bytes lie at `position` of table segment_<segment>, one number
only if `alike`. Table drafts says which blocks of a run under way are there, as arrays of the owner "draft"."""

SEGMENT = "CREATE TABLE segment_{number} (position INTEGER, data BLOB)"
"""DuckDB writes a table anew when something was added to it, so the bytes lie in many tables of some megabytes."""

KEPT = ("runs", "labels", "reviews", "dictionary", "rules", "screen")
"""What a person has put into the file, and its history: carried over when a new result is saved over an old one."""

MIGRATIONS: Mapping[int, str] = {
    1: "ALTER TABLE cells ADD COLUMN area VARCHAR DEFAULT ''; ALTER TABLE cells ADD COLUMN azimuth DOUBLE",
    2: "ALTER TABLE runs ADD COLUMN learned_until VARCHAR DEFAULT ''",
    3: DICTIONARY,
    4: RULES,
    5: "ALTER TABLE reviews ADD COLUMN owner VARCHAR DEFAULT ''; ALTER TABLE reviews ADD COLUMN acknowledged_by VARCHAR"
    " DEFAULT ''; ALTER TABLE reviews ADD COLUMN acknowledged_utc TIMESTAMP",
    6: f"{SCREEN} INSERT INTO meta VALUES ('edition', '0')",
    7: "; ".join(f"ALTER TABLE cells ADD COLUMN {trait} VARCHAR DEFAULT ''" for trait in TRAITS),
}
"""Version -> the SQL that brings a file of that version to the next one."""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make all tables of the current version in an empty database."""
    connection.execute(TABLES)
    meta = [KIND, str(VERSION), f"{_another()}.{_another()}"]
    connection.execute("INSERT INTO meta VALUES ('kind', ?), ('schema', ?), ('edition', ?)", meta)


def new_edition(connection: duckdb.DuckDBPyConnection, *, said_alone: bool = False) -> None:
    """Mark an open project as another than it was: one that nobody should replace who knows it as it was.

    said_alone: what a person says of the data is another, and the data and their runs are not.
    """
    data = data_of(edition_in(connection)) if said_alone else _another()
    connection.execute("UPDATE meta SET value = ? WHERE key = 'edition'", [f"{data}.{_another()}"])


def data_of(edition: str) -> str:
    """The part of an edition that is another only where data or runs are."""
    return edition.partition(".")[0]


def edition_in(connection: duckdb.DuckDBPyConnection) -> str:
    """Which edition of itself an open project is; "" where that is not told, as in one of an older schema."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'edition'").fetchone()
    return "" if found is None else str(found[0])


def _another() -> str:
    return str(uuid.uuid4().int)  # JSON, as most of what stands there


def segments(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """The numbers of the segment tables there are."""
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'segment_%'").fetchall()
    return [int(name.removeprefix("segment_")) for (name,) in names]


def drop_unused_segments(connection: duckdb.DuckDBPyConnection) -> None:
    """Free the room of segments that no array lies in any more."""
    used = {number for (number,) in connection.execute("SELECT DISTINCT segment FROM arrays").fetchall()}
    for number in segments(connection):
        if number not in used:
            connection.execute(f"DROP TABLE segment_{number}")


def holds_result(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a result was saved; without one there is only the draft of a run that was not finished."""
    return connection.execute("SELECT count(*) FROM runs").fetchone() != (0,)


def code_in(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The name of a view or a macro, if there is one: SQL that would run when a table is asked for. None of ours is."""
    found = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        " UNION ALL SELECT function_name FROM duckdb_functions() WHERE NOT internal LIMIT 1"
    ).fetchone()
    return None if found is None else str(found[0])


def version_of(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version of an open database; None if it is no project."""
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "meta" not in tables:
        return None
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    schema = meta.get("schema", "")
    return int(schema) if meta.get("kind") == KIND and schema.isdecimal() else None


def migrate(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Bring an open database from `version` to the current one, all steps or none."""
    connection.execute("BEGIN")
    for step in range(version, VERSION):
        connection.execute(MIGRATIONS[step])
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(VERSION)])
    connection.execute("COMMIT")
