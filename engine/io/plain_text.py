"""Text files as duckdb reads them: UTF-8 with the usual digits."""

from __future__ import annotations

import codecs
from pathlib import Path

from engine.errors import InputError, Reason
from engine.io import digits
from engine.io.peek import CHUNK_BYTES, Peek, open_binary, unpacked, unreadable
from engine.io.session import Session
from engine.monitor import Monitor


def as_utf8(seen: Peek, session: Session, monitor: Monitor) -> Path:
    """The file as duckdb can read it: a gzip file is checked for cuts, all but UTF-8 with usual digits is rewritten."""
    reason = Reason("stage_load", {"name": seen.path.name})
    if seen.encoding == "utf-8" and not seen.digits:
        if seen.wrapping == "gzip":
            for done in unpacked(seen.path):
                monitor.step(done / seen.size, reason)
        return seen.path
    plain = session.new_file(".csv")
    decoder = codecs.getincrementaldecoder(seen.encoding)(errors="replace")
    written = 0
    try:
        with open_binary(seen.path, seen.wrapping) as raw, plain.open("w", encoding="utf-8", newline="") as text:
            while chunk := raw.read(CHUNK_BYTES):
                part = decoder.decode(chunk)
                text.write(part.translate(digits.PLAIN) if seen.digits else part)
                written += len(chunk)
                monitor.step(min(written / seen.size, 1.0), reason)
            text.write(decoder.decode(b"", final=True))
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": seen.path.name})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None
    return plain
