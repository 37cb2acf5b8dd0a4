"""What the window remembers between two starts: its shape, recent files, appearance. Nothing of the data."""

from __future__ import annotations

import getpass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from engine.errors import InputError
from engine.settings import weekend
from engine.text import tell

RECENT = 10
SHIFT_HOURS, MOST_HOURS = 8, 24 * 31
"""How long a shift is unless somebody says otherwise, and at most."""

APPEARANCES = ("system", "light", "dark")


def default_path() -> Path:
    """Where the user's preferences stand."""
    import platformdirs

    return platformdirs.user_config_path("cellwarden", appauthor=False) / "window.ini"


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):  # an account without a name
        return tell("somebody")


class Preferences:
    """Typed access to the preferences file. A damaged or unreadable file means the defaults."""

    def __init__(self, path: Path | None = None) -> None:
        self._store = QSettings(str(path or default_path()), QSettings.Format.IniFormat)

    @property
    def recent(self) -> tuple[tuple[str, ...], ...]:
        """The sets of files opened lately, newest first."""
        return tuple(tuple(entry.split("\n")) for entry in self._list("recent") if entry)

    def remember_opened(self, paths: tuple[str, ...]) -> None:
        """Put a set of files at the head of the recent ones."""
        entry = "\n".join(paths)
        kept = [e for e in self._list("recent") if e != entry]
        self._store.setValue("recent", [entry, *kept][:RECENT])

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._store.remove("recent")

    @property
    def appearance(self) -> str:
        """One of `APPEARANCES`."""
        value = self._text("appearance")
        return value if value in APPEARANCES else APPEARANCES[0]

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._store.setValue("appearance", value)

    @property
    def folder(self) -> str:
        """The folder the file dialog starts in."""
        return self._text("folder")

    @folder.setter
    def folder(self, value: str) -> None:
        self._store.setValue("folder", value)

    @property
    def watched(self) -> str:
        """The folder that was watched last."""
        return self._text("watched")

    @watched.setter
    def watched(self, value: str) -> None:
        self._store.setValue("watched", value)

    @property
    def export_folder(self) -> str:
        """The folder the last export went to."""
        return self._text("export_folder")

    @export_folder.setter
    def export_folder(self, value: str) -> None:
        self._store.setValue("export_folder", value)

    @property
    def export_marked(self) -> bool:
        """Whether CSV files begin with a byte-order mark, for Excel."""
        return self._text("export_marked") == "yes"

    @export_marked.setter
    def export_marked(self, value: bool) -> None:
        self._store.setValue("export_marked", "yes" if value else "")

    @property
    def shift_hours(self) -> int:
        """How many hours before the end of the data the shift began."""
        value = self._text("shift_hours")
        return min(max(int(value), 1), MOST_HOURS) if value.isdecimal() else SHIFT_HOURS

    @shift_hours.setter
    def shift_hours(self, value: int) -> None:
        self._store.setValue("shift_hours", str(value))

    @property
    def country(self) -> str:
        """ISO code of the calendar's country, "" if never set."""
        return self._text("country")

    @country.setter
    def country(self, value: str) -> None:
        self._store.setValue("country", value)

    @property
    def weekend(self) -> str:
        """Days of the weekend as `engine.settings.weekend` writes them, "" if never set: those of the country."""
        try:
            return weekend.write(weekend.read(self._text("weekend")))
        except InputError:  # the store may hold anything
            return ""

    @weekend.setter
    def weekend(self, value: str) -> None:
        self._store.setValue("weekend", value)

    @property
    def zone(self) -> str:
        """IANA name of the network's zone, "" if never set."""
        return self._text("zone")

    @zone.setter
    def zone(self, value: str) -> None:
        self._store.setValue("zone", value)

    @property
    def name(self) -> str:
        """Who acknowledges incidents: what the user said, else the name of the account."""
        return self._text("name") or _account()

    def set_name(self, value: str) -> None:
        """Take another name; "" goes back to that of the account."""
        self._store.setValue("name", value.strip())

    def shape(self, name: str) -> QByteArray:
        """The stored geometry or splitter state of that name; empty if there is none."""
        value = self._store.value(f"shape/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_shape(self, name: str, state: QByteArray) -> None:
        """Store a geometry or splitter state."""
        self._store.setValue(f"shape/{name}", state)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    def _list(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value]
        return [str(v) for v in value] if isinstance(value, list) else []
