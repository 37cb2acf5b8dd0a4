"""Tables that a person adds to the data: read alike whatever their separator and encoding, refused with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.network import side_table

ROLES = {"id": ("cell", "id"), "name": ("label", "cell"), "site": ("site",)}


def read(path: Path) -> list[side_table.Row]:
    return list(side_table.read(path, ROLES, "id"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_have_their_line_and_all_roles(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "cells.csv"
    lines = [" Cell ", "Extra"], ["città", "x"], ["", ""], ["b "]
    path.write_bytes("\r\n".join(separator.join(line) for line in lines).encode(encoding))
    assert read(path) == [
        (2, {"id": "città", "name": "città", "site": ""}),
        (4, {"id": "b", "name": "b", "site": ""}),
    ]


def test_a_field_over_several_lines_does_not_shift_the_lines_that_are_told(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text('cell,site\na,"one\ntwo"\nb,x\n')
    assert [line for line, _ in read(path)] == [3, 4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "side_table_no_column"),
        (b"site\nS1\n", "side_table_no_column"),
        (b"cell,site\n,\n", "side_table_empty"),
        (b"cell,site\na,S1\n,S2\n", "side_table_nameless"),
        (b"cell,site\na,citt\xe0\n", "side_table_encoding"),
        (b"\xff\xfec", "side_table_encoding"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "cells.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read(path)
    assert refused.value.reason.code == code
    assert "cells.csv" in str(refused.value)
