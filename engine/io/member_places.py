"""Where the members of an archive are written: each in a place of its own that every system can have."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import accumulate
from pathlib import Path, PurePosixPath

_DRIVE = re.compile(r"^[A-Za-z]:")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE)
_NAMELESS = "member"


class Places:
    """The places of members within a folder, which is made with the first of them.

    Two members of one name, or of names that only some systems tell apart, lie in different folders.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._times: Counter[str] = Counter()

    def of(self, name: PurePosixPath) -> Path:
        """Where a member is written, its folder made; what would lead out of the folder is dropped from its name."""
        parts = _parts(str(name)) or (_NAMELESS,)
        alike = _alike(parts)[-1]
        while True:
            self._times[alike] += 1
            time = self._times[alike]
            chosen = parts if time == 1 else (str(time), *parts)
            *above, own = _alike(chosen)
            if own not in self._files and own not in self._folders and self._files.isdisjoint(above):
                break
        self._files.add(own)
        self._folders.update(above)
        place = self._folder.joinpath(*chosen)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def _parts(name: str) -> tuple[str, ...]:
    """The folders and the name of a member as any system can have them; none of them leads anywhere else."""
    inside = _DRIVE.sub("", name.replace("\\", "/"))
    plain = (_FORBIDDEN.sub("_", part).strip(" ").rstrip(". ") for part in inside.split("/"))
    return tuple(f"_{part}" if _RESERVED.fullmatch(part) else part for part in plain if part)


def _alike(parts: tuple[str, ...]) -> list[str]:
    """The path to each folder and to the file, the same where some system takes two of them for one."""
    return list(accumulate((unicodedata.normalize("NFC", part).casefold() for part in parts), "{}/{}".format))
