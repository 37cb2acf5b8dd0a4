"""A project file: every array and record comes back, and nothing that happens while saving loses the old one."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine import project
from engine.data import Direction, KpiKind, Result
from engine.data.event import Event
from engine.data.rule import Rule
from engine.errors import InputError, OutputError, Reason
from engine.network.kpi_table import KpiEntry
from engine.project.access import changing, reading
from engine.text import say
from tests.engine.project.said import set_reviews
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result
from tests.engine.same import difference

RESULTS: dict[str, Callable[[], Result]] = {
    "full": make_result,
    "three KPIs, one detector": lambda: make_result(cells=3, periods=120, kpis=3, detectors=("garch",)),
    "nothing found": lambda: make_result(anomalies=0),
    "one point": lambda: make_result(cells=1, periods=1, kpis=1, anomalies=0),
    "empty": empty_result,
    "tiny": tiny_result,
}

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "città 'a\".cellwarden"


@pytest.mark.parametrize("name", RESULTS)
def test_everything_comes_back_to_the_last_bit(name: str, path: Path) -> None:
    result = RESULTS[name]()
    project.save(result, path)
    assert difference(result, project.open_project(path)) == ""
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_calendar_of_a_run_comes_back(path: Path) -> None:
    """A project of before, which holds none, opens with an empty one."""
    work = Event(datetime(2024, 3, 1, 1), datetime(2024, 3, 1, 4), "Upgrade", "maintenance", ("a", "b c"), utc=True)
    feast = Event(datetime(2024, 3, 20), datetime(2024, 3, 21), "Nowruz", "holiday")
    project.save(dataclasses.replace(make_result(), events=(work, feast)), path)
    assert project.open_project(path).events == project.read_events(path) == (work, feast)
    with changing(path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'events'")
    assert project.open_project(path).events == project.read_events(path) == ()


def test_the_comparison_sees_a_single_bit(path: Path) -> None:
    result = make_result()
    project.save(result, path)
    score = result.verdicts["calls"].score
    score[1, 7] = np.nextafter(score[1, 7], np.float32(9))
    assert difference(result, project.open_project(path)) == "result.verdicts[calls].score"


def test_odd_numbers_and_texts_come_back(path: Path) -> None:
    result = make_result(cells=2, periods=40, kpis=1, anomalies=2)
    odd = Reason("not_enough_history", {"needed": math.inf, "points": -0.0, "text": 'a"\n\0\\é🗼', "count": 2**40})
    values = result.panel.values["calls"]
    values[0, :4] = [-0.0, np.float32(1e-45), np.inf, -np.inf]
    values.view(np.uint32)[0, 5] = 0x7FC12345  # a NaN with a payload
    result = dataclasses.replace(result, notes=(odd, odd))
    project.save(result, path)
    again = project.open_project(path)
    assert difference(result, again) == ""
    assert math.copysign(1, again.notes[0].params["points"]) == -1  # type: ignore[arg-type]


def test_blocks_of_cells_are_put_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.project.arrays.POINTS_PER_BLOB", 1100)
    monkeypatch.setattr("engine.project.writing.SEGMENT_BYTES", 60_000)
    result = make_result(cells=9)
    project.save(result, path)
    assert difference(result, project.open_project(path)) == ""
    with duckdb.connect(str(path), read_only=True) as connection:
        (segments,) = connection.execute("SELECT count(DISTINCT segment) FROM arrays").fetchone() or (0,)
    assert segments > 3


def test_saving_again_keeps_earlier_runs_labels_and_reviews(path: Path) -> None:
    first = make_result()
    labels = {"calls": np.full(first.panel.shape, -1, np.int8)}
    labels["calls"][2, 3:9], labels["calls"][2, 9:12] = 1, 0
    project.save(first, path, labels=labels)
    review = project.Review("c2", "calls", first.panel.times[3], first.panel.times[9], "fault", "Fan broken; Łukasz")
    set_reviews(path, [review])
    second = dataclasses.replace(first, record=dataclasses.replace(first.record, run_id="second"), anomalies=())
    project.save(second, path)
    assert difference(second, project.open_project(path)) == ""
    assert project.read_reviews(path) == (review,)
    assert difference(project.read_labels(path), labels) == ""
    with duckdb.connect(str(path), read_only=True) as connection:
        runs = connection.execute("SELECT run_id FROM runs ORDER BY position").fetchall()
    assert runs == [(first.record.run_id,), ("second",)]


def test_saving_the_same_run_twice_records_it_once(path: Path) -> None:
    for _ in range(3):
        project.save(make_result(), path)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchall() == [(1,)]


def test_labels_find_their_cells_and_times_after_a_reload_of_other_data(path: Path) -> None:
    first = make_result()
    labels = {"drop_rate": np.zeros(first.panel.shape, np.int8)}
    labels["drop_rate"][4, 100:110] = 1
    project.save(first, path, labels=labels)
    panel = first.panel
    later = dataclasses.replace(
        panel,
        times=panel.times[50:],
        cells=panel.cells[3:],
        values={k: v[3:, 50:] for k, v in panel.values.items()},
        flags={k: v[3:, 50:] for k, v in panel.flags.items()},
    )
    cut = dataclasses.replace(
        empty_result(), panel=later, verdicts={}, evidence={}, anomalies=(), incidents=(), clock=first.clock
    )
    cut = dataclasses.replace(cut, quality=first.quality)
    project.save(cut, path)
    found = project.read_labels(path)
    assert found is not None
    assert np.array_equal(found["drop_rate"], labels["drop_rate"][3:, 50:])


def test_every_run_has_a_place_of_its_own_in_the_order_they_were_saved(path: Path) -> None:
    result = make_result(cells=2, periods=40, kpis=1, anomalies=1)
    for run in ("1", "2", "2", "3", "1"):
        record = dataclasses.replace(result.record, run_id=run)
        project.save(dataclasses.replace(result, record=record), path)
        assert project.open_project(path).record.run_id == run
    with duckdb.connect(str(path), read_only=True) as connection:
        runs = connection.execute("SELECT position, run_id FROM runs ORDER BY position").fetchall()
    assert len({position for position, _ in runs}) == 3
    assert [run for _, run in runs] == ["2", "3", "1"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links are those of POSIX")
def test_a_project_keeps_its_mode_and_a_link_to_it_stays_one(path: Path) -> None:
    one, two = make_result(seed=1), make_result(seed=2)
    project.save(one, path)
    path.chmod(0o600)
    link = path.parent / "folder" / "link.cellwarden"
    link.parent.mkdir()
    link.symlink_to(path)
    project.save(two, link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert difference(two, project.open_project(path)) == ""
    assert [p.name for p in link.parent.iterdir()] == [link.name]


def test_the_labels_of_one_series_are_replaced_and_the_others_stay(path: Path) -> None:
    result = make_result()
    labels = {kpi: np.full(result.panel.shape, -1, np.int8) for kpi in ("calls", "drop_rate")}
    labels["calls"][1, 3:9], labels["calls"][2, 4:6], labels["drop_rate"][1, 8:9] = 1, 0, 1
    project.save(result, path, labels=labels)
    before = labels["calls"][1].copy()
    labels["calls"][1] = -1
    labels["calls"][1, 20:22] = 0
    project.change_label_rows(path, result.panel, {("calls", 1): (before, labels["calls"][1])})
    assert difference(project.read_labels(path), labels) == ""
    project.set_labels(path, result.panel, None)
    assert project.read_labels(path) is None


def test_what_others_label_in_the_same_series_stays_also_beyond_the_data(path: Path) -> None:
    result = make_result()
    panel = result.panel
    half = panel.shape[1] // 2
    first = dataclasses.replace(
        panel,
        times=panel.times[:half],
        values={kpi: values[:, :half] for kpi, values in panel.values.items()},
        flags={kpi: flags[:, :half] for kpi, flags in panel.flags.items()},
    )
    theirs = np.full(panel.shape, -1, np.int8)
    theirs[1, 3:9], theirs[1, half - 2 : half + 4] = 1, 0
    project.save(result, path, labels={"calls": theirs})
    before, ours = np.full(half, -1, np.int8), np.full(half, -1, np.int8)
    ours[7:12] = 0
    project.change_label_rows(path, first, {("calls", 1): (before, ours)})
    theirs[1, 7:12] = 0
    read = project.read_labels(path, panel)
    assert read is not None
    assert read["calls"][1].tolist() == theirs[1].tolist()


def test_labels_are_read_on_the_cells_and_times_of_another_panel(path: Path) -> None:
    result = make_result()
    labels = {"calls": np.full(result.panel.shape, -1, np.int8)}
    labels["calls"][1, 3:9] = 1
    project.save(result, path, labels=labels)
    panel = dataclasses.replace(
        result.panel,
        cells=result.panel.cells[1:],
        times=result.panel.times[4:],
        values={k: v[1:, 4:] for k, v in result.panel.values.items()},
        flags={k: v[1:, 4:] for k, v in result.panel.flags.items()},
    )
    assert np.array_equal(project.read_labels(path, panel)["calls"], labels["calls"][1:, 4:])


def test_a_project_without_labels_has_none(path: Path) -> None:
    project.save(make_result(), path)
    assert project.read_labels(path) is None
    assert project.read_reviews(path) == ()


def test_reviews_are_replaced_by_place_and_taken_away(path: Path) -> None:
    result = make_result()
    project.save(result, path)
    times = result.panel.times
    one = project.Review("c1", "calls", times[1], times[4], "false", "")
    two = project.Review("c1", "calls", times[8], times[9], "", "look again")
    set_reviews(path, [two, one])
    assert project.read_reviews(path) == (one, two)
    set_reviews(path, [dataclasses.replace(one, tag="fault")])
    assert [r.tag for r in project.read_reviews(path)] == ["fault", ""]
    set_reviews(path, [dataclasses.replace(two, comment="", acknowledged_by="ali", acknowledged=times[9])])
    assert [r.acknowledged_utc for r in project.read_reviews(path)] == [None, f"{times[9]}Z"]
    set_reviews(path, [dataclasses.replace(two, comment="")])
    assert [r.tag for r in project.read_reviews(path)] == ["fault"]
    assert difference(result, project.open_project(path)) == ""


# --- files that are no project ---------------------------------------------------------------------------------------


def make_foreign_database(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR); INSERT INTO meta VALUES ('kind', 'other')")


def cut_in_half(path: Path) -> None:
    project.save(make_result(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def newer(path: Path) -> None:
    project.save(make_result(), path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")


def lacking_an_array(path: Path) -> None:
    project.save(make_result(), path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM arrays WHERE field = 'alarm'")


def with_a_view(path: Path) -> None:
    project.save(make_result(), path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE rules")
        connection.execute("CREATE VIEW rules AS SELECT 0 AS position, content AS rule FROM read_text('/etc/passwd')")


def with_a_macro(path: Path) -> None:
    project.save(make_result(), path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE MACRO epoch(moment) AS 0")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("cell,time,calls\n1,2017-03-02,5\n" * 99), "project_foreign"),
    "empty file": (lambda path: path.write_bytes(b""), "project_foreign"),
    "missing": (lambda _: None, "project_missing"),
    "folder": (lambda path: path.mkdir(), "project_unreadable"),
    "another database": (make_foreign_database, "project_foreign"),
    "cut off": (cut_in_half, "project_damaged"),
    "newer": (newer, "project_newer"),
    "view": (with_a_view, "project_code"),
    "macro": (with_a_macro, "project_code"),
    "array missing": (lacking_an_array, "project_damaged"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_opened_is_said_with_its_name(name: str, path: Path) -> None:
    make, code = WRONG[name]
    make(path)
    with pytest.raises(InputError) as caught:
        project.open_project(path)
    assert caught.value.reason.code == code
    assert path.name in say(caught.value.reason)


@pytest.mark.parametrize("name", ["text", "another database", "cut off", "newer", "view"])
def test_what_is_no_project_is_never_overwritten(name: str, path: Path) -> None:
    make, code = WRONG[name]
    make(path)
    before = path.read_bytes()
    with pytest.raises(OutputError) as caught:
        project.save(make_result(), path)
    assert caught.value.reason.code == code
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        project.save(make_result(), tmp_path / "nowhere" / "a.cellwarden")


def test_bytes_that_were_changed_are_noticed_or_do_no_harm(path: Path) -> None:
    result = make_result(cells=2, periods=60, kpis=1, anomalies=2)
    project.save(result, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(5)
    codes = set()
    for _ in range(8):
        damaged = bytearray(whole)
        at = int(rng.integers(12, len(whole) - 4096))
        damaged[at : at + 4096] = rng.bytes(4096)
        path.write_bytes(bytes(damaged))
        try:
            again = project.open_project(path)
        except InputError as error:
            codes.add(error.reason.code)
        else:
            assert difference(result, again) == ""
    assert codes <= {"project_damaged", "project_foreign"}


def test_sql_over_a_project_reaches_no_other_file(path: Path) -> None:
    project.save(make_result(), path)
    other = path.with_name("other.txt")
    other.write_text("secret")
    for opened in (reading, changing):
        with pytest.raises((InputError, OutputError), match="disabled"), opened(path) as connection:
            connection.execute("SELECT content FROM read_text(?)", [str(other)])
        with pytest.raises((InputError, OutputError), match="locked"), opened(path) as connection:
            connection.execute("SET enable_external_access = true")


# --- the KPI dictionary ---------------------------------------------------------------------------------------------

DICTIONARY = {
    "drop rate": KpiEntry("Drop rate", "%", KpiKind.RATIO, Direction.UP, "drops", "calls"),
    "calls": KpiEntry("calls"),
}


def test_the_kpi_dictionary_comes_back_in_its_order_and_stays_when_saved_again(path: Path) -> None:
    project.save(make_result(), path)
    assert project.read_dictionary(path) == {}
    project.save(make_result(), path, dictionary=DICTIONARY)
    project.save(make_result(), path)
    found = project.read_dictionary(path)
    assert list(found.items()) == list(DICTIONARY.items())
    project.save(make_result(), path, dictionary={})
    assert project.read_dictionary(path) == {}


def test_a_ratio_is_still_of_what_the_dictionary_said_when_its_project_is_opened(path: Path) -> None:
    made = make_result()
    ratio = next(kpi for kpi in made.panel.kpis if kpi.kind is KpiKind.RATIO)
    told = KpiEntry(ratio.id, ratio.unit, KpiKind.RATIO, ratio.bad, "succeeded", "tried")
    project.save(made, path, dictionary={ratio.id.lower(): told})
    assert project.open_project(path).panel.kpi(ratio.id).denominator == "tried"


def test_all_of_a_project_is_read_at_once(path: Path) -> None:
    result = make_result()
    labels = {"calls": np.zeros(result.panel.shape, np.int8)}
    review = project.Review("c2", "calls", result.panel.times[3], result.panel.times[9], "fault", "")
    rule = Rule("r", 30.0)
    project.save(result, path, labels=labels, reviews=[review], dictionary=DICTIONARY, rules=[rule])
    held = project.open_whole(path)
    assert difference(dataclasses.replace(result, rules=(rule,)), held.result) == ""
    assert difference(labels, held.labels) == ""
    assert held.reviews == (review,)
    assert held.dictionary == DICTIONARY
