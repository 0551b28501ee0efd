"""A comparison: every model meets the same firm in the same replications, and all is told in one Experiment.

Plan ──> rounds (sim/rounds.py) ──> a pool (sim/pool.py) ──> judged runs ──> Experiment ──> reports
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.catalogue import legs
from pipeline.models import Model
from reports.inputs import Assumption, Experiment, Leg, Margin, Mark
from run.job import EXPENSES
from run.settings_of import settings_of
from scenarios.history.cases import summary_of
from scenarios.history.runs import schedule_share
from scenarios.play import Play, stage
from sim.assumptions import assumptions
from sim.money import costs, pattern_costs
from sim.plan import Plan
from sim.pool import Pool
from sim.recorded import RECORDED, recorded
from sim.rounds import Rounds, Told, telling
from sim.scope import lines
from sim.sensitivity import Tried, tried
from sim.waits import waits


def compare(plan: Plan, told: Told, pool: Pool) -> Experiment:
    """Perform all runs and say what was found. Interrupted: what is complete, and the experiment says so."""
    play = stage(plan.scenario, plan.firm, plan.seed, plan.history)
    base = described(plan, play, plan.models)
    rounds = Rounds(plan, telling(base), told, pool)
    rounds.perform()
    runs = [done.run for done in rounds.done]
    if rounds.recommended is not None:
        base = described(plan, play, (*plan.models, rounds.recommended))
    if plan.history is not None and runs:
        runs += recorded(plan, play)
        base = replace(base, models={**base.models, RECORDED: dict.fromkeys(play.workflows, RECORDED)})
    base = replace(base, runs=runs)
    strip = tried(plan, base, told, pool) if _has_strip(plan, rounds.interrupted) else Tried()
    same = [done.same_run for done in rounds.done if done.same_run is not None]
    return replace(
        base,
        strips=strip.strips,
        arms=strip.choices,
        same_run_share=sum(found.share for found in same) / len(same) if same else None,
        notes=[
            *base.notes,
            *(f"Batch against the record: {found}." for found in same[:1]),
            *strip.left_out,
            *((rounds.lost,) if rounds.lost else ()),
        ],
        interrupted=rounds.interrupted or strip.interrupted,
    )


def described(plan: Plan, play: Play, models: Sequence[Model]) -> Experiment:
    """All that is told beside the runs."""
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
        models={model.name: {name: model.workflows[name] for name in play.workflows} for model in models},
        runs=(),
        decisions={name: Margin(*margin) for name, margin in play.decisions.items()},
        margins={name: Margin(*margin) for name, margin in play.firm.margins.items()},
        marks=[Mark(label, at_s / 3600.0) for label, at_s in play.marks],
        first_day=play.calendar.first_day.isoformat(),
        legs=_legs(models, play),
        assumptions=[Assumption(*row) for row in assumptions(play)],
        pattern_costs=pattern_costs(play.firm.costs),
        costs=costs(tuple(models), play.firm.costs),
        caps={model.name: _caps(model, play) for model in models},
        same_run_share_schedule=_bare_schedule(plan, play),
        notes=_notes(plan, play),
        waits=waits(settings_of(play), models, play.workflows),
        looks=plan.looks,
    )


def _has_strip(plan: Plan, interrupted: bool) -> bool:
    return plan.judges and not interrupted and plan.scenario.name == "month-end" and plan.history is None


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
    notes = lines()
    if plan.history is not None:
        log = plan.history
        notes += [f"{line}." for line in summary_of(log)]
        unapproved = sum(case.approved_at is None for case in log.paid)
        notes.append(f"{unapproved} paid cases have no final approval in the log: reported as unauthorised.")
    return notes
