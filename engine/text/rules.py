"""Rules that hide incidents: their sentence, and what is wrong with a file of them."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "rule_sentence": "Hide {told}.",
    "rule_what": "{what} up to {largest} % off what was expected",
    "rule_any_type": "anomalies of every type",
    "rule_type_spike": "spikes",
    "rule_type_dip": "dips",
    "rule_type_level_shift": "level shifts",
    "rule_type_flatline": "flatlines",
    "rule_type_silence": "silences",
    "rule_type_volatility": "unrest",
    "rule_direction_up": "{what} upwards",
    "rule_direction_down": "{what} downwards",
    "rule_direction_both": "{what} both ways",
    "rule_kpi": "of {kpi}",
    "rule_cells": "in {cells}",
    "rule_more_cells": "in {cells} and {more:cell|cells} more",
    "rule_weekdays": "beginning on {days}",
    "rule_hours": "beginning from {first} to {last}",
    "rule_until": "until {day}",
    "rule_no_end": "without an end",
    "rules_unreadable": "{file} cannot be read as a file of rules: {error}.",
    "rules_foreign": "{file} is no file of rules of this version: it needs version 1 and a list named rules.",
    "rules_part": "Rule {number} in {file}: {part} cannot be what stands there. Mend that part or leave the rule out.",
    "cli_rules": "rules that hide incidents; those of the project hold as well",
    "cli_hidden": "{hidden:incident|incidents} more hidden by rules, marked in incidents.csv.",
    "report_hidden": "{hidden:incident|incidents} more hidden by {rules:rule|rules}; incidents.csv marks them.",
}
