"""What the window remembers survives a restart; a broken file means the defaults."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray

from gui.preferences import RECENT, Preferences, default_path


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    before = Preferences(path)
    before.appearance, before.country, before.zone = "dark", "IR", "Asia/Tehran"
    before.folder, before.export_folder = "/data/città", "/out"
    before.set_shape("window", QByteArray(b"\x00\x01shape"))
    before.remember_opened(("/data/a, b.csv", "/data/c.csv"))
    before.set_name(" Sara ")
    before.sync()

    after = Preferences(path)
    assert (after.appearance, after.country, after.zone) == ("dark", "IR", "Asia/Tehran")
    assert (after.folder, after.export_folder) == ("/data/città", "/out")
    assert after.shape("window") == QByteArray(b"\x00\x01shape")
    assert after.name == "Sara"
    after.set_name("")
    assert after.name, "the name of the account"
    assert after.recent == (("/data/a, b.csv", "/data/c.csv"),)


def test_recent_files_are_newest_first_each_once_and_few(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "window.ini")
    for i in range(RECENT + 5):
        preferences.remember_opened((f"/{i}.csv",))
    preferences.remember_opened(("/7.csv",))
    assert preferences.recent[0] == ("/7.csv",)
    assert len(preferences.recent) == len(set(preferences.recent)) == RECENT
    preferences.forget_recent()
    assert preferences.recent == ()


def test_a_broken_file_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(b"\xff\xfe[not an ini\x00 appearance=pink")
    preferences = Preferences(path)
    assert preferences.appearance == "system"
    assert preferences.recent == ()
    assert preferences.shape("window").isEmpty()


def test_an_unknown_appearance_is_the_systems(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "window.ini")
    preferences.appearance = "pink"
    assert preferences.appearance == "system"


def test_tests_do_not_see_the_users_preferences(tmp_path_factory) -> None:
    assert default_path().is_relative_to(tmp_path_factory.getbasetemp())
