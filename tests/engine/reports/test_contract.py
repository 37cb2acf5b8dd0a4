"""What every writer keeps to: any result, whole or nothing, the same bytes for the same result."""

from __future__ import annotations

import codecs
import errno
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.data import Result
from engine.errors import OutputError
from engine.monitor import Cancelled, Monitor
from engine.reports import WRITERS, write_all
from engine.reports import write as export
from engine.reports.base import Writer
from engine.text import say
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result

RESULTS: dict[str, Callable[[], Result]] = {
    "empty": empty_result,
    "nothing found": lambda: make_result(anomalies=0),
    "one point": lambda: make_result(cells=1, periods=1, kpis=1, anomalies=0),
    "tiny": tiny_result,
    "full": make_result,
}

writers = pytest.mark.parametrize("writer", WRITERS, ids=lambda w: w.id)


def write(writer: Writer, result: Result, path: Path) -> bytes:
    writer.write(result, path, Monitor())
    return path.read_bytes()


@writers
@pytest.mark.parametrize("name", RESULTS)
def test_any_result_is_written_and_gives_the_same_bytes_again(writer: Writer, name: str, tmp_path: Path) -> None:
    first = write(writer, RESULTS[name](), tmp_path / "first")
    assert first
    assert write(writer, RESULTS[name](), tmp_path / "second") == first


@writers
def test_what_is_in_the_way_is_named_and_left_alone(writer: Writer, tmp_path: Path) -> None:
    folder = tmp_path / writer.filename
    folder.mkdir()
    (folder / "kept").write_text("kept")
    with pytest.raises(OutputError) as caught:
        writer.write(tiny_result(), folder, Monitor())
    assert caught.value.reason.code == "output_in_the_way"
    assert writer.filename in say(caught.value.reason)
    assert (folder / "kept").read_text() == "kept"
    assert [p.name for p in tmp_path.iterdir()] == [writer.filename]


@writers
def test_a_folder_that_is_not_there_is_said(writer: Writer, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        writer.write(tiny_result(), tmp_path / "nowhere" / writer.filename, Monitor())
    assert caught.value.reason.code == "output_no_folder"


@writers
def test_a_file_in_place_of_the_folder_is_said(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(OutputError) as caught:
        writer.write(tiny_result(), tmp_path / "file" / writer.filename, Monitor())
    assert caught.value.reason.code in ("output_in_the_way", "output_no_folder")
    assert (tmp_path / "file").read_text() == "kept"


@writers
def test_a_cancelled_writer_leaves_the_old_file(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / writer.filename).write_text("old")
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        writer.write(make_result(), tmp_path / writer.filename, monitor)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(writer.filename, "old")]


def test_ids_and_file_names_are_unique() -> None:
    assert len({w.id for w in WRITERS}) == len({w.filename for w in WRITERS}) == len(WRITERS)


def test_only_what_is_asked_for_is_exported(tmp_path: Path) -> None:
    chosen = [w for w in WRITERS if w.when == "asked"]
    asked = {"associations.csv", "alarms.json", "diagnosis.json"}
    assert {p.name for p in export(tiny_result(), chosen, tmp_path, Monitor())} == asked
    assert {p.name for p in tmp_path.iterdir()} == asked


def test_an_analysis_writes_the_files_it_promises(tmp_path: Path) -> None:
    fixed = {"anomalies.csv", "incidents.csv", "report.pdf", "quality.json", "run.json"}
    out = tmp_path / "new" / "out"
    assert {p.name for p in write_all(tiny_result(), out, False, Monitor())} == fixed
    assert {p.name for p in out.iterdir()} == fixed
    write_all(tiny_result(), out, True, Monitor())
    assert {p.name for p in out.iterdir()} == {*fixed, "scores.parquet"}


def test_csv_files_begin_with_a_byte_order_mark_where_that_is_asked_for(tmp_path: Path) -> None:
    """Excel takes a file without one for the computer's own code page."""
    plain, marked = tmp_path / "plain", tmp_path / "marked"
    names = {p.name for p in write_all(tiny_result(), plain, False, Monitor(), also=["associations", "alarms"])}
    assert {"associations.csv", "alarms.json"} < names
    assert "diagnosis.json" not in names
    write_all(tiny_result(), marked, False, Monitor(), also=["associations", "alarms"], marked=True)
    for name in names:
        begins = codecs.BOM_UTF8 if name.endswith(".csv") else b""
        assert (marked / name).read_bytes() == begins + (plain / name).read_bytes(), name


def test_nothing_is_put_in_place_when_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "anomalies.csv").write_text("old")
    (tmp_path / "run.json").mkdir()
    with pytest.raises(OutputError, match=r"run\.json"):
        write_all(tiny_result(), tmp_path, False, Monitor())
    assert (tmp_path / "anomalies.csv").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["anomalies.csv", "run.json"]


@pytest.mark.parametrize("held", ["anomalies.csv", "report.pdf", "run.json"])
def test_a_file_that_is_open_elsewhere_keeps_all_of_the_earlier_run(
    held: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows refuses it: an open file can be neither moved nor replaced."""
    write_all(make_result(seed=1), tmp_path, False, Monitor())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if held in (path.name, Path(target).name) and tmp_path in (path.parent, Path(target).parent):
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OutputError) as caught:
        write_all(make_result(seed=2), tmp_path, False, Monitor())
    assert held in say(caught.value.reason)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder of an earlier run in which others look; one for results has links to two of its files."""
    shared = tmp_path / "shared"
    write_all(make_result(seed=1), shared, False, Monitor())
    (tmp_path / "out").mkdir()
    for name in ("anomalies.csv", "run.json"):
        (tmp_path / "out" / name).symlink_to(shared / name)
    return shared


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
def test_what_links_lead_to_is_replaced_and_not_the_links(tmp_path: Path, shared: Path) -> None:
    (tmp_path / "out" / "quality.json").write_text("no link")
    write_all(make_result(seed=2), tmp_path / "out", False, Monitor())
    write_all(make_result(seed=2), tmp_path / "plain", False, Monitor())
    linked = {path.name for path in (tmp_path / "out").iterdir() if path.is_symlink()}
    assert linked == {"anomalies.csv", "run.json"}
    for path in (tmp_path / "plain").iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()
        assert ((shared / path.name).read_bytes() == path.read_bytes()) == (path.name in linked), path.name
    assert len([*(tmp_path / "out").iterdir(), *shared.iterdir()]) == 10


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
def test_a_link_to_nothing_and_a_file_that_is_open_elsewhere_keep_what_links_lead_to(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in shared.iterdir()}
    (tmp_path / "out" / "quality.json").symlink_to(tmp_path / "gone")
    with pytest.raises(OutputError, match=r"quality\.json cannot be written: it is a link to"):
        write_all(make_result(seed=2), tmp_path / "out", False, Monitor())
    (tmp_path / "out" / "quality.json").unlink()
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "out" / "report.pdf":
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OutputError, match=r"report\.pdf"):
        write_all(make_result(seed=2), tmp_path / "out", False, Monitor())
    assert {path.name: path.read_bytes() for path in shared.iterdir()} == before
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"anomalies.csv", "run.json"}


def test_an_earlier_file_that_cannot_be_moved_back_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(make_result(seed=1), tmp_path, False, Monitor())
    before = (tmp_path / "report.pdf").read_bytes()
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "report.pdf":
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OutputError, match=r"report\.pdf"):
        write_all(make_result(seed=2), tmp_path, False, Monitor())
    assert [path.read_bytes() for path in tmp_path.glob(".writing-*/*")] == [before]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of a process there")
@writers
def test_a_file_that_the_disk_does_not_take_is_named_as_it_was_asked_for(writer: Writer, tmp_path: Path) -> None:
    """And not as what was written aside, in a folder that is gone by then."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        with pytest.raises(OutputError) as caught:
            export(make_result(), [writer], tmp_path / "out", Monitor())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.reason.params["file"] == str(tmp_path / "out" / writer.filename)
    assert [*(tmp_path / "out").iterdir()] == []


def test_cancelling_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "anomalies.csv").write_text("old")
    monitor = Monitor(lambda progress: monitor.cancel() if progress.fraction > 0.3 else None)
    with pytest.raises(Cancelled):
        write_all(tiny_result(), tmp_path, False, monitor)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("anomalies.csv", "old")]


def test_progress_only_rises_and_ends_at_the_whole(tmp_path: Path) -> None:
    seen: list[float] = []
    write_all(tiny_result(), tmp_path, True, Monitor(lambda progress: seen.append(progress.fraction)))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
