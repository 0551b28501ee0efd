"""The sensitivity strip: the comparison again with one setting changed, a few replications of each.

intervals ── batch and bridges at other intervals (`sim/intervals.py`)
settings  ── account slots and head count, under the contenders (`sim/settings_tried.py`)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from measurements.run import Run
from reports.inputs import ArmChoice, Experiment, Strip
from reports.stopping import contenders
from sim import intervals, settings_tried
from sim.arm import Arm
from sim.job import Done, work
from sim.plan import ASIDE_REPLICATIONS, Plan
from sim.pool import run_all
from sim.rounds import Told


class Tried(NamedTuple):
    """The strips, none of them where an interrupt cut the work short: half a strip would mislead."""

    strips: Sequence[Strip] = ()
    choices: Sequence[ArmChoice] = ()
    interrupted: bool = False


def tried(plan: Plan, experiment: Experiment, told: Told) -> Tried:
    """Everything that is tried of one comparison."""
    names = contenders(experiment)
    rivals = [model for model in plan.models if model.name in names]
    arms = intervals.arms(plan) + (settings_tried.arms(plan, rivals) if len(rivals) > 1 else [])
    found = performed(plan, arms, told)
    if found is None:
        return Tried(interrupted=True)
    strips = intervals.strips(plan, experiment.runs, found)
    if len(rivals) < 2:
        return Tried(strips)
    return Tried(strips, settings_tried.choices(plan, experiment, [model.name for model in rivals], found))


def performed(plan: Plan, arms: Sequence[Arm], told: Told) -> dict[str, list[Run]] | None:
    """The runs of each arm by its name; None where an interrupt cut the work short."""
    often = min(ASIDE_REPLICATIONS, plan.replications)
    jobs = [arm.job(plan.seed, number) for arm in arms for number in range(often)]
    count = 0

    def one_done(index: int, _done: Done) -> None:
        nonlocal count
        count += 1
        told(f"strip: {arms[index // often].name}", count, len(jobs))

    gathered = run_all(jobs, work, plan.processes, one_done)
    if gathered.interrupted:
        return None
    found: dict[str, list[Run]] = {}
    for index, done in enumerate(gathered.results):
        if done is not None:
            found.setdefault(arms[index // often].name, []).append(done.run)
    return found
