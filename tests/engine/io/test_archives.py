"""Archives and packed files of every kind that Python unpacks, as network managers send them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.io import archives, load
from engine.io.member_places import Places
from engine.io.preview import preview
from engine.monitor import Cancelled, Monitor
from tests.engine.io.loaded import DATA, same, values

DAY = "time,cell,calls\n" + "".join(f"2024-03-05T{hour:02}:00Z,A,{hour}\n" for hour in range(24))
NEXT = DAY.replace("-05T", "-06T")

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def tar(members: dict[str, str | bytes], *, links: bool = False) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        if links:
            for k, (sort, target) in enumerate([(tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "a.csv")]):
                entry = tarfile.TarInfo(f"link{k}.csv")
                entry.type, entry.linkname = sort, target
                archive.addfile(entry)
    return whole.getvalue()


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_tar_archive_is_its_files_in_order_without_the_junk(tmp_path: Path, suffix: str) -> None:
    members: dict[str, str | bytes] = {
        "./set/b.csv": NEXT,
        "set/a.csv": DAY,
        "set/._a.csv": b"\x00\x05",
        "../../escape.csv": DAY,
        "/etc/absolute.csv": DAY.replace("A,", "B,"),
    }
    path = tmp_path / f"export.tar{suffix}"
    path.write_bytes(PACKERS[suffix](tar(members, links=True)))
    loaded = load([path])
    assert [cell.id for cell in loaded.panel.cells] == ["A", "B"]
    assert loaded.panel.shape[1] == 48
    assert loaded.quality.duplicates == 0
    assert not list(tmp_path.parent.rglob("escape.csv"))
    assert not Path("/etc/absolute.csv").exists()


@pytest.mark.parametrize("suffix", [".bz2", ".xz"])
def test_a_packed_file_is_the_file_in_it(tmp_path: Path, suffix: str) -> None:
    kpi = "timestamp,value\n" + "".join(f"{1469376000 + 300 * k},{k}\n" for k in range(12))
    for name, content in (("kpi.csv", kpi.encode()), ("other.csv", kpi.encode())):
        (tmp_path / f"{name}{suffix}").write_bytes(PACKERS[suffix](content))
    loaded = load([tmp_path])
    assert [cell.id for cell in loaded.panel.cells] == ["kpi", "other"]
    same(values(loaded, "value"), [list(range(12))] * 2)


@pytest.mark.parametrize("suffix", PACKERS)
def test_performance_files_of_a_day_come_in_one_archive(tmp_path: Path, suffix: str) -> None:
    text = (DATA / "pm_28532.xml").read_text()
    hours = {f"C{k}.xml": text.replace("T11:", f"T{k:02}:") for k in range(1, 24)}
    path = tmp_path / f"day.t{suffix.removeprefix('.') or 'ar'}"
    path.write_bytes(PACKERS[suffix](tar({**hours, "C0.xml.gz": gzip.compress(b"<x/>")})))
    loaded = load([path])
    assert loaded.panel.shape == (2, 23)
    assert [note.params["files"] for note in loaded.quality.notes if note.code == "files_left_out"] == ["C0.xml.gz"]


def test_archives_in_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "month.zip", "w") as archive:
        archive.writestr("day5.tar.gz", gzip.compress(tar({"a.csv": DAY})))
        archive.writestr("day6.csv.xz", lzma.compress(NEXT.encode()))
    assert load([tmp_path / "month.zip"]).panel.shape == (1, 48)
    assert load([tmp_path]).panel.shape == (1, 48)


@pytest.mark.parametrize("suffix", PACKERS)
def test_the_preview_looks_at_the_begin_of_the_archive(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"export.tar{suffix}"
    path.write_bytes(PACKERS[suffix](tar({f"day{k}.csv": DAY.replace("-05T", f"-{k:02}T") for k in range(1, 10)})))
    seen = preview([path])
    assert (seen.problem, seen.format, seen.whole) == (None, "csv-long", False)
    assert [column.name for column in seen.columns] == ["time", "cell", "calls"]


def test_the_preview_of_a_packed_file(tmp_path: Path) -> None:
    long = DAY + "".join(f"2024-03-06T00:00Z,X{k},7\n" for k in range(60_000))
    for name, content, whole in (("short", DAY, True), ("long", long, False)):
        path = tmp_path / f"{name}.csv.xz"
        path.write_bytes(lzma.compress(content.encode()))
        seen = preview([path])
        assert (seen.problem, seen.format, seen.whole) == (None, "csv-long", whole)


def spoilt(content: bytes) -> bytes:
    half = len(content) // 2
    return content[:half] + bytes(byte ^ 0x5A for byte in content[half : half + 64]) + content[half + 64 :]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("damage", [spoilt, lambda content: content[: len(content) // 2]], ids=["spoilt", "cut"])
@pytest.mark.parametrize("archive", [True, False], ids=["tar", "single"])
def test_a_damaged_one_is_refused_whole(
    tmp_path: Path, suffix: str, damage: Callable[[bytes], bytes], archive: bool
) -> None:
    long = DAY + "".join(f"2024-03-06T00:00Z,X{k * 7919 % 10_007},{k * 31 % 997}\n" for k in range(30_000))
    content = tar({"a.csv": long}) if archive else long.encode()
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(damage(PACKERS[suffix](content)))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code in ("archive_damaged", "gzip_cut", "gzip_damaged")
    assert path.name in str(caught.value)
    assert preview([path]).problem is None or preview([path]).columns == ()


@pytest.mark.parametrize("at", ["second header", "second member", "end"])
def test_a_tar_archive_that_seems_to_end_early_is_refused(tmp_path: Path, at: str) -> None:
    whole = bytearray(tar({"a.csv": DAY, "b.csv": NEXT}))
    second = 512 + -(-len(DAY) // 512) * 512
    if at == "second header":
        whole[second + 100 : second + 160] = b"?" * 60
    else:
        whole = whole[: second if at == "second member" else 2 * second]
    path = tmp_path / "a.tar"
    path.write_bytes(whole)
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "archive_damaged"


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar({".hidden": b"x"}))
    for look in (load, lambda paths: preview(paths).effect or _raise(preview(paths).problem)):
        with pytest.raises(InputError) as caught:
            look([tmp_path / "a.tar"])
        assert caught.value.reason.code == "archive_empty"


def _raise(problem: object) -> None:
    raise InputError(problem)  # type: ignore[arg-type]


def test_one_that_unpacks_to_too_much_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1 << 21)
    path = tmp_path / "bomb.csv.xz"
    path.write_bytes(lzma.compress(bytes(1 << 22)))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "archive_too_large"


def zipped(members: Iterable[tuple[str, str | bytes]]) -> bytes:
    whole = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of a name that is there already
        for name, content in members:
            archive.writestr(name, content)
    return whole.getvalue()


def unpacked(tmp_path: Path, content: bytes) -> dict[str, str]:
    path = tmp_path / "given.zip"
    path.write_bytes(content)
    folder = tmp_path / "unpacked"
    found = list(archives.unpack(path, folder, Monitor()))
    assert len({*found}) == len(found)
    return {place.relative_to(folder / "given-1").as_posix(): place.read_text() for place in found}


def test_empty_members_count_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    assert len(unpacked(tmp_path, zipped((f"{k}.csv", "") for k in range(10)))) == 10
    with pytest.raises(InputError) as caught:
        unpacked(tmp_path, zipped((f"{k}.csv", "") for k in range(11)))
    assert str(caught.value).startswith("given.zip holds more than 10 files")


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [("MAX_UNPACKED", 1 << 20, "archive_too_large"), ("MAX_MEMBERS", 10, "archive_too_many")],
)
def test_the_limits_hold_for_an_archive_and_all_in_it_together(
    limit: str, value: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, limit, value)
    inner = zipped((f"{k}.csv", bytes(200 << 10)) for k in range(3))
    with pytest.raises(InputError) as caught:
        unpacked(tmp_path, zipped((f"{k}.zip", inner) for k in range(5)))
    assert caught.value.reason.code == code


def test_members_of_one_name_are_all_read_in_their_order(tmp_path: Path) -> None:
    found = unpacked(
        tmp_path, zipped([("b.csv", "0"), ("a.csv", "1"), ("a.csv", "2"), ("./A.CSV", "3"), ("b.csv", "4")])
    )
    assert list(found.values()) == ["3", "1", "2", "0", "4"]
    assert {name.casefold() for name in found} == {"a.csv", "2/a.csv", "3/a.csv", "b.csv", "2/b.csv"}
    path = tmp_path / "days.zip"
    path.write_bytes(zipped([("kpi.csv", DAY), ("kpi.csv", NEXT)]))
    assert load([path]).panel.shape == (1, 48)


def test_a_member_and_a_folder_of_one_name_lie_apart(tmp_path: Path) -> None:
    assert sorted(unpacked(tmp_path, zipped([("a", "1"), ("a/b.csv", "2"), ("A/c.csv", "3")])).values()) == [
        "1",
        "2",
        "3",
    ]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("D:/evil.csv", "evil.csv"),
        ("D:evil.csv", "evil.csv"),
        ("C:\\data\\a.csv", "data/a.csv"),
        ("/etc/a.csv", "etc/a.csv"),
        ("x/y\\..\\..\\a.csv", "x/y/a.csv"),
        ("nul.csv", "_nul.csv"),
        ("COM1/a.csv", "_COM1/a.csv"),
        ("a. /b.csv. .", "a/b.csv"),
        ("10:00*?.csv", "10_00__.csv"),
    ],
)
def test_a_member_lies_where_any_system_can_have_it(name: str, place: str, tmp_path: Path) -> None:
    assert unpacked(tmp_path, zipped([(name, "1")])) == {place: "1"}


@given(st.lists(st.text('aAéE\u0301.: /\\\\"*12', max_size=9), max_size=8))
def test_no_member_is_lost_whatever_it_is_called(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "inside")
        for k, name in enumerate(names):
            places.of(PurePosixPath(name)).write_text(str(k))
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        assert all(path.is_relative_to(Path(folder) / "inside") for path in files)
        assert sorted(int(path.read_text()) for path in files) == list(range(len(names)))
        windows = {str(PureWindowsPath(path.relative_to(folder))).casefold() for path in files}
        assert len(windows) == len(names)


def test_unpacking_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.xz"
    path.write_bytes(lzma.compress(tar({f"{k}.csv": DAY for k in range(5)})))
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        list(archives.unpack(path, tmp_path / "to", monitor))
