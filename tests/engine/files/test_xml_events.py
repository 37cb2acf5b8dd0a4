"""XML in the encodings that element managers write it in, and nothing fetched or expanded."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.files.xml_events import xml_events
from engine.io import load
from tests.engine.io.loaded import DATA

NAMES = {
    "GB2312": "北京朝阳基站",
    "GBK": "镕基站",
    "gb18030": "㐀基站",
    "Big5": "臺北基地台",
    "Shift_JIS": "東京①",
    "EUC-JP": "東京",
    "EUC-KR": "서울 기지국",
    "windows-1251": "Москва",
    "ISO-8859-1": "Málaga",
    "UTF-8": "Πάτρα",
    "UTF-16": "Πάτρα",
}
PYTHON = {"GB2312": "gb18030", "GBK": "gb18030", "Shift_JIS": "cp932", "EUC-KR": "cp949"}


def document(encoding: str, name: str) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>{"<b/>" * 9000}<c name="{name}">{name}</c></a>'
    return text.encode(PYTHON.get(encoding, encoding))


@pytest.mark.parametrize(("encoding", "name"), NAMES.items())
def test_names_are_read_in_the_encoding_that_the_file_names(encoding: str, name: str) -> None:
    last = [node for event, node in xml_events(io.BytesIO(document(encoding, name))) if event == "end"][-2]
    assert (last.tag, last.get("name"), last.text) == ("c", name, name)


def test_a_declaration_that_can_be_read_is_not_in_two_bytes_a_letter() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><a>ü</a>'
    assert [node.text for _, node in xml_events(io.BytesIO(text.encode()))][-1] == "ü"


@pytest.mark.parametrize("encoding", ["x-nobody", "base64", "punycode"])
def test_what_is_no_encoding_is_said(encoding: str) -> None:
    with pytest.raises((LookupError, UnicodeError, ParseError)):
        list(xml_events(io.BytesIO(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode())))


@pytest.mark.parametrize(
    "inner",
    [
        '<!DOCTYPE a [<!ENTITY b "many"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "GB2312"])
def test_entities_are_refused_in_every_encoding(inner: str, encoding: str) -> None:
    with pytest.raises(DefusedXmlException):
        list(xml_events(io.BytesIO(f'<?xml version="1.0" encoding="{encoding}"?>{inner}'.encode())))


def test_a_file_that_is_not_in_the_encoding_it_names_is_refused(tmp_path: Path) -> None:
    whole = (DATA / "pm_32435.xml").read_bytes()
    begin = whole.index(b"<", whole.index(b"?>"))
    path = tmp_path / "a.xml"
    path.write_bytes(
        b'<?xml version="1.0" encoding="GB2312"?>' + whole[begin:].replace(b"</meas", b"\xff\xff</meas", 1)
    )
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == "file_not_read"


@pytest.mark.parametrize("encoding", ["x-nobody", "punycode"])
def test_a_performance_file_in_no_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    whole = (DATA / "pm_32435.xml").read_bytes()
    begin = whole.index(b"<", whole.index(b"?>"))
    path = tmp_path / "a.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + whole[begin:])
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code in ("file_not_read", "pm_broken")


@given(st.binary(max_size=200), st.sampled_from([*NAMES, "utf-7", "idna", "hz", "utf-32"]))
def test_damaged_bytes_end_in_what_is_promised(content: bytes, encoding: str) -> None:
    whole = f'<?xml version="1.0" encoding="{encoding}"?><a>'.encode() + content
    with contextlib.suppress(LookupError, UnicodeError, ParseError, DefusedXmlException):
        list(xml_events(io.BytesIO(whole)))
