"""A model's card in words: what it is for, what it learned from, under which licence, how well, and where it ends."""

from __future__ import annotations

from engine.convlstm.record import ModelRecord
from engine.text import MESSAGES, number, tell

PLAIN_WAYS = ("usual", "last", "week")
TOLD_APART = ("title", "purpose", "attribution", "limits", "root")


def card_of(record: ModelRecord) -> tuple[tuple[str, str], ...]:
    """(heading, text) of everything that is known of a model, in reading order."""
    card, shape = record.card, record.architecture
    kind = tell(
        "card_kind",
        family=_worded(f"card_family_{shape.family}", shape.family),
        head=_worded(f"card_head_{shape.head}", shape.head),
        parameters=shape.parameters(),
        steps=shape.steps,
        kernels=", ".join(map(str, shape.kernels)),
    )
    origin = tell("card_origin_bundled", date=_day(record))
    if record.parent:
        part = _worded(f"card_part_{record.trained_part}", record.trained_part)
        origin = tell("card_origin_tuned", parent=record.parent, part=part, date=_day(record), version=record.version)
    data = "\n".join(f"{name}: {text}" for name, text in record.data.items())
    rows = (
        (tell("card_purpose"), card.get("purpose", "")),
        (tell("card_kind_head"), kind),
        (tell("card_origin"), origin),
        (tell("card_data"), data),
        (tell("card_licence"), card.get("attribution", "")),
        (tell("card_limits"), card.get("limits", "")),
        (tell("card_metrics"), figures(record)),
        *((name, text) for name, text in card.items() if name not in TOLD_APART),
    )
    return tuple((heading, text) for heading, text in rows if text)


def title_of(record: ModelRecord) -> str:
    """What a person calls the model, in a line."""
    return record.card.get("title", record.id)


def figures(record: ModelRecord) -> str:
    """The metrics, each by its name in words; one that nobody worded keeps its name.

    `NETWORK_model` with `NETWORK_usual`, `_last`, `_week` are the error on that network and of what needs no model.
    """
    metrics = dict(record.metrics)
    networks = [name.removesuffix("_model") for name in metrics if name.endswith("_model")]
    lines = []
    for network in networks:
        model = number(metrics.pop(f"{network}_model"))
        others = [
            tell(f"card_error_{way}", value=number(metrics.pop(f"{network}_{way}")))
            for way in PLAIN_WAYS
            if f"{network}_{way}" in metrics
        ]
        code = "card_error_beside" if others else "card_error"
        lines.append(tell(code, name=network.replace("_", " "), model=model, others=", ".join(others)))
    plain = [
        tell("card_metric", name=_worded(f"metric_{name}", name.replace("_", " ")), value=number(value))
        for name, value in metrics.items()
    ]
    return "\n".join([*plain, *lines])


def _day(record: ModelRecord) -> str:
    return record.created_utc[:10]


def _worded(code: str, otherwise: str) -> str:
    return tell(code) if code in MESSAGES else otherwise
