"""Whose work is in the folder, and under which terms: the licence texts that must travel with it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "licenses"
TEXT = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices|authors)[^/]*$", re.IGNORECASE)
CODE = (".py", ".pyc", ".pyi", ".json")
ABSENT = ("arch",)
"""Dependencies that the program itself never imports: the yardsticks of its tests."""

Entry = tuple[str, str]
"""A file and the folder of the build that it goes into."""


def libraries(name: str = "cellwarden") -> Iterator[metadata.Distribution]:
    """The libraries that the program needs, with what those need in turn, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [name]
    while waiting:
        distribution = metadata.distribution(waiting.pop())
        key = distribution.metadata["Name"].lower().replace("_", "-")
        if key in found or key in ABSENT:
            continue
        found[key] = distribution
        for line in distribution.requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                waiting.append(wanted.name)
    del found[name]
    yield from (found[key] for key in sorted(found))


def home_of(file: metadata.PackagePath) -> str:
    """Where a text goes under its library: the folder it came in, as two of a library may have the same name."""
    return "/".join(part for part in file.parent.parts if not part.endswith(".dist-info"))


def texts_of(distribution: metadata.Distribution) -> list[Entry]:
    """The licence texts that a library brings along; its metadata where they name the licence and there is no text.

    Raises LookupError for a library that says nothing of its licence.
    """
    name, files = distribution.metadata["Name"], distribution.files or ()
    texts = [file for file in files if TEXT.search(file.name) and file.suffix not in CODE]
    if not texts:
        if not {"License-Expression", "License"} & set(distribution.metadata):
            raise LookupError(f"{name} says nothing of its licence")
        texts = [file for file in files if file.name == "METADATA"]
    return [(str(distribution.locate_file(file)), f"{FOLDER}/{name}/{home_of(file)}".rstrip("/")) for file in texts]


def python_texts() -> list[Path]:
    """The licence of the interpreter that is frozen into the programs."""
    places = (
        Path(sys.base_prefix),
        Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}",
    )
    return [file for place in places for name in ("LICENSE.txt", "LICENSE") if (file := place / name).is_file()][:1]


def system_texts(binaries: Iterable[str]) -> list[Entry]:
    """The terms of the system's own libraries that go into the folder, where dpkg knows whose they are."""
    if not shutil.which("dpkg-query"):
        return []
    owners = set()
    for binary in binaries:
        for path in (binary, str(Path(binary).resolve()), str(Path(binary).resolve()).removeprefix("/usr")):
            done = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                owners.add(done.stdout.partition(":")[0])
                break
    texts = ((owner, Path("/usr/share/doc") / owner / "copyright") for owner in sorted(owners))
    return [(str(text), f"{FOLDER}/system/{owner}") for owner, text in texts if text.is_file()]


def entries() -> list[Entry]:
    """All texts but those of the system's libraries: the LGPL of Qt, that of the PDF's fonts, the interpreter's, every
    library's.
    """
    found = [(str(file), f"{FOLDER}/Qt") for file in sorted((ROOT / "packaging" / FOLDER).glob("*.txt"))]
    fonts = sorted((ROOT / "resources" / "fonts").glob("LICENSE-*.txt"))
    found += [(str(file), f"{FOLDER}/{file.stem.removeprefix('LICENSE-')}") for file in fonts]
    found += [(str(file), f"{FOLDER}/Python") for file in python_texts()]
    return [*found, *(entry for distribution in libraries() for entry in texts_of(distribution))]
