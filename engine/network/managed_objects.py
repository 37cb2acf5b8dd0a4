"""What people call a cell whose id is the path of a managed object: the last name in it, and the element it is in.

Distinguished names of 3GPP TS 32.300 (`SubNetwork=1,MeContext=ERBS1,EUtranCellFDD=C1`), and the paths that network
managers of one vendor write (`NE1/Cell:eNodeB Function Name=NE1, Local Cell ID=1, Cell Name=C1`,
`PLMN-PLMN/MRBTS-1/LNBTS-1/LNCEL-11`, several of these joined by " + " where they are measured together).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.data import Cell

_DISTINGUISHED = re.compile(r"[\w-]+=[^,=]+(,[\w-]+=[^,=]+)+")
_PATH = re.compile(r"(?:.*,)?(?P<element>[^/,]+)/[\w ]*Cell:.*\bCell Name=(?P<name>[^,]+)(,.*)?")
_ELEMENTS = ("MeContext", "ManagedElement")
_NUMBERED = re.compile(r"(?:PLMN-PLMN|(?:MRBTS|SBTS|LNBTS|NRBTS|RNC|BSC)-[^/]+)(?:/[A-Za-z]\w*-[^/]+)+")
_STATIONS = ("MRBTS", "SBTS", "WBTS", "BCF", "LNBTS", "NRBTS", "RNC", "BSC")
_SHARED_BY = ("MCC", "MNC")

TOGETHER = " + "
"""Between the paths of several objects that are measured together."""


@dataclass(frozen=True)
class ManagedObject:
    """What a path says. kind: the class of the object. site: the network element it is in, "" if the path is silent.

    names: what it may be called, from the shortest to the one that tells it from all others of its kind.
    """

    kind: str
    site: str
    names: tuple[str, ...]


def managed_object(path: str, label: str = "") -> ManagedObject | None:
    """What a path says; label: what the element is called, if that is known. None for what is no such path."""
    if (told := _PATH.fullmatch(path)) is not None:
        site, name = label or told["element"].strip(), told["name"].strip()
        return ManagedObject("Cell", site, (name, f"{site}/{name}"))
    if _DISTINGUISHED.fullmatch(path) is not None:
        return _distinguished(path, label)
    first, *others = path.split(TOGETHER)
    return _numbered(first, others, label) if _NUMBERED.fullmatch(first) is not None else None


def object_in_file(path: str, label: str = "") -> ManagedObject:
    """The same of a path from a performance file, which is one however it is written; what it is in may be its site."""
    told = managed_object(path, label) or _distinguished(path, label)
    return told if told.site else _distinguished(path, _value(path.split(",")[-2:][0]))


def named(objects: Mapping[str, ManagedObject]) -> dict[str, Cell]:
    """The cells of these objects, by id.

    All of one kind are called by the shortest names that none shares with another, else by their ids.
    """
    levels = dict.fromkeys((one.kind for one in objects.values()), 0)
    while True:
        names = {id_: one.names[levels[one.kind] :][:1] or ("",) for id_, one in objects.items()}
        often = Counter(name for (name,) in names.values() if name)
        shared = {objects[id_].kind for id_, (name,) in names.items() if often[name] > 1}
        if not shared:
            return {id_: Cell(id_, name=name, site=objects[id_].site) for id_, (name,) in names.items()}
        for kind in shared:
            levels[kind] += 1


def named_by_paths(ids: Sequence[str]) -> Mapping[str, Cell]:
    """The cells that are such paths, with name and site."""
    return named({id_: one for id_ in ids if (one := managed_object(id_)) is not None})


def _distinguished(path: str, label: str) -> ManagedObject:
    parts = [part.partition("=") for part in path.split(",")]
    elements = {kind: value for kind, _, value in parts[:-1] if value != "1"}
    site = label or next((elements[kind] for kind in _ELEMENTS if kind in elements), "")
    kind, value = (parts[-1][0], parts[-1][2]) if parts[-1][1] else ("", parts[-1][0])
    ends = (value, *(",".join(path.split(",")[-count:]) for count in (1, 2)))
    return ManagedObject(kind, site, tuple(dict.fromkeys((value, *(f"{site}/{end}" for end in ends if site)))))


def _value(part: str) -> str:
    return part.rpartition("=")[2]


def _numbered(path: str, others: Sequence[str], label: str) -> ManagedObject:
    """`PLMN-PLMN/MRBTS-1/LNBTS-1/LNCEL-11/MCC-244/MNC-5`: classes with numbers, the operators that share it last."""
    parts = path.removeprefix("PLMN-PLMN/").split("/")
    classes = [part.partition("-")[0] for part in parts]
    at = next((classes.index(station) for station in _STATIONS if station in classes), 0)
    site = label or "/".join(parts[: at + 1])
    own = next((k for k in reversed(range(len(parts))) if classes[k] not in _SHARED_BY), 0)
    inside = [site, *parts[at + 1 :]]
    short = parts[own] if own != at else site
    names = (short, "/".join(dict.fromkeys((site, short))), "/".join(inside))
    more = "".join(f" + {other.removeprefix('PLMN-PLMN/')}" for other in others)
    return ManagedObject(classes[own], site, (*names, names[-1] + more) if more else names)
