"""Every fact has a sentence, every sentence is said somewhere, and each gets the parameters it names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from string import Formatter

from engine.errors import Reason
from engine.text import MESSAGES, say

Modules = Mapping[str, ast.Module]

SPOKEN = ("Reason", "tell")
"""What takes a code as its first argument."""


def calls(sources: Modules) -> Iterator[tuple[str, ast.Call]]:
    """Every call that words a code, outside the wording itself."""
    for name, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in SPOKEN:
                yield f"{name} line {node.lineno}", node


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def codes(argument: ast.expr) -> Iterator[str]:
    """The codes that an expression may stand for; the beginning of a composed one, with "*" for the rest."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from codes(argument.body)
        yield from codes(argument.orelse)
    elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        yield f"{argument.values[0].value}*"


def fields(code: str) -> set[str]:
    """The parameters that a template names."""
    return {field for _, field, _, _ in Formatter().parse(MESSAGES[code]) if field is not None}


def worded(code: str) -> list[str]:
    """The messages that a code or the beginning of one stands for."""
    return [known for known in MESSAGES if known == code or (code.endswith("*") and known.startswith(code[:-1]))]


def given(call: ast.Call) -> set[str] | None:
    """The parameters that a call spells out, None where they are not all written there."""
    if _name(call.func) == "tell":
        names = {word.arg for word in call.keywords}
        return None if None in names else {name for name in names if name}
    spelled = call.args[1] if len(call.args) > 1 else next((w.value for w in call.keywords if w.arg == "params"), None)
    if spelled is None:
        return set()
    if isinstance(spelled, ast.Dict) and all(isinstance(key, ast.Constant) for key in spelled.keys):
        return {key.value for key in spelled.keys if isinstance(key, ast.Constant)}
    return None


def test_every_code_is_worded(sources: Modules) -> None:
    missing = [f"{place}: {c}" for place, call in calls(sources) for c in codes(call.args[0]) if not worded(c)]
    assert missing == []


def test_every_sentence_gets_the_parameters_it_names(sources: Modules) -> None:
    lacking = [
        f"{place}: {code} needs {sorted(absent)}"
        for place, call in calls(sources)
        if (present := given(call)) is not None
        for code in codes(call.args[0])
        if code in MESSAGES and (absent := fields(code) - present)
    ]
    assert lacking == []


def test_every_sentence_is_said_somewhere(sources: Modules) -> None:
    said: set[str] = set()
    for name, tree in sources.items():
        if name.startswith("engine.text."):
            continue
        said |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        composed = [f"{n.values[0].value}*" for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) and _starts(n)]
        said |= {known for beginning in composed for known in worded(beginning)}
    assert sorted(set(MESSAGES) - said) == []


def _starts(node: ast.JoinedStr) -> bool:
    """Whether a composed text can be a code: begins with a word and an underscore."""
    first = node.values[0] if node.values else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.endswith("_")


def test_templates_take_words_for_their_fields() -> None:
    for code in MESSAGES:
        names = fields(code)
        assert all(name.isidentifier() for name in names), code
        text = say(Reason(code, dict.fromkeys(names, "word")))
        assert text, code
        assert text.strip() == text, code


def test_what_is_counted_agrees_with_its_number() -> None:
    assert say(Reason("map_unplaced", {"cells": 1})) == "1 cell has no position"
    assert say(Reason("map_unplaced", {"cells": 1200})) == "1,200 cells have no position"
    assert say(Reason("history_length", {"points": 0, "days": 1.0})) == "0 measured points over 1 day."


def test_a_noun_is_given_for_one_and_for_several() -> None:
    specs = [spec for text in MESSAGES.values() for _, field, spec, _ in Formatter().parse(text) if field and spec]
    assert specs
    assert [spec for spec in specs if spec.count("|") != 1 or not all(spec.split("|"))] == []
