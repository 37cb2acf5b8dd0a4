"""Writing a file whole or not at all, and saying plainly why it cannot be written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import OutputError, Reason


def refusal(error: OSError, path: Path) -> OutputError:
    """The `OutputError` that says in plain words why `path` cannot be written."""
    where = {"file": str(path)}
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(Reason("output_no_permission", where))
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return OutputError(Reason("output_disk_full", where))
    if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY):
        return OutputError(Reason("output_in_the_way", where))
    if error.errno == errno.ENOENT:
        return OutputError(Reason("output_no_folder", where))
    return OutputError(Reason("output_failed", {**where, "error": error.strerror or str(error)}))


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents if they are not there. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, folder) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it replaces `path` when the block ends without an exception.

    Whatever was at `path` before stays untouched until then, and for good if the block fails; nothing else is left
    behind. OSErrors of the block are raised as OutputError.
    """
    if path.is_dir():
        raise OutputError(Reason("output_in_the_way", {"file": str(path)}))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise refusal(error, path) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _keep_mode(part, path)
        part.replace(path)
    except OSError as error:
        raise refusal(error, path) from error
    finally:
        part.unlink(missing_ok=True)


def _keep_mode(part: Path, path: Path) -> None:
    """Give the new file the mode of the old one, or of any new file: temporary ones are made for their owner only."""
    if path.exists():
        part.chmod(path.stat().st_mode & 0o777)
    else:
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
