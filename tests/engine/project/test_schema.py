"""Projects that earlier versions of the program wrote: they open, and take what there was no place for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb
import pytest

from engine import project
from engine.data import TRAITS
from engine.data.rule import Rule
from engine.project import schema
from tests.engine.project.said import set_reviews
from tests.engine.project.test_project import DICTIONARY
from tests.engine.result_factory import make_result
from tests.engine.same import difference


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "città 'a\".cellwarden"


BEFORE_TRAITS = (
    "".join(f"ALTER TABLE cells DROP {trait}; " for trait in TRAITS)
    + "UPDATE meta SET value = '7' WHERE key = 'schema';"
)
BEFORE_SCREENS = (
    f"{BEFORE_TRAITS} DROP TABLE screen; DELETE FROM meta WHERE key = 'edition';"
    " UPDATE meta SET value = '6' WHERE key = 'schema';"
)
BEFORE_ACKNOWLEDGEMENTS = (
    f"{BEFORE_SCREENS} ALTER TABLE reviews DROP owner; ALTER TABLE reviews DROP acknowledged_by;"
    " ALTER TABLE reviews DROP acknowledged_utc; UPDATE meta SET value = '5' WHERE key = 'schema';"
)


def test_a_project_from_before_cells_had_bands_and_vendors_opens_and_takes_some(path: Path) -> None:
    result = make_result()
    project.save(result, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(BEFORE_TRAITS)
    assert difference(result, project.open_project(path)) == ""
    traits = {trait: f"{trait} 1" for trait in TRAITS}
    cells = tuple(dataclasses.replace(cell, **traits) for cell in result.panel.cells)
    told = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    project.save(told, path)
    assert project.open_project(path).panel.cells == cells


def test_a_project_from_before_there_were_acknowledgements_opens_and_takes_some(path: Path) -> None:
    result = make_result()
    times = result.panel.times
    old = project.Review("c1", "calls", times[1], times[4], "false", "again")
    project.save(result, path, reviews=[old])
    with duckdb.connect(str(path)) as connection:
        connection.execute(BEFORE_ACKNOWLEDGEMENTS)
    assert project.read_reviews(path) == (old,)
    seen = dataclasses.replace(old, owner="RAN north", acknowledged_by="sara", acknowledged=times[9])
    set_reviews(path, [seen])
    assert project.read_reviews(path) == (seen,)
    assert difference(result, project.open_project(path)) == ""


def test_a_project_from_before_there_was_a_dictionary_opens_and_takes_one(path: Path) -> None:
    result = make_result()
    project.save(result, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(BEFORE_ACKNOWLEDGEMENTS)
        connection.execute("DROP TABLE dictionary; DROP TABLE rules; UPDATE meta SET value = '3' WHERE key = 'schema'")
    assert difference(result, project.open_project(path)) == ""
    assert project.read_dictionary(path) == {}
    project.save(result, path, dictionary=DICTIONARY)
    assert project.read_dictionary(path) == DICTIONARY


def test_a_project_from_before_there_were_rules_opens_and_takes_some(path: Path) -> None:
    result, rule = make_result(), Rule("r", 30.0)
    project.save(result, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(BEFORE_ACKNOWLEDGEMENTS)
        connection.execute("DROP TABLE rules; UPDATE meta SET value = '4' WHERE key = 'schema'")
    assert difference(result, project.open_project(path)) == ""
    assert project.read_rules(path) == ()
    project.set_rules(path, [rule])
    assert project.read_rules(path) == (rule,)


def test_an_older_file_is_migrated_in_a_copy_and_for_good_when_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make_result()
    project.save(result, path)
    before = path.read_bytes()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(schema, "MIGRATIONS", {schema.VERSION - 1: "ALTER TABLE reviews ADD COLUMN mood VARCHAR"})
    assert difference(result, project.open_project(path)) == ""
    assert path.read_bytes() == before
    with duckdb.connect(str(path)) as connection:
        assert schema.version_of(connection) == schema.VERSION - 1
        schema.migrate(connection, schema.VERSION - 1)
        assert schema.version_of(connection) == schema.VERSION
        assert "mood" in [row[0] for row in connection.execute("DESCRIBE reviews").fetchall()]


def test_every_version_has_its_migration() -> None:
    assert sorted(schema.MIGRATIONS) == list(range(1, schema.VERSION))
