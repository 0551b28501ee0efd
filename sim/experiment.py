"""A comparison: every model meets the same firm in the same replications, and all is told in one Experiment.

Plan ──> jobs ──> processes (sim/pool.py) ──> judged runs, by index ──> Experiment ──> reports
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.catalogue import legs
from pipeline.models import Model
from reports.inputs import Assumption, Experiment, Leg, Margin, Mark
from scenarios.history.cases import summary_of
from scenarios.history.runs import schedule_share
from scenarios.play import Play, stage
from sim.assumptions import assumptions
from sim.job import EXPENSES, Done, work
from sim.money import costs, pattern_costs
from sim.plan import STRIP_REPLICATIONS, Plan, longest_first
from sim.pool import run_all
from sim.recorded import RECORDED, recorded
from sim.sensitivity import Tried, strips
from sim.settings_of import settings_of

Told = Callable[[str, int, int], None]
"""(what completed, how many are done, of how many)"""


_INTERCOMPANY = (
    "Intercompany cross-charge is out of scope; a missing intercompany relation is a posting exception."
)


def compare(plan: Plan, told: Told) -> Experiment:
    """Perform all runs and say what was found. Interrupted: what is complete, and the experiment says so."""
    play = stage(plan.scenario, plan.firm, plan.seed, plan.history)
    jobs = plan.jobs()
    order = longest_first(jobs)
    count = 0

    def one_done(place: int, done: Done) -> None:
        nonlocal count
        count += 1
        told(jobs[order[place]].model.name, count, len(jobs))

    gathered = run_all([jobs[index] for index in order], work, plan.processes, one_done)
    by_index = dict(zip(order, gathered.results, strict=True))
    done = [result for index in range(len(jobs)) if (result := by_index[index]) is not None]
    return _experiment(plan, play, done, gathered.interrupted, told)


def _experiment(plan: Plan, play: Play, done: Sequence[Done], interrupted: bool, told: Told) -> Experiment:
    runs = [result.run for result in done]
    same = [result.same_run for result in done if result.same_run is not None]
    tables = {model.name: {name: model.workflows[name] for name in play.workflows} for model in plan.models}
    if plan.history is not None and runs:
        runs += recorded(plan, play)
        tables[RECORDED] = dict.fromkeys(play.workflows, RECORDED)
    tried = strips(plan, runs, told) if _has_strip(plan, interrupted) else Tried()
    return Experiment(
        scenario=plan.scenario.name,
        title=plan.scenario.title,
        question=plan.scenario.question,
        seed=plan.seed,
        consultants=play.firm.consultants,
        firm=play.firm.name,
        version=plan.version,
        commit=plan.commit,
        command=plan.command,
        models=tables,
        runs=runs,
        decisions={name: Margin(*margin) for name, margin in play.decisions.items()},
        margins={name: Margin(*margin) for name, margin in play.firm.margins.items()},
        marks=[Mark(label, at_s / 3600.0) for label, at_s in play.marks],
        first_day=play.calendar.first_day.isoformat(),
        legs=_legs(plan.models, play),
        assumptions=[Assumption(*row) for row in assumptions(play)],
        strips=tried.strips,
        pattern_costs=pattern_costs(play.firm.costs),
        costs=costs(plan.models, play.firm.costs),
        caps={model.name: _caps(model, play) for model in plan.models},
        same_run_share=sum(found.share for found in same) / len(same) if same else None,
        same_run_share_schedule=_bare_schedule(plan, play),
        notes=[*_notes(plan, play), *(f"Batch against the record: {found}." for found in same[:1])],
        interrupted=interrupted or tried.interrupted,
    )


def _has_strip(plan: Plan, interrupted: bool) -> bool:
    return (
        plan.replications >= STRIP_REPLICATIONS
        and not interrupted
        and plan.scenario.name == "month-end"
        and plan.history is None
    )


def _caps(model: Model, play: Play) -> dict[str, int]:
    """What its client lets be under way at most; plain scripts have no cap."""
    if "point-to-point" in model.workflows.values():
        return {}
    return {"netsuite: account_concurrency": max(1, settings_of(play).netsuite_slots - 1)}


def _legs(models: Sequence[Model], play: Play) -> list[Leg]:
    found = {leg: None for model in models for leg in legs(model) if leg.workflow in play.workflows}
    return [Leg(*leg) for leg in found]


def _bare_schedule(plan: Plan, play: Play) -> float | None:
    schedule = play.schedules.get(EXPENSES)
    if plan.history is None or schedule is None:
        return None
    return schedule_share(plan.history, schedule)


def _notes(plan: Plan, play: Play) -> list[str]:
    notes = [_INTERCOMPANY]
    if plan.history is not None:
        log = plan.history
        notes += [f"{line}." for line in summary_of(log)]
        unapproved = sum(case.approved_at is None for case in log.paid)
        notes.append(f"{unapproved} paid cases have no final approval in the log: reported as unauthorised.")
    return notes
