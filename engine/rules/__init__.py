"""What a person taught the program by "not an anomaly": rules that hide incidents of the same kind from then on."""

from engine.data.rule import Rule
from engine.rules.draft import draft
from engine.rules.files import read_rules, rule_of, write_rules
from engine.rules.hiding import Facts, hidden, without_hidden
from engine.rules.wording import by_decibels, by_percent, levels_of, sentence

__all__ = [
    "Facts",
    "Rule",
    "by_decibels",
    "by_percent",
    "draft",
    "hidden",
    "levels_of",
    "read_rules",
    "rule_of",
    "sentence",
    "without_hidden",
    "write_rules",
]
