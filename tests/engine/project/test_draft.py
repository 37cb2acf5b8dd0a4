"""A run that was cancelled or killed goes on at the first block that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine import project
from engine.data import Evidence
from engine.errors import InputError, OutputError
from engine.project import Draft
from engine.project.writing import Blobs
from tests.engine.project.half_way import SLOW_BLOBS, kill_half_way
from tests.engine.result_factory import make_result
from tests.engine.same import difference

ROWS = (range(2), range(2, 5), range(5, 6))


@lru_cache(maxsize=2)
def evidence_of(seed: int) -> Mapping[str, Evidence]:
    return make_result(cells=6, periods=60, kpis=1, anomalies=0, seed=seed).evidence["calls"]


def pieces(rows: range, seed: int = 1) -> tuple[Evidence, ...]:
    """The evidence of some rows of a result."""
    evidence = evidence_of(seed)
    part = slice(rows.start, rows.stop)
    return tuple(
        Evidence(e.detector, e.expected[part], e.lower[part], e.upper[part], e.score[part], e.reasons[part])
        for e in evidence.values()
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.cellwarden"


def test_blocks_that_were_made_are_found_again(path: Path) -> None:
    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
        draft.keep("calls", ROWS[2], pieces(ROWS[2]))
    with Draft(path, "run") as draft:
        assert difference(draft.find("calls", ROWS[0]), pieces(ROWS[0])) == ""
        assert difference(draft.find("calls", ROWS[2]), pieces(ROWS[2])) == ""
        assert draft.find("calls", ROWS[1]) is None
        assert draft.find("sms", ROWS[0]) is None
        assert draft.find("calls", range(1)) is None
        draft.keep("calls", ROWS[1], pieces(ROWS[1]))
        assert difference(draft.find("calls", ROWS[1]), pieces(ROWS[1])) == ""


def test_a_detector_without_any_opinion_takes_no_room(path: Path) -> None:
    nothing = np.broadcast_to(np.float32(np.nan), (400, 8640))
    silent = Evidence("nnar", nothing, nothing, nothing, nothing, (None,) * 400)
    with Draft(path, "run") as draft:
        draft.keep("calls", range(400), [silent])
    with Draft(path, "run") as draft:
        assert difference(draft.find("calls", range(400)), (silent,)) == ""
    assert path.stat().st_size < 4_000_000


def test_the_draft_of_another_run_is_dropped(path: Path) -> None:
    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
    with Draft(path, "other settings") as draft:
        assert draft.find("calls", ROWS[0]) is None
        draft.keep("calls", ROWS[0], pieces(ROWS[0], seed=2))
        assert difference(draft.find("calls", ROWS[0]), pieces(ROWS[0], seed=2)) == ""
    with Draft(path, "run") as draft:
        assert draft.find("calls", ROWS[0]) is None


def test_a_draft_leaves_the_saved_result_and_its_reviews_alone(path: Path) -> None:
    result = make_result(cells=3, periods=100)
    times = result.panel.times
    review = project.Review("c1", "calls", times[1], times[4], "false", "")
    project.save(result, path, reviews=[review])
    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
    assert difference(result, project.open_project(path)) == ""
    project.save(result, path)
    assert project.read_reviews(path) == (review,)
    with Draft(path, "run") as draft:
        assert draft.find("calls", ROWS[0]) is None


def test_a_project_with_a_draft_alone_says_that_the_run_was_not_finished(path: Path) -> None:
    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
    with pytest.raises(InputError) as caught:
        project.open_project(path)
    assert caught.value.reason.code == "project_unfinished"
    result = make_result(cells=3, periods=100)
    project.save(result, path)
    assert difference(result, project.open_project(path)) == ""


DRAFTING = (
    "import engine.project.writing\nengine.project.writing.SEGMENT_BYTES = {segment}\n"
    + SLOW_BLOBS.format(blobs=22)
    + """
from tests.engine.project.test_draft import ROWS, pieces

with project.Draft(Path(sys.argv[1]), "run") as draft:
    for rows in ROWS:
        draft.keep("calls", rows, pieces(rows))
"""
)


@pytest.mark.parametrize("segment", [16_000_000, 3000])
def test_a_kill_costs_the_block_under_way_and_no_other(path: Path, segment: int) -> None:
    kill_half_way(DRAFTING.format(segment=segment), path)
    with Draft(path, "run") as draft:
        assert difference(draft.find("calls", ROWS[0]), pieces(ROWS[0])) == ""
        assert draft.find("calls", ROWS[1]) is None
        draft.keep("calls", ROWS[1], pieces(ROWS[1], seed=2))
        assert difference(draft.find("calls", ROWS[1]), pieces(ROWS[1], seed=2)) == ""


def test_what_a_draft_writes_is_known_to_its_run_and_what_others_wrote_before_is_not(path: Path) -> None:
    known = project.save(make_result(cells=3, periods=100), path)
    with Draft(path, "run", known) as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
    known.check()
    project.save(make_result(cells=3, periods=100, seed=2), path)
    with pytest.raises(OutputError, match="was changed by another window or program"):
        Draft(path, "run", known)


def test_a_full_disk_keeps_the_blocks_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("Could not write: No space left on device")

    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))
        with monkeypatch.context() as patched:
            patched.setattr(Blobs, "add", full)
            with pytest.raises(OutputError) as caught:
                draft.keep("calls", ROWS[1], pieces(ROWS[1]))
        assert caught.value.reason.code == "output_disk_full"
        draft.keep("calls", ROWS[2], pieces(ROWS[2]))
    with Draft(path, "run") as draft:
        assert difference(draft.find("calls", ROWS[0]), pieces(ROWS[0])) == ""
        assert draft.find("calls", ROWS[1]) is None
        assert difference(draft.find("calls", ROWS[2]), pieces(ROWS[2])) == ""


def test_a_disk_so_full_that_the_file_cannot_be_used_any_more_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB then refuses every further statement, the one that looks where to go on among them."""
    with Draft(path, "run") as draft:
        draft.keep("calls", ROWS[0], pieces(ROWS[0]))

        def invalid(*_: object) -> None:
            draft._connection.close()
            raise duckdb.FatalException("FATAL Error: Failed to create checkpoint: No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(Blobs, "add", invalid)
            with pytest.raises(OutputError) as caught:
                draft.keep("calls", ROWS[1], pieces(ROWS[1]))
        assert caught.value.reason.code == "output_disk_full"
        with pytest.raises(OutputError):
            draft.keep("calls", ROWS[2], pieces(ROWS[2]))
    with Draft(path, "run") as draft:
        assert difference(draft.find("calls", ROWS[0]), pieces(ROWS[0])) == ""


def test_a_file_that_is_no_project_is_left_alone(path: Path) -> None:
    path.write_text("cell,time,calls\n" * 9)
    with pytest.raises(InputError):
        Draft(path, "run")
    assert path.read_text().startswith("cell,time")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        Draft(tmp_path / "nowhere" / "a.cellwarden", "run")


def test_saved_reviews_replace_those_there(path: Path) -> None:
    result = make_result(cells=3, periods=100)
    times = result.panel.times
    one = project.Review("c1", "calls", times[1], times[4], "false", "")
    project.save(result, path, reviews=[one])
    project.save(result, path, reviews=[replace(one, tag="fault")])
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]
    project.save(result, path, reviews=[])
    assert project.read_reviews(path) == ()
