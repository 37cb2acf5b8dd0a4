"""Text that fits its place, in letters that the font has."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reports.report_pdf import lettering
from engine.reports.report_pdf.lettering import (
    BODY,
    ELLIPSIS,
    MISSING,
    SMALL,
    fitted,
    fitted_name,
    printable,
    width,
    wrapped,
)


def test_western_and_central_european_letters_are_kept() -> None:
    text = "Åäö Éèçñ ß Łódź Şişli Čáslav – “x” ± µ × ≥ …"
    assert printable(text) == text.replace("ź", "z")


def test_what_the_font_lacks_is_marked_and_controls_are_dropped() -> None:
    assert printable("تهران") == MISSING * 5
    assert printable("a\x00b\tc\nd\u200be") == "ab c de"


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=60), st.floats(8, 400))
def test_fitted_text_is_never_wider_than_its_room(text: str, room: float) -> None:
    shown = fitted(text, BODY, room)
    assert width(shown, BODY) <= room or shown == ELLIPSIS
    if not shown.endswith(ELLIPSIS):
        assert shown == printable(text)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=60), st.floats(8, 400))
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


def test_text_that_is_cut_says_so() -> None:
    found = wrapped("one two three four five six seven eight nine ten eleven twelve", SMALL, 60, 2)
    assert len(found) == 2
    assert found[1].endswith(ELLIPSIS)
