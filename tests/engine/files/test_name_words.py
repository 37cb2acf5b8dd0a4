from __future__ import annotations

from engine.files.name_words import words


def test_names_are_split_into_words() -> None:
    assert words("PRBUsageDL") >= {"prb", "usage", "dl"}
    assert words("E_RAB_DR") >= {"e", "rab", "dr"}
    assert words("RRC.ConnEstabAtt") >= {"rrc", "conn", "estab", "att"}
