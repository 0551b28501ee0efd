"""Other settings than intervals: slots, head count and people's reaction, run again under the contenders.

What it tells is whether the same patterns are level there, judged by the means of the same few replications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.run import Run
from pipeline.models import Model
from reports.inputs import ArmChoice, Experiment
from reports.stopping import levels
from scenarios.scenario import SystemChange
from sim.arm import Arm
from sim.plan import ASIDE_REPLICATIONS, Plan

SLOTS = (3, 15)
"""Slots of the NetSuite account beside the Standard tier's 5: a cut one, and the next tier's."""
HEADS = (0.5, 2.0)
"""Head count, as a multiple of the firm's."""
REACTION = 4.0
"""How many times slower people answer refusals; their times decide quote to project, and are assumptions."""


class Setting(NamedTuple):
    """One setting; `factor` is how many slots, or of the head count, or of the times that people take."""

    name: str
    kind: str
    factor: float


def settings(plan: Plan) -> list[Setting]:
    """What is tried, in the order in which it is told."""
    slots = [Setting(f"{count} NetSuite slots", "slots", count) for count in SLOTS]
    heads = [Setting(f"{_heads(plan, factor):,} consultants", "heads", factor) for factor in HEADS]
    return [*slots, *heads, Setting(f"refusals answered {REACTION:g} times as slowly", "people", REACTION)]


def _heads(plan: Plan, factor: float) -> int:
    return max(1, round(plan.firm.consultants * factor))


def arms(plan: Plan, models: Iterable[Model]) -> list[Arm]:
    """Every setting under every contender."""
    held = list(models)
    return [_arm(plan, one, model) for one in settings(plan) for model in held]


def _arm(plan: Plan, one: Setting, model: Model) -> Arm:
    name = label(one.name, model.name)
    if one.kind == "heads":
        return Arm(name, model, plan.scenario, replace(plan.firm, consultants=_heads(plan, one.factor)))
    if one.kind == "people":
        slower = replace(plan.firm, reaction_factor=plan.firm.reaction_factor * one.factor)
        return Arm(name, model, plan.scenario, slower)
    before = plan.scenario.systems.get("netsuite", SystemChange())
    change = replace(before, limits={**before.limits, "account_concurrency": float(one.factor)})
    systems = {**plan.scenario.systems, "netsuite": change}
    return Arm(name, model, replace(plan.scenario, systems=systems), plan.firm)


def label(setting: str, model: str) -> str:
    """An arm's name."""
    return f"{setting}, {model}"


def choices(
    plan: Plan, experiment: Experiment, models: Sequence[str], fresh: Mapping[str, Sequence[Run]]
) -> list[ArmChoice]:
    """Who is level in each workflow under each setting, and who is among the same models as compared."""
    tables = {model: experiment.models[model] for model in models}
    few = [run for run in experiment.runs if run.model in tables and run.replication < ASIDE_REPLICATIONS]
    base = levels(replace(experiment, models=tables, runs=few), experiment)
    found: list[ArmChoice] = []
    for one in settings(plan):
        arms = [label(one.name, model) for model in models]
        if not all(name in fresh for name in arms):
            continue  # it could not be played, and the notes say why
        runs = [run for name in arms for run in fresh[name]]
        there = levels(replace(experiment, models=tables, runs=runs), experiment)
        found += [
            ArmChoice(one.name, one.kind, one.factor, tuple(models), workflow, there.get(workflow, ()), held)
            for workflow, held in base.items()
        ]
    return found
