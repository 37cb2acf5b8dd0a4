"""The docs tell of the program that is here: what it can do is named, and what they point at is there."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.__main__ import parser
from engine.detectors import DETECTORS
from engine.io import READERS
from engine.reports import WRITERS
from engine.settings import PRESETS, VOTES
from engine.text import tell
from gui.views import VIEWS

ROOT = Path(__file__).resolve().parents[1]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "resources" / "sample" / "README.md")
COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices

LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:engine|gui|tests|packaging|resources|docs)/[\w./-]+)`")
"""A file or folder of the project that a page names."""


def told() -> str:
    return "".join(page.read_text("utf-8") for page in PAGES)


def anchors(page: Path) -> set[str]:
    """The names that the headings of a page can be linked by."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def sections() -> dict[str, str]:
    """The part of docs/command-line.md about each command."""
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    parts = re.split(r"^#+ (.+)$", text, flags=re.M)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    shared = {link: told[link.replace("-", " ")] for link in ("about-the-files", "analyse")}
    return {
        name: text + "".join(s for link, s in shared.items() if f"(#{link})" in text) for name, text in told.items()
    }


def flags(command: argparse.ArgumentParser) -> Iterator[str]:
    for action in command._actions:
        if not isinstance(action, argparse._HelpAction):
            yield action.option_strings[-1] if action.option_strings else str(action.metavar)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_documented_with_all_its_flags_and_no_other(command: str) -> None:
    text = sections()[command]
    assert [flag for flag in flags(COMMANDS[command]) if flag not in text] == []
    known = {*flags(COMMANDS[command]), *(flag for other in COMMANDS.values() for flag in flags(other))}
    assert [flag for flag in re.findall(r"--[a-z][a-z-]+", text) if flag not in {*known, "--help"}] == []


@pytest.mark.parametrize(
    ("what", "ids"),
    [
        ("detector", [detector.id for detector in DETECTORS]),
        ("format", [reader.id for reader in READERS]),
        ("report", [writer.id for writer in WRITERS]),
        ("report file", [writer.filename for writer in WRITERS if writer.when != "asked"]),
        ("view", [view.id for view in VIEWS]),
    ],
)
def test_everything_that_is_registered_is_named(what: str, ids: list[str]) -> None:
    text = told()
    assert [f"{what} {name}" for name in ids if f"`{name}`" not in text] == []


def test_presets_and_votes_are_those_of_the_program() -> None:
    text = sections()["analyse"]
    assert "`--preset " + r"\|".join(PRESETS) + "`" in text
    assert [vote for vote in VOTES if vote not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    named = [n for n in PATH.findall(page.read_text("utf-8")) if not re.search(r"(^|/|_)x(_view)?\.py$", n)]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_is_reached_from_the_first() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [t.partition("#")[0] for t in LINK.findall(page.read_text("utf-8")) if "://" not in t]
        waiting += [(page.parent / t).resolve() for t in targets if t.endswith(".md")]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached and page.parent.name != "sample"] == []


def test_the_first_page_and_the_licence_are_what_the_package_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (ROOT / project["readme"]).is_file()
    assert (ROOT / "LICENSE").read_text("utf-8").startswith(f"{project['license']} License")
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_sources_that_a_model_owes_are_named_where_a_person_sees_them() -> None:
    cards = [json.loads(file.read_text("utf-8")) for file in sorted((ROOT / "resources/models").glob("*/model.json"))]
    owed = {card["card"]["attribution"].partition(". ")[0] for card in cards}
    assert owed
    places = {page: (ROOT / page).read_text("utf-8") for page in ("README.md", "THIRD_PARTY.md")}
    places["Help, About"] = tell("about_credits")
    for place, text in places.items():
        plain = " ".join(re.sub(r"[\[\]>]|\(https[^)]*\)", "", text).split())
        assert [one for one in owed if one not in plain] == [], place
