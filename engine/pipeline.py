"""The order of the stages, and nothing else: fill gaps, diagnose, detect, calibrate, vote, group, attribute.

`analyse` runs them all; `revote` repeats what comes after detection, so that another vote, budget or threshold costs a
fraction of a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from engine import attribute, blocks, diagnose, group
from engine.budget.budget_levels import BudgetLevels
from engine.calendar import make_clock, mark_maintenance
from engine.calibration import thresholds
from engine.completeness import gaps
from engine.continuation import resume
from engine.data import (
    Block,
    Clock,
    Diagnosis,
    ErrorCurve,
    Evidence,
    FloatArray,
    Kept,
    Kpi,
    Labels,
    Models,
    Panel,
    Quality,
    Result,
    Verdict,
)
from engine.data.event import Event
from engine.detectors import choose
from engine.detectors.base import Detector, resuming
from engine.errors import Reason
from engine.execution import scratch
from engine.execution.one_thread import single_threaded_libraries
from engine.execution.spread import spread
from engine.expectation import expectation, of_cells
from engine.identity import identity
from engine.labelling import leak
from engine.monitor import Monitor, heeding
from engine.record import Fingerprint, make_record
from engine.settings import VOTES, Settings
from engine.vote import vote

Overrides = Mapping[str, Mapping[str, float]]
"""Per KPI and detector (or `thresholds.VOTE`) a threshold that a person moved."""

DETECT_SHARE = 0.9
"""Of the whole run's progress; the rest is voting, grouping and explaining."""


@dataclass(frozen=True)
class _Run:
    """What every stage of one run needs to know."""

    panel: Panel
    clock: Clock
    settings: Settings
    detectors: tuple[Detector, ...]
    labels: Labels | None
    executor: Executor | None
    workers: int
    keeper: blocks.Keeper | None


@dataclass(frozen=True, eq=False)
class _Found:
    """What detection gives. evidence[kpi][detector]; models: what later periods can be scored by."""

    evidence: Mapping[str, Mapping[str, Evidence]]
    diagnoses: Sequence[Diagnosis]
    levels: thresholds.Levels
    curves: Mapping[str, Mapping[str, ErrorCurve]]
    notes: tuple[Reason, ...]
    models: Models | None
    learned: int


def analyse(
    panel: Panel,
    quality: Quality,
    settings: Settings,
    *,
    labels: Labels | None = None,
    events: Sequence[Event] = (),
    inputs: Sequence[Fingerprint] = (),
    executor: Executor | None = None,
    workers: int = 1,
    keeper: Callable[[str], AbstractContextManager[blocks.Keeper]] | None = None,
    former: Result | None = None,
    monitor: Monitor | None = None,
) -> Result:
    """Find and explain the anomalies of a panel.

    labels: what is known to be anomalous; used in the training part only, to keep it out of what is learned, for the
    detector that learns from labels and, with `settings.threshold == "min_error"`, to set the paper's threshold.
    events: holidays, working days and maintenance. executor: where blocks run (threads, processes, a cluster),
    `workers` of them at a time; None = here. keeper: opens
    where finished blocks are kept as they are made and looked up first, so that a stopped run goes on where it was; it
    is given the run's id, and blocks of another run are not its.
    former: the result of a run over the first of these periods. Its models score the later ones if they may
    (`engine.continuation.resume`); its evidence stays, the vote and what follows is made over all. A note says what
    was done. The same panel, settings, labels and events give the same result, whatever the executor. Raises
    InputError for settings that do not fit and series too long for the memory there is, Cancelled.
    """
    monitor = monitor or Monitor()
    started, began = datetime.now(UTC), time.perf_counter()
    settings = settings.check()
    blocks.check_room(panel.shape[1])
    zone = settings.zone or panel.zone
    panel = mark_maintenance(replace(gaps.fill(panel, settings.gaps), zone=zone), events)
    clock = make_clock(panel.times, panel.period_s, zone, settings.country, events, settings.weekend_days)
    detectors = choose(settings.detectors, settings)
    refused = resume.refusal(former, panel, clock, settings, detectors, labels) if former is not None else None
    followed = former if refused is None else None
    models = None if followed is None else followed.models
    run_id = identity(inputs, settings, panel, clock, labels, models, monitor)
    keeping = keeper(run_id) if keeper is not None else nullcontext()
    with heeding(monitor), single_threaded_libraries(), keeping as kept:
        run = _Run(panel, clock, settings, detectors, labels, executor, workers, kept)
        part = monitor.part(0.0, DETECT_SHARE)
        found = _learn(run, part) if followed is None else _follow(run, followed, part)
    learned_until = str(panel.times[found.learned - 1] + np.timedelta64(panel.period_s, "s")) + "Z"
    result = Result(
        panel=panel,
        clock=clock,
        quality=quality,
        settings=settings,
        diagnoses=found.diagnoses,
        evidence=found.evidence,
        thresholds=found.levels,
        verdicts={},
        anomalies=(),
        incidents=(),
        associations=(),
        record=make_record(run_id, inputs, settings, started, 0.0, learned_until),
        notes=found.notes if refused is None else (refused, *found.notes),
        curves=found.curves,
        models=found.models,
        events=tuple(events),
    )
    result = associate(_judge(result, monitor.part(DETECT_SHARE, 0.95)), monitor.part(0.95, 1.0))
    return replace(result, record=replace(result.record, seconds=time.perf_counter() - began))


def revote(
    result: Result,
    settings: Settings,
    overrides: Overrides | None = None,
    monitor: Monitor | None = None,
    *,
    associations: bool = True,
) -> Result:
    """The result with another vote, budget, minimum deviation ... or with thresholds that a person moved.

    Nothing is detected again: settings of detectors have no effect here. associations: False leaves those of the former
    vote out of the answer and takes a fraction of the time; `associate` brings the new ones. Raises InputError,
    Cancelled.
    """
    monitor = monitor or Monitor()
    settings = settings.check()
    levels = levels_of(result, settings, overrides)
    result = replace(result, settings=settings, thresholds=levels, associations=())
    if not associations:
        return _explained(_judge(result, monitor))
    return associate(_judge(result, monitor.part(0.0, 0.5)), monitor.part(0.5, 1.0))


def reschedule(result: Result, events: Sequence[Event], monitor: Monitor | None = None) -> Result | None:
    """The result under another calendar of maintenance and names: what was learned and detected stays as it is.

    Maintenance holds for the past too: what lies in a window is no anomaly any more, what lies in none may be one
    again. None where the days themselves are others (holidays, working days), which takes a run. Raises Cancelled.
    """
    old, panel, of = result.clock, result.panel, result.settings
    clock = make_clock(panel.times, panel.period_s, panel.zone, of.country, events, of.weekend_days)
    if any(not np.array_equal(getattr(old, name), getattr(clock, name)) for name in ("day_type", "weekend", "eve")):
        return None
    result = replace(result, panel=mark_maintenance(panel, events), clock=clock, events=tuple(events), associations=())
    monitor = monitor or Monitor()
    return associate(_judge(result, monitor.part(0.0, 0.5)), monitor.part(0.5, 1.0))


def levels_of(result: Result, settings: Settings, overrides: Overrides | None = None) -> thresholds.Levels:
    """The thresholds that a vote with other settings goes by, those that a person moved included."""
    return levels_by_vote(result, settings, overrides, (settings.vote,))[settings.vote]


def levels_by_vote(
    result: Result, settings: Settings, overrides: Overrides | None = None, rules: Sequence[str] = VOTES
) -> dict[str, thresholds.Levels]:
    """`levels_of` under several votes, and under that of the settings; what is looked at is looked at once."""
    rules = tuple(dict.fromkeys((settings.vote, *rules)))
    if settings.threshold == "budget":
        by_budget = BudgetLevels.of(result, settings)
        levels = {rule: by_budget.levels(settings.budget, rule) for rule in rules}
    else:
        levels = {rule: {kpi: dict(of_kpi) for kpi, of_kpi in result.thresholds.items()} for rule in rules}
    for of_rule in levels.values():
        for kpi, moved in (overrides or {}).items():
            of_rule[kpi].update(moved)
    return levels


def levels_in_force(result: Result) -> dict[str, thresholds.Levels]:
    """`levels_by_vote` of a result as it is: what a person moved in it is moved under the other votes too."""
    levels = levels_by_vote(result, result.settings)
    plain = {kpi: dict(of_kpi) for kpi, of_kpi in levels[result.settings.vote].items()}
    for kpi, of_kpi in result.thresholds.items():
        moved = {name: level for name, level in of_kpi.items() if level != plain[kpi][name]}
        for of_rule in levels.values():
            of_rule[kpi].update(moved)
    return levels


def associate(result: Result, monitor: Monitor | None = None) -> Result:
    """The result with what goes with its anomalies, and with causes that take it into account. Raises Cancelled."""
    monitor = monitor or Monitor()
    monitor.step(0.0, Reason("stage_attribute"))
    found = attribute.associations(result.panel, result.clock, result.verdicts)
    explained = _explained(replace(result, associations=found))
    monitor.step(1.0, Reason("stage_done"))
    return explained


def _explained(result: Result) -> Result:
    """The result with the causes of its incidents."""
    incidents = attribute.explain(
        result.incidents,
        result.anomalies,
        result.panel,
        result.clock,
        result.verdicts,
        result.evidence,
        result.associations,
    )
    return replace(result, incidents=incidents)


def _learn(run: _Run, monitor: Monitor) -> _Found:
    """Everything learned from the panel, and every period of it judged."""
    panel, settings = run.panel, run.settings
    evidence: dict[str, Mapping[str, Evidence]] = {}
    diagnoses = diagnose.Diagnoses()
    taught: dict[str, Mapping[str, Kept]] = {}
    cells: dict[str, Mapping[str, Kept]] = {}
    for index, kpi in enumerate(panel.kpis):
        part = monitor.part(index / len(panel.kpis), (index + 1) / len(panel.kpis))
        _diagnose(run, kpi, diagnoses, part.part(0.0, 0.1))
        evidence[kpi.id], taught[kpi.id], cells[kpi.id] = _detect(run, kpi, part.part(0.1, 1.0))
    periods = panel.shape[1]
    training = np.arange(periods) < blocks.training_points(periods, settings)
    by_budget = BudgetLevels(panel, run.clock, evidence, settings, int(training.sum()))
    usual = by_budget.levels(settings.budget, settings.vote)
    levels, curves, notes = thresholds.choose(usual, evidence, run.detectors, settings, run.labels, training)
    if run.labels is not None:
        notes += leak.warnings(panel, run.labels, training)
    models = None
    if all(detector.resumes for detector in run.detectors):
        border, labels = blocks.border_of(periods, run.clock), resume.digest(run.labels, periods)
        models = Models(border, periods, resume.version(), labels, taught, cells)
    return _Found(evidence, diagnoses, levels, curves, notes, models, periods)


def _follow(run: _Run, former: Result, monitor: Monitor) -> _Found:
    """The evidence of `former`, and later periods judged by its models."""
    models = former.models
    if models is None:
        raise ValueError("there are no models to follow")
    panel = run.panel
    evidence = dict(former.evidence)
    first = resume.first_change(former.panel, panel)
    for index, kpi in enumerate(panel.kpis if first < panel.shape[1] else ()):
        part = monitor.part(index / len(panel.kpis), (index + 1) / len(panel.kpis))
        evidence[kpi.id] = _judge_later(run, former, kpi, models.periods, first, part)
    levels = levels_of(replace(former, clock=run.clock), run.settings)
    notes = resume.notes(former, panel, first)
    return _Found(evidence, former.diagnoses, levels, former.curves, notes, models, models.learned)


def _judge_later(run: _Run, former: Result, kpi: Kpi, start: int, first: int, monitor: Monitor) -> dict[str, Evidence]:
    """The evidence on one KPI: that of `former` up to period `first`, from there on by the models of period `start`."""
    panel, old = run.panel, former.evidence[kpi.id]
    detectors = resume.recalled(run.detectors, former, kpi.id)
    collector = blocks.Collector(tuple(old), panel.shape)
    plan = blocks.plan(*panel.shape, run.workers)
    later = panel.shape[1] - start

    def collect(rows: range, pieces: Sequence[Evidence]) -> None:
        by_id = {piece.detector: piece for piece in pieces}
        wide = (resume.widened(one, by_id.get(name), rows, start, first, panel.shape[1]) for name, one in old.items())
        collector.add(rows, tuple(wide))
        scratch.release(array for one in old.values() for array in (one.expected, one.lower, one.upper, one.score))

    missing = _collect_kept(run, kpi, plan, detectors, later, collect)
    tasks = resume.tasks(former, panel, run.clock, run.settings, kpi, detectors, missing)
    doing = Reason("stage_later", {"kpi": kpi.id})
    for task, pieces in spread(
        resume.judge, tasks, len(missing), run.executor, run.workers + 1, lambda _: doing, monitor
    ):
        collect(task.rows, pieces)
        if run.keeper is not None:
            run.keeper.keep(kpi.id, task.rows, pieces)
    return collector.evidence()


def _diagnose(run: _Run, kpi: Kpi, into: diagnose.Diagnoses, monitor: Monitor) -> None:
    """The diagnosis of every series of one KPI, block by block on the executor, in the order of the cells."""
    plan = blocks.plan(*run.panel.shape)
    tasks = ((run.panel.values[kpi.id][rows.start : rows.stop], run.clock, kpi, rows, run.detectors) for rows in plan)
    doing = Reason("stage_diagnose", {"kpi": kpi.id})
    done = spread(_diagnosed, tasks, len(plan), run.executor, run.workers + 1, lambda _: doing, monitor)
    early: dict[int, tuple[Diagnosis, ...]] = {}
    for task, diagnoses in done:
        scratch.release([run.panel.values[kpi.id]])
        early[task[3].start] = diagnoses
        while plan and plan[0].start in early:
            into.extend(early.pop(plan[0].start))
            plan = plan[1:]


def _diagnosed(task: tuple[FloatArray, Clock, Kpi, range, tuple[Detector, ...]]) -> tuple[Diagnosis, ...]:
    return diagnose.diagnose(*task)


def _detect(
    run: _Run, kpi: Kpi, monitor: Monitor
) -> tuple[Mapping[str, Evidence], Mapping[str, Kept], Mapping[str, Kept]]:
    """The calibrated evidence of every detector on one KPI, and what it learned: once, and of each cell."""
    panel, clock, settings, labels = run.panel, run.clock, run.settings, run.labels
    monitor.step(0.0, Reason("stage_season", {"kpi": kpi.id}))
    collector = blocks.Collector([detector.id for detector in run.detectors], panel.shape)
    pool = blocks.make_pool(panel, kpi, clock, settings, labels)
    from_labels = any(detector.from_labels for detector in run.detectors)
    labelled = blocks.make_labelled_pool(panel, kpi, clock, settings, labels) if from_labels else None
    scratch.release([panel.values[kpi.id], panel.flags[kpi.id]])
    ready, silent = blocks.learned(run.detectors, pool, settings.seed, labelled)
    for detector, reason in silent.items():
        collector.abstain(detector, reason)
    alone = tuple(d for d in ready if d.scope == "block")
    together = tuple(d for d in ready if d.scope == "panel")

    def block(rows: range) -> Block:
        made = blocks.make_block(panel, kpi, rows, clock, settings, labels)
        scratch.release([panel.values[kpi.id], panel.flags[kpi.id]])
        return made

    here = run.executor is None or isinstance(run.executor, ThreadPoolExecutor)
    plan = blocks.plan(*panel.shape, run.workers if here else 1)
    if alone:

        def collect(rows: range, pieces: Sequence[Evidence]) -> None:
            collector.add(rows, pieces)
            usual = block(rows).season
            if usual is not None:
                collector.keep(rows, resume.SEASON, usual.kept)

        missing = _collect_kept(run, kpi, plan, alone, panel.shape[1], collect)
        tasks = (blocks.Task(block(rows), alone, settings) for rows in missing)
        done = blocks.run_tasks(tasks, len(missing), run.executor, run.workers + 1, monitor.part(0.0, 0.9))
        for task, pieces in done:
            collector.add(task.block.rows, pieces)
            if task.block.season is not None:
                collector.keep(task.block.rows, resume.SEASON, task.block.season.kept)
            if run.keeper is not None:
                run.keeper.keep(kpi.id, task.block.rows, pieces)
    if together:
        whole = range(panel.shape[0])
        monitor.step(0.9, Reason("stage_neighbours", {"kpi": kpi.id}))
        collector.add(whole, blocks.judge_block(blocks.Task(block(whole), together, settings)))

    taught = {detector.id: known for detector in ready if resuming(detector) and (known := detector.taught())}
    return collector.evidence(), taught, collector.kept()


def _collect_kept(
    run: _Run,
    kpi: Kpi,
    plan: Sequence[range],
    detectors: Sequence[Detector],
    periods: int,
    collect: Callable[[range, Sequence[Evidence]], None],
) -> list[range]:
    """Hand over the blocks that an earlier try at this run has finished; return those that are still to be made.

    periods: how many a block has to have.
    """
    missing = []
    for rows in plan:
        pieces = run.keeper.find(kpi.id, rows) if run.keeper is not None else None
        usable = pieces is not None and {p.detector for p in pieces} == {d.id for d in detectors}
        if pieces is not None and usable and all(p.score.shape[1] == periods for p in pieces):
            collect(rows, pieces)
        else:
            missing.append(rows)
    return missing


def _judge(result: Result, monitor: Monitor) -> Result:
    """Vote and group; the incidents have no causes yet."""
    panel, clock = result.panel, result.clock
    verdicts: dict[str, Verdict] = {}
    anomalies = group.Anomalies()
    for index, kpi in enumerate(panel.kpis):
        monitor.step(0.5 * index / len(panel.kpis), Reason("stage_vote"))
        evidence, levels = result.evidence[kpi.id], result.thresholds[kpi.id]
        verdicts[kpi.id] = _verdict(result, kpi)
        panel = gaps.stated(panel, kpi.id, result.settings.gaps)
        found = group.anomalies(panel, kpi, verdicts[kpi.id], evidence, levels, clock, len(anomalies))
        anomalies.extend(found)
    monitor.step(0.6, Reason("stage_group"))
    incidents = group.incidents(panel, anomalies, clock)
    return replace(result, verdicts=verdicts, anomalies=anomalies, incidents=incidents)


def _verdict(result: Result, kpi: Kpi) -> Verdict:
    """What the vote says of one KPI, block by block."""
    panel, levels, settings = result.panel, result.thresholds[kpi.id], result.settings
    evidence = result.evidence[kpi.id]
    values, flags = panel.values[kpi.id], panel.flags[kpi.id]
    score, alarm = scratch.allocate(panel.shape, np.nan), scratch.allocate_of(np.bool_, panel.shape, False)
    others = group.reporting(values)
    for rows in blocks.plan(*panel.shape):
        part = slice(rows.start, rows.stop)
        piece = of_cells(evidence, part)
        score[part] = vote(piece, levels, settings.vote) / np.float32(levels[thresholds.VOTE])
        filled = gaps.invented(kpi.id, flags[part], settings.gaps)
        if filled is not None:
            score[part][filled] = np.nan
        expected = expectation(piece).expected
        alarm[part] = group.find_alarms(
            score[part], values[part], expected, kpi, settings, flags[part], result.clock, others
        )
        scratch.release([score, alarm, values, flags])
        scratch.release(array for e in piece.values() for array in (e.score, e.expected))
    return Verdict(score, alarm)
