"""What the command line does with models: `finetune` and `models`."""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from typing import Any

from engine import load_options
from engine.convlstm.training import Epoch
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.text import number, say, tell


def finetune(given: Namespace, monitor: Monitor) -> None:
    """Train a model further on some files, write it and a report of it, and add it to the user's models."""
    from engine import io
    from engine.blocks import single_threaded_libraries
    from engine.calendar import make_clock
    from engine.convlstm import registry
    from engine.convlstm.finetune import Tuning
    from engine.convlstm.finetune import finetune as tune
    from engine.convlstm.keep import keep, metrics
    from engine.labels import read_labels
    from engine.output import make_folder, whole_file
    from engine.record import fingerprint

    if not 1 <= given.epochs <= 10_000:
        raise InputError(
            Reason("setting_bounds", {"setting": "epochs", "value": given.epochs, "low": 1, "high": 10_000})
        )
    base = registry.verified(given.model)
    make_folder(given.out)
    panel = io.load(given.inputs, load_options.of(given), monitor.part(0.0, 0.15)).panel
    labels = read_labels(given.labels, panel, monitor) if given.labels else None
    clock = make_clock(panel.times, panel.period_s, panel.zone)
    tuning = Tuning(given.epochs, given.train, given.seed)
    curve: list[Epoch] = []
    with single_threaded_libraries():
        tuned = tune(base, panel, clock, labels, tuning, monitor.part(0.15, 1.0), curve.append)
    record = keep(base, tuned, tuning, fingerprint(given.inputs), given.out)
    report: dict[str, Any] = {
        "model": record.id,
        "parent": record.parent,
        "ended": say(tuned.trained.ended),
        "better": tuned.better,
        "metrics": metrics(tuned),
        "excluded": dict(tuned.excluded),
        "epochs": [
            {"epoch": e.number, "training": _plain(e.training), "held_out": _plain(e.validation), "best": e.best}
            for e in curve
        ],
    }
    with whole_file(given.out / "finetune.json") as part:
        part.write_text(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    registry.add(given.out / record.id)
    for epoch in curve:
        shown = {"training": number(epoch.training), "validation": number(epoch.validation)}
        _print(tell("cli_epoch", epoch=epoch.number, **shown))
    _print(tell("cli_excluded", used=tuned.used, **tuned.excluded))
    _print(
        tell(
            "cli_tuned",
            ended=say(tuned.trained.ended),
            days=tuned.held_days,
            before=tuned.before.error,
            after=tuned.after.error,
            vus_before=tuned.before.vus_pr,
            vus_after=tuned.after.vus_pr,
            alarms_before=tuned.before.alarms,
            alarms_after=tuned.after.alarms,
        )
    )
    if not tuned.better:
        _print(tell("cli_tuned_worse"))
    _print(tell("cli_model_written", model=record.id, folder=str(given.out / record.id)))


def models(given: Namespace, monitor: Monitor) -> None:  # noqa: ARG001 - every command is called alike
    """List all models with their cards."""
    from engine.convlstm.registry import list_models

    for listed in list_models():
        marks = [tell("model_bundled" if listed.bundled else "model_own")]
        if listed.active:
            marks.append(tell("model_in_use"))
        _print(f"{listed.id} ({', '.join(marks)})")
        if listed.problem is not None:
            _print(f"    {say(listed.problem)}")
        if listed.record is None:
            continue
        shape = listed.record.architecture
        facts: dict[str, object] = {
            **{key: text for key, text in listed.record.card.items() if key != "root"},
            "family": f"{shape.family}, {shape.head}, {shape.parameters():,} parameters",
            "created": listed.record.created_utc,
            **({"parent": f"{listed.record.parent} ({listed.record.trained_part})"} if listed.record.parent else {}),
            "data": "; ".join(f"{name}: {value}" for name, value in listed.record.data.items()),
            "metrics": ", ".join(f"{name} {number(value)}" for name, value in listed.record.metrics.items()),
        }
        for key, value in facts.items():
            _print(f"    {key:12} {value}")


def _plain(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
