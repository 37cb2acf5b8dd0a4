"""What each command of the command line does. Results go to files and standard output, progress to the monitor."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from engine.command_line import load_options
from engine.data import Labels, Panel, Quality, Result
from engine.data.event import Event
from engine.data.review import Review
from engine.data.rule import Rule
from engine.data.since import Since
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.network.kpi_table import KpiTable
from engine.settings import Settings, preset, weekend
from engine.text import say, tell

CONVLSTM, BOOSTING = "convlstm", "boosting"


def analyse(given: Namespace, monitor: Monitor, say_so: Callable[[str], object] = print) -> Result:
    """Load, detect, explain and write the reports; what they come to goes to `say_so`."""
    from engine import pipeline, project
    from engine.completeness import gaps
    from engine.execution.workers import workers
    from engine.network import cells, roll_up
    from engine.record import fingerprint
    from engine.reports import write_all
    from engine.writing.output import make_folder

    known = project.Known.now(given.project) if given.project else None
    settings, since = settings_of(given), Since.read(given.since) if given.since else Since()
    events, also = _events(given), also_of(given)
    table = cells.read_cells(given.cells) if given.cells else None
    rules = _rules(given)
    if given.roll_up:
        roll_up.fields_of(given.roll_up)  # says at once what cannot be meant
    make_folder(given.out)
    dictionary = _dictionary(given)
    panel, quality, added, former = _data(given, dictionary, monitor.part(0.0, 0.2, paced=False))
    if former is not None and not given.zone:  # later files are read in the zone of those before
        settings = replace(settings, zone=former.settings.zone)
    if table is not None:
        panel, quality = cells.join(panel, quality, table)
    if given.roll_up:
        panel, quality = _rolled_up(given, panel, quality)
    gaps.check_names(panel, settings.gaps)
    labels = _labels(given.labels, panel, monitor) if given.labels else _held_labels(given, settings, panel)
    inputs = fingerprint(given.inputs)
    with workers(given.jobs, given.scheduler) as (executor, count):
        result = pipeline.analyse(
            panel,
            quality,
            settings,
            labels=labels,
            events=events,
            inputs=inputs,
            executor=executor,
            workers=count,
            keeper=partial(project.Draft, given.project, since=known) if given.project else None,
            former=former,
            monitor=monitor.part(0.2, 0.9),
        )
    result = replace(result, rules=rules, reviews=_reviews(given), since=since)
    if known is not None:
        known.check()  # before files of an earlier run are written over
    writing = monitor.part(0.9, 0.95 if given.project else 1.0)
    write_all(result, given.out, given.scores, writing, also=also, marked=given.bom)
    if given.project:
        saving = monitor.part(0.95, 1.0)
        project.save(result, given.project, dictionary=dictionary, rules=rules, since=known, monitor=saving)
    say_so(_summary(result, given.out, added))
    return result


def _reviews(given: Namespace) -> tuple[Review, ...]:
    """What was said of incidents in the project, if there is one."""
    from engine import project

    return project.read_reviews(given.project) if given.project and project.holds_result(given.project) else ()


def _rules(given: Namespace) -> tuple[Rule, ...]:
    """The rules that hide incidents: those of the project, with those given now, which replace those of their name."""
    from engine import project
    from engine.rules import read_rules

    held = project.read_rules(given.project) if given.project and project.holds_result(given.project) else ()
    said = read_rules(given.rules) if given.rules else ()
    return tuple({rule.identity: rule for rule in (*held, *said)}.values())


def _events(given: Namespace) -> tuple[Event, ...]:
    """The calendar: what is given now, else that of the project, if there is one."""
    from engine import calendar, project

    if given.calendar:
        return calendar.read_events(given.calendar)
    return project.read_events(given.project) if given.project and project.holds_result(given.project) else ()


def _dictionary(given: Namespace) -> KpiTable:
    """The KPI dictionary: that of the project, if there is one, with what is given now."""
    from engine import project

    said = load_options.of(given).dictionary
    held = given.project and project.holds_result(given.project)
    return {**project.read_dictionary(given.project), **said} if held else said


def _data(
    given: Namespace, dictionary: KpiTable, monitor: Monitor
) -> tuple[Panel, Quality, tuple[Reason, ...], Result | None]:
    """What the files hold; if there is a project already, its data with them, what they brought to it, and its result,
    unless all is to be learned anew: because it is asked for, or the KPIs are told to mean something else.
    """
    from engine import io, project
    from engine.completeness import gaps
    from engine.continuation import later

    options = replace(load_options.of(given), dictionary=dictionary)
    if not (given.project and project.holds_result(given.project)):
        loaded = io.load(given.inputs, options, monitor)
        return loaded.panel, loaded.quality, (), None
    told_anew = dictionary != project.read_dictionary(given.project)
    former = None if given.refit or told_anew else project.open_project(given.project)
    if former is None:
        panel, known = project.read_data(given.project)
    else:
        panel, known = gaps.measured(former.panel), former.quality
    if told_anew:
        told = io.with_dictionary(io.Loaded(panel, None, known), dictionary)
        panel, known = told.panel, told.quality
    found = later.add_files(panel, known, None, given.inputs, options, monitor)
    return found.appended.panel, found.quality, found.told, former


def _rolled_up(given: Namespace, panel: Panel, quality: Quality) -> tuple[Panel, Quality]:
    """The panel of the groups. Raises InputError with a project: later cells cannot be added to them."""
    from engine.completeness.quality import measured_again
    from engine.network.roll_up import roll_up

    if given.project:
        raise InputError(Reason("roll_up_project", {"by": given.roll_up}))
    panel, notes = roll_up(panel, given.roll_up, load_options.of(given).dictionary)
    return panel, measured_again(replace(quality, notes=(*quality.notes, *notes)), panel)


def settings_of(given: Namespace) -> Settings:
    """The preset with what the command line overrides; naming a model means using it, giving labels learning from them.

    Raises InputError for a value out of bounds, ModelError for a model that cannot be used.
    """
    from engine.convlstm import registry

    chosen: dict[str, Any] = {
        "vote": given.vote,
        "budget": given.budget,
        "country": given.country.upper() if given.country else None,
        "weekend": weekend.write(weekend.read(given.weekend)) if given.weekend else None,
        "zone": given.zone or None,
        "seed": given.seed,
        "model": given.model,
        "gaps": tuple(given.gaps) if given.gaps else None,
        "detectors": tuple(d.strip() for d in given.detectors.split(",") if d.strip()) if given.detectors else None,
    }
    if given.budget is not None:
        chosen["threshold"] = "budget"
    settings = replace(preset(given.preset), **{name: value for name, value in chosen.items() if value is not None})
    if given.model is not None:
        registry.open_model(given.model)  # says at once what is wrong with it
        if CONVLSTM not in settings.detectors:
            settings = replace(settings, detectors=(*settings.detectors, CONVLSTM))
    if given.labels and not given.detectors and settings.threshold == "budget":
        settings = replace(settings, detectors=(*settings.detectors, BOOSTING))
    return settings.check()


def also_of(given: Namespace) -> tuple[str, ...]:
    """The ids of the files that are written only when asked for, by id or by file name. Raises InputError for one that
    there is not.
    """
    from engine.reports import ON_REQUEST

    names = tuple(Path(name.strip()).stem for name in (given.also or "").split(",") if name.strip())
    for name in names:
        if name not in ON_REQUEST:
            choices = ", ".join(ON_REQUEST)
            raise InputError(Reason("setting_choice", {"setting": "--also", "value": name, "choices": choices}))
    return names


def _labels(path: Path, panel: Panel, monitor: Monitor) -> Labels:
    from engine.labelling.labels import read_labels

    return read_labels(path, panel, monitor)


def _held_labels(given: Namespace, settings: Settings, panel: Panel) -> Labels | None:
    """The labels that the project holds, where the settings ask for labels, as the window takes them."""
    from engine import project
    from engine.labelling import hand_labels

    if not settings.learns_from_labels or not given.project or not project.holds_result(given.project):
        return None
    return hand_labels.known(panel, project.read_labels(given.project, panel), {})


def _summary(result: Result, folder: Path, added: Sequence[Reason]) -> str:
    """What later files brought, the worst three incidents, the shift, what was not judged, where the rest is."""
    from engine.continuation.resume import told
    from engine.inspection.coverage import doubt, of_result
    from engine.inspection.handover import hand_over, in_lines
    from engine.inspection.reviewed import said_of_all, without_false
    from engine.inspection.summary import counted, where_and_what, worst_first
    from engine.rules import without_hidden

    whole, unhidden = result, without_hidden(result)
    result = without_false(unhidden, said_of_all(unhidden))
    anomalies, incidents = counted(len(result.anomalies), "anomaly"), counted(len(result.incidents), "incident")
    lines = [tell("cli_found", anomalies=anomalies, incidents=incidents) if result.incidents else tell("cli_nothing")]
    lines += [f"  {i.severity.upper():8} {where_and_what(result.panel, i)}" for i in worst_first(result.incidents)[:3]]
    if gone := len(whole.incidents) - len(unhidden.incidents):
        lines.append(tell("cli_hidden", hidden=gone))
    if false := len(unhidden.incidents) - len(result.incidents):
        lines.append(tell("cli_false", false=false))
    if (shift := hand_over(unhidden, result.since)) is not None:
        lines += in_lines(result, shift)
    if not whole.incidents and (reason := doubt(of_result(result))) is not None:
        lines = [say(reason)]
    if dropped := result.quality.dropped:
        most = max(dropped, key=lambda one: one.rows)
        rows = sum(one.rows for one in dropped)
        read, first = result.quality.rows_read, most.example
        lines.append(tell("cli_dropped", dropped=rows, rows=read, most=most.rows, reason=say(most.reason), first=first))
    lines += [load_options.with_hint(note) for note in result.quality.notes if note.code == "dates_as_usual"]
    said = (*added, *(note for note in result.notes if told(note))) if added else ()
    lines = [*map(say, said), *lines]
    return "\n".join([*lines, tell("cli_written", folder=str(folder))])


def inspect(given: Namespace, monitor: Monitor) -> None:
    """Say what the files are, how they were read and what is wrong with them."""
    from engine import io
    from engine.completeness.quality import as_json
    from engine.completeness.quality_text import as_text

    loaded = io.load(given.inputs, load_options.of(given), monitor)
    if given.json:
        _show(as_json(loaded.quality, loaded.panel))
    else:
        print(as_text(loaded.quality, loaded.panel))  # noqa: T201 - the command's output


def rows(given: Namespace, monitor: Monitor) -> None:
    """Judge rows one by one where no date puts them in order."""
    from engine import rowwise
    from engine.writing.output import make_folder

    make_folder(given.out)
    judged = rowwise.analyse_rows(given.inputs, load_options.of(given), given.seed, monitor.part(0.0, 0.9))
    rowwise.write_rows(judged, given.out, monitor.part(0.9, 1.0))
    labels = judged.table.labels
    told = {"rows": len(labels), "cells": len(set(judged.table.cells.tolist()))}
    print(tell("cli_rows_found", **told, labelled=int((labels >= 0).sum()), anomalous=int((labels == 1).sum())))  # noqa: T201
    for note in judged.notes:
        print(f"  {say(note)}")  # noqa: T201
    print(tell("cli_written", folder=str(given.out)))  # noqa: T201


def evaluate(given: Namespace, monitor: Monitor) -> None:
    """Compare a scores file with labels."""
    from engine.evaluate import evaluate_files

    evaluation = evaluate_files(given.scores, given.labels, monitor)
    if given.json:
        _show(evaluation.to_json())
    else:
        print(evaluation.table())  # noqa: T201


def simulate(given: Namespace, monitor: Monitor) -> None:
    """Write a simulated city, its cells and its truth."""
    from engine import simulate as simulator
    from engine.inspection.summary import counted
    from engine.writing.output import make_folder

    if given.cells < 1 or given.days < 1:
        raise InputError(Reason("simulate_size", {"cells": given.cells, "days": given.days}))
    period = {"15min": 900, "1h": 3600}[given.period]
    monitor.step(0.0, Reason("stage_simulate"))
    city = simulator.city(given.cells, given.days, period, given.country.upper(), seed=given.seed)
    make_folder(given.out)
    simulator.write(city, given.out, monitor)
    made = {"cells": counted(given.cells, "cell"), "incidents": counted(len(city.incidents), "incident")}
    print(tell("cli_simulated", **made, folder=str(given.out)))  # noqa: T201


def _show(found: Mapping[str, Any]) -> None:
    """Print JSON that stays JSON whatever the terminal or the pipe can show."""
    plain = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") != "utf8"
    json.dump(found, sys.stdout, ensure_ascii=plain, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def finetune(given: Namespace, monitor: Monitor) -> None:
    """Train a model further on some files."""
    from engine.command_line import model_commands

    model_commands.finetune(given, monitor)


def models(given: Namespace, monitor: Monitor) -> None:
    """List bundled and own models."""
    from engine.command_line import model_commands

    model_commands.models(given, monitor)


def watch(given: Namespace, monitor: Monitor) -> None:
    """Take what appears in a folder."""
    from engine.command_line import watch as watching

    watching.watch(given, monitor)


COMMANDS: Mapping[str, Callable[[Namespace, Monitor], object]] = {
    "analyse": analyse,
    "inspect": inspect,
    "evaluate": evaluate,
    "finetune": finetune,
    "models": models,
    "rows": rows,
    "simulate": simulate,
    "watch": watch,
}
