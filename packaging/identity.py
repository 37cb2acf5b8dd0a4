"""Who the built programs say they are: version and description, from pyproject.toml alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

VERSION: str = _PROJECT["version"]
DESCRIPTION: str = _PROJECT["description"]

_WINDOWS = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "{authors}"),
      StringStruct("FileDescription", "Cellwarden"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("ProductName", "Cellwarden"),
      StringStruct("ProductVersion", "{version}"),
      StringStruct("Comments", "{description}")])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])])
  ]
)
"""


def version_file(folder: Path) -> Path:
    """The version resource of a Windows program, as PyInstaller reads it; written into `folder`."""
    numbers = tuple([*(int(part) for part in VERSION.split(".")), 0, 0, 0, 0][:4])
    authors = ", ".join(author["name"] for author in _PROJECT["authors"])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "version.txt"
    text = _WINDOWS.format(numbers=numbers, version=VERSION, authors=authors, description=DESCRIPTION)
    file.write_text(text, encoding="utf-8")
    return file


def bundle_info() -> dict[str, object]:
    """What macOS wants to know of the application; it opens tables, reports and its own projects."""
    return {
        "CFBundleShortVersionString": VERSION,
        "NSHighResolutionCapable": True,
        "LSBackgroundOnly": False,  # else PyInstaller takes the whole bundle for the console program that is in it too
        "NSRequiresAquaSystemAppearance": False,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Cellwarden project",
                "CFBundleTypeExtensions": ["cellwarden"],
                "CFBundleTypeRole": "Editor",
            },
            {
                "CFBundleTypeName": "Measurements",
                "CFBundleTypeExtensions": ["csv", "tsv", "parquet", "xlsx", "xls", "ods", "xml", "json"],
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
            },
        ],
    }
