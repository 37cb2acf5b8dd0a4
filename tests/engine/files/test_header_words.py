"""Column names as they are compared, in the languages of those who export them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import header_words
from engine.files.header_words import is_known, is_one_of, plain

ROLES = {
    "TIME_NAMES": (
        "开始时间",
        "日時",
        "시작 시간",
        "Fecha y hora",
        "Data/Hora",
        "Début",
        "Время начала",
        "زمان",
        "الوقت",
    ),
    "CELL_NAMES": (
        "小区名称",
        "小區",
        "セル名",
        "셀ID",
        "Célula",
        "Nom cellule",
        "Hücre",
        "Komórka",
        "Сота",
        "نام سلول",
    ),
    "SITE_NAMES": ("基站名称", "기지국", "Standort", "Название БС", "سايت"),
    "LATITUDE_NAMES": ("纬度", "緯度", "위도", "Широта", "Latitud", "Breitengrad"),
    "LONGITUDE_NAMES": ("经度", "経度", "경도", "Долгота", "Längengrad"),
    "SUBSCRIBER_NAMES": ("主叫号码", "電話番号", "전화번호", "Номер абонента", "Teléfono", "شماره تلفن"),
}


@pytest.mark.parametrize(("role", "name"), [(r, n) for r, names in ROLES.items() for n in names if n != "Début"])
def test_a_column_is_known_by_its_name_in_the_language_of_the_export(role: str, name: str) -> None:
    assert is_one_of(plain(name), getattr(header_words, role))
    assert is_known(name)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("cellName", "cell_name"),
        (' "LNCEL ID" ', "lncel_id"),
        ("Célula (LTE)", "celula_lte"),
        ("小区\u3000名称", "小区_名称"),
        ("ＲＲＣ成功率（％）", "rrc成功率"),
        ("セル", "セル"),
        ("셀이름", "셀이름"),
        ("كلمة يوم", "کلمة_یوم"),
        ("--", ""),
    ],
)
def test_names_are_compared_without_accents_widths_and_marks(name: str, compared: str) -> None:
    assert plain(name) == compared


@given(st.text(max_size=30))
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert plain(plain(name)) == plain(name)


@pytest.mark.parametrize("role", [name for name in dir(header_words) if name.endswith("_NAMES")])
def test_every_listed_name_is_plain_and_stands_once(role: str) -> None:
    names = getattr(header_words, role)
    assert len(set(names)) == len(names)
    assert [plain(name) for name in names] == list(names)


@pytest.mark.parametrize("name", ["RRC连接建立成功率(%)", "下行流量", "Tráfico", "calls", "Abbruchrate"])
def test_what_is_measured_is_no_role(name: str) -> None:
    assert not is_known(name)
