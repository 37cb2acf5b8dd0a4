"""The secret of the hashes is a file of the user."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from engine.errors import InputError, OutputError
from engine.io.subscriber_key import read_key


def test_a_key_is_made_once_and_read_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    made = read_key(path)
    assert len(made) >= 32
    assert read_key(path) == made
    assert read_key(tmp_path / "other.key") != made
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_white_space_around_a_key_of_ones_own_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    path.write_text("a secret of sixteen and more \r\n")
    assert read_key(path) == b"a secret of sixteen and more"


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 5000])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "my.key"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_key(path)
    assert caught.value.reason.code == "key_length"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        read_key(tmp_path / "nowhere" / "my.key")
    assert caught.value.reason.code == "key_not_made"
