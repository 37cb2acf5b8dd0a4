"""What holds for every reader: bad input gets a reason, nothing is lost silently, work can be watched and cancelled."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine import io
from engine.errors import InputError
from engine.io import READERS, LoadOptions
from engine.monitor import Cancelled, Monitor, Progress
from engine.text import say

DATA = Path(__file__).resolve().parents[2] / "data" / "io"


def milan(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "milan_raw.txt", folder))


def asterisk(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "cdr_asterisk.csv", folder))


def cdr_ber(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "cdr_32297.cdr", folder))


def cdr_table(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "cdr_calls.csv", folder))


def pm_xml(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "pm_32435.xml", folder))


def delimited(folder: Path) -> Path:
    return Path(shutil.copy(DATA / "long.csv", folder))


def parquet(folder: Path) -> Path:
    import duckdb

    path = folder / "long.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{DATA / 'long.csv'}')) TO '{path}' (FORMAT parquet)")
    return path


def workbook(folder: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for line in (DATA / "long.csv").read_text().splitlines():
        book.active.append([float(f) if f.replace(".", "").isdigit() else f for f in line.split(",")])
    path = folder / "long.xlsx"
    book.save(path)
    return path


MINIATURES: dict[str, Callable[[Path], Path]] = {
    "milan-raw": milan,
    "cdr-asterisk": asterisk,
    "cdr-ber": cdr_ber,
    "cdr-table": cdr_table,
    "pm-xml": pm_xml,
    "csv": delimited,
    "parquet": parquet,
    "workbook": workbook,
}


@pytest.fixture(params=[reader.id for reader in READERS])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    return MINIATURES[request.param](folder)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where temporary files go; every test ends with it empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def refused(*paths: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        io.load(paths)
    sentence = say(caught.value.reason)
    assert sentence[-1] in ".:" or sentence
    assert "{" not in sentence
    return caught.value


# --- good files ------------------------------------------------------------------------------------------------------


def test_readers_have_distinct_stable_ids() -> None:
    assert {reader.id for reader in READERS} == set(MINIATURES)
    assert all(reader.label and reader.suffixes for reader in READERS)


def test_a_reader_claims_its_own_file_with_a_reason(file: Path) -> None:
    reader, claim = io.recognise(file)
    assert MINIATURES[reader.id].__name__ in globals()
    assert claim.reader == reader.id
    assert claim.format.startswith(reader.id)
    assert file.name in say(claim.why)


def test_every_row_is_accounted_for_and_arrays_fit(file: Path) -> None:
    loaded = io.load([file])
    quality, panel = loaded.quality, loaded.panel
    assert quality.rows_read == quality.rows_kept + sum(d.rows for d in quality.dropped) > 0
    assert quality.format.startswith(io.recognise(file)[0].id)
    assert panel.times.dtype == np.dtype("datetime64[s]")
    assert (np.diff(panel.times).astype(int) == panel.period_s).all()
    for kpi in panel.kpis:
        assert panel.values[kpi.id].dtype == np.float32
        assert panel.flags[kpi.id].dtype == np.uint8
        assert not np.isinf(panel.values[kpi.id]).any()
    assert quality.completeness.shape == quality.gaps.shape == (panel.shape[0],)
    assert len({c.id for c in panel.cells}) == panel.shape[0]


def test_inspect_says_the_same_as_plain_json(file: Path) -> None:
    found = json.loads(json.dumps(io.inspect([file]), allow_nan=False))
    loaded = io.load([file])
    for key in ("format", "rows_read", "rows_kept", "dropped", "cells", "kpis", "start_utc", "end_utc", "period_s"):
        assert key in found
    assert found["rows_read"] == found["rows_kept"] + sum(found["dropped"].values())
    assert found["cells"] == len(loaded.panel.cells)
    assert found["kpis"] == [k.id for k in loaded.panel.kpis]
    assert np.datetime64(found["start_utc"].rstrip("Z")) == loaded.panel.times[0]
    assert 0 <= found["missing_share"] < 1
    assert found["mapping"]


def test_loading_twice_gives_the_same(file: Path) -> None:
    one, two = io.load([file]), io.load([file])
    assert one.panel.cells == two.panel.cells
    assert one.panel.kpis == two.panel.kpis
    for kpi in one.panel.kpis:
        np.testing.assert_array_equal(one.panel.values[kpi.id], two.panel.values[kpi.id])


def test_the_file_is_left_as_it_was_and_nothing_stays_behind(file: Path, temporary: Path) -> None:
    before = file.read_bytes()
    io.load([file])
    assert file.read_bytes() == before
    assert list(temporary.iterdir()) == []


def test_a_packed_file_is_the_same_data_set(file: Path) -> None:
    if io.recognise(file)[0].id in ("parquet", "workbook"):
        pytest.skip("has a compression of its own")
    packed = file.with_name(file.name + ".gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    one, two = io.load([file]), io.load([packed])
    for kpi in one.panel.kpis:
        np.testing.assert_array_equal(one.panel.values[kpi.id], two.panel.values[kpi.id])


# --- bad files -------------------------------------------------------------------------------------------------------


def test_an_empty_file(file: Path) -> None:
    file.write_bytes(b"")
    assert refused(file).reason.code == "file_empty"


def test_a_missing_file(file: Path) -> None:
    file.unlink()
    assert refused(file).reason.code == "file_missing"


def test_a_folder_with_the_name_of_a_file(file: Path) -> None:
    file.unlink()
    file.mkdir()
    assert refused(file).reason.code == "folder_empty"


def test_a_file_that_may_not_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def forbidden(self: Path, *more: object, **named: object) -> object:
        if self == file:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *more, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", forbidden)
    assert refused(file).reason.code == "file_forbidden"


def test_binary_junk_behind_the_right_name(file: Path) -> None:
    file.write_bytes(random.Random(3).randbytes(5000))
    assert refused(file).reason.code.startswith(("unknown", "packed", "file_not_read"))


def test_a_project_is_no_data_and_it_is_said_where_it_belongs(tmp_path: Path) -> None:
    path = tmp_path / "city.cellwarden"
    duckdb.connect(str(path)).close()
    assert refused(path).reason.code == "project_as_data"


def test_text_that_is_no_table(file: Path) -> None:
    file.write_text("Dear colleague,\n\nplease find the figures below.\nBest regards\n")
    assert refused(file).reason.code == "unknown_text"


def test_a_file_cut_in_its_middle_is_refused_or_read_up_to_there(file: Path) -> None:
    content = file.read_bytes()
    whole = io.load([file]).quality.rows_read
    for share in (0.3, 0.6, 0.9):
        file.write_bytes(content[: int(share * len(content))])
        try:
            read = io.load([file]).quality.rows_read
        except InputError:
            continue
        assert 0 < read <= whole


def test_a_cut_gzip_file_is_never_taken_for_a_short_one(file: Path) -> None:
    if io.recognise(file)[0].id in ("parquet", "workbook"):
        pytest.skip("has a compression of its own")
    content = file.read_bytes()
    lines = content.splitlines(keepends=True)
    long = gzip.compress(content + b"".join(lines[1:]) * 3000)
    packed = file.with_name(file.name + ".gz")
    packed.write_bytes(long[: len(long) // 2])
    assert refused(packed).reason.code in ("gzip_cut", "pm_broken")


def test_a_damaged_gzip_file(file: Path) -> None:
    packed = file.with_name(file.name + ".gz")
    content = bytearray(gzip.compress(file.read_bytes()))
    content[len(content) // 2] ^= 0xFF
    content[-8] ^= 0xFF
    packed.write_bytes(bytes(content))
    assert refused(packed).reason.code in ("gzip_damaged", "gzip_cut")


def test_a_file_deleted_between_look_and_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = io.recognise(file)[0]
    read = type(reader).read

    def delete_then_read(self: object, paths: list[Path], *rest: object) -> object:
        for path in paths:
            path.unlink()
        return read(self, paths, *rest)

    monkeypatch.setattr(type(reader), "read", delete_then_read)
    error = refused(file)
    assert error.reason.code == "file_missing"
    assert str(file) in str(error)


def test_a_file_overwritten_between_look_and_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = io.recognise(file)[0]
    read = type(reader).read

    def overwrite_then_read(self: object, paths: list[Path], *rest: object) -> object:
        for path in paths:
            path.write_text("no more\n")
        return read(self, paths, *rest)

    monkeypatch.setattr(type(reader), "read", overwrite_then_read)
    refused(file)


def test_no_file_at_all() -> None:
    assert refused().reason.code == "no_files"


class CancelsAt(Monitor):
    """Cancels itself when a number of steps have been reported."""

    def __init__(self, steps: int) -> None:
        super().__init__(self._count)
        self._left = steps

    def _count(self, _: Progress) -> None:
        self._left -= 1
        if self._left < 0:
            self.cancel()


# --- watching and cancelling -----------------------------------------------------------------------------------------


def test_progress_grows_from_nothing_to_all(file: Path) -> None:
    seen: list[Progress] = []
    io.load([file], LoadOptions(), Monitor(seen.append))
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert all(say(p.reason) for p in seen)


def test_cancel_is_answered_at_every_step(file: Path, temporary: Path) -> None:
    steps: list[Progress] = []
    io.load([file], LoadOptions(), Monitor(steps.append))
    for stop_at in range(len(steps) - 1):  # the last step says that all is done
        with pytest.raises(Cancelled):
            io.load([file], LoadOptions(), CancelsAt(stop_at))
        assert list(temporary.iterdir()) == []


def test_a_long_statement_reports_and_stops() -> None:
    from engine.errors import Reason
    from engine.io.session import Session

    seen: list[Progress] = []
    monitor = Monitor(seen.append)
    timer = threading.Timer(0.5, monitor.cancel)
    timer.start()
    begin = time.monotonic()
    endless = "SELECT count(*) FROM range(1000000000) a(i), range(1000000000) b(i) WHERE hash(a.i + b.i) = 1"
    with Session() as session:
        reason = Reason("stage_load", {"name": "x"})
        with pytest.raises(Cancelled):
            session.run(endless, [], monitor, reason)
    timer.join()
    assert len(seen) >= 3
    assert time.monotonic() - begin < 30
