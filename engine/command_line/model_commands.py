"""What the command line does with models: `finetune` and `models`."""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.command_line import load_options
from engine.errors import InputError, Reason
from engine.finetuning.training import Epoch
from engine.monitor import Cancelled, Monitor
from engine.text import number, say, tell

if TYPE_CHECKING:
    from engine.data import Labels, Panel
    from engine.finetuning.finetune import Prepared, Tuned

STATE_FILE = "finetune.state"
"""Where a training stands that was stopped; the same command goes on from there."""

PROJECT_SUFFIX = ".cellwarden"


def finetune(given: Namespace, monitor: Monitor) -> None:
    """Train a model further on some files, write it and a report of it, and add it to the user's models."""
    from engine import io
    from engine.calendar import make_clock, mark_maintenance, read_events
    from engine.completeness import gaps
    from engine.convlstm import registry
    from engine.execution.one_thread import single_threaded_libraries
    from engine.finetuning.finetune import MOST_EPOCHS, Tuning
    from engine.finetuning.finetune import finetune as tune
    from engine.finetuning.keep import keep
    from engine.network import cells
    from engine.record import fingerprint
    from engine.settings import Settings, weekend
    from engine.writing.output import make_folder

    for name, value, low in (("epochs", given.epochs, 1), ("early", given.early, 0)):
        if not low <= value <= MOST_EPOCHS:
            raise InputError(
                Reason("setting_bounds", {"setting": name, "value": value, "low": low, "high": MOST_EPOCHS})
            )
    chosen = Settings(
        country=given.country.upper() if given.country else "",
        weekend=weekend.write(weekend.read(given.weekend)) if given.weekend else "",
        gaps=tuple(given.gaps or ()),
    ).check()
    events = read_events(given.calendar) if given.calendar else ()
    base = registry.verified(given.model)
    make_folder(given.out)
    table = cells.read_cells(given.cells) if given.cells else None
    loaded = io.load(given.inputs, load_options.of(given), monitor.part(0.0, 0.15))
    panel = loaded.panel if table is None else cells.join(loaded.panel, loaded.quality, table)[0]
    gaps.check_names(panel, chosen.gaps)
    panel, labels = mark_maintenance(gaps.fill(panel, chosen.gaps), events), None
    if given.labels:
        panel, labels = _labels(given.labels, panel, monitor)
    clock = make_clock(panel.times, panel.period_s, panel.zone, chosen.country, events, chosen.weekend_days)
    tuning = Tuning(given.epochs, given.train, given.seed, given.early)
    state, curve = given.out / STATE_FILE, list[Epoch]()
    try:
        with single_threaded_libraries():
            tuned = tune(
                base,
                panel,
                clock,
                labels,
                tuning,
                monitor.part(0.15, 1.0),
                curve.append,
                prepared=_tell_prepared,
                state=state,
            )
    except Cancelled:
        if curve and curve[-1].number and state.is_file():
            sys.stderr.write(tell("cli_stopped_halfway", epoch=curve[-1].number, file=str(state)) + "\n")
        raise
    record = keep(base, tuned, tuning, fingerprint(given.inputs), given.out)
    _write_report(given.out / "finetune.json", record.id, record.parent, tuned)
    registry.add(given.out / record.id)
    state.unlink(missing_ok=True)
    for epoch in curve:
        if epoch.number == 0:
            _print(tell("cli_epoch_before", validation=number(epoch.validation)))
        else:
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
            alarms_before=tuned.before.alarms,
            alarms_after=tuned.after.alarms,
        )
    )
    if math.isfinite(tuned.before.vus_pr):
        _print(tell("cli_tuned_ranking", before=tuned.before.vus_pr, after=tuned.after.vus_pr))
    elif labels is not None:
        _print(tell("cli_tuned_unranked"))
    if not tuned.better:
        _print(tell("cli_tuned_worse"))
    _print(tell("cli_model_written", model=record.id, folder=str(given.out / record.id)))


def _labels(file: Path, panel: Panel, monitor: Monitor) -> tuple[Panel, Labels]:
    """The labels of a file; of a project what was said there of its incidents."""
    from engine import project
    from engine.labelling.labels import aligned, read_labels
    from engine.labelling.reviewed import marked, reviewed

    if file.suffix != PROJECT_SUFFIX:
        return panel, read_labels(file, panel, monitor)
    found = reviewed(project.open_project(file), project.read_reviews(file))
    labels = aligned(found.labels, found.panel, panel)
    return marked(panel, aligned(found.flags, found.panel, panel)), labels


def _tell_prepared(prepared: Prepared) -> None:
    from engine.finetuning.halfway import differences

    if prepared.resumed:
        sys.stderr.write(tell("cli_going_on", epoch=prepared.resumed) + "\n")
    if prepared.differs:
        sys.stderr.write(tell("cli_begins_anew", what=differences(prepared.differs), file=STATE_FILE) + "\n")
    if prepared.injected:
        sys.stderr.write(tell("cli_injected", share=100 * prepared.injected) + "\n")
    if prepared.strange:
        sys.stderr.write(tell("finetune_moved", index=prepared.moved) + "\n")


def _write_report(file: Path, model: str, parent: str, tuned: Tuned) -> None:
    from engine.finetuning.keep import metrics
    from engine.writing.output import whole_file

    report: dict[str, Any] = {
        "model": model,
        "parent": parent,
        "ended": say(tuned.trained.ended),
        "better": tuned.better,
        "metrics": metrics(tuned),
        "excluded": dict(tuned.excluded),
        "epochs": [
            {"epoch": e.number, "training": _plain(e.training), "held_out": _plain(e.validation), "best": e.best}
            for e in tuned.trained.epochs
        ],
    }
    with whole_file(file) as part:
        part.write_text(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def models(given: Namespace, monitor: Monitor) -> None:  # noqa: ARG001 - every command is called alike
    """List all models with their cards, or do one thing with one of them."""
    from engine.convlstm import registry

    if given.activate:
        _print(tell("cli_model_active", model=registry.activate(given.activate, worse_too=given.worse_too)))
    elif given.revert:
        _print(tell("cli_model_active", model=registry.revert()))
    elif given.delete:
        registry.delete(given.delete)
        _print(tell("cli_model_deleted", model=given.delete))
    elif given.export:
        model, file = given.export
        registry.export(model, Path(file))
        _print(tell("cli_model_exported", model=model, file=file))
    elif given.import_file:
        _print(tell("cli_model_imported", model=registry.import_file(given.import_file)))
    else:
        _list()


def _list() -> None:
    from engine.convlstm.card import card_of, title_of
    from engine.convlstm.registry import list_models

    for listed in list_models():
        marks = [tell("model_bundled" if listed.bundled else "model_own")]
        if listed.active:
            marks.append(tell("model_in_use"))
        _print(f"{listed.id} ({', '.join(marks)})")
        if listed.problem is not None:
            _print(f"    {say(listed.problem)}")
        if listed.record is not None:
            _print(f"    {title_of(listed.record)}")
        for heading, text in card_of(listed.record) if listed.record is not None else ():
            for row, line in enumerate(text.split("\n")):
                _print(f"    {'' if row else heading:12} {line}")


def _plain(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
