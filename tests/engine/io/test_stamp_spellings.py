"""Stamps with words in them: as programs and people of many countries write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.io import load, stamps
from engine.io.session import Session
from engine.io.stamp_spellings import Spelling

DOTTED = {"AM": "a.m.", "PM": "p.m."}
SPACED = {"AM": "a. m.", "PM": "p. m."}
WAYS: dict[str, Callable[[datetime], str]] = {
    "Kibana": lambda t: f"{t:%b} {t.day}, {t:%Y @ %H:%M:%S.000}",
    "American": lambda t: f"{t:%b} {t.day}, {t:%Y %I:%M:%S %p}",
    "American, long": lambda t: f"{t:%B %d, %Y %H:%M}",
    "ctime": lambda t: f"{t:%a %b %d %H:%M:%S %Y}",
    "ctime, blank": lambda t: f"{t:%a %b} {t.day:2} {t:%H:%M:%S %Y}",
    "weekday": lambda t: f"{t:%a %d/%m/%Y %H:%M}",
    "weekday, comma": lambda t: f"{t:%A, %d %B %Y %H:%M}",
    "weekday, in brackets": lambda t: f"{t:%Y-%m-%d (%a) %H:%M}",
    "SAS": lambda t: f"{t:%d%b%Y:%H:%M:%S}".upper(),
    "span of a clock": lambda t: f"{t:%Y-%m-%d %H:%M} - {t + timedelta(hours=1):%H:%M}",
    "span without blanks": lambda t: f"{t:%Y-%m-%d %H:%M}-{t + timedelta(hours=1):%H:%M}",
    "span with a wave": lambda t: f"{t:%Y-%m-%d %H:%M}~{t + timedelta(hours=1):%H:%M}",
    "span of dates": lambda t: f"{t:%d/%m/%Y %H:%M} - {t + timedelta(hours=1):%d/%m/%Y %H:%M}",
    "French clock": lambda t: f"{t:%d/%m/%Y %Hh%M}",
    "hour with a letter": lambda t: f"{t:%Y-%m-%d %Hh}",
    "summer time, said": lambda t: f"{t:%Y-%m-%d %H:%M:%S} DST",
    "abbreviated zone": lambda t: f"{t:%Y-%m-%d %H:%M:%S} CET",
    "comma before the clock": lambda t: f"{t:%d/%m/%Y, %H:%M:%S}",
    "halves with points": lambda t: f"{t:%d/%m/%Y %I:%M:%S} {DOTTED[f'{t:%p}']}",
    "halves with points and blanks": lambda t: f"{t:%d/%m/%Y %I:%M:%S} {SPACED[f'{t:%p}']}",
    "spreadsheet": lambda t: f"{(t - datetime(1899, 12, 30)) / timedelta(days=1):.6f}",
    "spreadsheet, roughly": lambda t: f"{(t - datetime(1899, 12, 30)) / timedelta(days=1):.4f}".replace(".", ","),
}
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es short": "ene feb mar abr may jun jul ago sep oct nov dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}


def seconds(texts: list[str]) -> list[int | None]:
    """What the SQL of the recognised format makes of texts."""
    found = stamps.find(texts, "time", "file.csv", None)
    assert found is not None
    with Session() as session:
        return [session.rows(f"SELECT {found.sql('$1')}", [text])[0][0] for text in texts]


@pytest.mark.parametrize("way", WAYS)
def test_a_week_of_hours_in_any_spelling(tmp_path: Path, way: str) -> None:
    first = datetime(2024, 2, 26)
    path = tmp_path / "a.csv"
    rows = [f'"{WAYS[way](first + timedelta(hours=h))}",{cell},{h}' for h in range(168) for cell in "AB"]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    loaded = load([path])
    assert loaded.panel.shape == (2, 168)
    assert loaded.panel.times[0] == np.datetime64(first, "s")
    assert loaded.quality.rows_kept == 336


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize(
    "form", ["{day} {month} {year} 14:15", "{day}-{month}-{year} 14:15:00", "{day}. {month} {year} 14:15"]
)
def test_months_of_many_languages(language: str, form: str) -> None:
    names = MONTHS[language].split()
    texts = [form.format(day=7, month=name, year=2024) for name in names]
    assert seconds(texts) == [
        int((datetime(2024, m, 7, 14, 15) - datetime(1970, 1, 1)).total_seconds()) for m in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mar. 5 mars 2024 14:15", "2024-03-05 14:15"),
        ("20 de marzo de 2024 14:15", "2024-03-20 14:15"),
        ("Mittwoch, 20. März 2024 14:15", "2024-03-20 14:15"),
        ("dic 20, 2024 14:15", "2024-12-20 14:15"),
        ("2024-03-20 14:15:00 GMT+03:00", "2024-03-20 11:15"),
        ("2024-03-20 14:15:00 UTC+3", "2024-03-20 11:15"),
        ("Sat Mar 02 2024 14:15:00", "2024-03-02 14:15"),
    ],
)
def test_single_spellings(text: str, expected: str) -> None:
    assert seconds([text]) == [int(np.datetime64(expected.replace(" ", "T"), "s").astype(int))]


@given(some.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), some.sampled_from(sorted(WAYS)))
@settings(deadline=None, max_examples=60)
def test_sql_and_python_make_the_same_of_a_stamp(when: datetime, way: str) -> None:
    text = WAYS[way](when.replace(microsecond=0))
    spelling = Spelling([text])
    with Session() as session:
        assert session.rows(f"SELECT {spelling.sql('$1')}", [text]) == [(spelling.plain[0],)]


@pytest.mark.parametrize(
    "fields",
    [
        ["Cell 01-02", "Cell 03-04"],
        ["10.0.0.1:80", "10.0.0.2:80"],
        ["45.371", "45.372"],
        ["DEC-2024", "JAN-2025"],
        ["Sat1_L800_2", "Sun2_L800_3"],
    ],
)
def test_names_are_no_stamps(fields: list[str]) -> None:
    assert not stamps.is_time(fields)


def test_offsets_that_change_twice_a_year_are_offsets() -> None:
    texts = ["2024-03-01 14:15-05:00", "2024-03-20 14:15-04:00"]
    found = stamps.find(texts, "time", "file.csv", None)
    assert found is not None
    assert found.utc
    assert found.ahead_s == (-18_000, -14_400)
