"""The same table in every kind of workbook is the same data set."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

from engine.books import ods, spreadsheetml
from engine.books.sheet import BookError, text
from engine.errors import InputError
from engine.io import LoadOptions, book, load
from engine.io.peek import peek
from engine.io.preview import preview
from tests.engine.io.loaded import DATA, kept_in_scratch, same, values

TEXTS = ("long_2003.xml", "long.html")
FILES = ("long.xls", "long.ods", *TEXTS)
NAN = float("nan")


@pytest.mark.parametrize(("name", "wrap"), [*((name, False) for name in FILES), *((name, True) for name in TEXTS)])
def test_every_kind_tells_the_same(tmp_path: Path, name: str, wrap: bool) -> None:
    path = tmp_path / f"export{'.gz' if wrap else '.xls'}"  # what a file is, its content says
    content = (DATA / name).read_bytes()
    path.write_bytes(gzip.compress(content) if wrap else content)
    loaded = load([path])
    assert loaded.quality.format == "workbook-long"
    assert [cell.id for cell in loaded.panel.cells] == ["A1", "B2"]
    assert loaded.panel.times.tolist() == [datetime(2024, 3, 1, 0), datetime(2024, 3, 1, 1)]
    same(values(loaded, "calls"), [[10, 12], [7, NAN]])
    same(values(loaded, "ERAB_Success_Rate"), [[99.5, 99.1], [98, 97.5]])
    seen = preview([path])
    assert (seen.problem, [column.name for column in seen.columns]) == (
        None,
        ["time", "cell", "calls", "ERAB_Success_Rate"],
    )


def test_what_a_library_finds_odd_in_a_workbook_is_not_told(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (DATA / "long.csv").read_text().splitlines():
        made.active.append(line.split(","))
    made.save(tmp_path / "styled.xlsx")
    path = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(tmp_path / "styled.xlsx") as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            content = before.read(name).replace(
                b"<definedNames />", b'<definedNames><definedName name="x">0</definedName></definedNames>'
            )
            if name == "xl/styles.xml":
                content = re.sub(rb"<cellStyles.*</cellStyles>", b"", content, flags=re.DOTALL)
            after.writestr(name, content)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert load([path]).panel.shape == (2, 2)
    assert told == []


@pytest.mark.parametrize("entity", ["msisdn", "cell"])
def test_numbers_of_people_in_a_workbook_are_written_nowhere(
    tmp_path: Path, entity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [["time", "cell", "msisdn", "IMSI", "calls"]]
    lines += [[f"2024-03-01 {h:02}:00", "A1", "393331234567", "222013331234567", str(h)] for h in range(24)]
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, lines)))
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    made.save(tmp_path / "a.xlsx")
    written = kept_in_scratch(tmp_path, monkeypatch)
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)  # what is written is looked at in the end
    said = LoadOptions(mapping={"cell": entity}, key=b"secret")
    loaded = load([tmp_path / "a.xlsx"], said)
    assert [cell.id for cell in loaded.panel.cells] == [
        cell.id for cell in load([tmp_path / "a.csv"], said).panel.cells
    ]
    same(values(loaded, "calls"), [list(range(24))])
    assert bool(written) is (entity == "cell")
    assert not any("3331234567" in text for text in written)
    assert "3331234567" not in repr(loaded)


def test_workbooks_of_several_kinds_are_one_data_set(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(DATA / name, tmp_path)
    loaded = load([tmp_path])
    assert loaded.panel.shape == (2, 2)
    assert loaded.quality.duplicates == 12


@pytest.mark.parametrize("name", FILES)
def test_the_preview_of_a_long_one_is_of_its_begin(tmp_path: Path, name: str) -> None:
    content = (DATA / name).read_bytes()
    if name == "long.html":
        row = b" <tr><td>2024-03-01 02:00</td><td>C3</td><td>10</td><td>99.5</td></tr>\n"
        content = content.replace(b" </tbody>", row * 2000 + b" </tbody>")
    path = tmp_path / name
    path.write_bytes(content)
    seen = preview([path])
    assert (seen.problem, seen.rows > 0) == (None, True)


# --- OpenDocument ----------------------------------------------------------------------------------------------------


WIDE = 'table:number-columns-repeated="{}"'


def document(tmp_path: Path, body: str, manifest: str = "<m/>") -> Path:
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ods.MIME_TYPE)
        archive.writestr("content.xml", f'<d{spaces}><table:table table:name="T">{body}</table:table></d>')
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def cell(kind: str, value: str, more: str = "", said: str = "") -> str:
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" {more}>'
        f"<text:p>{said}</text:p></table:table-cell>"
    )


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with book.opened(peek(path)) as sheets:
        return [row for sheet in sheets for row in sheet.rows]


def test_cells_of_an_open_document(tmp_path: Path) -> None:
    path = document(
        tmp_path,
        f"<table:table-row>{cell('date', '2024-03-01T10:00:00')}{cell('time', 'PT07H30M00S')}"
        f"{cell('time', 'PT49H00M00S')}{cell('percentage', '0.5')}{cell('boolean', 'true')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cell('float', '7', WIDE.format(2))}"
        '<table:covered-table-cell table:number-columns-repeated="3"/>'
        "<table:table-cell office:value-type='string'><text:p>two</text:p><text:p>lines</text:p></table:table-cell>"
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>',
    )
    assert rows_of(path) == [
        (datetime(2024, 3, 1, 10), time(7, 30), "49:00:00", 0.5, True),
        (),
        (),
        (7.0, 7.0, None, None, None, "two lines"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        f'<table:table-row table:number-rows-repeated="2000000">{cell("float", "1")}</table:table-row>',
        f"<table:table-row>{cell('float', '1', WIDE.format(99999))}</table:table-row>",
        f"<table:table-row>{cell('float', 'many')}</table:table-row>",
        f"<table:table-row>{cell('date', 'yesterday')}</table:table-row>",
    ],
)
def test_an_open_document_that_cannot_be(tmp_path: Path, body: str) -> None:
    with pytest.raises(InputError) as caught:
        rows_of(document(tmp_path, body))
    assert caught.value.reason.code == "workbook_damaged"


def test_an_open_document_behind_a_password(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load([document(tmp_path, "", '<manifest:encryption-data xmlns:manifest="m"/>')])
    assert caught.value.reason.code == "workbook_locked"


# --- XML of Excel 2003 -----------------------------------------------------------------------------------------------


def xml_rows(body: str) -> list[tuple[object, ...]]:
    sheet = f'<Worksheet ss:Name="W"><Table>{body}</Table></Worksheet>'
    whole = f'<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}">{sheet}</Workbook>'
    with spreadsheetml.opened(io.BytesIO(whole.encode())) as sheets:
        return [row for sheet in sheets for row in sheet.rows]


NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def test_cells_of_excel_2003() -> None:
    assert xml_rows(
        '<Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="Boolean">1</Data></Cell>'
        '<Cell ss:MergeAcross="1"><Data ss:Type="DateTime">1899-12-31T07:30:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell/><Cell><Data ss:Type="String"></Data></Cell></Row>'
    ) == [(), (None, True, time(7, 30), None, "#DIV/0!", None, None)]


@pytest.mark.parametrize(
    "body",
    [
        '<Row><Cell ss:Index="3"/><Cell ss:Index="1"/></Row>',
        '<Row><Cell ss:Index="99999"/></Row>',
        '<Row><Cell><Data ss:Type="Number">many</Data></Cell></Row>',
        '<Row ss:Index="x"><Cell/></Row>',
        '<Row ss:Index="1000000000"><Cell/></Row>',
        '<Row ss:Index="3"/><Row ss:Index="2"/>',
        "<Row><Cell></Row>",
    ],
)
def test_a_workbook_of_excel_2003_that_cannot_be(body: str) -> None:
    with pytest.raises(BookError):
        xml_rows(body)


def test_of_excel_2003_entities_are_refused(tmp_path: Path) -> None:
    text_ = (DATA / "long_2003.xml").read_text().replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook', 1)
    (tmp_path / "a.xml").write_text(text_)
    with pytest.raises(InputError) as caught:
        load([tmp_path / "a.xml"])
    assert caught.value.reason.code == "workbook_damaged"


# --- web pages -------------------------------------------------------------------------------------------------------


def page(tmp_path: Path, body: str) -> list[tuple[object, ...]]:
    path = tmp_path / "a.xls"
    path.write_text(f"<HTML><BODY>{body}</BODY></HTML>")
    return rows_of(path)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("<TABLE><TR><TD>a<TD>b<TR><TD>c</TABLE>", [("a", "b"), ("c",)]),
        ("<table><tr><td colspan=2>a</td><td>b</td></tr></table>", [("a", None, "b")]),
        (
            "<table><tr><td rowspan=3>a</td><td>1</td></tr><tr><td>2</td></tr><tr></tr><tr><td>b</td></tr></table>",
            [("a", "1"), ("a", "2"), ("a",), ("b",)],
        ),
        ("<table><tr><td>a&amp;b <b>c</b><br>d</td><td> &nbsp; </td></tr></table>", [("a&b c d", None)]),
        ("<table><tr><td>x<table><tr><td>y</td></tr></table></td></tr></table>", [("x",), ("y",)]),
        ("<table><tr><td>a<script>var b;</script></td></tr>", [("a",)]),
        ("<table><tr><td rowspan='0' colspan=-1>a</td></tr></table>", [("a",)]),
        ("<table></table><td>stray</td>", []),
    ],
)
def test_cells_of_a_page(tmp_path: Path, body: str, rows: list[tuple[object, ...]]) -> None:
    assert page(tmp_path, body) == rows


def test_a_page_with_a_row_that_is_too_wide(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        page(tmp_path, f"<table><tr>{'<td colspan=9999>a</td>' * 3}</tr></table>")
    assert caught.value.reason.code == "workbook_damaged"


@pytest.mark.parametrize(
    "rows", ["<tr><td colspan=16384>a</td></tr>" * 150, "<tr><td colspan=16384 rowspan=999>a" + "<tr></tr>" * 150]
)
def test_a_short_page_with_millions_of_cells(tmp_path: Path, rows: str) -> None:
    with pytest.raises(InputError) as caught:
        page(tmp_path, f"<table>{rows}</table>" * 2)
    assert caught.value.reason.code == "workbook_damaged"
    assert "span" in str(caught.value)


def test_a_page_without_a_table_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<html><body>Session expired</body></html>")
    with pytest.raises(InputError) as caught:
        load([tmp_path / "a.xls"])
    assert caught.value.reason.code == "unknown_text"


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: content[: len(content) // 3], "workbook_damaged"),
        (lambda content: content[:512] + b"\xff" * 512 + content[1024:], "workbook_damaged"),
        (lambda content: content + "EncryptedPackage".encode("utf-16-le"), "workbook_locked"),
    ],
)
def test_an_old_workbook_that_cannot_be_read(tmp_path: Path, change: Callable[[bytes], bytes], code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(change((DATA / "long.xls").read_bytes()))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == code
    assert "a.xls" in str(caught.value)


def test_a_binary_workbook_is_called_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            after.writestr(name.replace("workbook.xml", "workbook.bin"), before.read(name))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "packed_otherwise"
    assert ".xlsb" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (7.0, "7"),
        (7.25, "7.25"),
        (1e16, "1e+16"),
        (datetime(2024, 3, 1, 10), "2024-03-01 10:00:00"),
        (time(7, 30), "07:30:00"),
        ("two\nlines", "two lines"),
        (True, "True"),
    ],
)
def test_values_as_text(value: object, said: str) -> None:
    assert text(value) == said
