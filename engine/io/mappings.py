"""What a person said about files, kept on this computer and found again by the files' header.

One small JSON file in the user's data folder. Nothing of the data is kept: names of columns, a zone, an answer. A file
that is damaged is as good as none, and that is said.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import OutputError, Reason
from engine.files.encodings import NAMES
from engine.files.header_words import plain
from engine.io.base import LoadOptions

VERSION = 1
MOST = 200
"""How many are kept; the one used longest ago goes first."""


@dataclass(frozen=True)
class Found:
    """options: what was said, None if nothing was. note: what to tell the user, None if there is nothing to tell."""

    options: LoadOptions | None = None
    note: Reason | None = None


def default_path() -> Path:
    """Where the mappings of this user stand."""
    import platformdirs

    return platformdirs.user_data_path("cellwarden", appauthor=False) / "mappings.json"


def fingerprint(container: str, header: Sequence[str]) -> str:
    """What files of the same columns have in common, however their names are written; "" without a header."""
    if not header:
        return ""
    told = "\n".join([container.split("-")[0], *(plain(name) for name in header)])
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def find(mark: str, path: Path | None = None) -> Found:
    """What was said of files with this fingerprint."""
    if not mark:
        return Found()
    kept, note = _read(path or default_path())
    entry = kept.get(mark)
    if entry is None:
        return Found(None, note)
    try:
        return Found(_options(entry), Reason("mapping_found"))
    except (TypeError, ValueError, AttributeError, KeyError):
        return Found(None, Reason("mapping_damaged", {"file": str(path or default_path())}))


def remember(mark: str, options: LoadOptions, path: Path | None = None) -> None:
    """Keep what was said of files with this fingerprint; options that say nothing are forgotten.

    The secret of the hashes is never kept. Raises OutputError where the file cannot be written; what it held stays.
    """
    if not mark:
        return
    path = path or default_path()
    kept, _ = _read(path)
    kept.pop(mark, None)
    told = replace(options, key=b"", with_labels=False, dictionary={}, joins_s=None, usual_zone="")
    if told != LoadOptions():
        kept[mark] = {
            "zone": told.zone,
            "mapping": dict(told.mapping),
            "kpis": list(told.kpis),
            "period_s": told.period_s,
            "day_first": told.day_first,
            "encoding": told.encoding,
        }
    _write(path, {"version": VERSION, "mappings": dict(list(kept.items())[-MOST:])})


def _options(entry: Mapping[str, Any]) -> LoadOptions:
    zone, mapping, kpis, period_s, day_first = (
        entry[name] for name in ("zone", "mapping", "kpis", "period_s", "day_first")
    )
    encoding = entry.get("encoding", "")  # mappings of before have none
    texts = [zone, encoding, *mapping.keys(), *mapping.values(), *kpis]
    known = isinstance(period_s, int | None) and isinstance(day_first, bool | None)
    if not known or not isinstance(kpis, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError
    if encoding not in ("", *NAMES):
        raise ValueError
    return LoadOptions(
        zone=zone, mapping=mapping, kpis=tuple(kpis), period_s=period_s, day_first=day_first, encoding=encoding
    )


def _read(path: Path) -> tuple[dict[str, Any], Reason | None]:
    damaged = Reason("mapping_damaged", {"file": str(path)})
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, None
    except (OSError, ValueError, RecursionError):
        return {}, damaged
    kept = told.get("mappings") if isinstance(told, dict) and told.get("version") == VERSION else None
    return (kept, None) if isinstance(kept, dict) else ({}, damaged)


def _write(path: Path, told: Mapping[str, Any]) -> None:
    """Replace the file in one step: whoever reads sees the old one or the new one."""
    new = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".new", delete=False) as file:
            new = file.name
            json.dump(told, file, ensure_ascii=False, indent=1)
        Path(new).replace(path)
    except OSError as error:
        if new:
            Path(new).unlink(missing_ok=True)
        detail = error.strerror or str(error)
        raise OutputError(Reason("mapping_not_kept", {"file": str(path), "error": detail})) from error
