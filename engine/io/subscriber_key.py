"""The secret of the hashes that stand for subscriber numbers, in a file that the user keeps.

With the same key the same number gets the same name in every load, so that loads can be compared; whoever has the key
can test whether a number is in the data, so it belongs where the data does not go. The program keeps no copy of it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.errors import InputError, OutputError, Reason

LEAST_BYTES = 16
_MOST_BYTES = 4096
_NEW_BYTES = 32


def read_key(path: Path) -> bytes:
    """The key in a file, without white space at its ends. A file that is not there is made, with a new key.

    Raises InputError: unreadable, or too short or too long for a key; OutputError: it cannot be made.
    """
    try:
        with path.open("rb") as file:
            key = file.read(_MOST_BYTES + 1).strip()
    except FileNotFoundError:
        return _make(path)
    except OSError as error:
        raise InputError(Reason("key_unreadable", {"file": str(path), "error": error.strerror or ""})) from error
    if not LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise InputError(Reason("key_length", {"file": str(path), "least": LEAST_BYTES, "most": _MOST_BYTES}))
    return key


def _make(path: Path) -> bytes:
    """Write a new random key that only this user may read."""
    key = secrets.token_hex(_NEW_BYTES).encode()
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(key + b"\n")
    except OSError as error:
        raise OutputError(Reason("key_not_made", {"file": str(path), "error": error.strerror or ""})) from error
    return key
