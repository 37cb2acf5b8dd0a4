"""Files are written whole or not at all, and a refusal says what to do."""

from __future__ import annotations

import errno
import stat
import sys
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.text import say
from engine.writing.output import make_folder, refusal, whole_file


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


def test_folders_are_made_unless_a_file_is_in_the_way(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "file")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "file" / "below")
