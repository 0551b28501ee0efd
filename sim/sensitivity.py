"""The sensitivity strip: the comparison again with one setting changed, a few replications of each.

intervals ── batch and bridges at other intervals (`sim/intervals.py`)
settings  ── account slots and head count, under the contenders (`sim/settings_tried.py`)

The comparison is complete before any of it starts, and nothing that it meets may cost that: a setting in
which this firm cannot be played is left out, with a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kernel.errors import InputError
from measurements.run import Run
from reports.inputs import ArmChoice, Experiment, Strip
from reports.stopping import contenders
from run.job import Done, Job
from sim import intervals, settings_tried
from sim.arm import Arm
from sim.plan import ASIDE_REPLICATIONS, Plan
from sim.pool import Pool
from sim.rounds import Told
from sim.work import work


class Tried(NamedTuple):
    """The strips, none of them where an interrupt cut the work short: half a strip would mislead.

    `left_out` says of each setting that could not be played why not.
    """

    strips: Sequence[Strip] = ()
    choices: Sequence[ArmChoice] = ()
    interrupted: bool = False
    left_out: Sequence[str] = ()


class Performed(NamedTuple):
    """The runs of each arm by its name; an arm that was refused has none, and its reason stands beside.

    `lost` says why there are none at all.
    """

    runs: Mapping[str, Sequence[Run]]
    refused: Mapping[str, str]
    lost: str = ""


def tried(plan: Plan, experiment: Experiment, told: Told, pool: Pool) -> Tried:
    """Everything that is tried of one comparison."""
    names = contenders(experiment)
    rivals = [model for model in plan.models if model.name in names]
    arms = intervals.arms(plan) + (settings_tried.arms(plan, rivals) if len(rivals) > 1 else [])
    found = performed(plan, arms, told, pool)
    if found is None:
        return Tried(interrupted=True)
    if found.lost:
        return Tried(interrupted=True, left_out=[f"Nothing else was tried. {found.lost}"])
    strips = intervals.strips(plan, experiment.runs, found.runs)
    notes = left_out(found.refused)
    if len(rivals) < 2:
        return Tried(strips, left_out=notes)
    compared = [model.name for model in rivals]
    choices = settings_tried.choices(plan, experiment, compared, found.runs)
    return Tried(strips, choices, left_out=notes)


def left_out(refused: Mapping[str, str]) -> list[str]:
    """One note a reason, since a setting is refused under every model alike."""
    names: dict[str, list[str]] = {}
    for name, why in refused.items():
        names.setdefault(why, []).append(name)
    return [f"Not tried: {'; '.join(held)} ({why})." for why, held in names.items()]


def performed(plan: Plan, arms: Sequence[Arm], told: Told, pool: Pool) -> Performed | None:
    """The runs of each arm by its name; None where an interrupt cut the work short."""
    often = min(ASIDE_REPLICATIONS, plan.replications)
    jobs = [arm.job(plan.seed, number) for arm in arms for number in range(often)]
    count = 0

    def one_done(index: int, _done: Done | InputError) -> None:
        nonlocal count
        count += 1
        told(f"strip: {arms[index // often].name}", count, len(jobs))

    gathered = pool.run_all(jobs, attempted, one_done)
    if gathered.lost is not None:
        return Performed({}, {}, str(gathered.lost))
    if gathered.interrupted:
        return None
    runs: dict[str, list[Run]] = {}
    refused: dict[str, str] = {}
    for index, done in enumerate(gathered.results):
        name = arms[index // often].name
        if isinstance(done, InputError):
            refused.setdefault(name, done.what)
        elif done is not None:
            runs.setdefault(name, []).append(done.run)
    return Performed({name: held for name, held in runs.items() if name not in refused}, refused)


def attempted(job: Job) -> Done | InputError:
    """The run, or why this firm cannot be played so: half of six people leave some entity none."""
    try:
        return work(job)
    except InputError as refusal:
        return refusal
