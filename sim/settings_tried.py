"""Other settings than intervals: slots, head count and people's reaction, run again under the contenders.

What it tells is whether the same patterns are level there, judged by the means of the same few replications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from measurements.run import Run
from mocks.sources import figure
from pipeline.models import Model
from pipeline.settings import REDELIVERY_S
from reports.inputs import ArmChoice, Experiment
from reports.stopping import levels
from scenarios.firm import Firm
from scenarios.scenario import Scenario, SystemChange
from sim.arm import Arm
from sim.plan import ASIDE_REPLICATIONS, Plan

SLOTS = (3, 15)
"""Slots of the NetSuite account beside the Standard tier's 5: a cut one, and the next tier's."""
HEADS = (0.5, 2.0)
"""Head count, as a multiple of the firm's."""
REACTION = 4.0
"""How many times slower people answer refusals, call-outs are tried and events delivered again: times that
decide quote to project and how failures are outlived, and are assumptions."""


class Setting(NamedTuple):
    """One setting; `factor` is how many slots, or of the head count, or of the times that people take."""

    name: str
    kind: str
    factor: float


def settings(plan: Plan) -> list[Setting]:
    """What is tried, in the order in which it is told."""
    slots = [Setting(f"{count} NetSuite slots", "slots", count) for count in SLOTS]
    heads = [Setting(f"{_heads(plan, factor):,} consultants", "heads", factor) for factor in HEADS]
    return [*slots, *heads, Setting(f"answers and retries {REACTION:g} times as slow", "people", REACTION)]


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
        return Arm(name, model, _retried_slower(plan, one.factor), _answering_slower(plan.firm, one.factor))
    before = plan.scenario.systems.get("netsuite", SystemChange())
    change = replace(before, limits={**before.limits, "account_concurrency": float(one.factor)})
    return Arm(name, model, _with(plan.scenario, "netsuite", change), plan.firm)


def _answering_slower(firm: Firm, factor: float) -> Firm:
    """Its people answer refusals, and its integration delivers again, so many times as slowly."""
    waits = firm.integration.get("redelivery_s", REDELIVERY_S)
    ladder = {"redelivery_s": tuple(wait_s * factor for wait_s in waits)}
    return replace(
        firm,
        reaction_factor=firm.reaction_factor * factor,
        integration={**firm.integration, **ladder},
    )


def _retried_slower(plan: Plan, factor: float) -> Scenario:
    """Its org tries call-outs again so many times as slowly."""
    before = plan.scenario.systems.get("salesforce", SystemChange())
    wait_s = before.policy.get("hook_retry_s", figure("salesforce", "policy", "hook_retry_s"))
    policy = {**before.policy, "hook_retry_s": wait_s * factor}
    return _with(plan.scenario, "salesforce", replace(before, policy=policy))


def _with(scenario: Scenario, system: str, change: SystemChange) -> Scenario:
    return replace(scenario, systems={**scenario.systems, system: change})


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
