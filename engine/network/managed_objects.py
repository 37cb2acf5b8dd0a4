"""What people call a cell whose id is the path of a managed object: the last name in it, and the element it is in.

Distinguished names of 3GPP TS 32.300 (`SubNetwork=1,MeContext=ERBS1,EUtranCellFDD=C1`), and the paths that network
managers of one vendor write (`NE1/Cell:eNodeB Function Name=NE1, Local Cell ID=1, Cell Name=C1`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.data import Cell

_DISTINGUISHED = re.compile(r"[\w-]+=[^,=]+(,[\w-]+=[^,=]+)+")
_PATH = re.compile(r"(?P<element>[^/]+)/[\w ]*Cell:.*\bCell Name=(?P<name>[^,]+)(,.*)?")
_ELEMENTS = ("MeContext", "ManagedElement")


def named_by_paths(ids: Sequence[str]) -> Mapping[str, Cell]:
    """The cells that are such paths, with name and site; none if two of them would have one name."""
    found = {one: cell for one in ids if (cell := _cell(one)) is not None}
    names = [cell.name for cell in found.values()]
    return found if len(set(names)) == len(names) else {}


def _cell(path: str) -> Cell | None:
    if (told := _PATH.fullmatch(path)) is not None:
        return Cell(path, name=told["name"].strip(), site=told["element"].strip())
    if _DISTINGUISHED.fullmatch(path) is None:
        return None
    parts = [part.partition("=") for part in path.split(",")]
    elements = {kind: value for kind, _, value in parts[:-1] if value != "1"}
    site = next((elements[kind] for kind in _ELEMENTS if kind in elements), "")
    return Cell(path, name=parts[-1][2], site=site)
