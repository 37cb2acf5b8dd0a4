"""Records as plain JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.data import Severity
from engine.errors import Reason
from engine.writing.plain import plain, write_json


def test_what_is_no_number_is_null() -> None:
    assert plain([1.5, float("nan"), float("inf"), np.float32("nan"), True, None, 3]) == [
        1.5,
        None,
        None,
        None,
        True,
        None,
        3,
    ]


def test_arrays_enums_and_tuples_are_plain() -> None:
    assert plain({"a": np.array([[1, 2]]), "b": Severity.MAJOR, "c": (1, "x")}) == {
        "a": [[1, 2]],
        "b": "major",
        "c": [1, "x"],
    }


def test_a_reason_keeps_its_code_beside_its_words() -> None:
    reason = Reason("not_enough_history", {"needed": 336, "points": 6})
    assert plain(reason) == {
        "code": "not_enough_history",
        "params": {"needed": 336, "points": 6},
        "text": "Not enough history: it needs 336 usable points, there are 6.",
    }


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        plain({"a": object()})


def test_the_file_is_utf8_and_ends_with_a_line(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "Città"})
    raw = (tmp_path / "a.json").read_bytes()
    assert raw == '{\n  "name": "Città"\n}\n'.encode()
    assert json.loads(raw) == {"name": "Città"}
