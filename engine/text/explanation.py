"""What made a combined score: the parts of the detectors, and the facts that counted."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "score_sum": "Score {score} = 1.00 (threshold) {terms}.",
    "score_term": "{effect} {detector}",
    "score_no_terms": "and nothing else",
    "score_total": "1.00 (threshold) and these",
    "score_part_tip": "{detector}: {margin}, counts {weight}, moves the score by {effect}",
    "score_above": "At {time} it was {actual}, {off} ({percent} %) above the expected {expected}.",
    "score_below": "At {time} it was {actual}, {off} ({percent} %) below the expected {expected}.",
    "score_above_level": "At {time} it was {actual}, {off} above the expected {expected}.",
    "score_above_nothing": "At {time} it was {actual} where {expected} was expected.",
    "score_below_nothing": "At {time} it was {actual}, {off} below the expected {expected}.",
    "score_points": "{points:percentage point|percentage points}",
    "score_rare": (
        "{detector} is the most surprised: in the {history} measured in this cell, as much begins {rare}; its alarm "
        "threshold is what begins {usual}."
    ),
    "score_rare_extrapolated": (
        "{detector} is the most surprised: extrapolated from the {history} measured in this cell, as much begins "
        "{rare}; its alarm threshold is what begins {usual}."
    ),
    "score_silence": (
        "Nothing was counted where this cell is never anywhere near nothing. That is a fault however often it comes "
        "back, so it surprises every detector by more than any alarm budget asks for."
    ),
    "score_change": (
        "The cell went to another level and stayed there, by far more than its days differ by. That happens about once "
        "in {weeks} weeks of a cell and surprises every detector as much; after a week it is how the cell runs."
    ),
    "seldom": "about once in {time}",
    "seldom_beyond": "less than once in {years} years",
    "span_weeks": "{weeks:week|weeks}",
    "span_years": "{years:year|years}",
    "score_lasted_all": "The score was over the threshold for all of its {lasted}.",
    "score_lasted_over": "The score was over the threshold for {over} of its {lasted}.",
    "score_lasted_held": "For {held} it went on because the score stayed at {hold} or more (a setting).",
    "score_lasted_zero": "For {zero} it went on because the value stayed 0.",
    "score_lasted_open": "For {open} it went on although nothing was measured or nobody had an opinion.",
    "score_vote_fused": (
        "The vote adds half of the highest score and half of the mean of {opinions:detector|detectors} with an opinion."
    ),
    "score_vote_any": "The vote takes the highest score, that of {detector}.",
    "score_vote_majority": (
        "The vote takes the score that more than half of {opinions:detector|detectors} with an opinion reach, that of "
        "{detector}."
    ),
    "score_vote_all": "The vote takes the lowest score, that of {detector}.",
    "score_vote_k": "The vote takes the score that at least {k:detector reaches|detectors reach}, that of {detector}.",
    "score_moved": "The threshold of the combined score was moved to {times} times; the parts are measured by that.",
    "score_silent": "{detector} counts neither way. {why}",
    "score_silent_then": "It had no opinion on that period.",
    "score_in_alarm": "It belongs to an anomaly.",
    "score_under": "No alarm: the score stayed below the threshold.",
    "score_small": "No alarm: it deviates by less than {percent} % of what was expected (a setting).",
    "score_small_level": "No alarm: it deviates by less than {off}, {percent} % of the power (a setting).",
    "score_small_ratio": (
        "No alarm: it deviates by less than {percent} % of the distance between what was expected and the nearer end "
        "of the scale (a setting)."
    ),
    "score_little_traffic": "No alarm: both what was measured and what was expected are below {least} (a setting).",
    "score_few_events": "No alarm: fewer than {events:event|events} would explain it (a setting).",
    "score_maintenance": "No alarm: it lies in a maintenance window.",
    "score_good_side": "No alarm: {kpi} is better than expected, not worse.",
    "score_filled": "No alarm: the value was filled in, not measured.",
    "score_too_short": "No alarm: it was shorter than {periods:period|periods} (a setting).",
    "inspector_score": "What makes the score",
    "inspector_score_of": "The highest score in it",
}
