"""Cause classes, their evidence and the regression's sentences."""

from __future__ import annotations

_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

# term of the regression -> (what it is, beginning of its sentence, what it is compared with)
_TERMS: dict[str, tuple[str, str, str]] = {
    "night": ("night", "At night (00:00 to 06:00)", "those by day"),
    "weekend": ("weekend", "At the weekend", "those of other days"),
    "holiday": ("public holiday", "On public holidays", "those of other days"),
    "eve": ("day before a holiday", "On the day before a holiday", "those of other days"),
    "traffic_low": ("low traffic", "In the fifth of the hours with least traffic", "those at medium traffic"),
    "traffic_high": ("high traffic", "In the fifth of the hours with most traffic", "those at medium traffic"),
    "neighbours": ("anomalous neighbour", "When a neighbouring cell is anomalous", "those when none is"),
    **{f"weekday_{i}": (day[:-1], f"On {day}", "those of other days") for i, day in enumerate(_DAYS)},
    **{
        f"hour_{h}": (f"{h:02d}:00", f"Between {h:02d}:00 and {(h + 1) % 24:02d}:00", "those of other hours")
        for h in range(24)
    },
}

MESSAGES: dict[str, str] = {
    # odds ratios
    **{f"term_{term}": name for term, (name, _, _) in _TERMS.items()},
    **{
        f"association_{term}": (
            f"{when} the odds of an anomaly are {{ratio}} times {other} (95 % interval {{low}} to {{high}}, {{p}})."
        )
        for term, (_, when, other) in _TERMS.items()
    },
    **{
        f"association_{term}_unclear": (
            f"{when} the odds of an anomaly are {{ratio}} times {other}, which may be chance "
            "(95 % interval {low} to {high}, {p})."
        )
        for term, (_, when, other) in _TERMS.items()
    },
    "association_never": (
        "Not one anomalous point was seen there; the ratio is a penalised estimate (Firth), only its direction counts."
    ),
    "association_always": (
        "Every point there was anomalous; the ratio is a penalised estimate (Firth), only its direction counts."
    ),
    "association_rare": (
        "Only {events} anomalous points for {variables} circumstances (10 for each are advised); the ratio is a "
        "penalised estimate (Firth)."
    ),
    "association_unfinished": "The regression did not settle; take the ratio as a hint only.",
    "association_entangled": (
        "This circumstance mostly occurs together with others (variance inflation {factor}); which of them it is "
        "cannot be told."
    ),
    "association_spells": (
        "Anomalous points come in spells, so the interval was widened {times} times against independent points."
    ),
    "association_circular": (
        "The level of {kpi} itself defines what is anomalous in it; this ratio says how the detector works, not why it "
        "happened."
    ),
}
