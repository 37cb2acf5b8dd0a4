"""Files are written whole or not at all, and a refusal says what to do."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.monitor import Cancelled, Monitor
from engine.text import say
from engine.writing.output import in_own_folder, make_folder, refusal, whole_file


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == path.parent
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as part:
            part.write_text("half")
            raise failure

    with pytest.raises(failure):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "output_no_permission"),
        (errno.EROFS, "output_no_permission"),
        (errno.ENOSPC, "output_disk_full"),
        (errno.ENOTDIR, "output_in_the_way"),
        (errno.ENOENT, "output_no_folder"),
        (errno.EIO, "output_failed"),
    ],
)
def test_each_failure_of_the_disk_has_its_own_words(number: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with pytest.raises(OutputError) as caught, whole_file(path):
        raise OSError(number, "something")
    assert caught.value.reason.code == code
    assert "report.pdf" in say(caught.value.reason)
    assert not path.exists()


def test_nobody_is_told_to_choose_another_folder_than_the_programs_own(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, in_own_folder(tmp_path):
        raise PermissionError(errno.EACCES, "no")
    assert caught.value.reason.code == "output_own_folder"
    assert str(tmp_path) in str(caught.value)
    assert "Choose another folder" not in str(caught.value)
    with pytest.raises(OutputError) as caught, in_own_folder(tmp_path), whole_file(tmp_path / "a" / "b"):
        pytest.fail("there is no such folder")
    assert caught.value.reason.code == "output_no_folder"


def test_an_unknown_failure_keeps_the_systems_words() -> None:
    assert "Input/output" in str(refusal(OSError(errno.EIO, "Input/output error"), Path("x")))


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_new_file_is_as_readable_as_any_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    plain, kept = tmp_path / "plain", tmp_path / "kept"
    plain.write_text("")
    kept.write_text("")
    kept.chmod(0o640)
    for path in (tmp_path / "new", kept):
        with whole_file(path) as part:
            part.write_text("x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    path, link = tmp_path / "a.csv", tmp_path / "folder" / "link.csv"
    path.write_text("old")
    link.symlink_to(path)
    with whole_file(link) as part:
        part.write_text("new")
        assert part.parent == path.parent
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
@pytest.mark.parametrize("target", ["gone.csv", "nowhere/a.csv", "link.csv"])
def test_a_link_to_nothing_is_no_place_to_write_to(tmp_path: Path, target: str) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    told = rf"link\.csv cannot be written: it is a link to {target}, which does not"
    with pytest.raises(OutputError, match=told), whole_file(link):
        pass
    with pytest.raises(OutputError, match="which does not exist"):
        make_folder(link)
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.skipif(sys.platform == "win32", reason="links are those of POSIX")
def test_a_link_to_a_folder_is_no_file(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    make_folder(link)
    with pytest.raises(OutputError, match="it is a link to the folder"), whole_file(link):
        pass
    assert link.is_symlink()


def test_a_cancel_before_the_end_leaves_the_old_file(tmp_path: Path) -> None:
    path, monitor = tmp_path / "a.csv", Monitor()
    path.write_text("old")

    def write() -> None:
        with whole_file(path, monitor.check) as part:
            part.write_text("new")
            monitor.cancel()

    with pytest.raises(Cancelled):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_on_the_disk_before_it_takes_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, done = tmp_path / "a.csv", []
    flush, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda file: (done.append("fsync"), flush(file)))
    monkeypatch.setattr(Path, "replace", lambda part, to: (done.append("replace"), replace(part, to)))
    with whole_file(path) as part:
        part.write_text("new")
    assert done[:2] == ["fsync", "replace"]
    assert done[2:] == ([] if sys.platform == "win32" else ["fsync"])


def test_the_umask_of_other_threads_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail(f"set to {mask}"))
    with whole_file(tmp_path / "a.csv") as part:
        part.write_text("new")


def test_a_file_that_another_program_has_open_is_said_so() -> None:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]
    assert refusal(error, Path("a.csv")).reason.code == "output_in_use"


def test_folders_are_made_unless_a_file_is_in_the_way(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "file")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "file" / "below")
