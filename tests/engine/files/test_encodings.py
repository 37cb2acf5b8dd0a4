"""Which encoding a text is in that is no UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files.encodings import LATIN, NAMES, legacy

TEXTS = {
    "gb18030": "开始时间,小区名称,下行流量\n2026-09-01 00:00,朝阳区-望京西-1,300.2\n2026-09-01 00:00,海淀区-1,2.1\n",
    "big5": "時間,小區名稱,下行流量\n2026-09-01 00:00,台北市-信義-1,300.2\n2026-09-01 00:00,高雄市-左營-2,2.1\n",
    "cp932": "日時,セル名,トラフィック\n2026-09-01 00:00,東京都渋谷区1,300.2\n2026-09-01 00:00,大阪市北区2,2.1\n",
    "cp949": "시간,셀이름,트래픽\n2026-09-01 00:00,서울강남구1,300.2\n2026-09-01 00:00,부산해운대2,200.1\n",
    "cp1251": "Время,Сота,Трафик\n2026-09-01 00:00,Москва-12-1,300.2\n2026-09-01 00:00,Казань-1,200.1\n",
    "koi8_r": "Время;Сота;Трафик\n2026-09-01 00:00;Москва-12-1;300,2\n",
    "cp1256": "التاريخ,الخلية,حركة\n2026-09-01 00:00,القاهرة,3\n",
    "cp1253": "Ώρα,Κυψέλη,Κίνηση\n2026-09-01 00:00,Αθήνα-1,3\n",
}
WESTERN = (
    "Zeit,Zelle,Störungen,Größe\n2026-09-01 00:00,München-1,3,1\n2026-09-01 00:00,Köln,3,1\n",
    "Début,Cellule,Débit\n2026-09-01 00:00,A1,3.0\n",
    "hora,célula,tráfego\n2026-09-01 00:00,São Paulo,3.0\n",
    "time,cell,temperature (°C)\n2026-09-01 00:00,A1,3.0\n",
    "time,cell,v\n2026-09-01 00:00,Ås-1,3.0\n",
)


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_export_of_a_country_is_in_its_encoding(encoding: str) -> None:
    assert legacy(TEXTS[encoding].encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", [e for e in TEXTS if e not in ("koi8_r", "cp1253")])
def test_names_of_cells_alone_tell_it_too(encoding: str) -> None:
    _, _, rows = TEXTS[encoding].partition("\n")
    text = "time,cell,x\n" + 20 * rows
    assert legacy(text.encode(encoding)) == encoding


@pytest.mark.parametrize("text", WESTERN)
def test_accents_between_letters_are_those_of_the_west(text: str) -> None:
    assert legacy(text.encode("latin-1")) == LATIN


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_sample_that_is_cut_within_a_letter_is_told_all_the_same(encoding: str) -> None:
    text = (TEXTS[encoding] * 3).encode(encoding)
    whole, _, last = text.rstrip().rpartition(b"\n")
    assert legacy(whole + b"\n" + last[:18]) == encoding


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_for_one_of_the_encodings(text: bytes) -> None:
    assert legacy(text) in (*NAMES, LATIN)
