"""Text that fits its place, in letters that the fonts have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reports.report_pdf import lettering
from engine.reports.report_pdf.lettering import (
    BODY,
    BOLD,
    EASTERN,
    ELLIPSIS,
    MISSING,
    REGULAR,
    SMALL,
    drawn,
    fitted,
    fitted_name,
    pieces,
    printable,
    width,
    wrapped,
)
from engine.text import tell

FROM_THE_RIGHT = "ابپلاﷲگی ۱۲ תל 7-A(…)\u200c\u200d\u2068\u2069\u064e"
ANY_TEXT = st.text(max_size=60) | st.text(FROM_THE_RIGHT, max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "Åäö Éèçñ ß Łódź Şişli Čáslav Đà Nẵng – “x” ± µ × ≥ …",
        "Київ Ґанок Санкт-Петербург Ђорђе Қазақстан",
        "Θεσσαλονίκη",
        "تهران مشهد پژوهش گچ کیش ۱۲۳",
        "תל אביב",
        "朝阳区-望京西 臺北市 東京都渋谷区 サイト 서울강남구 （％）",
    ],
)
def test_the_letters_of_many_alphabets_are_kept(text: str) -> None:
    assert printable(text) == text


def test_what_the_font_lacks_is_marked_and_controls_are_dropped() -> None:
    assert printable("दिल्ली")[0] == MISSING
    assert drawn("\N{SATELLITE ANTENNA}1") == MISSING + "1"
    assert printable("a\x00b\tc\nd\u200be\u200cf") == "ab c def"


def test_a_text_of_several_scripts_is_drawn_in_a_font_for_each() -> None:
    found = pieces(drawn("Cell 望京西-1: 12 %"), BOLD)
    assert found == [(BOLD, "Cell "), (EASTERN, "望京西"), (BOLD, "-1: 12 %")]
    assert pieces(drawn("Cell 1"), REGULAR) == [(REGULAR, "Cell 1")]
    assert width("望京西", BODY) == pytest.approx(3 * BODY.size, rel=0.01)
    assert width("Cell 望京西", BODY) == pytest.approx(width("Cell ", BODY) + width("望京西", BODY))


def test_names_without_blanks_are_broken_where_the_line_ends() -> None:
    lines = wrapped("朝阳区望京西路一号基站第三扇区" * 3, BODY, 20 * BODY.size)
    assert "".join(lines) == "朝阳区望京西路一号基站第三扇区" * 3
    assert all(width(line, BODY) <= 20 * BODY.size for line in lines)


def test_arabic_letters_are_joined_and_stand_from_right_to_left() -> None:
    assert drawn("تهران") == "\ufee5\ufe8d\ufeae\ufeec\ufe97"
    assert drawn("قطع Cell-7") == "\ufeca\ufec4\ufed7 Cell-7"
    assert drawn("Calls of قطع fell by 12 %") == "Calls of \ufeca\ufec4\ufed7 fell by 12 %"
    assert drawn("تل אב 12") == "12 בא " + drawn("تل")


def test_what_follows_a_name_in_a_sentence_is_not_drawn_into_it() -> None:
    told = tell("card_metric", name="תל אביב 7", value=12)
    assert drawn(told) == "7 ביבא לת: 12"
    assert drawn("תל אביב 7: 12") == "12 :7 ביבא לת"  # what it would be without the marks that set a name apart


def test_a_joiner_says_which_letters_are_apart_and_is_not_drawn() -> None:
    assert drawn("می\u200cرود") == "\ufea9\ufeed\ufead\ufbfd\ufee3"
    assert drawn("میرود") == "\ufea9\ufeed\ufeae\ufbff\ufee3"


def test_a_name_that_is_read_from_the_right_loses_its_end_and_not_its_beginning() -> None:
    name = "میدان آزادی شمالی بخش دوم"
    shown = fitted(name, BODY, 60)
    assert name.startswith(shown.removesuffix(ELLIPSIS))
    assert shown.endswith(ELLIPSIS)
    assert "".join(wrapped(name, BODY, 60)).replace(" ", "") == name.replace(" ", "")


@settings(deadline=None, max_examples=150)
@given(ANY_TEXT, st.floats(8, 400))
def test_fitted_text_is_never_wider_than_its_room(text: str, room: float) -> None:
    shown = fitted(text, BODY, room)
    assert width(shown, BODY) <= room or shown == ELLIPSIS
    if not shown.endswith(ELLIPSIS):
        assert shown == printable(text)


@settings(deadline=None, max_examples=150)
@given(ANY_TEXT, st.floats(8, 400))
def test_a_fitted_name_is_never_wider_than_its_room(name: str, room: float) -> None:
    shown = fitted_name(name, BODY, room)
    assert width(shown, BODY) <= room or shown == ELLIPSIS


def test_names_that_differ_at_the_end_are_told_apart() -> None:
    first, second = (fitted_name(f"Hauptbahnhof-Nordseite_Parkdeck_Sektor_{n}", SMALL, 90) for n in (1, 2))
    assert first != second
    assert first.startswith("Haupt")
    assert first.endswith("_1")


@settings(deadline=None, max_examples=150)
@given(st.text(st.sampled_from("abcdefg .,—"), max_size=200), st.floats(30, 300), st.integers(1, 5))
def test_wrapped_lines_fit_and_lose_no_word_unless_cut(text: str, room: float, lines: int) -> None:
    found = wrapped(text, SMALL, room, lines)
    assert len(found) <= lines
    assert all(width(line, SMALL) <= room for line in found)
    if not (found and found[-1].endswith(ELLIPSIS)):
        assert "".join(found).replace(" ", "") == printable(text).replace(" ", "")


def test_a_word_wider_than_the_room_is_broken() -> None:
    lettering.load()
    found = wrapped("ab" * 100, SMALL, 60)
    assert len(found) > 3
    assert "".join(found) == "ab" * 100


@pytest.mark.parametrize("unit", ["%.", "GB", "dBm", "h,"])
def test_a_number_keeps_its_unit_beside_it(unit: str) -> None:
    text = f"Expected 94.5–100 {unit}"
    lines = lettering.wrapped(text, SMALL, lettering.width(text, SMALL) - 1)
    assert lines == ["Expected", f"94.5–100 {unit}"]
    assert lettering.wrapped(f"100 {unit}", SMALL, lettering.width("100", SMALL) + 1)[0] == "100"


def test_text_that_is_cut_says_so() -> None:
    found = wrapped("one two three four five six seven eight nine ten eleven twelve", SMALL, 60, 2)
    assert len(found) == 2
    assert found[1].endswith(ELLIPSIS)


def test_a_long_name_is_broken_behind_a_joint() -> None:
    room = width("LTE_RRC_SETUP_COMPL", SMALL)
    assert wrapped("LTE_RRC_SETUP_COMPLETES_RATE", SMALL, room) == ["LTE_RRC_SETUP_", "COMPLETES_RATE"]
    assert wrapped("x" * 30, SMALL, width("x" * 20, SMALL)) == ["x" * 20, "x" * 10]
